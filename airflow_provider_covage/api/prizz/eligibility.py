"""Eligibility: whether a site can be served, and for how much (prizz-extranet.txt, "Eligibility")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.prizz.models import EligibilityFields, PageFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class Eligibility(PrizzResource[AnyTransport]):
    """Eligibility requests."""

    @operation
    def create(self, **fields: Unpack[EligibilityFields]) -> Call[Record]:
        """Ask whether a site can be served; the answer comes later.

        Args:
            **fields: `client_id`, and `address` or `lat` and `lon`; see `prizz.models.EligibilityFields`.

        Returns:
            `entities`, the companies asked for, and `responses`, an identifier for `get` each.

        Raises:
            InputError: There is neither an address nor both coordinates, or a field is not of its kind;
                nothing was sent.
            UnknownOutcome: The answer was lost; a second request costs nothing.
        """
        params = body(EligibilityFields, fields, of="eligibility.create")
        if not ("address" in params or ("lat" in params and "lon" in params)):
            raise InputError("eligibility.create: address, or lat and lon, is needed; nothing was sent")
        return self._write(path("eligibility"), params=params)

    @operation
    def get(self, eligibility_id: Id) -> Call[Record]:
        """Read an eligibility request.

        Args:
            eligibility_id: One of the `responses` of `create`.

        Returns:
            The request: `response` holds the offers found, `wfs` its state, a free text (P4). Costs are in
            euro cents, rates in Mb/s (P10).

        Raises:
            NotFoundError: There is no such request.
        """
        return self._read(path("eligibility", number(eligibility_id, "eligibility_id")))

    @listing
    def list(self, **filters: Unpack[PageFilters]) -> Listing:
        """List the latest eligibility requests.

        Args:
            **filters: See `prizz.models.PageFilters`.

        Returns:
            An iterator over all pages; what `get` calls `response` is `result` here.
        """
        checked = body(PageFilters, filters, of="eligibility.list")
        return self._pages(path("eligibility", "history"), checked)


def combinations_of(record: Mapping[str, Any]) -> Iterator[Record]:
    """Go through the priced combinations that an eligibility request has found.

    Args:
        record: The request, as `eligibility.get` or `eligibility.list` shows it.

    Yields:
        Each combination, with `code` and `offerId` of its offer.
    """
    for offer in record.get("response") or record.get("result") or []:
        for combination in offer.get("combinations") or []:
            yield {"code": offer.get("code"), "offerId": offer.get("offerId"), **combination}


def cheapest_combination(
    record: Mapping[str, Any], *, limit: int | None = None, estimates: bool = False
) -> Record | None:
    """Choose the combination with the lowest total.

    Args:
        record: The request, as `eligibility.get` shows it.
        limit: The most that `total` may be, in euro cents.
        estimates: Whether combinations count of which a part of the cost has yet to be estimated.

    Returns:
        The combination: `combinationId` is what `commercial_offer.fast_order` takes, `total` is in euro
        cents. None when there is none.
    """
    priced = [one for one in combinations_of(record) if isinstance(one.get("total"), int)]
    fitting = [
        one
        for one in priced
        if (limit is None or one["total"] <= limit) and (estimates or not one.get("nrcToEstimate"))
    ]
    return min(fitting, key=lambda one: one["total"], default=None)
