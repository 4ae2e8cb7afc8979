"""Looking at many records by their identifiers, a few at a time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.errors import (
    AuthenticationError,
    CovageError,
    PermanentError,
    TransientError,
)
from airflow_provider_covage.api.polling.reads import Reads
from airflow_provider_covage.api.polling.sharing import SharedClient
from airflow_provider_covage.api.polling.wait import Marks, Wait
from airflow_provider_covage.api.watching import Watch

ToLookAt = tuple[Wait, Marks | None]


class Looks:
    """The looks of one round.

    They end early when the API asks for a pause, when it refuses the login, or when so many in a row have
    failed that it is not about single records any more.

    Args:
        transport: Carries out the requests.
        shared: Learns how it goes.
        watch: The kind of record.
    """

    def __init__(self, transport: AsyncTransport, shared: SharedClient, watch: Watch) -> None:
        self._transport = transport
        self._shared = shared
        self._watch = watch
        self._reads = Reads(transport)
        self._most_failures = transport.settings.max_connections
        self._failures = 0
        self._stop: CovageError | None = None

    async def take(self, waits: Iterable[ToLookAt]) -> None:
        """Look at each record once, for all who wait for it.

        Args:
            waits: Who waits, and what the lists have shown of it.

        Raises:
            AuthenticationError: The login is refused.
            TransientError: The API cannot be used for the moment.
        """
        groups: dict[str, list[ToLookAt]] = defaultdict(list)
        for one in waits:
            groups[one[0].waiter.resource_id].append(one)
        todo = iter(groups.items())
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(self._transport.settings.max_connections, len(groups))):
                    workers.create_task(self._work(todo))
        finally:
            await self._reads.close()
        if self._stop:
            raise self._stop

    async def _work(self, todo: Iterator[tuple[str, list[ToLookAt]]]) -> None:
        for resource_id, group in todo:
            if self._stop or time.time() < self._shared.quiet_until:
                return
            if not all(wait.is_over for wait, _ in group):
                await self._look(resource_id, group)

    async def _look(self, resource_id: str, group: list[ToLookAt]) -> None:
        try:
            seen = await self._reads.follow(self._watch.look(resource_id))
        except AuthenticationError as error:
            self._stop = error
        except TransientError as error:
            self._failed(error)
            for wait, _ in group:
                wait.missed(error, time.time())
        except PermanentError as error:
            self._worked()
            for wait, _ in group:
                wait.refused(error)
        else:
            self._worked()
            for wait, marks in group:
                wait.saw(seen, time.time(), marks)

    def _worked(self) -> None:
        self._failures = 0
        self._shared.worked()

    def _failed(self, error: TransientError) -> None:
        self._failures += 1
        if error.concerns_all or self._failures >= self._most_failures:
            self._stop = error
