"""The loop that looks for all who wait for one kind of record, round by round."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Iterable

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.errors import AuthenticationError, PermanentError, TransientError
from airflow_provider_covage.api.polling.agenda import Agenda
from airflow_provider_covage.api.polling.breath import breathing
from airflow_provider_covage.api.polling.looks import Looks
from airflow_provider_covage.api.polling.sharing import SharedClient
from airflow_provider_covage.api.polling.sweeps import Sorted, Sweeps
from airflow_provider_covage.api.polling.wait import Wait
from airflow_provider_covage.api.watching import Watch


class Rounds:
    """All who wait for one kind of record.

    A round begins when a wait is due and takes along those that are due soon. Where the lists tell, at less
    cost than asking for each, which of them have not moved, only the others are asked for.

    Args:
        watch: The kind of record.
        shared: The client.
    """

    def __init__(self, watch: Watch, shared: SharedClient) -> None:
        self.waits: set[Wait] = set()
        self._watch = watch
        self._shared = shared
        self._sweeps = Sweeps(watch)
        self._agenda = Agenda()
        self._changed = asyncio.Event()
        # In an empty context: what is logged here belongs to nobody who waits.
        self._loop = asyncio.create_task(self._run(), context=contextvars.Context())
        self._loop.add_done_callback(self._stopped)

    @property
    def is_running(self) -> bool:
        """Whether its loop still runs."""
        return not self._loop.done()

    def add(self, wait: Wait) -> None:
        """Take one in.

        Args:
            wait: The wait.
        """
        self.waits.add(wait)
        self._agenda.add(wait)
        if self._agenda.first is wait or wait.rhythm.deadline < self._shared.quiet_until:
            self._changed.set()

    def drop(self, wait: Wait) -> None:
        """Let one go that has ended or was cancelled.

        Args:
            wait: The wait.
        """
        self.waits.discard(wait)
        wait.ending.cancel()

    async def close(self) -> None:
        """End the loop."""
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            due = await self._next()
            try:
                async with self._shared.transport() as transport:
                    await self._round(transport, due)
            except PermanentError as error:
                for wait in self.waits:
                    wait.refused(error)
            except TransientError as error:
                if not error.concerns_all:
                    self._sweeps.absolve()
                self._shared.failed(error, _pause(due))
                async for wait in breathing(due):
                    wait.troubled(error)
            self._agenda.add_all(due)

    async def _next(self) -> list[Wait]:
        while True:
            self._changed.clear()
            now, quiet_until = time.time(), self._shared.quiet_until
            if now < quiet_until:
                for wait in self.waits:
                    wait.end_if_late(now)
                moment = min((quiet_until, *(one.rhythm.deadline for one in self.waits if not one.is_over)))
            elif due := self._agenda.take(now):
                return due
            else:
                moment = self._agenda.due
            try:
                async with asyncio.timeout(None if moment == float("inf") else max(0.0, moment - now)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _round(self, transport: AsyncTransport, due: list[Wait]) -> None:
        by_the_way: list[Wait] = []
        try:
            found = await self._sorted(transport, due)
            seen = [*found.unmoved, *(wait for wait, _ in found.left)]
            by_the_way = list(set(seen).difference(due))
            if found.unmoved:
                self._shared.worked()
            await Looks(transport, self._shared, self._watch).take(found.left)
        except AuthenticationError as error:
            await self._shared.renew(error, transport)
            self._shared.hold(_pause(due))
        finally:
            self._agenda.add_all(by_the_way)

    async def _sorted(self, transport: AsyncTransport, due: list[Wait]) -> Sorted:
        try:
            return await self._sweeps.sort(transport, self.waits, due)
        except TransientError as error:
            if error.concerns_all:
                raise
            now = time.time()
            async for wait in breathing(due):
                wait.missed(error, now)
            return Sorted()

    def _stopped(self, loop: asyncio.Task[None]) -> None:
        error = None if loop.cancelled() else loop.exception()
        for wait in self.waits:
            if error:
                wait.refused(error)
            else:
                wait.ending.cancel()


def _pause(due: Iterable[Wait]) -> float:
    return min(wait.usual_pause for wait in due)
