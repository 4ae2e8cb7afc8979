"""Clients of the Prizz API to ask a server with that says what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prizz_clients import PRIZZ_KINDS, PrizzAsync, PrizzSync
from raw_server import RawServer

BASE = "https://api.example.net"

Ask = Callable[..., Any]


@pytest.fixture
def client() -> Iterator[Any]:
    """A client on requests, for answers that `requests_mock` gives."""
    sync = PrizzSync(BASE)
    yield sync.client
    sync.close()


@pytest.fixture(params=PRIZZ_KINDS)
def prizz(request: pytest.FixtureRequest, server: RawServer) -> Iterator[PrizzSync | PrizzAsync]:
    """A client of either kind that asks `server`."""
    made = PRIZZ_KINDS[request.param](server.url)
    yield made
    made.close()
