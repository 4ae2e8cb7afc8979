"""A complete Airflow of four servers, started once, and a sandbox in this process that it orders from.

What they leave behind is searched for every secret that they were given.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Collection, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psutil
import pytest
from cryptography.fernet import Fernet
from samples import ADDRESS
from secrecy import note_tokens, places_of

from airflow_provider_covage.api.covage.client import CovageClient, authentication
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.sandbox import Sandbox
from tools import browser
from tools.environment import EXAMPLE_DAGS, LOOPBACK, ROOT
from tools.processes import wait_until
from tools.stack import IMPATIENT, Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

DAG = "covage_quote_to_order"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    stack = getattr(item, "funcargs", {}).get("airflow")
    if report.failed and stack:
        report.sections.append(("Airflow's logs", stack.logs()))
    return report


@pytest.fixture(scope="session")
def secrets() -> Iterator[set[str]]:
    """All that proves who asks; each token is added as the sandbox gives it out."""
    known: set[str] = set()
    with pytest.MonkeyPatch.context() as monkeypatch:
        note_tokens(monkeypatch, known)
        yield known


def _secret(what: str, secrets: set[str]) -> str:
    """Make one up that stands nowhere by chance."""
    made = f"{what}-{uuid4().hex}"
    secrets.add(made)
    return made


@pytest.fixture(scope="session")
def _server(secrets: set[str]) -> Iterator[Sandbox]:
    with Sandbox(speed=0, password=_secret("password", secrets)) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def prizz_sandbox_options(secrets: set[str]) -> dict[str, Any]:
    """The sandbox of Prizz has a token of its own."""
    return {"api_token": _secret("token", secrets)}


@pytest.fixture
def wrong_secret(secrets: set[str]) -> str:
    """A secret that is not taken, and may be seen as little as one that is."""
    return _secret("wrong", secrets)


@pytest.fixture
def sandbox(_server: Sandbox) -> Sandbox:
    """An empty sandbox whose clock stands still: nothing is priced before the test says so."""
    _server.reset()
    return _server


@pytest.fixture(scope="session")
def _statsd() -> Iterator[tuple[int, list[str]]]:
    """A port for StatsD, and what has come there."""
    told: list[str] = []

    def listen() -> None:
        while line := port.recv(65536).decode():
            told.append(line)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind((LOOPBACK, 0))
        listener = threading.Thread(target=listen)
        listener.start()
        yield port.getsockname()[1], told
        port.sendto(b"", port.getsockname())
        listener.join()


@pytest.fixture
def metrics(_statsd: tuple[int, list[str]]) -> list[str]:
    """What this test has Airflow tell its metrics, as StatsD gets it."""
    _statsd[1].clear()
    return _statsd[1]


@pytest.fixture(scope="session")
def airflow(
    _server: Sandbox,
    _statsd: tuple[int, list[str]],
    secrets: set[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """The four servers. When they are stopped, nothing of them is left, nor a secret in what they wrote."""
    home = tmp_path_factory.mktemp("airflow")
    paths = os.pathsep.join(map(str, (ROOT, EXAMPLE_DAGS)))
    settings = {
        "PYTHONPATH": paths,
        "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
        "AIRFLOW_CONN_COVAGE_DEFAULT": _server.connection_json,
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": LOOPBACK,
        "AIRFLOW__METRICS__STATSD_PORT": str(_statsd[0]),
        "AIRFLOW__METRICS__METRICS_ALLOW_LIST": "covage",
    }
    with Stack(home, Path(__file__).parent / "dags", **IMPATIENT, **settings) as stack:
        yield stack
    wait_until(lambda: not processes_of(home), f"the end of {processes_of(home)}", 10)
    assert kept_of(stack, secrets) == []


def kept_of(stack: Stack, words: Collection[str]) -> list[str]:
    """Where in logs and tables, decrypted, any of these words stands."""
    return places_of(words, stack.home, stack.environment["AIRFLOW__CORE__FERNET_KEY"])


@pytest.fixture
def kept(airflow: Stack) -> Callable[[Collection[str]], list[str]]:
    """`kept(words)` lists where in Airflow's logs and tables, decrypted, any of these words stands now."""
    return lambda words: kept_of(airflow, words)


