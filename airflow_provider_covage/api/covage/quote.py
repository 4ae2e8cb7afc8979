"""Quotation: baskets and their lines (covage-quotation.txt, covage-order.txt from line 840)."""

from __future__ import annotations

from typing import Any, Unpack

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import (
    AnyTransport,
    Call,
    Listing,
    Record,
    Resource,
    listing,
    operation,
)
from airflow_provider_covage.api.files import KMZ, FileSource, FileTarget, kmz, sink
from airflow_provider_covage.api.models import (
    ChangedQuoteItemFields,
    NewQuoteItemFields,
    OfferFields,
    QuoteFields,
    QuoteFilters,
    QuoteItemExportFilters,
    QuoteItemFilters,
    body,
)
from airflow_provider_covage.api.request import Request, path


class Quote(Resource[AnyTransport]):
    """Quotation baskets."""

    @operation
    def create(self, **fields: Unpack[QuoteFields]) -> Call[Record]:
        """Create a basket.

        Args:
            **fields: `external_id` and `project_id`, both optional; see `models.QuoteFields`.

        Returns:
            The basket, a draft (`acknowledged`, in the older document `created`).

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; look for the basket by its `external_id`.
            ApiError: The API refuses it.
        """
        json = body(QuoteFields, fields, of="quote.create")
        return Call(Request("POST", path("quote"), json=json), answers.record)

    @operation
    def get(self, quote_id: str) -> Call[Record]:
        """Read a basket with its lines.

        Args:
            quote_id: The basket.

        Returns:
            The basket; its lines are in `quote_item`, of which the fields are not documented (C62).

        Raises:
            NotFoundError: There is no such basket.
        """
        return Call(Request("GET", path("quote", quote_id)), answers.record)

    @operation
    def update(self, quote_id: str, **fields: Unpack[QuoteFields]) -> Call[Record]:
        """Change a basket.

        Args:
            quote_id: The basket.
            **fields: Only what is to change; see `models.QuoteFields`.

        Returns:
            The basket.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; the same update may be sent again.
        """
        json = body(QuoteFields, fields, of="quote.update")
        return Call(Request("PATCH", path("quote", quote_id), json=json), answers.record)

    @operation
    def confirm(self, quote_id: str) -> Call[Record | None]:
        """Send a basket to Covage for pricing. Cannot be taken back.

        Args:
            quote_id: The basket.

        Returns:
            The basket, or None where the API answers without a body (C48).

        Raises:
            BadRequestError: A line misses a field that the confirmation needs.
            UnknownOutcome: The answer was lost; read the state of the basket.
        """
        return Call(Request("PATCH", path("quote", quote_id, "confirm")), answers.optional_record)

    @listing
    def list(self, **filters: Unpack[QuoteFilters]) -> Listing:
        """List baskets.

        Args:
            **filters: See `models.QuoteFilters`; bounds are ISO 8601.

        Returns:
            An iterator over all pages.
        """
        return self._listing(path("quote"), body(QuoteFilters, filters, of="quote.list"))


