"""Orders once they are taken: production and service (public documentation of the order tracking)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from airflow_provider_covage.api.request import Request, path


class Order(Resource[AnyTransport]):
    """Tracked orders."""

    @operation
    def get(self, order_reference: str) -> Call[Record]:
        """Read an order.

        Args:
            order_reference: Its `order_reference` (`CMD_...`). What an order line shows (`PO_...`) is
                most likely the order's `id` (C21): look it up in the list.

        Returns:
            The order.

        Raises:
            NotFoundError: There is no such order.
        """
        return Call(Request("GET", path("order", order_reference)), answers.record)

    @listing
    def historic(self, order_reference: str) -> Listing:
        """Read the production steps of an order.

        Args:
            order_reference: Its `order_reference` (`CMD_...`).

        Returns:
            An iterator over the steps; their fields are not documented, see `step_name`.

        Raises:
            NotFoundError: There is no such order.
        """
        return self._listing(path("order", order_reference, "historic"), {})

    @listing
    def list(self) -> Listing:
        """List orders; no filter is documented.

        Returns:
            An iterator over all pages.
        """
        return self._listing(path("order"), {})


def step_name(step: Mapping[str, Any]) -> str:
    """Name a production step, whatever its fields are called.

    Args:
        step: The step.

    Returns:
        Its name and date, as far as the usual fields hold them.
    """
    names = ("step", "name", "state", "status", "label", "code", "event", "type")
    dates = ("date", "change_date", "creation_date", "step_date", "created_at")
    name = next((str(step[key]) for key in names if step.get(key)), str(dict(step)))
    moment = next((str(step[key]) for key in dates if step.get(key)), "")
    return f"{name} ({moment})" if moment else name
