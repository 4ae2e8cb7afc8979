"""Every state machine, once: which states are waiting, success or failure, and what lies past what.

Meanings and arrows come from the Covage documents; where these contradict each other (C1, C2, C8), the
reading here works whichever is true.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Mapping
from typing import Any

from airflow_provider_covage.api.errors import InputError

States = frozenset[str]


class Verdict(enum.Enum):
    """What a state means to one who waits."""

    WAITING = "waiting"
    REACHED = "reached"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of record.

    Args:
        name: What the record is called in messages.
        arrows: Every known state and the states that can come directly after it.
        target: States that a waiter waits for unless told otherwise.
        failure: States from which the target is not reached any more.
        draft: States in which nothing moves before somebody confirms.
        next_step: What a draft is waiting for.
        is_open: Whether other states than these are to be expected: the documents name none, or only some.
        last: States that lie past every other.
    """

    name: str
    arrows: Mapping[str, tuple[str, ...]]
    target: States
    failure: States
    draft: States = frozenset()
    next_step: str = ""
    is_open: bool = False
    last: States = frozenset()

    @property
    def states(self) -> States:
        """All states that the documents know."""
        return frozenset(self.arrows)

    @property
    def final(self) -> States:
        """The states that are never left."""
        return frozenset(state for state, following in self.arrows.items() if not following)

    def past(self, targets: Collection[str]) -> States:
        """Give the states that a record can only have after a target.

        Args:
            targets: States waited for.

        Returns:
            The targets, and whatever can follow one of them and cannot come before all of them.
        """
        reached = {*targets, *self.last}
        todo = list(targets)
        while todo:
            for state in self.arrows.get(todo.pop(), ()):
                if state not in reached:
                    reached.add(state)
                    todo.append(state)
        return frozenset(reached)

    def judge(self, state: str | None, targets: Collection[str], failures: Collection[str]) -> Verdict:
        """Say what a state means to one who waits for a target.

        Args:
            state: The record's state; None where the answer shows none.
            targets: States waited for.
            failures: States that end the wait without success.

        Returns:
            The verdict; a target that is also a failure counts as reached.
        """
        if state in targets:
            return Verdict.REACHED
        if state in failures:
            return Verdict.FAILED
        if state in self.past(targets):
            return Verdict.REACHED
        is_known = self.is_open or state in self.arrows or str(state).partition(".")[0] in self.arrows
        return Verdict.WAITING if is_known else Verdict.UNKNOWN

    def checked(
        self, targets: Collection[str] | None, failures: Collection[str] | None
    ) -> tuple[States, States]:
        """Fill in the defaults for what a waiter was told.

        Args:
            targets: States waited for, None for the default.
            failures: States that fail the wait, None for the default less the targets.

        Returns:
            Targets and failures.

        Raises:
            InputError: No target is left, or a single text was given where several states are meant.
        """
        for given in (targets, failures):
            if isinstance(given, str):
                raise InputError(f"states are given as a list, such as [{given!r}]")
        chosen = self.target if targets is None else frozenset(targets)
        if not chosen:
            known = ", ".join(self.arrows) or "no state that the documents name"
            raise InputError(f"no target state to wait for; {self.name} knows {known}")
        if failures is None:
            # What leads to a target is no failure: a termination that is waited for passes through them.
            return chosen, frozenset(state for state in self.failure if not self.past([state]) & chosen)
        return chosen, frozenset(failures) - chosen


def ordered(states: Collection[str] | None) -> list[str] | str | None:
    """Put states in one order, so that what stores them is the same for the same states.

    Args:
        states: The states, or a template that will give them.

    Returns:
        The states in order; a template, or None, as it is.
    """
    return states if states is None or isinstance(states, str) else sorted(states)


FINALIZED_WITHOUT_PRICE = "finalized_without_price"
"""A finalized basket none of whose lines has, or had, a price that could be accepted (C1)."""

QUOTE = Lifecycle(
    "quotation basket",
    arrows={
        "acknowledged": ("confirmed",),
        "created": ("confirmed",),
        "confirmed": ("partial_ready", "ready"),
        "partial_ready": ("ready",),
        "ready": ("partial_finalized", "finalized"),
        "partial_finalized": ("finalized",),
        "finalized": (),
        FINALIZED_WITHOUT_PRICE: (),
    },
    target=frozenset({"ready"}),
    failure=frozenset({FINALIZED_WITHOUT_PRICE}),
    draft=frozenset({"acknowledged", "created"}),
    next_step="confirm the basket (quote.confirm)",
)

