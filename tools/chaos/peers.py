"""The sandbox behind a server that knows which process each request comes from."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Receive, Scope, Send

from airflow_provider_covage.sandbox.controls import Controls
from airflow_provider_covage.sandbox.front import Front
from airflow_provider_covage.sandbox.ledger import RequestEntry
from airflow_provider_covage.sandbox.server import ServerThread
from airflow_provider_covage.sandbox.serving import Serving
from tools.environment import LOOPBACK

Hear = Callable[[RequestEntry, int], None]
"""Is told of each request, and of the port that it came from, when it has taken effect."""

_PORT: ContextVar[int] = ContextVar("port_of_the_client")


@dataclass(frozen=True)
class _Noting:
    """Notes the port that a request comes from."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _PORT.set(scope["client"][1])
        await self.app(scope, receive, send)


@contextlib.contextmanager
def serving(controls: Controls, hear: Hear) -> Iterator[str]:
    """Serve a sandbox.

    No request is answered while somebody listens: whoever is killed meanwhile never gets the answer.

    Args:
        controls: The sandbox; it need not be serving by itself.
        hear: Told of each request, in the moment between its effect and its answer.

    Yields:
        Its base URL.
    """
    served = Serving(controls)
    controls.world.ledger.listener = lambda entry: hear(entry, _PORT.get())
    server = ServerThread(_Noting(Front(served)), served.stopping, LOOPBACK, 0)
    server.start()
    try:
        yield f"http://{LOOPBACK}:{server.port}"
    finally:
        controls.world.ledger.listener = None
        server.stop()


def owner(port: int, among: Iterable[int]) -> psutil.Process | None:
    """Find the process that holds the client's end of a connection.

    Args:
        port: Port of the client's end.
        among: Process ids that come into question.

    Returns:
        The process, None when it is gone or is none of them.
    """
    for pid in among:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if any(one.laddr and one.laddr.port == port for one in process.net_connections("tcp")):
                return process
    return None
