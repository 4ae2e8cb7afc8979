"""A sandbox as a context manager: a whole API on a free loopback port."""

from __future__ import annotations

import json
from abc import abstractmethod
from types import TracebackType
from typing import Self

from airflow_provider_covage.sandbox.controls import Controls
from airflow_provider_covage.sandbox.extra import check_installed
from airflow_provider_covage.sandbox.front import Front
from airflow_provider_covage.sandbox.server import ServerThread
from airflow_provider_covage.sandbox.serving import Serving
from airflow_provider_covage.sandbox.store import Json


class ServedSandbox(Controls):
    """A stateful double of an API that can be served.

    Attributes:
        address: Host and port to listen on; port 0 takes a free one.
    """

    address: tuple[str, int]
    _server: ServerThread | None = None

    def start(self) -> Self:
        """Start serving. Raises `OSError` if the port is taken, `ModuleNotFoundError` without the extra.

        A sandbox that was stopped starts again where it was: same port, same state.
        """
        if self.running:
            raise RuntimeError("the sandbox is running already")
        check_installed()
        serving = Serving(self)
        self._server = ServerThread(Front(serving), serving.stopping, *self.address)
        self.address = (self.address[0], self._server.port)
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving: at once, whatever is going on. The state stays readable."""
        if self._server:
            self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether requests are answered."""
        return self._server is not None and self._server.running

    @property
    def port(self) -> int:
        """Port that is listened on."""
        if self._server is None:
            raise RuntimeError("the sandbox has not been started")
        return self._server.port

    @property
    def url(self) -> str:
        """Base URL of the API."""
        host = self.address[0]
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def docs_url(self) -> str:
        """URL of the page that describes every operation."""
        return f"{self.url}/docs"

    @property
    @abstractmethod
    def connection(self) -> Json:
        """The Airflow connection to this sandbox."""

    @property
    def connection_json(self) -> str:
        """The Airflow connection, as the environment variable `AIRFLOW_CONN_...` takes it."""
        return json.dumps(self.connection)
