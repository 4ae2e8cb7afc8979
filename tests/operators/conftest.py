"""A sandbox whose clock moves only when it is told to, and the means to run one operator against it."""

import logging

import pytest
import structlog

from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.hooks.covage import CovageHook

pytest.register_assert_rewrite("operator_writes")

from operator_steps import Steps  # noqa: E402


@pytest.fixture(scope="session")
def covage_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


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
