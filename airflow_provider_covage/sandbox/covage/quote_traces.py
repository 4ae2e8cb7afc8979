"""Trace files of quotation lines (`covage-quotation.txt`). They can be changed in drafts only (C63)."""

from __future__ import annotations

from fastapi import UploadFile
from starlette.responses import Response

from airflow_provider_covage.sandbox.covage import files
from airflow_provider_covage.sandbox.covage.quotes import Quotes
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.store import Json


class QuoteTraces:
    """The operations `quote_item.*_trace`."""

    def __init__(self, world: World, quotes: Quotes) -> None:
        self.world = world
        self.quotes = quotes

    def upload(self, quote_id: str, quote_item_id: str, file: UploadFile) -> Json:
        """Attach a trace to a line; the answer is the basket (C51)."""
        basket = self.quotes.draft(quote_id)
        line = self.world.find("quote_item", quote_item_id, basket)
        files.keep_kmz(self.world, line, file)
        self.world.ledger.effect({"quote": basket.id, "quote_item": line.id}, line.data["trace_file"])
        return self.quotes.detail(basket)

    def download(self, quote_id: str, quote_item_id: str) -> Response:
        """Fetch the trace of a line."""
        basket = self.world.find("quote", quote_id)
        return files.download(self.world.find("quote_item", quote_item_id, basket).files.get("trace"))

    def delete(self, quote_id: str, quote_item_id: str) -> Json | None:
        """Remove the trace of a line."""
        basket = self.quotes.draft(quote_id)
        line = self.world.find("quote_item", quote_item_id, basket)
        name = line.data["trace_file"]
        files.remove(self.world, line, "trace")
        self.world.ledger.effect({"quote": basket.id, "quote_item": line.id}, name)
        said = {"detail": "The trace file was deleted."}
        return said if self.world.dialect.deletions == "body" else None
