"""Sweeping over all records of a kind for ever, whatever happens."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import random
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from airflow_provider_covage.api.errors import AskedToPauseError, AuthenticationError, TransientError
from airflow_provider_covage.api.events.mark import MOST_RECORDS
from airflow_provider_covage.api.events.snapshot import Snapshot
from airflow_provider_covage.api.events.sweep import Sweep
from airflow_provider_covage.api.events.trouble import Trouble
from airflow_provider_covage.api.paging import whole
from airflow_provider_covage.api.polling.sharing import SharedClient
from airflow_provider_covage.api.polling.walk import Walker
from airflow_provider_covage.api.watching import Observation, Watch

log = logging.getLogger(__name__)

_FIRST_PAUSE = 60.0
"""Most seconds until the second try after trouble."""

_LONGEST_PAUSE = 900.0
"""Most seconds between two tries of what a person has to mend."""

_MOST_TRIES = 3
"""Tries of a page, after which a sweep is handed on without it and those behind it."""

_SPREAD = 0.1


@dataclasses.dataclass(frozen=True)
class Scope:
    """What is swept over, and how often.

    Args:
        window: How old a record may be, in seconds, where its list can tell.
        poke_interval: Seconds between two sweeps.
        filters: Further filters of the list.
    """

    window: float
    poke_interval: float
    filters: Mapping[str, Any]


class Stream:
    """Snapshots of all records of a kind, one after the other, without end.

    No trouble ends it: whoever follows has nobody to hand an error to. What time may mend is tried again as
    the API asks for, what a person has to mend at growing intervals, with the connection read anew. A page
    that alone cannot be read keeps nobody from learning what stands before it.

    Args:
        watch: The kind of record.
        scope: What is swept over, and how often.
        shared: The client.
        name: The connection, for the log.
    """

    def __init__(self, watch: Watch, scope: Scope, shared: SharedClient, name: str) -> None:
        self._watch = watch
        self._scope = scope
        self._shared = shared
        self._walkers = [Walker(listed, whole) for listed in watch.lists]
        self._name = f"every {watch.lifecycle.name} of connection {name}"
        self._trouble = Trouble(log, f"{self._name} cannot be listed")
        self._refusals = 0
        self._misses = 0
        self._has_warned = False

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """Sweep for ever.

        Yields:
            What each sweep has shown.
        """
        interval = self._scope.poke_interval
        while True:
            due = time.time() + interval * random.uniform(1.0 - _SPREAD, 1.0)  # noqa: S311 - no secret
            sweep = await self._swept()
            self._warn(sweep)
            yield Snapshot(sweep.sightings, self._look, is_whole=sweep.is_complete)
            await self._sleep_until(due)

    async def _swept(self) -> Sweep:
        sweep, tries = self._begun(), 0
        while not sweep.is_complete:
            await self._sleep_until(self._shared.quiet_until)
            pages = sweep.pages
            try:
                await self._go_on(sweep)
            except TransientError as error:
                self._trouble.met(error)
                tries = tries + 1 if sweep.pages == pages else 1
                if error.concerns_all:
                    self._shared.failed(error, self._first_pause)
                elif tries >= _MOST_TRIES and sweep.sightings:
                    return sweep
                else:
                    await asyncio.sleep(min(self._first_pause * 2.0 ** min(tries - 1, 10), _LONGEST_PAUSE))
            except Exception as error:
                # An unknown connection or a bug, too: Airflow would begin anew every other second.
                await self._refused(error)
                sweep = self._begun()
        self._refusals = self._misses = 0
        self._trouble.is_over()
        return sweep

    async def _go_on(self, sweep: Sweep) -> None:
        async with self._shared.transport() as transport:
            while not sweep.is_complete and time.time() >= self._shared.quiet_until:
                try:
                    await sweep.go_on(transport)
                except AuthenticationError as error:
                    await self._shared.renew(error, transport)
                    self._shared.hold(self._first_pause)
                    return
                self._shared.worked()

    async def _refused(self, error: Exception) -> None:
        self._trouble.met(error)
        if isinstance(error, AuthenticationError):
            # The next try reads the connection again.
            await self._shared.close()
        pause = self._first_pause * 2.0 ** min(self._refusals, 10)
        self._refusals += 1
        await asyncio.sleep(min(pause, max(_LONGEST_PAUSE, self._first_pause)))

    async def _look(self, resource_id: str) -> Observation:
        if time.time() < self._shared.quiet_until:
            raise AskedToPauseError("nothing is asked for while the API wants a pause")
        async with self._shared.transport() as transport:
            try:
                seen = await transport.follow(self._watch.look(resource_id))
            except TransientError as error:
                self._missed(error, transport.settings.max_connections)
                raise
        self._misses = 0
        self._shared.worked()
        return seen

    def _missed(self, error: TransientError, most: int) -> None:
        """Have a pause made where it is not about single records: the list has been read a moment ago."""
        self._misses += 1
        is_general = error.concerns_all or self._misses >= most
        # Of those who look side by side one has the pause made, not each a longer one.
        if is_general and time.time() >= self._shared.quiet_until:
            self._shared.failed(error, self._first_pause)

    def _begun(self) -> Sweep:
        return Sweep(self._watch, self._walkers, self._scope.filters, time.time() - self._scope.window)

    @property
    def _first_pause(self) -> float:
        return min(max(self._scope.poke_interval, 0.05), _FIRST_PAUSE)

    async def _sleep_until(self, moment: float) -> None:
        await asyncio.sleep(0)
        while (pause := max(moment, self._shared.quiet_until) - time.time()) > 0:
            await asyncio.sleep(pause)

    def _warn(self, sweep: Sweep) -> None:
        words, number = "", len(sweep.sightings)
        if sweep.unreadable:
            words = f"{sweep.unreadable} are listed without identifier or state and cannot be followed"
        elif number > MOST_RECORDS:
            words = f"{number} are followed, it is made for {MOST_RECORDS}; narrow window or filters"
        if words and not self._has_warned:
            self._has_warned = True
            log.warning("%s: %s", self._name, words)
