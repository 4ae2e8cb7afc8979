"""A sandbox whose clock moves only when it is told to, and the means to run one operator against it."""

import json
import logging

import pytest
import structlog

from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.sandbox import Dialect, Sandbox

pytest.register_assert_rewrite("operator_writes")

from operator_steps import Steps  # noqa: E402


@pytest.fixture(scope="session")
def _standing():
    """Return the sandbox of a dialect; it is started once and emptied for each test."""
    started = {}

    def get(dialect):
        if dialect not in started:
            started[dialect] = Sandbox(speed=0, dialect=dialect).start()
        started[dialect].reset()
        return started[dialect]

    yield get
    for sandbox in started.values():
        sandbox.stop()


@pytest.fixture
def sandbox(request, _standing, monkeypatch):
    """An empty sandbox; `@pytest.mark.sandbox(dialect=...)` has it speak differently."""
    marker = request.node.get_closest_marker("sandbox")
    sandbox = _standing(marker.kwargs["dialect"] if marker else Dialect())
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", sandbox.connection_json)
    return sandbox


@pytest.fixture
def connection(sandbox, monkeypatch):
    """`connection(timeout=1)` changes extras of connection `covage_default`, `login=` and the like too."""

    def change(conn_id="covage_default", **changes):
        connection = json.loads(sandbox.connection_json)
        own = {name: changes.pop(name) for name in ("host", "login", "password") if name in changes}
        connection |= own
        connection["extra"] |= changes
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))

    return change


@pytest.fixture
def steps(sandbox, tmp_path):
    with CovageHook().get_conn() as client:
        yield Steps(client, sandbox, tmp_path)


@pytest.fixture
def sent(sandbox, steps):
    """`sent()` lists the effects since the operator under test has begun; `sent.begin()` begins."""

    class Sent:
        def __init__(self):
            self.begin()

        def begin(self):
            self.start = len(sandbox.ledger)

        def __call__(self):
            return [entry["operation"] for entry in sandbox.ledger[self.start :]]

    return Sent()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    """Requests are repeated as often as ever, but at once, and no bundle of certificates is read for them."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    decide = Patience.pause_before

    def pause_before(self, attempt, error):
        pause = decide(self, attempt, error)
        return None if pause is None else 0.0

    monkeypatch.setattr(Patience, "pause_before", pause_before)


@pytest.fixture
def logs(caplog):
    """`logs()` gives all lines that operators and clients have logged so far, of whatever level."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        yield lambda: [*(entry["event"] for entry in entries), *caplog.messages]
    structlog.configure(wrapper_class=before)
