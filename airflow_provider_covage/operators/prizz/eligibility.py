"""Operator of the eligibility."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import PermanentError
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.prizz.base import PrizzOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzRequestEligibilityOperator(PrizzOperator):
    """Ask whether a site can be served, and for how much.

    A request orders nothing and costs nothing: after a lost answer the next try asks again, and the first
    request is left to itself. Returns the id to read the result with, for `PrizzEligibilitySensor` and
    `PrizzFastOrderOperator`.

    Args:
        client_id: The customer company that asks.
        address: The site's address in one line; this or the coordinates.
        lat: Degrees, WGS 84.
        lon: Degrees, WGS 84.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "eligibility"
    template_fields: Sequence[str] = ("client_id", "address", "lat", "lon", *PrizzOperator.template_fields)

    def __init__(
        self,
        *,
        client_id: int | str,
        address: str | None = None,
        lat: float | str | None = None,
        lon: float | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.client_id = client_id
        self.address = address
        self.lat = lat
        self.lon = lon

    def act(self, context: Context) -> int:
        """Send the request.

        Args:
            context: The task's context.

        Returns:
            The id of the result.
        """
        self.numbers("client_id")
        fields = given(client_id=self.client_id, address=self.address, lat=self.lat, lon=self.lon)
        answer = self.client.eligibility.create(**fields)
        eligibility_id = self._own(answer)
        self.log.info("eligibility request %s (company %s) is sent", eligibility_id, self.client_id)
        return eligibility_id

    def _own(self, answer: Record) -> int:
        """Choose the result for the company asked for, should there be several (P8)."""
        responses: list[int] = answer.get("responses") or []
        if not responses:
            raise PermanentError(f"the answer to an eligibility request has no responses: {sorted(answer)}")
        if len(responses) == 1:
            return responses[0]
        companies = [str(one.get("id")) for one in answer.get("entities") or []]
        if len(companies) == len(responses) and companies.count(str(self.client_id)) == 1:
            return responses[companies.index(str(self.client_id))]
        for response in responses:
            company = self.client.eligibility.get(response).get("client") or {}
            if str(company.get("id")) == str(self.client_id):
                return response
        raise PermanentError(f"none of the eligibility requests {responses} is for company {self.client_id}")
