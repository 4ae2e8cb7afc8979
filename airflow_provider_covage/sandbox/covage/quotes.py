"""Quotation baskets (`covage-quotation.txt`; `covage-order.txt` from "Quotation")."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from airflow_provider_covage.sandbox.covage import paging
from airflow_provider_covage.sandbox.covage.bodies import BasketBody, NoFields
from airflow_provider_covage.sandbox.covage.pricing import DRAFT, Pricing
from airflow_provider_covage.sandbox.covage.render import BASKET, BASKET_DETAIL, QUOTE_ITEM_DETAIL, render
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.store import Json, Record

AT_CONFIRMATION = ("end_customer_name", "site_connection_type", "product_offerings")
"""What a line has to hold when its basket is confirmed (`covage-quotation.txt`)."""


class Quotes:
    """The operations `quote.*`."""

    def __init__(self, world: World, pricing: Pricing) -> None:
        self.world = world
        self.pricing = pricing

    def create(self, body: BasketBody | None = None) -> Json:
        """Open an empty basket."""
        basket = self.new((body or BasketBody()).model_dump())
        self.world.ledger.effect({"quote": basket.id}, basket.data["external_id"])
        return render(self.world, BASKET, basket)

    def new(self, fields: Json) -> Record:
        """Keep a new basket."""
        today = self.world.today()
        dated = today if self.world.dialect.quote_date == "creation" else None
        state = self.world.dialect.first_state
        return self.world.add(
            "quote", {**fields, "state": state, "creation_date": today, "quote_date": dated}
        )

    def list_all(self, request: Request) -> Json | list[Json]:
        """List baskets."""
        return paging.page(self.world, request, "quote", BASKET, paging.QUOTES)

    def get(self, id: str) -> Json:
        """Read a basket with its lines."""
        return self.detail(self.world.find("quote", id))

    def update(self, id: str, body: BasketBody | None = None) -> Json:
        """Change a draft basket."""
        basket = self.draft(id)
        self.world.update(basket, **(body.given() if body else {}))
        self.world.ledger.effect({"quote": basket.id}, basket.data["external_id"])
        return self.detail(basket)

    def confirm(self, id: str, body: NoFields | None = None) -> Json | None:
        """Send a basket: its lines are priced after a while."""
        basket = self.draft(id)
        lines = self.world.children(basket, "quote_item")
        self._check(lines)
        now = self.world.clock.now()
        today = self.world.clock.date(now)
        self.world.update(basket, state="confirmed", quote_date=today)
        for line in lines:
            self.world.update(line, quote_date=today)
            self.pricing.move(line, "confirmed")
            self.pricing.start(line, now)
        self.world.ledger.effect(
            {"quote": basket.id, "quote_item": list(basket.children)}, basket.data["external_id"]
        )
        return self.detail(basket) if self.world.dialect.confirm == "body" else None

    def draft(self, id: str) -> Record:
        """Return a basket that may still be changed."""
        basket = self.world.find("quote", id)
        if basket.state not in DRAFT:
            raise self.world.conflict(f"This basket cannot be changed: it is {basket.state}.")
        return basket

    def detail(self, basket: Record) -> Json:
        """Return the answer that shows a basket with its lines (C62)."""
        shown = render(self.world, BASKET_DETAIL, basket)
        if self.world.dialect.inner_lines == "ids":
            shown["quote_item"] = list(basket.children)
        else:
            lines = self.world.children(basket, "quote_item")
            shown["quote_item"] = [render(self.world, QUOTE_ITEM_DETAIL, line) for line in lines]
        return shown

    def _check(self, lines: list[Record]) -> None:
        if not lines:
            raise invalid(quote_item=["A basket without lines cannot be confirmed."])
        missing: dict[str, Any] = {}
        for line in lines:
            lacking = {name: REQUIRED for name in AT_CONFIRMATION if not line.data.get(name)}
            if lacking:
                missing[line.id] = lacking
        if missing:
            raise invalid(quote_item=missing)
