"""A sandbox whose clock moves only when it is told to, and a trigger in an event loop."""

import json

import pytest

from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.triggers.covage import CovageStateTrigger


@pytest.fixture(scope="session")
def covage_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


@pytest.fixture
def line(sandbox):
    """The id of a quotation line that waits for its price."""
    sandbox.seed(quotes=1, lines_per_quote=1)
    quote_item_id = sandbox.records("quote_item")[0]["id"]
    sandbox.set_state("quote_item", quote_item_id, "confirmed")
    return quote_item_id


@pytest.fixture
def after_requests(sandbox):
    """`after_requests(2, action)` acts when the second request for a line has been answered."""

    def set_listener(number, action):
        seen = []

        def listen(entry):
            if entry.operation == "quote_item.get":
                seen.append(entry)
                if len(seen) == number:
                    action()

        sandbox.world.ledger.listener = listen

    yield set_listener
    sandbox.world.ledger.listener = None


@pytest.fixture
def trigger(sandbox):
    """`trigger(resource_id, timeout=60)` makes a trigger as the triggerer does, from what is stored."""

    def make(resource_id, **arguments):
        arguments = {
            "covage_conn_id": "covage_default",
            "resource": "quote_item",
            "resource_id": resource_id,
            "target_states": ["ready"],
            "failure_states": ["unable_to_provide", "expired"],
            "poke_interval": 0,
            "started": 0,
            "timeout": 1e10,
            **arguments,
        }
        _, stored = CovageStateTrigger(**arguments).serialize()
        return CovageStateTrigger(**json.loads(json.dumps(stored)))

    return make


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
