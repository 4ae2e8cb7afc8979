"""Operators that make and submit commercial offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import AmbiguousError, InputError, PermanentError
from airflow_provider_covage.api.prizz import lookup
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.once import Recall
from airflow_provider_covage.operators.prizz.base import (
    OfferOperator,
    PrizzOperator,
    is_closed,
    noted_number,
    refuse_abandoned,
    since,
)

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzCreateCommercialOfferOperator(PrizzOperator):
    """Open an empty commercial offer; sections are added to it afterwards.

    An offer bears no key (P24). After a lost answer or a retry, the drafts without section of the same
    customer are looked at that were made since the run was to start and were not there before: one is
    adopted, several stop the task and are named. On Airflow 3.3 a task that is cleared goes straight to the
    offer that it has noted. What remains possible: a retry takes an empty draft for its own that somebody
    else has opened meanwhile; without a note, once a section was added to its own, it opens a second one; a
    gateway that delivers the request twice leaves a second one behind, and where the answer is lost as well,
    the task stops. An empty draft costs nothing and orders nothing. Returns the offer's id.

    Args:
        client_legal_entity_id: The customer company.
        legal_entity_id: The selling company.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "commercial_offer"
    template_fields: Sequence[str] = (
        "client_legal_entity_id",
        "legal_entity_id",
        *PrizzOperator.template_fields,
    )

    def __init__(
        self,
        *,
        client_legal_entity_id: int | str,
        legal_entity_id: int | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.client_legal_entity_id = client_legal_entity_id
        self.legal_entity_id = legal_entity_id
        self._known: set[int] = set()

    def act(self, context: Context) -> int:
        """Open the offer or adopt it.

        Args:
            context: The task's context.

        Returns:
            The offer's id.
        """
        self.numbers("client_legal_entity_id")
        if self.legal_entity_id not in (None, ""):
            self.numbers("legal_entity_id")
        first_day = since(None, context)
        record = self.once(context)(
            f"commercial offer of company {self.client_legal_entity_id}",
            look=lambda doubt: self._look(doubt, first_day),
            act=lambda: self._make(first_day),
            recall=Recall(note=lambda offer: {"id": str(offer["id"])}, read=self._noted),
        )
        self.log.info(
            "commercial offer %s (%s) is %s", record["id"], record.get("name"), record.get("status")
        )
        return int(record["id"])

    def _noted(self, noted: Mapping[str, str]) -> Record | None:
        # By now it may have sections, and be submitted.
        offer = self.client.commercial_offer.get(noted_number(noted))
        is_ours = lookup.is_between(offer, self.client_legal_entity_id, self.legal_entity_id or None)
        return offer if is_ours else None

    def _look(self, doubt: bool, first_day: date | None) -> Record | None:
        if not doubt:
            self._known.update(one["id"] for one in self._drafts(first_day))
            return None
        return self._new_draft(first_day)

    def _new_draft(self, first_day: date | None) -> Record | None:
        new = [one for one in self._drafts(first_day) if one["id"] not in self._known]
        if len(new) > 1:
            names = ", ".join(f"{one['id']} ({one.get('createDate')})" for one in new)
            raise AmbiguousError(
                f"{len(new)} empty drafts of company {self.client_legal_entity_id} could be that of this "
                f"task, and nothing tells them apart: {names}. Nothing is ordered by them: "
                "look at them in the extranet, or start a new run, which leaves them alone"
            )
        return new[0] if new else None

    def _make(self, first_day: date | None) -> Record:
        answer = self.client.commercial_offer.create(
            **given(
                client_legal_entity_id=self.client_legal_entity_id,
                legal_entity_id=self.legal_entity_id or None,
            )
        )
        # What the id in the answer is of is not documented (P6).
        found = self.seek(lambda: self._by_answer(answer) or self._new_draft(first_day))
        if found is None:
            raise PermanentError(
                f"a commercial offer was made ({answer.get('id')}: {answer.get('lastLog')}), but company "
                f"{self.client_legal_entity_id} shows no new draft: look for it in the extranet"
            )
        return found

    def _by_answer(self, answer: Record) -> Record | None:
        offer = lookup.offer_if_any(self.client, answer.get("id"))
        return offer if offer and offer.get("id") not in self._known and self._fits(offer) else None

    def _fits(self, offer: Record) -> bool:
        return lookup.is_empty_draft(offer, self.client_legal_entity_id, self.legal_entity_id or None)

    def _drafts(self, first_day: date | None) -> list[Record]:
        return lookup.empty_drafts(
            self.client,
            customer=self.client_legal_entity_id,
            seller=self.legal_entity_id or None,
            since=first_day,
        )


class PrizzSubmitCommercialOfferOperator(OfferOperator):
    """Submit a commercial offer: it is checked, and priced where something has to be estimated.

    Looks at the status first: an offer that is past the draft is left alone. Returns the offer; in which
    status it is then is not documented (P22), wait for `validated` with `PrizzCommercialOfferSensor`.

    Args:
        commercial_offer_id: The offer.
        preflight: Refuse an offer without sections, or with a section without an offer of the catalogue.
        **kwargs: Arguments of every Prizz operator.
    """

    def __init__(self, *, preflight: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preflight = preflight

    def act(self, context: Context) -> Record:
        """Submit the offer unless that has happened.

        Args:
            context: The task's context.

        Returns:
            The offer.
        """
        self.numbers("commercial_offer_id")
        offer = self.once(context)(
            f"submission of commercial offer {self.commercial_offer_id}", look=self._look, act=self._submit
        )
        self.log.info("%s is submitted, now %s", self.name_of(offer), offer.get("status"))
        return offer

    def _look(self, _: bool) -> Record | None:
        offer = self.read()
        refuse_abandoned(self.name_of(offer), offer)
        # The status may move some time after the submission (P22).
        return offer if is_closed(offer) or offer.get("submitDate") else None

    def _submit(self) -> Record:
        if self.preflight:
            self._check(self.read())
        self.client.commercial_offer.submit(self.commercial_offer_id)
        return self.read()

    def _check(self, offer: Record) -> None:
        sections = lookup.sections_of(offer)
        if not sections:
            raise InputError(
                f"{self.name_of(offer)} has no section to submit (PrizzAddSectionOperator); nothing was sent"
            )
        empty = [f"{one.get('id')} ({one.get('name')})" for one in sections if one.get("offer", 0) is None]
        if empty:
            raise InputError(
                f"{self.name_of(offer)}: no offer is chosen for section {', '.join(empty)} "
                "(PrizzSetSectionOfferOperator); nothing was sent"
            )
