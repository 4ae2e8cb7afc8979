"""Eligibility: whether a site can be served, and with what (public documentation of the eligibility)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import (
    AnyTransport,
    Call,
    Listing,
    Reading,
    Record,
    Resource,
    listing,
    operation,
)
from airflow_provider_covage.api.models import EligibilityFields, body
from airflow_provider_covage.api.request import Request, path

_ITEMS = "product_offering_qualification_item"
_REFUSED = frozenset({400, 422})


class Eligibility(Resource[AnyTransport]):
    """Eligibility requests."""

    @listing
    def categories(self) -> Listing:
        """List the families of offers that an eligibility request can name.

        Returns:
            An iterator: `name` is for instance BPE, `type` is OFFER_FAMILY.
        """
        return self._listing(path("catalog", "category"), {})

    @operation
    def create(self, **fields: Unpack[EligibilityFields]) -> Call[Record]:
        """Ask whether sites can be served.

        The pages of the documentation disagree on the name of the array of sites (C35): when the API
        refuses the first one, the other is sent, and remembered by the client.

        Args:
            **fields: See `models.EligibilityFields`.

        Returns:
            The request; its `id` reads the results.

        Raises:
            InputError: A field is missing, unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; there is no list to look in (C44), but a second request
                costs nothing.
        """
        json = body(EligibilityFields, fields, of="eligibility.create")
        plural = {f"{_ITEMS}s" if name == _ITEMS else name: value for name, value in json.items()}
        where = path("product_offering_qualification")
        other = Reading("items of eligibility.create", Request("POST", where, json=plural), _REFUSED)
        return Call(Request("POST", where, json=json), answers.record, other=other)

    @operation
    def get(self, eligibility_request_id: str) -> Call[Record]:
        """Read an eligibility request with its results.

        Args:
            eligibility_request_id: The request.

        Returns:
            The request; its schema is not documented (C47). `items_of` finds the sites in it.

        Raises:
            NotFoundError: There is no such request.
        """
        return Call(
            Request("GET", path("product_offering_qualification", eligibility_request_id)), answers.record
        )


def items_of(record: Mapping[str, Any]) -> list[Record]:
    """Find the sites in an eligibility request, under either name (C35).

    Args:
        record: The request.

    Returns:
        The sites; the `id` of one is the `product_offering_qualification_item_id` that quotes ask for.
    """
    items = record.get(_ITEMS) or record.get(f"{_ITEMS}s") or []
    return [item for item in items if isinstance(item, dict)]
