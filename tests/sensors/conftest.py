"""A sandbox whose clock moves only when it is told to, and what a sensor sees of Airflow."""

import logging

import pytest
import structlog

from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.hooks.covage import CovageHook


@pytest.fixture(scope="session")
def covage_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


@pytest.fixture
def client(sandbox):
    with CovageHook().get_conn() as client:
        yield client


@pytest.fixture
def after_looks(sandbox):
    """`after_looks(2, "quote_item.get", action)` acts when the second such request has been answered."""

    def set_listener(looks, operation, action):
        seen = []

        def listen(entry):
            if entry.operation == operation:
                seen.append(entry)
                if len(seen) == looks:
                    action()

        sandbox.world.ledger.listener = listen

    yield set_listener
    sandbox.world.ledger.listener = None


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
def logs():
    """`logs("words")` gives the lines logged so far that hold these words."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    with structlog.testing.capture_logs() as entries:
        yield lambda words="": [entry["event"] for entry in entries if words in entry["event"]]
    structlog.configure(wrapper_class=before)
