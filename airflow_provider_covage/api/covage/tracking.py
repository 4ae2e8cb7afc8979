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
from airflow_provider_covage.api.request import Answer, Request, path

Steps = list[Record]
"""Production steps."""


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

    @operation
    def historic(self, order_reference: str) -> Call[Steps]:
        """Read the production steps of an order.

        Args:
            order_reference: Its `order_reference` (`CMD_...`).

        Returns:
            The steps; their fields are not documented.

        Raises:
            NotFoundError: There is no such order.
        """
        return Call(Request("GET", path("order", order_reference, "historic")), _steps)

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


def _steps(answer: Answer) -> Steps:
    content = answers.content_of(answer)
    if isinstance(content, dict):
        listed = [value for value in content.values() if isinstance(value, list)]
        content = content.get("results") or (listed[0] if listed else [])
    if not isinstance(content or [], list):
        raise answers.unreadable(answer, "no list of production steps")
    return [step for step in content or [] if isinstance(step, dict)]
