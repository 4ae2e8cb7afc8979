"""Order taking: sessions and their lines (covage-order.txt)."""

from __future__ import annotations

from typing import Unpack

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
from airflow_provider_covage.api.models import (
    NewOrderItemFields,
    OrderFilters,
    OrderItemFields,
    OrderItemFilters,
    QuoteFields,
    body,
)
from airflow_provider_covage.api.request import Request, path


class ProductOrder(Resource[AnyTransport]):
    """Order sessions."""

    @operation
    def create(self, **fields: Unpack[QuoteFields]) -> Call[Record]:
        """Create a session.

        Args:
            **fields: `external_id` and `project_id`, both optional; see `models.QuoteFields`.

        Returns:
            The session, a draft (`created`).

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; look for the session by its `external_id`.
        """
        json = body(QuoteFields, fields, of="product_order.create")
        return Call(Request("POST", path("product_order"), json=json), answers.record)

    @operation
    def get(self, product_order_id: str) -> Call[Record]:
        """Read a session with its lines.

        Args:
            product_order_id: The session.

        Returns:
            The session; its lines are in `product_order_item`. The documented answer has no `state` (C3).

        Raises:
            NotFoundError: There is no such session.
        """
        return Call(Request("GET", path("product_order", product_order_id)), answers.record)

    @operation
    def update(self, product_order_id: str, **fields: Unpack[QuoteFields]) -> Call[Record]:
        """Change a session.

        Args:
            product_order_id: The session.
            **fields: Only what is to change; see `models.QuoteFields`.

        Returns:
            The session.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; the same update may be sent again.
        """
        json = body(QuoteFields, fields, of="product_order.update")
        return Call(Request("PATCH", path("product_order", product_order_id), json=json), answers.record)

    @operation
    def delete(self, product_order_id: str) -> Call[Record | None]:
        """Delete a session with all its lines.

        Args:
            product_order_id: The session.

        Returns:
            Whatever the API answers, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no such session, perhaps not any more.
            UnknownOutcome: The answer was lost; read the session.
        """
        return Call(Request("DELETE", path("product_order", product_order_id)), answers.optional_record)

    @operation
    def confirm(self, product_order_id: str) -> Call[Record | None]:
        """Order every line of a session. Cannot be taken back through the API.

        Args:
            product_order_id: The session.

        Returns:
            The session with its lines.

        Raises:
            BadRequestError: A line misses a field that the confirmation needs.
            UnknownOutcome: The answer was lost; read the state of the session.
        """
        where = path("product_order", product_order_id, "confirm")
        return Call(Request("PATCH", where), answers.optional_record)

    @listing
    def list(self, **filters: Unpack[OrderFilters]) -> Listing:
        """List sessions.

        Args:
            **filters: See `models.OrderFilters`; bounds are ISO 8601.

        Returns:
            An iterator over all pages.
        """
        return self._listing(path("product_order"), body(OrderFilters, filters, of="product_order.list"))


class ProductOrderItem(Resource[AnyTransport]):
    """Lines of order sessions: one line to be built each."""

    @operation
    def create(self, product_order_id: str, **fields: Unpack[NewOrderItemFields]) -> Call[Record]:
        """Add a line to a session.

        Args:
            product_order_id: The session.
            **fields: See `models.NewOrderItemFields`; offer and qualification item have to be there.

        Returns:
            The line. Not every field sent comes back (C64).

        Raises:
            InputError: A field is missing, unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; look among the lines of the session.
        """
        json = body(NewOrderItemFields, fields, of="product_order_item.create")
        where = path("product_order", product_order_id, "product_order_item")
        return Call(Request("POST", where, json=json), answers.record)

    @operation
    def get(self, product_order_item_id: str) -> Call[Record]:
        """Read a line.

        Args:
            product_order_item_id: The line.

        Returns:
            The line; `state_change` is its history, `termination_error` why it was rejected.

        Raises:
            NotFoundError: There is no such line.
        """
        return Call(Request("GET", path("product_order_item", product_order_item_id)), answers.record)

    @operation
    def update(
        self, product_order_id: str, product_order_item_id: str, **fields: Unpack[OrderItemFields]
    ) -> Call[Record]:
        """Change a line.

        Args:
            product_order_id: The session.
            product_order_item_id: The line.
            **fields: Only what is to change; see `models.OrderItemFields`.

        Returns:
            The line.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; the same update may be sent again.
        """
        json = body(OrderItemFields, fields, of="product_order_item.update")
        where = _line(product_order_id, product_order_item_id)
        return Call(Request("PATCH", where, json=json), answers.record)

    @operation
    def delete(self, product_order_id: str, product_order_item_id: str) -> Call[Record | None]:
        """Delete a line from a session.

        Args:
            product_order_id: The session.
            product_order_item_id: The line.

        Returns:
            The session that is left, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no such line, perhaps not any more.
            UnknownOutcome: The answer was lost; read the line.
        """
        request = Request("DELETE", _line(product_order_id, product_order_item_id))
        return Call(request, answers.optional_record)

    @listing
    def list(self, **filters: Unpack[OrderItemFilters]) -> Listing:
        """List lines of all sessions.

        Args:
            **filters: See `models.OrderItemFilters`; bounds are ISO 8601.

        Returns:
            An iterator over all pages; the records are shorter than those of `get`.
        """
        checked = body(OrderItemFilters, filters, of="product_order_item.list")
        return self._listing(path("product_order_item"), checked)


def _line(product_order_id: str, product_order_item_id: str) -> str:
    return path("product_order", product_order_id, "product_order_item", product_order_item_id)