def processes_of(home: Path) -> list[psutil.Process]:
    """Whatever runs with this home of Airflow, whoever its parent is by now."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("AIRFLOW_HOME") == str(home):
                found.append(process)
    return found


@pytest.fixture
def page(airflow: Stack) -> Iterator[Page]:
    """A page of this Airflow in a browser, where somebody has logged in."""
    if browser.find() is None:
        pytest.skip("there is no Chromium: make browser")
    with browser.page(airflow.url, airflow.api.token) as page:
        yield page


class Job:
    """One run of the main job."""

    def __init__(self, stack: Stack, sandbox: Sandbox, run_id: str) -> None:
        self.api = stack.api
        self.sandbox = sandbox
        self.run_id = run_id

    def instances(self, task_id: str, state: str) -> list[dict[str, Any]]:
        found = self.api.task_instances(DAG, self.run_id, task_id)
        return [one for one in found if one["state"] == state]

    def wait_for(self, task_id: str, state: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many instances of a task are in a state."""

        def there() -> list[dict[str, Any]] | None:
            found = self.instances(task_id, state)
            return found if len(found) == count else None

        try:
            found: list[dict[str, Any]] = wait_until(there, f"{count} {task_id} {state}", 120)
        except TimeoutError as error:
            raise TimeoutError(f"{error}: {self.api.states(DAG, self.run_id)}") from None
        return found

    def wait_for_effect(self, operation: str) -> None:
        wait_until(lambda: self.effects().get(operation), f"{operation} in the ledger", 120)

    def end(self) -> str:
        """Let time pass, so that whatever is waited for happens, and give the state the run ends in."""
        self.sandbox.speed = 100
        try:
            return self.api.wait_for_run(DAG, self.run_id)
        finally:
            self.sandbox.speed = 0

    def report(self) -> Any:
        return self.api.xcom(DAG, self.run_id, "report")

    def effects(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for entry in self.sandbox.ledger:
            counts[entry["operation"]] = counts.get(entry["operation"], 0) + 1
        return counts


def site(name: str) -> dict[str, Any]:
    return {
        "product_offering_qualification_item_id": f"site-{name}",
        "end_customer_name": f"Bakery {name}",
        "site_connection_type": "FTTO",
        "product_offerings": ["2173", "2174"],
    }


@pytest.fixture
def start(airflow: Stack, sandbox: Sandbox) -> Callable[..., Job]:
    """`start("rouen", "caen")` starts a run for these sites."""

    def begin(*names: str) -> Job:
        sites = [{**site(name), **ADDRESS} for name in names]
        return Job(airflow, sandbox, airflow.api.trigger(DAG, {"sites": sites}))

    return begin


@pytest.fixture
def started(airflow: Stack, sandbox: Sandbox) -> Callable[[str], Job]:
    """`started(run_id)` is a run that somebody else has started."""
    return lambda run_id: Job(airflow, sandbox, run_id)


@pytest.fixture
def by_hand(sandbox: Sandbox) -> Callable[..., str]:
    """`by_hand("rouen")` makes a basket as somebody does in the portal, and has it priced; gives its id."""
    connection = sandbox.connection
    auth = authentication(
        login=connection["login"], password=connection["password"], token_url=sandbox.token_url
    )

    def make(*names: str) -> str:
        with CovageClient(Settings(sandbox.url), auth) as client:
            quote_id = str(client.quote.create()["id"])
            for name in names:
                client.quote_item.create(quote_id, **site(name))
            client.quote.confirm(quote_id)
        sandbox.advance(60)
        return quote_id

    return make
