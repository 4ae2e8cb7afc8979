"""A sandbox per way of speaking, emptied for each test, and the example DAGs as tests run them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from requests_mock import Mocker

from airflow_provider_covage.api.covage import CovageClient
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.transport import Transport
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.sandbox import Sandbox
from airflow_provider_covage.testing import hurry
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load


@pytest.fixture(scope="session")
def covage_sandbox_options() -> dict[str, Any]:
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[CovageClient]:
    """A client of the sandbox."""
    with CovageHook().get_conn() as client:
        yield client


@pytest.fixture
def api(requests_mock: Mocker, leads_to: Callable[[str], None]) -> Mocker:
    """An API at http://covage that gives the answers it is told, and the connection to it."""
    leads_to("http://covage")
    return requests_mock


@pytest.fixture
def leads_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`leads_to("http://covage")` has connection `covage_default` lead there, whoever may answer."""

    def lead(base_url: str) -> None:
        connection = {"conn_type": "covage", "host": base_url, "password": "token-0123456789"}
        monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", json.dumps(connection))

    return lead


@pytest.fixture
def sent(sandbox: Sandbox) -> Callable[[], list[str]]:
    """`sent()` lists what has taken effect, by operation."""
    return lambda: [entry["operation"] for entry in sandbox.ledger]


@pytest.fixture
def asked(sandbox: Sandbox) -> Callable[..., list[str]]:
    """`asked("POST")` lists the paths of the requests that came, those for tokens left out."""

    def paths(*methods: str) -> list[str]:
        return [
            one["path"]
            for one in sandbox.requests
            if one["operation"] != "auth.token" and (not methods or one["method"] in methods)
        ]

    return paths


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are repeated as often as ever, but at once."""
    decide = Patience.pause_before

    def pause_before(self: Patience, attempt: int, error: Any) -> float | None:
        return None if decide(self, attempt, error) is None else 0.0

    monkeypatch.setattr(Patience, "pause_before", pause_before)


class Killed(BaseException):
    """The worker was killed."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """`killed(run)`: the process dies when its first write has been answered."""
    perform = Transport.perform

    def dying(self: Transport, call: Any) -> Any:
        result = perform(self, call)
        if call.request.is_write:
            raise Killed
        return result

    def kill(run: Callable[[], Any]) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Transport, "perform", dying)
            with pytest.raises(Killed):
                run()

    return kill


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[str], list[str]]]:
    """`logs("planned")` gives the lines, of whatever level, that hold a text."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        yield lambda text: [
            line for line in (*(str(one["event"]) for one in entries), *caplog.messages) if text in line
        ]
    structlog.configure(wrapper_class=before)


@pytest.fixture
def example() -> Callable[..., Any]:
    """`example("covage_fon_request")` is the DAG of that file, looking and trying again soon."""

    def hurried(name: str, **settings: Any) -> Any:
        dag = load(EXAMPLE_DAGS / f"{name}.py")
        hurry(dag)
        for task in dag.task_dict.values():
            getattr(task, "partial_kwargs", vars(task)).update(settings)
        return dag

    return hurried
