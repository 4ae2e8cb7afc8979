"""One poller per connection in a triggerer, there as long as somebody waits."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable

from airflow_provider_covage.api.polling import Poller
from airflow_provider_covage.api.polling.sharing import Client

_ByConnection = dict[tuple[str, str], "_Used"]

# A client belongs to the event loop that it was made in.
_POLLERS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _ByConnection] = weakref.WeakKeyDictionary()


class _Used:
    def __init__(self, poller: Poller) -> None:
        self.poller = poller
        self.users = 0


@contextlib.asynccontextmanager
async def shared_poller(
    conn_type: str, conn_id: str, connect: Callable[[], Awaitable[Client]]
) -> AsyncIterator[Poller]:
    """Use the poller of a connection; the first user makes it, the last one closes it.

    Args:
        conn_type: Type of the connection.
        conn_id: The connection.
        connect: Makes a client of the connection as it is now.

    Yields:
        The poller.
    """
    pollers = _POLLERS.setdefault(asyncio.get_running_loop(), {})
    key = conn_type, conn_id
    used = pollers.setdefault(key, _Used(Poller(connect)))
    used.users += 1
    try:
        yield used.poller
    finally:
        used.users -= 1
        if not used.users:
            del pollers[key]
            await used.poller.close()
