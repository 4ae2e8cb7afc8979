"""The server: uvicorn on a loopback port, in a thread, stopped at once when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from airflow_provider_covage.sandbox.serving import Stopping
from airflow_provider_covage.sandbox.transport import SandboxProtocol

GRACE = 1.0
START = 30.0


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers and without its pauses at the end."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self.stopping = stopping
        self.ready = threading.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever runs the sandbox."""
        yield

    async def main_loop(self) -> None:
        """Keep the Date header up to date until the end."""
        await self.on_tick(0)
        self.ready.set()
        while not self.stopping.event.is_set():
            await self.stopping.pause(1.0)
            await self.on_tick(0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything: stalled requests are answered now, whatever else is running soon ends."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = set(self.server_state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            for task in late:
                task.cancel()
        await asyncio.sleep(0)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class ServerThread:
    """A server on a socket of its own, running in a thread."""

    def __init__(self, app: ASGIApp, stopping: Stopping, host: str, port: int) -> None:
        self.stopping = stopping
        self.socket = _bind(host, port)
        self.port: int = self.socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=SandboxProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
            server_header=False,
        )
        self._server = _Server(config, stopping)
        self._error: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{self.port}", daemon=True)

    @property
    def running(self) -> bool:
        """Whether requests are answered."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start serving and wait until requests are answered."""
        self._thread.start()
        if not self._server.ready.wait(START) or self._error:
            raise RuntimeError("the sandbox has not started") from self._error

    def stop(self) -> None:
        """Stop serving and wait until everything is closed."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self.stopping.event.set)
            self._thread.join()
        self.socket.close()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._server.serve([self.socket]))
        except BaseException as error:  # raised again where somebody waits for the start
            self._error = error
            raise
        finally:
            self._server.ready.set()
            self._loop.close()


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens; an `OSError` says why it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound
