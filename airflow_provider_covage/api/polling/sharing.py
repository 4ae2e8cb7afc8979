"""One client for many: opened when first needed, made anew when its login is refused, paused for all."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.errors import AuthenticationError, TransientError

_FIRST_HOLD = 15.0
"""Most seconds for which the first trouble stops all requests, unless the API asks for more."""

_DOUBLINGS = 4
"""How often that doubles while trouble lasts."""

_SHORTEST_HOLD = 0.05


class Client(Protocol):
    """What is needed of an asynchronous client."""

    @property
    def transport(self) -> AsyncTransport:
        """What carries out its requests."""

    async def close(self) -> None:
        """Close its connections."""


class _Lease:
    """A client that several use and the last one closes."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.users = 0
        self.is_retired = False
        self.has_worked = False

    async def close_if_unused(self) -> None:
        if self.is_retired and not self.users:
            await self.client.close()


class SharedClient:
    """The client of one connection, for all that wait on it.

    Args:
        connect: Makes a client of the connection as it is now.
    """

    def __init__(self, connect: Callable[[], Awaitable[Client]]) -> None:
        self._connect = connect
        self._lease: _Lease | None = None
        self._opening = asyncio.Lock()
        self._failures = 0
        self.quiet_until = 0.0
        """Nothing should be sent before this moment, in seconds since the epoch."""

    @contextlib.asynccontextmanager
    async def transport(self) -> AsyncIterator[AsyncTransport]:
        """Give the transport for a while; it stays open as long.

        Yields:
            The transport.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        async with self._opening:
            if self._lease is None:
                self._lease = _Lease(await self._connect())
            lease = self._lease
        lease.users += 1
        try:
            yield lease.client.transport
        finally:
            lease.users -= 1
            await lease.close_if_unused()

    async def renew(self, error: AuthenticationError, transport: AsyncTransport) -> None:
        """Have the connection read again, as its login is refused: the password may have been changed.

        Args:
            error: The refusal.
            transport: What has met it.

        Raises:
            AuthenticationError: The client has never worked, so that the login is simply wrong.
        """
        if self._lease is None or self._lease.client.transport is not transport:
            return
        if not self._lease.has_worked:
            raise error
        await self.close()

    async def close(self) -> None:
        """Close the connections once nobody uses them any more."""
        lease, self._lease = self._lease, None
        if lease:
            lease.is_retired = True
            await lease.close_if_unused()

    def worked(self) -> None:
        """Learn that requests go through."""
        self._failures = 0
        if self._lease:
            self._lease.has_worked = True

    def failed(self, error: TransientError, interval: float) -> None:
        """Learn that they do not, and keep quiet for a while: the longer, the longer it lasts.

        Args:
            error: Why not; what the API asks for in it goes before everything.
            interval: Seconds between two looks of those who wanted to look.
        """
        self._failures += 1
        # Others may want to look much sooner than those who have met it.
        pause = min(interval, _FIRST_HOLD) * 2.0 ** min(self._failures - 1, _DOUBLINGS)
        self.hold(error.retry_after or pause)

    def hold(self, seconds: float) -> None:
        """Keep quiet for a while.

        Args:
            seconds: How long at least.
        """
        pause = max(seconds, _SHORTEST_HOLD) * random.uniform(1.0, 1.1)  # noqa: S311 - no secret
        self.quiet_until = max(self.quiet_until, time.time() + pause)
