"""The fixtures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_covage.testing.standing import Connected, ConnectionInEnvironment, StandingSandboxes

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox import PrizzSandbox, Sandbox


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the marks of the test kit.

    Args:
        config: pytest's configuration.
    """
    for api in ("covage", "prizz"):
        mark = f"{api}_sandbox(conn_id, **options): how the test's sandbox is set up, such as speed=0"
        config.addinivalue_line("markers", mark)


@pytest.fixture(scope="session")
def standing_sandboxes() -> Iterator[StandingSandboxes]:
    """The sandboxes of this session; use `covage_sandbox` and `prizz_sandbox` instead."""
    sandboxes = StandingSandboxes()
    yield sandboxes
    sandboxes.stop()


@pytest.fixture(scope="session")
def covage_sandbox_options() -> Mapping[str, Any]:
    """Options of `covage_sandbox`; override it in a `conftest.py` or a module.

    What `airflow_provider_covage.sandbox.Sandbox` takes, and `conn_id`, unless given `covage_default`.
    A mark at a test wins.
    """
    return {}


@pytest.fixture(scope="session")
def prizz_sandbox_options() -> Mapping[str, Any]:
    """Options of `prizz_sandbox`, likewise; `conn_id` is `prizz_default` unless given."""
    return {}


@pytest.fixture
def _covage_connected(
    request: pytest.FixtureRequest,
    standing_sandboxes: StandingSandboxes,
    covage_sandbox_options: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Connected[Sandbox]:
    from airflow_provider_covage.sandbox import Sandbox

    options = _options("covage", request, covage_sandbox_options)
    return standing_sandboxes.connected(Sandbox, options, monkeypatch)


@pytest.fixture
def _prizz_connected(
    request: pytest.FixtureRequest,
    standing_sandboxes: StandingSandboxes,
    prizz_sandbox_options: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Connected[PrizzSandbox]:
    from airflow_provider_covage.sandbox import PrizzSandbox

    options = _options("prizz", request, prizz_sandbox_options)
    return standing_sandboxes.connected(PrizzSandbox, options, monkeypatch)


def _options(api: str, request: pytest.FixtureRequest, usual: Mapping[str, Any]) -> dict[str, Any]:
    mark = request.node.get_closest_marker(f"{api}_sandbox")
    return {"conn_id": f"{api}_default", **usual, **(mark.kwargs if mark else {})}


@pytest.fixture
def covage_sandbox(_covage_connected: Connected[Sandbox]) -> Sandbox:
    """An empty sandbox of Covage for each test, and connection `covage_default` that leads to it.

    Its clock is a hundred times as fast as ours unless told otherwise: a line is priced within half a second
    of the confirmation. `fault` has something go wrong, `outcome` says what becomes of a record, `ledger`
    lists what has taken effect, `requests` what was asked; `speed = 0` stops the clock, `advance` moves it.
    """
    return _covage_connected.sandbox


@pytest.fixture
def covage_connection(_covage_connected: Connected[Sandbox]) -> ConnectionInEnvironment:
    """`covage_connection(password="wrong", timeout=1)` changes the connection to `covage_sandbox`."""
    return _covage_connected.connection


@pytest.fixture
def prizz_sandbox(_prizz_connected: Connected[PrizzSandbox]) -> PrizzSandbox:
    """An empty sandbox of Prizz-Telecom for each test, and connection `prizz_default` that leads to it.

    It is steered as `covage_sandbox` is. The codes to sign with that a person would get are in `messages`.
    """
    return _prizz_connected.sandbox


@pytest.fixture
def prizz_connection(_prizz_connected: Connected[PrizzSandbox]) -> ConnectionInEnvironment:
    """`prizz_connection(password="wrong", timeout=1)` changes the connection to `prizz_sandbox`."""
    return _prizz_connected.connection
