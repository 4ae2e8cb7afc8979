"""Operator of the eligibility (public documentation of the eligibility)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError, PermanentError
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class CovageRequestEligibilityOperator(CovageOperator):
    """Ask whether sites can be served, and with what.

    There is no list of eligibility requests to look in (C44): after a lost answer the next try asks again,
    and the first request is left to itself. It orders nothing and costs nothing. Returns the request's id,
    for `CovageEligibilitySensor`.

    Args:
        fields: The request, by the API's names: `product_offering_qualification_item` is the list of sites.
            An `external_id` in it is your own reference; without it one is derived from DAG, run, task and
            map index.
        check_families: Refuse families of offers that `eligibility.categories` does not list.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "eligibility"
    template_fields: Sequence[str] = ("fields", *CovageOperator.template_fields)

    def __init__(self, *, fields: dict[str, Any], check_families: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = fields
        self.check_families = check_families

    def act(self, context: Context) -> str:
        """Send the request.

        Args:
            context: The task's context.

        Returns:
            The request's id.
        """
        from airflow_provider_covage.api.models import EligibilityFields, body

        fields: Any = body(EligibilityFields, self.fields, of="fields of the eligibility request")
        if not fields.get("external_id") and (key := keys.derive(context)):
            fields["external_id"] = key
        if self.check_families:
            self._check_families(fields)
        answer = self.client.eligibility.create(**fields)
        request_id = answer.get("id") or answer.get("product_offering_qualification_id")
        if not request_id:
            raise PermanentError(f"the answer to an eligibility request has no id: {sorted(answer)}")
        self.log.info(
            "eligibility request %s (external_id %s) is sent", request_id, fields.get("external_id")
        )
        return str(request_id)

    def _check_families(self, fields: dict[str, Any]) -> None:
        known = {str(category.get("name")) for category in self.client.eligibility.categories()}
        wanted = {
            family
            for item in fields["product_offering_qualification_item"]
            for family in item["offer_families"]
        }
        if known and wanted - known:
            raise InputError(
                f"unknown offer families {', '.join(sorted(wanted - known))}; the API knows "
                f"{', '.join(sorted(known))}; nothing was sent"
            )
