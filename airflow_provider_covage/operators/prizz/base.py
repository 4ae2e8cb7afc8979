"""What the Prizz operators share."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from airflow_provider_covage.api.agreement import against
from airflow_provider_covage.api.errors import ClosedError, InputError, LifecycleError
from airflow_provider_covage.api.prizz import lifecycle
from airflow_provider_covage.api.prizz.lookup import section_in, sections_of
from airflow_provider_covage.hooks.links import PrizzPortalLink
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import ApiOperator

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.prizz import PrizzClient

T = TypeVar("T")

_DAY_BEFORE = timedelta(days=1)
"""Days of the API need not begin when those of UTC do."""


class PrizzOperator(ApiOperator):
    """Base of the Prizz operators.

    Args:
        prizz_conn_id: The Airflow connection.
        **kwargs: Arguments of every operator of this package.
    """

    conn_type = "prizz"
    template_fields: Sequence[str] = ("prizz_conn_id",)
    operator_extra_links = (PrizzPortalLink(),)
    portal_resource: ClassVar[str | None] = None
    """What the link to the extranet leads to, by the API's name; None where there is no record (any more)."""

    def __init__(self, *, prizz_conn_id: str = "prizz_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prizz_conn_id = prizz_conn_id

    @functools.cached_property
    def client(self) -> PrizzClient:
        """The API client of the connection."""
        from airflow_provider_covage.hooks.prizz import PrizzHook

        return PrizzHook(self.prizz_conn_id).get_conn()

    def numbers(self, *names: str) -> None:
        """Check that identifiers have come out of templating as whole numbers.

        Args:
            *names: Arguments of the operator.

        Raises:
            InputError: One is no whole number; nothing was sent.
        """
        from airflow_provider_covage.api.prizz.request import number

        for name in names:
            setattr(self, name, int(number(getattr(self, name), f"{type(self).__name__}: {name}")))

    def seek(self, look: Callable[[], T | None]) -> T | None:
        """Look for what has just been made, and once more when it does not show up yet: lists may lag.

        Args:
            look: Finds it.

        Returns:
            What was found.
        """
        found = look()
        if found is None:
            time.sleep(self.settling_time)
            found = look()
        return found


def noted_number(noted: Mapping[str, str], name: str = "id") -> int:
    """Take an identifier out of what a task has noted.

    Args:
        noted: The note.
        name: Name of the identifier.

    Returns:
        The identifier.

    Raises:
        InputError: There is none, or it is no whole number.
    """
    from airflow_provider_covage.api.prizz.request import number

    return int(number(noted.get(name, ""), f"the note's {name}"))


def same_or_taken(what: str, bearing: Sequence[tuple[Record, Record]], name: str, log: Any) -> list[Record]:
    """Choose what was made for the same thing: a section of another name is another one.

    Args:
        what: What was to be made, with its client reference.
        bearing: What bears the reference, the earliest first, each with the section that shows it.
        name: Name of the section.
        log: Where to tell what is left alone.

    Returns:
        Those whose section may have been made with this name.

    Raises:
        KeyTakenError: There are some, and none is of this name; all are named.
    """
    slips = {one["id"]: against(section, {"name": name}) for one, section in bearing}
    same = [one for one, _ in bearing if not slips[one["id"]]]
    others = {number: told for number, told in slips.items() if told}
    if others and not same:
        raise keys.taken(what, others)
    for number, told in others.items():
        log.warning(
            "%s: %s bears the reference, too, but its %s: left alone", what, number, ", its ".join(told)
        )
    return same


def since(own: Any, context: Mapping[str, Any]) -> date | None:
    """Say from which day on something may have been made by this task.

    Args:
        own: The user's own reference, if any: what bears it may be of any age.
        context: The task's context.

    Returns:
        The day before the run was to start, None for no bound.
    """
    began = keys.run_began(context)
    return None if own not in (None, "") or began is None else began.date() - _DAY_BEFORE


class OfferOperator(PrizzOperator):
    """Base of what works on one commercial offer.

    Args:
        commercial_offer_id: The offer.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "commercial_offer"
    template_fields: Sequence[str] = ("commercial_offer_id", *PrizzOperator.template_fields)

    def __init__(self, *, commercial_offer_id: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.commercial_offer_id = commercial_offer_id

    def read(self) -> Record:
        """Read the offer.

        Returns:
            The offer.
        """
        return self.client.commercial_offer.get(self.commercial_offer_id)

    def name_of(self, offer: Mapping[str, Any]) -> str:
        """Name the offer for a log.

        Args:
            offer: The offer.

        Returns:
            Its identifier and its name.
        """
        name = f" ({offer['name']})" if offer.get("name") else ""
        return f"commercial offer {self.commercial_offer_id}{name}"


class SectionOperator(OfferOperator):
    """Base of what changes one section of a commercial offer.

    Args:
        commercial_offer_id: The offer.
        section_id: The section.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("section_id", *OfferOperator.template_fields)

    def __init__(self, *, section_id: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.section_id = section_id

    def draft(self) -> Record:
        """Read the section while its offer may still be changed.

        Returns:
            The section.

        Raises:
            ClosedError: The offer is submitted.
            InputError: The offer has no such section.
        """
        offer = self.read()
        section = section_in(offer, self.section_id)
        if is_closed(offer):
            raise ClosedError(self.name_of(offer), offer.get("status"), section or {})
        if section is None:
            known = ", ".join(f"{one.get('id')} ({one.get('name')})" for one in sections_of(offer)) or "none"
            raise InputError(f"{self.name_of(offer)} has no section {self.section_id}; it has {known}")
        return section


def is_closed(offer: Mapping[str, Any]) -> bool:
    """Say whether an offer can no longer be changed.

    Args:
        offer: The offer.

    Returns:
        Whether it is in a state that is known and is no draft.
    """
    return offer.get("status") in lifecycle.COMMERCIAL_OFFER.states - lifecycle.COMMERCIAL_OFFER.draft


def refuse_abandoned(name: str, offer: Mapping[str, Any]) -> None:
    """Refuse to work on an offer that was given up.

    Args:
        name: The offer, in words.
        offer: The offer.

    Raises:
        LifecycleError: It is abandoned.
    """
    if offer.get("status") in lifecycle.COMMERCIAL_OFFER.failure:
        raise LifecycleError(f"{name} is {offer['status']}: make a new one")
