"""All lists of one kind of record, taken together: which waits they show unmoved."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Collection, Mapping, Sequence

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.errors import (
    AuthenticationError,
    CovageError,
    PermanentError,
    TransientError,
)
from airflow_provider_covage.api.lifecycle import States, Verdict
from airflow_provider_covage.api.polling.breath import breathing
from airflow_provider_covage.api.polling.brief import Shown
from airflow_provider_covage.api.polling.looks import ToLookAt
from airflow_provider_covage.api.polling.sweep import Sweep
from airflow_provider_covage.api.polling.wait import Marks, Wait
from airflow_provider_covage.api.watching import Watch

log = logging.getLogger(__name__)

_ASIDE = 3600.0
"""Seconds for which lists are left out: for one that they did not show, or where they are of no use."""

_MOST_FAILURES = 3
"""Rounds in a row in which a list failed, while the API was there, after which it is left out, too."""

_MOST_IN_VAIN = 3
"""Rounds in a row in which all had to be looked at nevertheless, after which it is left out as well."""

_FULL_LOOK = 6 * 3600.0
"""Seconds after which one is looked at by its identifier even if no list shows a change."""


@dataclasses.dataclass
class Sorted:
    """What a round of lists has shown.

    Args:
        left: Those to look at by their identifiers.
        unmoved: Those that have been looked at by that.
    """

    left: list[ToLookAt] = dataclasses.field(default_factory=list)
    unmoved: list[Wait] = dataclasses.field(default_factory=list)


class Sweeps:
    """The lists of one kind of record.

    Args:
        watch: The kind of record.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._sweeps = [
            Sweep(listed, position, len(watch.lists)) for position, listed in enumerate(watch.lists)
        ]
        self._usable_from = 0.0
        self._failures = 0
        self._in_vain = 0
        self._verdicts: dict[tuple[str, str, States, States], Verdict] = {}

    async def sort(self, transport: AsyncTransport, waits: Collection[Wait], due: Sequence[Wait]) -> Sorted:
        """Ask the lists where that costs fewer requests than asking for each that is due.

        Args:
            transport: Carries out the requests.
            waits: All who wait; what a list shows of them by the way is used.
            due: Those that are due.

        Returns:
            Who has to be looked at, and who has not moved.

        Raises:
            AuthenticationError: The login is refused.
            TransientError: A list cannot be read for the moment.
        """
        now = time.time()
        wanted = self._wanted(due, now)
        shown = await self._shown(transport, wanted, waits, now) if wanted else None
        result = Sorted(left=[(wait, None) for wait in due if shown is None or wait not in wanted])
        if shown is None:
            return result
        aside = {wait for wait, _ in result.left}
        async for wait in breathing(waits):
            if wait in wanted:
                self._sort(wait, self._of(wait, shown), now, result)
            elif wait not in aside and wait.takes_by_the_way(now) and (records := self._of(wait, shown)):
                self._sort(wait, records, now, result)
        self._has_paid(sum(wait in wanted for wait, _ in result.left), len(wanted), now)
        return result

    def absolve(self) -> None:
        """Learn that single records cannot be read either, so that a list which failed was not to blame."""
        if self._failures:
            self._failures, self._usable_from = 0, 0.0

    def _wanted(self, due: Sequence[Wait], now: float) -> set[Wait]:
        if not self._sweeps or now < self._usable_from:
            return set()
        wanted = {wait for wait in due if now >= wait.listable_from and now - wait.full_at < _FULL_LOOK}
        for sweep in self._sweeps:
            wanted = set(sweep.choose(wanted, now)) if wanted else wanted
        return wanted

    async def _shown(
        self, transport: AsyncTransport, wanted: set[Wait], waits: Collection[Wait], now: float
    ) -> list[Mapping[str, Shown]] | None:
        beside = [one for one in waits if now >= one.listable_from]
        try:
            shown = [await sweep.find(transport, wanted, now, beside) for sweep in self._sweeps]
        except AuthenticationError:
            raise
        except TransientError as error:
            self._failures += 1
            if error.concerns_all or self._failures < _MOST_FAILURES:
                raise
            self._leave_aside(error, now)
        except PermanentError as error:
            self._leave_aside(error, now)
        else:
            self._failures = 0
            return shown
        return None

    def _has_paid(self, left: int, wanted: int, now: float) -> None:
        # A field that is another one at each look makes every record one that has moved.
        self._in_vain = self._in_vain + 1 if left + len(self._sweeps) >= wanted else 0
        if self._in_vain >= _MOST_IN_VAIN:
            self._in_vain = 0
            self._usable_from = now + _ASIDE

    def _leave_aside(self, error: CovageError, now: float) -> None:
        name = self._watch.lifecycle.name
        log.warning("the list of every %s cannot be used, asking for each: %s", name, error)
        self._usable_from = now + _ASIDE

    def _of(self, wait: Wait, shown: Sequence[Mapping[str, Shown]]) -> list[Shown] | None:
        records: list[Shown] = []
        for found, key in zip(shown, wait.keys, strict=True):
            record = found.get(key or "")
            if record is None or not record.state:
                return None
            records.append(record)
        return records

    def _sort(self, wait: Wait, records: list[Shown] | None, now: float, result: Sorted) -> None:
        if records is None:
            wait.listable_from = now + _ASIDE
            result.left.append((wait, None))
            return
        marks = tuple([record.mark for record in records])
        if marks != wait.settled and self._has_moved(wait, records, marks):
            result.left.append((wait, marks))
        else:
            wait.unmoved(now, marks)
            result.unmoved.append(wait)

    def _has_moved(self, wait: Wait, records: Sequence[Shown], marks: Marks) -> bool:
        verdicts = [self._verdict(wait, *one) for one in zip(self._sweeps, records, strict=True)]
        if Verdict.REACHED in verdicts or Verdict.FAILED in verdicts:
            return True
        if wait.marks is None:
            return Verdict.UNKNOWN in verdicts
        return marks != wait.marks

    def _verdict(self, wait: Wait, sweep: Sweep, record: Shown) -> Verdict:
        other = sweep.listed.lifecycle
        known_by = other or self._watch.lifecycle
        states = (other.target, other.failure) if other else (wait.waiter.targets, wait.waiter.failures)
        # Thousands wait for the same few states.
        key = known_by.name, record.state, *states
        if key not in self._verdicts:
            self._verdicts[key] = known_by.judge(record.state, *states)
        return self._verdicts[key]
