"""One who waits, as the poller sees it: when the next look is due, and what the last one has shown."""

from __future__ import annotations

import asyncio
import contextvars
import dataclasses

from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.polling.rhythm import Rhythm
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.api.watching import Observation

_BORN_BEFORE = 3600.0
"""Seconds before a wait began in which its record is supposed to be created, until it is known."""

_HALFWAY = 0.5
"""Share of a pause that grows with each look, after which what a list shows by the way counts as one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How a wait has ended.

    Args:
        verdict: `REACHED`, `FAILED`, or `WAITING` when its time was over before.
        message: In words, why it was not reached.
        seen: What was seen last, None where that does not matter.
    """

    verdict: Verdict
    message: str = ""
    seen: Observation | None = None


Marks = tuple[int, ...]
"""What each list has shown of a record, in short: equal marks, nothing new."""


class Wait:
    """One who waits for a record.

    Args:
        waiter: Judges what is seen.
        rhythm: How often to look, and until when.
        looked_at: When somebody has looked last, in seconds since the epoch; None for never.
        now: Seconds since the epoch.
        created: When its record was created, in seconds since the epoch; None while that is not known.
    """

    __slots__ = (
        "_context",
        "created",
        "due",
        "ending",
        "full_at",
        "keys",
        "listable_from",
        "looked_at",
        "looks",
        "marks",
        "pause",
        "rhythm",
        "settled",
        "waiter",
    )

    def __init__(
        self,
        waiter: Waiter,
        rhythm: Rhythm,
        looked_at: float | None,
        now: float,
        created: float | None = None,
    ) -> None:
        self.waiter = waiter
        self.rhythm = rhythm
        self.ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        # Its log lines belong to its own log, not to that of whoever was the first to wait.
        self._context = contextvars.copy_context()
        self.looks = 0 if looked_at is None else 1
        self.looked_at = now if looked_at is None else looked_at
        self.full_at = self.looked_at
        self.created = rhythm.started - _BORN_BEFORE if created is None else created
        self.listable_from = 0.0
        self.marks: Marks | None = None
        self.settled: Marks | None = None
        """Marks that were judged to be those of a record that has not moved."""
        self.keys = self._keys({})
        self._plan()

    @property
    def is_over(self) -> bool:
        """Whether it has ended or was dropped."""
        return self.ending.done()

    @property
    def usual_pause(self) -> float:
        """Seconds between two looks, also for one that is to look for the first time, at once."""
        return self.pause or self.rhythm.pause(1)

    def takes_by_the_way(self, now: float) -> bool:
        """Say whether what a list shows by the way counts: so those who began apart go on together.

        Args:
            now: When the list was asked, in seconds since the epoch.

        Returns:
            Whether it does.
        """
        share = _HALFWAY if self.rhythm.exponential_backoff else 0.0
        return now - self.looked_at > share * self.pause

    def unmoved(self, now: float, marks: Marks) -> None:
        """Note that the lists show no change.

        Args:
            now: Seconds since the epoch.
            marks: What they show.
        """
        self.marks = self.settled = marks
        if self.waiter.is_troubled:
            self._context.run(self.waiter.readable)
        self._looked(now)

    def saw(self, seen: Observation, now: float, marks: Marks | None) -> None:
        """Note what a look has shown.

        Args:
            seen: The observation.
            now: Seconds since the epoch.
            marks: What the lists have shown before it, None where they were not asked.
        """
        verdict = self._context.run(self.waiter.judge, seen)
        self.full_at, self.marks, self.settled = now, marks, None
        self._learn_creation(seen.created)
        self.keys = self._keys(seen.record)
        if verdict is Verdict.REACHED:
            self._end(Ending(verdict, seen=seen))
        elif verdict is Verdict.FAILED:
            self._end(Ending(verdict, self.waiter.failure(seen), seen))
        else:
            self._looked(now)

    def missed(self, error: TransientError, now: float) -> None:
        """Note that a look has failed.

        Args:
            error: Why.
            now: Seconds since the epoch.
        """
        self.troubled(error)
        self._looked(now)

    def troubled(self, error: TransientError) -> None:
        """Note that it cannot be looked at for the moment.

        Args:
            error: Why not.
        """
        if not self.is_over:
            self._context.run(self.waiter.trouble, error)

    def refused(self, error: BaseException) -> None:
        """End with an error.

        Args:
            error: The error.
        """
        if not self.is_over:
            self.ending.set_exception(error)

    def end_if_late(self, now: float) -> None:
        """End when its time is over.

        Args:
            now: Seconds since the epoch.
        """
        if now >= self.rhythm.deadline:
            self._end(Ending(Verdict.WAITING, self.waiter.timed_out(now - self.rhythm.started)))

    def _learn_creation(self, moment: float | None) -> None:
        if moment is not None and moment != self.created:
            # The list that did not show it may have begun too late.
            self.created, self.listable_from = moment, 0.0

    def _looked(self, now: float) -> None:
        self.looked_at = now
        self.looks += 1
        self._plan()
        self.end_if_late(now)

    def _plan(self) -> None:
        self.pause = self.rhythm.pause(self.looks) if self.looks else 0.0
        self.due = min(self.looked_at + self.pause, self.rhythm.deadline)

    def _end(self, ending: Ending) -> None:
        if not self.is_over:
            self.ending.set_result(ending)

    def _keys(self, record: Record) -> tuple[str | None, ...]:
        return tuple(one.key(self.waiter.resource_id, record) for one in self.waiter.watch.lists)
