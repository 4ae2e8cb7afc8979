"""The trigger fires one event, whatever happens."""

import asyncio
import json
import time

import pytest
from airflow.sdk.execution_time.comms import _RequestFrame

from airflow_provider_covage.triggers.covage import CovageStateTrigger


def fire(trigger):
    """Run a trigger to its end and return the one event."""

    async def run():
        return [event.payload async for event in trigger.run()]

    (payload,) = asyncio.run(run())
    return payload


@pytest.mark.parametrize("requests", [0, 3])
@pytest.mark.parametrize(
    ("state", "status"),
    [("ready", "reached"), ("accepted", "reached"), ("expired", "failed"), ("unable_to_provide", "failed")],
)
def test_state_that_ends_the_wait(state, status, requests, sandbox, line, trigger, after_requests):
    if requests:
        after_requests(requests, lambda: sandbox.set_state("quote_item", line, state))
    else:
        sandbox.set_state("quote_item", line, state)

    payload = fire(trigger(line))

    assert (payload["status"], payload["state"]) == (status, state)
    assert payload["record"]["id"] == line
    assert line in payload["message"] if status == "failed" else payload["message"] == ""


def test_event_can_be_stored(sandbox, line, trigger):
    sandbox.set_state("quote_item", line, "ready")
    payload = fire(trigger(line))
    assert json.loads(json.dumps(payload)) == payload


@pytest.mark.parametrize("ends", [False, True])
def test_no_record_can_end_the_triggerer(ends, sandbox, line, trigger):
    """Whatever cannot be written into Airflow's message to the supervisor would end all triggers."""
    sandbox.set_state("quote_item", line, "ready")
    sandbox.extra_fields("quote_item", {"odd": [10**30, "a\0b"]})

    async def run():
        return [event.model_dump() async for event in trigger(line, end_from_trigger=ends).run()]

    message = _RequestFrame(id=1, body={"events": asyncio.run(run())}).as_bytes()
    assert "a\ufffdb".encode() in message


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("nth", [1, 3])
def test_refusal_is_an_error(status, nth, sandbox, line, trigger):
    sandbox.fault("error_before", match="quote_item.get", status=status, nth=nth, times=None)

    payload = fire(trigger(line))

    assert payload["status"] == "error"
    assert f"Error {status}." in payload["message"]
    assert payload["record"] is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": ""}, "no host"),
        ({"timeout": "soon"}, "timeout"),
        ({"password": "wr0ng"}, "did not accept the login"),
        ({"token_url": "http://127.0.0.1:9/"}, None),
    ],
    ids=str,
)
def test_connection_that_does_not_work(changes, words, connection, trigger, line):
    connection(**changes)

    payload = fire(trigger(line, timeout=0))

    assert payload["status"] == ("error" if words else "timeout")
    assert (words or "no access token") in payload["message"]
    assert "wr0ng" not in str(payload)


def test_unheard_of_connection_breaks_the_trigger(trigger, line):
    with pytest.raises(Exception, match="no_such_connection"):
        fire(trigger(line, covage_conn_id="no_such_connection"))


def test_trouble_is_survived(sandbox, line, trigger, after_requests):
    for number, fault in enumerate(("unavailable", "close_after", "truncate", "html", "rate_limit")):
        options = {"retry_after": 0} if fault in ("unavailable", "rate_limit") else {}
        sandbox.fault(fault, match="quote_item.get", nth=1 + 5 * number, times=5, **options)
    after_requests(27, lambda: sandbox.set_state("quote_item", line, "ready"))

    assert fire(trigger(line))["status"] == "reached"


def test_answer_that_stalls_is_survived(sandbox, line, trigger, connection):
    connection(timeout=0.3)
    sandbox.set_state("quote_item", line, "ready")
    sandbox.fault("stall", match="quote_item.get", seconds=5)

    assert fire(trigger(line))["status"] == "reached"


def test_unknown_state_is_waited_on(sandbox, line, trigger, after_requests):
    sandbox.set_state("quote_item", line, "negotiating")
    after_requests(3, lambda: sandbox.set_state("quote_item", line, "ready"))
    assert fire(trigger(line))["status"] == "reached"


def test_deadline_is_counted_from_the_start_of_the_sensor(sandbox, line, trigger):
    payload = fire(trigger(line, started=time.time() - 100, timeout=50))

    assert payload["status"] == "timeout"
    assert f"quotation line {line} is confirmed after 100 s and not yet ready" in payload["message"]
    assert payload["record"] is None
    assert [request["operation"] for request in sandbox.requests].count("quote_item.get") == 1


def test_time_out_says_what_the_trouble_is(sandbox, line, trigger):
    sandbox.fault("unavailable", match="quote_item.get", times=None, retry_after=0)
    payload = fire(trigger(line, started=time.time(), timeout=0))
    assert payload["status"] == "timeout"
    assert "last trouble: TransientApiError" in payload["message"]
    assert "Service temporarily unavailable." in payload["message"]


def test_long_interval_does_not_outlast_the_deadline(sandbox, line, trigger):
    payload = fire(trigger(line, started=time.time(), timeout=0.2, poke_interval=3600))
    assert payload["status"] == "timeout"


def test_last_look_is_at_the_deadline(sandbox, line, trigger, after_requests):
    """What is reached between the last two looks still counts."""
    after_requests(1, lambda: sandbox.set_state("quote_item", line, "ready"))
    payload = fire(trigger(line, started=time.time(), timeout=0.2, poke_interval=3600))
    assert payload["status"] == "reached"


def test_arguments_survive_being_stored():
    arguments = {
        "covage_conn_id": "c",
        "resource": "quote",
        "resource_id": "Q",
        "target_states": ["a", "b"],
        "failure_states": ["c"],
        "poke_interval": 30.0,
        "started": 1.5,
        "timeout": 60.0,
        "exponential_backoff": True,
        "max_wait": 600.0,
        "told": ["optical_route_received"],
        "looked_at": 2.5,
        "created": 0.5,
        "end_from_trigger": True,
        "do_xcom_push": False,
    }
    path, stored = CovageStateTrigger(**arguments).serialize()
    assert stored == arguments
    assert path == f"{CovageStateTrigger.__module__}.{CovageStateTrigger.__qualname__}"


def test_states_are_stored_in_one_order(trigger):
    """Two triggers that wait for the same are the same to Airflow."""
    states = [f"state{number}" for number in range(20)]
    common = {
        "covage_conn_id": "c",
        "resource": "quote",
        "resource_id": "Q",
        "poke_interval": 1,
        "started": 0,
    }
    one, other = (
        CovageStateTrigger(target_states=given, failure_states=given, timeout=1, **common).serialize()
        for given in (frozenset(states), states[::-1])
    )
    assert one == other
