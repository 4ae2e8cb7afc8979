"""All waits on one connection: one client, one token, one loop per kind of record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from airflow_provider_covage.api.polling.rhythm import Rhythm
from airflow_provider_covage.api.polling.rounds import Rounds
from airflow_provider_covage.api.polling.sharing import Client, SharedClient
from airflow_provider_covage.api.polling.wait import Ending, Wait
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.api.watching import Watch


class Poller:
    """Waits for many records on one connection.

    Every kind of record has a loop of its own. They share the client and the pauses that the API asks for.
    A loop that breaks ends its waits with its error.

    Args:
        connect: Makes a client of the connection as it is now.
    """

    def __init__(self, connect: Callable[[], Awaitable[Client]]) -> None:
        self._shared = SharedClient(connect)
        self._rounds: dict[str, Rounds] = {}

    @property
    def shared(self) -> SharedClient:
        """The client, for those who look for themselves."""
        return self._shared

    async def wait(
        self,
        waiter: Waiter,
        rhythm: Rhythm,
        looked_at: float | None = None,
        created: float | None = None,
    ) -> Ending:
        """Wait for one record.

        Args:
            waiter: What is waited for; judges what is seen, in the caller's context.
            rhythm: How often to look, and until when.
            looked_at: When somebody has looked last, in seconds since the epoch; None to look at once.
            created: When the record was created, in seconds since the epoch; None where that is not known,
                then it is asked for by its identifier first.

        Returns:
            How the wait has ended.

        Raises:
            PermanentError: The API refuses to show the record, or the login.
        """
        rounds = self._rounds_of(waiter.watch)
        wait = Wait(waiter, rhythm, looked_at, time.time(), created)
        rounds.add(wait)
        try:
            return await wait.ending
        finally:
            rounds.drop(wait)

    async def close(self) -> None:
        """End all loops and close the connections; waits that are left are cancelled."""
        try:
            await asyncio.gather(*(rounds.close() for rounds in self._rounds.values()))
        finally:
            self._rounds.clear()
            await self._shared.close()

    def _rounds_of(self, watch: Watch) -> Rounds:
        name = watch.lifecycle.name
        if name not in self._rounds or not self._rounds[name].is_running:
            self._rounds[name] = Rounds(watch, self._shared)
        return self._rounds[name]
