"""Finding out which records have changed since somebody was told, and looking at those."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.errors import AuthenticationError, TransientError
from airflow_provider_covage.api.events.mark import Known, Mark
from airflow_provider_covage.api.events.snapshot import Sighting, Snapshot
from airflow_provider_covage.api.events.trouble import Trouble
from airflow_provider_covage.api.lifecycle import States
from airflow_provider_covage.api.watching import Watch

_AT_A_TIME = 10
"""Records that are looked at side by side."""

_LONGEST = 60.0
"""Seconds after a sweep within which its changes are looked at. Airflow fails a trigger that is not through
with a snapshot after five minutes, and begins it anew from the same mark: it would tell the same for ever.
"""

_BREATH = 200
"""Records that are gone through before other work of the event loop has its turn."""

_LAG = 2 * 86400.0
"""Seconds by which lists, clocks and dates without a time zone may be late: a record that is seen for the
first time and was created that long before the last sweep is no news. A window was widened, or a right given.
"""

Change = dict[str, Any]


class Teller:
    """Tells changes of state, each once.

    What it knows is in its mark; what it has not told, because there was too much of it, because it took too
    long or because a record could not be looked at, it tells the next time.

    Args:
        watch: The kind of record.
        states: Only changes into these are told; None for all.
        mark: What was told last; None where this is the first time.
        catch_up: Whether, the first time, what is there already counts as changed.
        most: Changes to tell at a time.
        log: Where trouble is told.
    """

    def __init__(
        self,
        watch: Watch,
        states: States | None,
        mark: Mark | None,
        *,
        catch_up: bool,
        most: int,
        log: Any,
    ) -> None:
        self.mark = Mark() if mark is None else mark
        self._is_first = mark is None
        self._watch = watch
        self._states = states
        # What the lists show of that which only a look tells.
        self._listed = states and {watch.derived.get(state, state) for state in states}
        self._catch_up = catch_up
        self._most = most
        self._log = log
        self._is_unfinished = False
        self._tries: dict[str, int] = {}
        self._trouble = Trouble(log, f"a changed {watch.lifecycle.name} cannot be looked at")

    async def tell(self, snapshot: Snapshot) -> list[Change]:
        """Compare a snapshot with what is known.

        Args:
            snapshot: The snapshot.

        Returns:
            The changes: `{"id", "old_state", "state", "record"}` each, `old_state` None for a new record.
        """
        if self._is_first and not snapshot.is_whole:
            # What is missing would be news later.
            return []
        if self._is_first:
            self.mark.touch_all()
        moved = [one async for one in self._moved(snapshot)]
        # What cannot be looked at comes last: a few such records would keep all others from being told.
        moved.sort(key=lambda one: self._tries.get(one[0], 0))
        until = snapshot.taken + _LONGEST
        changes: list[Change] = []
        self._is_unfinished = False
        while moved and len(changes) < self._most and not self._is_unfinished and time.time() < until:
            chunk = moved[: min(_AT_A_TIME, self._most - len(changes))]
            del moved[: len(chunk)]
            told = await asyncio.gather(*(self._look(snapshot, until, *one) for one in chunk))
            changes += [change for change in told if change]
        self._is_first = False
        if snapshot.is_whole:
            self._tries = {key: tries for key, tries in self._tries.items() if key in snapshot.sightings}
            self.mark.forget_all_but(snapshot.sightings, snapshot.taken)
            if not moved and not self._is_unfinished:
                self.mark.past = snapshot.taken - _LAG
        if not self._tries:
            self._trouble.is_over()
        return changes

    async def _moved(self, snapshot: Snapshot) -> AsyncIterator[tuple[str, Sighting, Known | None]]:
        for number, (key, seen) in enumerate(snapshot.sightings.items()):
            if number % _BREATH == 0:
                await asyncio.sleep(0)
            known = self.mark.get(key)
            if known and known.label == seen.label:
                continue
            if (known or not self._is_past(seen)) and self._is_worth_a_look(seen, known):
                yield key, seen, known
            else:
                self.mark.note(key, Known(seen.state, seen.label))

    def _is_past(self, seen: Sighting) -> bool:
        if self._is_first:
            return not self._catch_up
        return seen.created is not None and seen.created < self.mark.past

    def _is_worth_a_look(self, seen: Sighting, known: Known | None) -> bool:
        if self._listed is None or seen.state in self._listed or seen.is_decided:
            return True
        # A list that lags shows a record as it was: once it is up to date, the same would be told again.
        return known is not None and known.state in self._watch.lifecycle.past([seen.state]) - {seen.state}

    async def _look(
        self, snapshot: Snapshot, until: float, key: str, seen: Sighting, known: Known | None
    ) -> Change | None:
        record: Record = {"id": seen.resource_id, "state": seen.state}
        state = seen.state
        try:
            async with asyncio.timeout(until - time.time()):
                looked = await snapshot.look(seen.resource_id)
        except (TransientError, AuthenticationError, TimeoutError) as error:
            self._put_off(key, seen, error)
            return None
        except Exception as error:
            # Refused, or not to be understood: what the list says has to do, and holds nobody up.
            self._log.warning(
                "%s %s is told as listed: %s", self._watch.lifecycle.name, seen.resource_id, error
            )
        else:
            if looked.state and looked.record:
                record, state = looked.outcome, looked.state
        self._tries.pop(key, None)
        self.mark.note(key, Known(state, seen.label))
        old_state = known.state if known else None
        if state == old_state or (self._states is not None and state not in self._states):
            return None
        return {"id": seen.resource_id, "old_state": old_state, "state": state, "record": record}

    def _put_off(self, key: str, seen: Sighting, error: Exception) -> None:
        self._is_unfinished = True
        self._tries[key] = self._tries.get(key, 0) + 1
        if isinstance(error, TimeoutError):
            error = TransientError(f"no answer for {seen.resource_id} within {_LONGEST:.0f} s of the sweep")
        self._trouble.met(error)
