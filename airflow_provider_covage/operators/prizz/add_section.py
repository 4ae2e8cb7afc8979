"""The operator that adds a section to a commercial offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import against
from airflow_provider_covage.api.errors import AmbiguousError, CovageError, LifecycleError, PermanentError
from airflow_provider_covage.api.prizz import lookup
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.once import Recall
from airflow_provider_covage.operators.prizz.base import OfferOperator, is_closed, noted_number, same_or_taken

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzAddSectionOperator(OfferOperator):
    """Add a section to a commercial offer, once: one with the same client reference is adopted.

    Where that has another name, the task stops. Where the API does not give references back, a section of
    the same name counts as the same after a lost answer or a retry; several stop the task and are named,
    unless it has noted its own (Airflow 3.3). A second one that was made at the same moment is removed
    again, unless its reference is your own. What remains possible: where references are not given back, a
    second one stays. Returns the section's id.

    Args:
        commercial_offer_id: The offer, a draft.
        name: Name of the section, which is the description of the service contract later.
        client_reference: Your own reference; without it one is derived from DAG, run, task and map index.
        client_contract_id: Framework contract, one of the `contracts` of the customer company.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = (
        "name",
        "client_reference",
        "client_contract_id",
        *OfferOperator.template_fields,
    )

    def __init__(
        self,
        *,
        name: str,
        client_reference: str | None = None,
        client_contract_id: int | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.client_reference = client_reference
        self.client_contract_id = client_contract_id
        self._known: set[Any] = set()

    def act(self, context: Context) -> int:
        """Add the section or adopt it.

        Args:
            context: The task's context.

        Returns:
            The section's id.
        """
        self.numbers("commercial_offer_id")
        self.required("name")
        reference = self.key(self.client_reference, context, "client_reference")
        record = self.once(context)(
            self._what(reference),
            look=lambda doubt: self._look(reference, doubt),
            act=lambda: self._add(reference),
            recall=Recall(
                note=lambda section: {"id": str(section["id"])},
                read=lambda noted: self._noted(noted_number(noted), reference),
            ),
        )
        self.log.info("section %s is in commercial offer %s", record["id"], self.commercial_offer_id)
        return int(record["id"])

    def _what(self, reference: str | None) -> str:
        return f"section with client reference {reference} of commercial offer {self.commercial_offer_id}"

    def _noted(self, section_id: int, reference: str | None) -> Record | None:
        section = lookup.section_in(self.read(), section_id)
        if section is None:
            return None
        shown = section.get("clientReference")
        is_ours = shown in (reference, None, "") and not against(section, {"name": self.name})
        return section if is_ours else None

    def _look(self, reference: str | None, doubt: bool) -> Record | None:
        offer = self.read()
        found = self._found(offer, reference, doubt)
        if found is None and is_closed(offer):
            raise LifecycleError(
                f"{self.name_of(offer)} is {offer['status']}: sections can be added to a draft only"
            )
        return found

    def _found(self, offer: Record, reference: str | None, doubt: bool) -> Record | None:
        sections = lookup.sections_of(offer)
        bearing = lookup.bearing(sections, reference) if reference else []
        found = same_or_taken(self._what(reference), [(one, one) for one in bearing], self.name, self.log)
        alike = lookup.silent(sections, self.name)
        if not doubt:
            self._known.update(one.get("id") for one in alike)
        elif not found:
            found = self._only(one for one in alike if one.get("id") not in self._known)
        for twin in found[1:]:
            self._settle(found[0], twin, offer)
        return found[0] if found else None

    def _only(self, alike: Iterable[Record]) -> list[Record]:
        found = list(alike)
        if len(found) > 1:
            names = ", ".join(str(one.get("id")) for one in found)
            raise AmbiguousError(
                f"{len(found)} sections named {self.name!r} of commercial offer {self.commercial_offer_id} "
                f"could be that of this task, and none shows its client reference: {names}. "
                "Look at them in the extranet"
            )
        return found

    def _settle(self, first: Record, twin: Record, offer: Record) -> None:
        is_ours = keys.is_derived({"external_id": twin.get("clientReference")})
        if not is_ours or is_closed(offer):
            self.log.warning(
                "section %s is adopted; %s bears the same client reference and is left alone",
                first.get("id"),
                twin.get("id"),
            )
            return
        self.log.warning("section %s was there first; removing %s", first.get("id"), twin.get("id"))
        try:
            self.client.commercial_offer_section.delete(self.commercial_offer_id, twin["id"])
        except CovageError as error:
            self.log.warning("section %s could not be removed: %s", twin.get("id"), error)

    def _add(self, reference: str | None) -> Record:
        answer = self.client.commercial_offer_section.create(
            self.commercial_offer_id,
            **given(
                name=self.name,
                client_reference=reference,
                client_contract_id=self.client_contract_id or None,
            ),
        )
        # What the id in the answer is of is not documented (P6).
        found = self.seek(lambda: self._found(self.read(), reference, True))
        if found is None:
            raise PermanentError(
                f"a section was added ({answer.get('id')}: {answer.get('lastLog')}), but commercial offer "
                f"{self.commercial_offer_id} does not show it: look at it in the extranet"
            )
        return found