class QuoteItem(Resource[AnyTransport]):
    """Lines of quotation baskets: one site each."""

    @operation
    def create(self, quote_id: str, **fields: Unpack[NewQuoteItemFields]) -> Call[Record]:
        """Add a line to a basket.

        Args:
            quote_id: The basket.
            **fields: See `models.NewQuoteItemFields`; the qualification item has to be there.

        Returns:
            The line. It does not name its basket (C26): keep both identifiers.

        Raises:
            InputError: A field is missing, unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; look among the lines of the basket.
        """
        json = body(NewQuoteItemFields, fields, of="quote_item.create")
        return Call(Request("POST", path("quote", quote_id, "quote_item"), json=json), answers.record)

    @operation
    def get(self, quote_item_id: str) -> Call[Record]:
        """Read a line with its prices.

        Args:
            quote_item_id: The line.

        Returns:
            The line; `prices` is a list whose elements are not documented.

        Raises:
            NotFoundError: There is no such line.
        """
        return Call(Request("GET", path("quote_item", quote_item_id)), answers.record)

    @operation
    def update(
        self, quote_id: str, quote_item_id: str, **fields: Unpack[ChangedQuoteItemFields]
    ) -> Call[Record]:
        """Change a line.

        Args:
            quote_id: The basket.
            quote_item_id: The line.
            **fields: Only what is to change; see `models.ChangedQuoteItemFields`.

        Returns:
            The line (newer document) or the basket (older document), as the API sent it (C49).

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; the same update may be sent again.
        """
        json = body(ChangedQuoteItemFields, fields, of="quote_item.update")
        return Call(Request("PATCH", _line(quote_id, quote_item_id), json=json), answers.record)

    @operation
    def delete(self, quote_id: str, quote_item_id: str) -> Call[Record | None]:
        """Delete a line from a basket.

        Args:
            quote_id: The basket.
            quote_item_id: The line.

        Returns:
            The basket that is left, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no such line, perhaps not any more.
            UnknownOutcome: The answer was lost; read the line.
        """
        return Call(Request("DELETE", _line(quote_id, quote_item_id)), answers.optional_record)

    @operation
    def upload_trace(self, quote_id: str, quote_item_id: str, *, file: FileSource) -> Call[Record | None]:
        """Upload the trace file of a line.

        Args:
            quote_id: The basket.
            quote_item_id: The line.
            file: A KMZ: path, bytes or binary file object.

        Returns:
            The basket, not the line (C51).

        Raises:
            InputError: The file is not there or is no KMZ; nothing was sent.
            UnknownOutcome: The answer was lost; the same upload may be sent again.
        """
        request = Request(
            "POST", _line(quote_id, quote_item_id, "trace", "upload"), parts=(("file", kmz(file)),)
        )
        return Call(request, answers.optional_record)

    @operation
    def download_trace(self, quote_id: str, quote_item_id: str, *, to: FileTarget | None = None) -> Call[Any]:
        """Download the trace file of a line.

        Args:
            quote_id: The basket.
            quote_item_id: The line.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the KMZ is: `to`, or the path in the folder; without `to` its bytes.

        Raises:
            NotFoundError: The line has no trace.
            TransientError: The download broke off; no half file is left.
        """
        request = Request("GET", _line(quote_id, quote_item_id, "trace", "download"), accept=f"{KMZ}, */*")
        return Call(request, answers.stored, sink(to, "trace.kmz"))

    @operation
    def delete_trace(self, quote_id: str, quote_item_id: str) -> Call[Record | None]:
        """Delete the trace file of a line.

        Args:
            quote_id: The basket.
            quote_item_id: The line.

        Returns:
            `{"detail": ...}` in words that are not documented, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no trace, perhaps not any more.
        """
        return Call(Request("DELETE", _line(quote_id, quote_item_id, "trace")), answers.optional_record)

    @operation
    def accept(self, quote_item_id: str, *, product_id: str) -> Call[Record]:
        """Accept one offer of a line: its other offers become refused, an order session and line are made.

        Args:
            quote_item_id: The line.
            product_id: The offer, such as "2173".

        Returns:
            `product_order_id` and `product_order_item_id`.

        Raises:
            InputError: There is no product_id; nothing was sent.
            UnknownOutcome: The answer was lost; look for an order line with this `quote_item_id`.
        """
        return _offer_call(quote_item_id, "accept", {"product_id": product_id})

    @operation
    def decline(self, quote_item_id: str, *, product_id: str, comment: str | None = None) -> Call[Record]:
        """Decline one offer of a line.

        Args:
            quote_item_id: The line.
            product_id: The offer.
            comment: Why, for Covage to read.

        Returns:
            The line.

        Raises:
            InputError: There is no product_id; nothing was sent.
            UnknownOutcome: The answer was lost; read the line.
        """
        return _offer_call(quote_item_id, "decline", {"product_id": product_id, "comment": comment})

    @operation
    def restore_price(self, quote_item_id: str, *, product_id: str) -> Call[Record]:
        """Take the refusal of an offer back (C7).

        Args:
            quote_item_id: The line.
            product_id: The offer.

        Returns:
            The line.

        Raises:
            InputError: There is no product_id; nothing was sent.
            UnknownOutcome: The answer was lost; read the line.
        """
        return _offer_call(quote_item_id, "restore_price", {"product_id": product_id})

    @operation
    def export_pdf(self, quote_id: str, quote_item_id: str) -> Call[Record]:
        """Have the answer to a line written to a PDF.

        Args:
            quote_id: The basket.
            quote_item_id: The line.

        Returns:
            `task_id`, for `export.status` and `export.download`.
        """
        return Call(Request("POST", _line(quote_id, quote_item_id, "export", "pdf")), answers.record)

    @operation
    def export_price_pdf(self, quote_id: str, quote_item_id: str, product_id: str) -> Call[Record]:
        """Have one offer of a line written to a PDF.

        Args:
            quote_id: The basket.
            quote_item_id: The line.
            product_id: The offer.

        Returns:
            `task_id`, for `export.status` and `export.download`.
        """
        where = _line(quote_id, quote_item_id, "price", product_id, "export", "pdf")
        return Call(Request("POST", where), answers.record)

    @operation
    def export_csv(self, **filters: Unpack[QuoteItemExportFilters]) -> Call[Record]:
        """Have lines written to a CSV.

        Args:
            **filters: See `models.QuoteItemExportFilters`; sent in the body (C45).

        Returns:
            `task_id`, for `export.status` and `export.download`.

        Raises:
            InputError: A filter is unknown; nothing was sent.
        """
        json = body(QuoteItemExportFilters, filters, of="quote_item.export_csv")
        return Call(Request("POST", path("quote_item", "export", "csv"), json=json), answers.record)

    @listing
    def list(self, **filters: Unpack[QuoteItemFilters]) -> Listing:
        """List lines of all baskets.

        Args:
            **filters: See `models.QuoteItemFilters`.

        Returns:
            An iterator over all pages; the records are shorter than those of `get` (C25).
        """
        return self._listing(path("quote_item"), body(QuoteItemFilters, filters, of="quote_item.list"))


def _line(quote_id: str, quote_item_id: str, *rest: str) -> str:
    return path("quote", quote_id, "quote_item", quote_item_id, *rest)


def _offer_call(quote_item_id: str, verb: str, fields: dict[str, str | None]) -> Call[Record]:
    json = body(OfferFields, fields, of=f"quote_item.{verb}")
    return Call(Request("PATCH", path("quote_item", quote_item_id, verb), json=json), answers.record)
