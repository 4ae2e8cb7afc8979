"""A server that can be told every kind of bad answer, and both clients to ask it with."""

from __future__ import annotations

import io
import json
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clients import KINDS, Async, Sync, settings_for, token
from raw_server import RawServer


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """What the documents say."""
    return json.loads((Path(__file__).parents[1] / "facts" / "covage.json").read_text())


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def _standing_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.stop()


@pytest.fixture
def server(_standing_server: RawServer) -> RawServer:
    """A server that is told what to say."""
    _standing_server.reset()
    return _standing_server


@pytest.fixture(scope="session")
def covage_sandbox_options() -> dict[str, Any]:
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


@pytest.fixture
def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=KINDS)
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., Sync | Async]]:
    """`connect(url, auth, **settings)` makes a client: each test that uses it runs with both kinds."""
    made: list[Sync | Async] = []

    def connect(url: str, auth: Any = None, **options: Any) -> Sync | Async:
        made.append(KINDS[request.param](settings_for(url, **options), auth or token()))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def trace() -> bytes:
    """A KMZ file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    return content.getvalue()
