"""The operator that makes a commercial offer in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import against
from airflow_provider_covage.api.errors import InputError, NotFoundError, PermanentError
from airflow_provider_covage.api.prizz import lookup
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.once import Recall
from airflow_provider_covage.operators.prizz.base import PrizzOperator, noted_number, same_or_taken, since

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzFastOrderOperator(PrizzOperator):
    """Make a commercial offer of one combination that an eligibility request has found, once.

    An offer bears no key of its own, its section does: the client reference. The offers of the customer are
    searched for it, those since the run was to start, or all of them for a reference of your own; one that
    bears it is adopted; where its section has another name, the task stops. On Airflow 3.3 a task that is
    cleared goes straight to the offer that it has noted. Nothing is ordered before the offer is signed.
    What remains possible: two copies of the task at the same moment, or a gateway that delivers the request
    twice, leave a second draft behind, which is named in the log; the earliest is gone on with. Returns the
    offer's id.

    Args:
        eligibility_id: The eligibility request, as `PrizzRequestEligibilityOperator` returns it.
        combination_id: `combinationId` of the combination wanted.
        name: Name of the section, which is the description of the service contract later.
        client_reference: Your own reference; without it one is derived from DAG, run, task and map index.
        client_legal_entity_id: The customer company; without it that of the eligibility request.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "commercial_offer"
    template_fields: Sequence[str] = (
        "eligibility_id",
        "combination_id",
        "name",
        "client_reference",
        "client_legal_entity_id",
        *PrizzOperator.template_fields,
    )

    def __init__(
        self,
        *,
        eligibility_id: int | str,
        combination_id: str,
        name: str,
        client_reference: str | None = None,
        client_legal_entity_id: int | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.eligibility_id = eligibility_id
        self.combination_id = combination_id
        self.name = name
        self.client_reference = client_reference
        self.client_legal_entity_id = client_legal_entity_id

    def act(self, context: Context) -> int:
        """Make the offer or adopt it.

        Args:
            context: The task's context.

        Returns:
            The offer's id.
        """
        self.numbers("eligibility_id")
        self.required("combination_id", "name")
        request = self.client.eligibility.get(self.eligibility_id)
        customer = self._customer(request)
        reference = self.key(self.client_reference, context, "client_reference")
        first_day = since(self.client_reference, context)
        what = f"commercial offer with client reference {reference}"

        def look(_: bool = False) -> Record | None:
            if reference is None:
                return None
            found = lookup.offers_bearing(self.client, reference, customer=customer, since=first_day)
            with_section = [(one, lookup.bearing(lookup.sections_of(one), reference)[0]) for one in found]
            return self._earliest(same_or_taken(what, with_section, self.name, self.log))

        record = self.once(context)(
            what,
            look=look,
            act=lambda: self._make(request, reference, look),
            recall=Recall(
                note=lambda offer: {"id": str(offer["id"])},
                read=lambda noted: self._by_id(noted_number(noted), reference),
            ),
        )
        self.log.info(
            "commercial offer %s (%s, client reference %s) is %s",
            record["id"],
            record.get("name"),
            reference,
            record.get("status"),
        )
        return int(record["id"])

    def _customer(self, request: Record) -> int:
        company = self.client_legal_entity_id or (request.get("client") or {}).get("id")
        if not company:
            raise InputError(
                f"eligibility request {self.eligibility_id} does not show its company: "
                "give client_legal_entity_id; nothing was sent"
            )
        self.client_legal_entity_id = company
        self.numbers("client_legal_entity_id")
        return int(self.client_legal_entity_id)

    def _earliest(self, bearing: list[Record]) -> Record | None:
        for twin in bearing[1:]:
            self.log.warning(
                "commercial offer %s is adopted; %s bears the same client reference and is left alone: "
                "do not sign it",
                bearing[0].get("id"),
                twin.get("id"),
            )
        return bearing[0] if bearing else None

    def _make(self, request: Record, reference: str | None, look: Callable[[], Record | None]) -> Record:
        self._check(request)
        fields = given(name=self.name, client_reference=reference, combination_id=self.combination_id)
        answer = self._send(request, fields)
        # What the id in the answer is of is not documented (P6).
        found = self.seek(lambda: look() or self._by_id(answer.get("id"), reference))
        if found is None:
            raise PermanentError(
                f"a commercial offer was made ({answer.get('id')}: {answer.get('lastLog')}), but none of "
                f"company {self.client_legal_entity_id} shows client reference {reference}: "
                "look for it in the extranet before you try again"
            )
        return found

    def _check(self, request: Record) -> None:
        from airflow_provider_covage.api.prizz.eligibility import combinations_of

        known = [str(one.get("combinationId")) for one in combinations_of(request)]
        if known and str(self.combination_id) not in known:
            raise InputError(
                f"eligibility request {self.eligibility_id} has no combination {self.combination_id}; "
                f"it has {', '.join(known[:20])}; nothing was sent"
            )

    def _send(self, request: Record, fields: Any) -> Record:
        try:
            return self.client.commercial_offer.fast_order(self.eligibility_id, **fields)
        except NotFoundError:
            workflow = request.get("wf")
            if not workflow or str(workflow) == str(self.eligibility_id):
                raise
            # The one may be called for by the identifier of the other (P9).
            return self.client.commercial_offer.fast_order(workflow, **fields)

    def _by_id(self, offer_id: Any, reference: str | None) -> Record | None:
        offer = lookup.offer_if_any(self.client, offer_id)
        if offer is None or not lookup.is_between(offer, self.client_legal_entity_id or 0, None):
            return None
        sections = lookup.sections_of(offer)
        sure = lookup.bearing(sections, reference) if reference is not None else []
        is_same = any(not against(one, {"name": self.name}) for one in sure)
        return offer if is_same or lookup.silent(sections, self.name) else None