QUOTE_ITEM = Lifecycle(
    "quotation line",
    arrows={
        "acknowledged": ("confirmed",),
        "created": ("confirmed",),
        "confirmed": ("ready", "unable_to_provide"),
        "ready": ("expired", "refused", "accepted"),
        "unable_to_provide": (),
        "expired": (),
        "refused": (),
        "accepted": (),
    },
    target=frozenset({"ready"}),
    failure=frozenset({"unable_to_provide", "expired", "refused"}),
    draft=frozenset({"acknowledged", "created"}),
    next_step="confirm its basket (quote.confirm)",
)

ORDER = Lifecycle(
    "order session",
    arrows={
        "created": ("in_progress",),
        "in_progress": ("completed", "partial", "rejected"),
        "completed": (),
        "partial": (),
        "rejected": (),
    },
    target=frozenset({"completed"}),
    failure=frozenset({"partial", "rejected"}),
    draft=frozenset({"created"}),
    next_step="confirm the session (product_order.confirm)",
)

ORDERED = "ordered"
"""A line whose session is over and which was not rejected, whatever its own state says (C2)."""

ORDER_ITEM = Lifecycle(
    "order line",
    arrows={
        "created": ("in_progress",),
        "in_progress": ("acknowledged", "held_adv_validation", "rejected_creation", "technical_error"),
        "acknowledged": (ORDERED,),
        "held_adv_validation": (),
        "rejected_creation": (),
        "technical_error": (),
        ORDERED: (),
    },
    target=frozenset({ORDERED, "held_adv_validation"}),
    failure=frozenset({"rejected_creation", "technical_error"}),
    draft=frozenset({"created"}),
    next_step="confirm its session (product_order.confirm)",
)

FON = Lifecycle(
    "request for dark fibre",
    # The document names `created` and shows `acknowledged` for a draft (C8); nothing later than the
    # confirmation is documented.
    arrows={"acknowledged": ("confirmed",), "created": ("confirmed",), "confirmed": ()},
    target=frozenset({"confirmed"}),
    failure=frozenset(),
    draft=frozenset({"acknowledged", "created"}),
    next_step="confirm the request (fon.confirm)",
)

ELIGIBILITY = Lifecycle(
    "eligibility request",
    arrows={
        "acknowledged": ("in_progress.elig",),
        "in_progress": ("done.ready", "done.unable_to_provide", "terminated_with_error"),
        "in_progress.elig": ("in_progress.offer", "terminated_with_error", "done.unable_to_provide"),
        "in_progress.offer": ("in_progress.price", "done.ready", "done.unable_to_provide"),
        "in_progress.price": ("done.ready", "done.unable_to_provide"),
        "done.ready": (),
        "done.unable_to_provide": (),
        "terminated_with_error": (),
    },
    target=frozenset({"done.ready"}),
    failure=frozenset({"done.unable_to_provide", "terminated_with_error"}),
)

NOT_TRACKED_YET = "not_tracked_yet"
"""An order that the tracking does not show (yet): it appears some time after its line became an order."""

TRACKED_ORDER = Lifecycle(
    "order",
    # Two lists of names are documented (C10): the newer one, and an older one with acknowledged, ... ,
    # completed.
    arrows={
        NOT_TRACKED_YET: ("confirmed", "acknowledged"),
        "confirmed": ("in_progress",),
        "acknowledged": ("held_adv_validation", "in_progress"),
        "held_adv_validation": ("in_progress",),
        "in_progress": ("active", "completed", "rejected", "rejected_adv", "rejected_provider", "cancelled"),
        "pending_cancellation": ("cancelled",),
        "active": ("change_in_progress", "terminate_in_progress"),
        "completed": (),
        "change_in_progress": ("active",),
        "terminate_in_progress": ("terminated",),
        "terminated": (),
        "rejected": (),
        "rejected_adv": (),
        "rejected_provider": (),
        "cancelled": (),
    },
    target=frozenset({"active", "completed"}),
    failure=frozenset(
        {"terminate_in_progress", "terminated", "rejected", "rejected_adv", "rejected_provider", "cancelled"}
    ),
)

EXPORT = Lifecycle(
    "export task",
    arrows={"running": ("success", "failure"), "success": (), "failure": ()},
    target=frozenset({"success"}),
    failure=frozenset({"failure"}),
)


def export_state(record: Mapping[str, Any]) -> str:
    """Give an export task the state that its record does not have: finished means `stopped` is set (C52).

    Args:
        record: The answer of `export.status`.

    Returns:
        `running`, `success` or `failure`.
    """
    if not record.get("stopped"):
        return "running"
    return "success" if record.get("success") is True else "failure"
