"""Life of an order session and its lines after the confirmation.

Arrows: `covage-order.txt`. The state of the session follows from what became of its lines; what a
line goes through, and under which names, is told differently by two pages (C2).
"""

from __future__ import annotations

from functools import partial

from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.tracking import Tracking
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.store import Record

FAILED = frozenset({"rejected_creation", "technical_error"})


def confirmed_states(dialect: Dialect) -> tuple[str, ...]:
    """Names of what a line goes through before the outcome."""
    return ("in_progress",) if dialect.line_states == "order_page" else ("acknowledged", "in_progress")


def outcome_name(dialect: Dialect, outcome: str) -> str:
    """Name of an outcome: the tracking page knows one name for success, `created`."""
    return outcome if outcome in FAILED or dialect.line_states == "order_page" else "created"


class Creation:
    """Makes orders from the lines of confirmed sessions."""

    def __init__(self, world: World, tracking: Tracking) -> None:
        self.world = world
        self.tracking = tracking

    def start(self, session: Record, instant: float) -> None:
        """Have the orders of a confirmed session created after a while."""
        wait = self.world.timing.order_creation
        wait = self.world.between(0.8 * wait, wait, session)
        first, *later = confirmed_states(self.world.dialect)
        for line in self.world.children(session, "product_order_item"):
            self.world.update(line, order_date=self.world.clock.date(instant))
            self.move(line, first, instant)
            for state in later:
                self.world.store.schedule.at(instant + wait / 2, line, partial(self._move_to, state))
        self.world.store.schedule.at(instant + wait, session, self.finish)

    def finish(self, session: Record, instant: float) -> None:
        """Decide what became of a session and of each of its lines."""
        lines = self.world.children(session, "product_order_item")
        told = self.world.outcomes.told("product_order", session.data)
        if told == "never":
            return
        outcomes = [self._outcome(line, told, last=line is lines[-1]) for line in lines]
        for line, outcome in zip(lines, outcomes, strict=True):
            if not line.forced:
                self._finish_line(line, outcome, instant)
        created = sum(outcome not in FAILED for outcome in outcomes)
        state = "completed" if created == len(lines) else "partial" if created else "rejected"
        date = self.world.clock.date(instant) if state != "rejected" else None
        self.world.update(session, state=told or state, completion_date=date)

    def move(self, line: Record, state: str, instant: float, reason: str = "") -> None:
        """Give a line a state and note the change in its history."""
        change = {"change_reason": reason, "change_date": self.world.clock.date(instant), "state": state}
        self.world.update(line, state=state, state_change=[*line.data["state_change"], change])

    def _move_to(self, state: str, line: Record, instant: float) -> None:
        self.move(line, state, instant)

    def _outcome(self, line: Record, told: str | None, *, last: bool) -> str:
        """What becomes of a line: its own rule, else what the rule of the session needs."""
        if line.forced:
            return line.state
        own = self.world.outcomes.told("product_order_item", line.data)
        if own:
            return own
        return "rejected_creation" if told == "rejected" or (told == "partial" and last) else "acknowledged"

    def _finish_line(self, line: Record, outcome: str, instant: float) -> None:
        self.move(line, outcome_name(self.world.dialect, outcome), instant)
        if outcome in FAILED:
            self.world.update(line, termination_error=[termination_error(line, outcome)])
            return
        self.world.update(line, order_reference=line.data["reserved_reference"])
        if self.world.dialect.order_reference == "after_confirmation":
            self.world.update(line, temporary_reference="")
        self.tracking.start(line, instant)


def termination_error(line: Record, outcome: str) -> dict[str, str]:
    """Return why a line did not become an order; the codes are invented (C33)."""
    if outcome == "technical_error":
        return {"code": "technical_error", "property_path": "", "value": ""}
    return {"code": "order_refused", "property_path": "enni", "value": line.data["enni"] or ""}
