"""What a sensor says while it waits: each thing once, and all that helps."""

import pytest
from sensor_waits import MODES, WAITS, basket, line, run_sensor

from airflow_provider_covage.compat import AirflowSensorTimeout
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor, CovageQuoteSensor

modes = pytest.mark.parametrize("mode", MODES)


def sensor(quote_item_id):
    return lambda **arguments: CovageQuoteItemSensor(quote_item_id=quote_item_id, **arguments)


@modes
def test_unknown_state_is_waited_on(mode, sandbox, after_looks, logs):
    quote_item_id = line(sandbox, "negotiating")
    after_looks(5, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "ready"))

    assert run_sensor(mode, sensor(quote_item_id))["state"] == "ready"

    said = logs("is in state 'negotiating', which no document knows; waiting for ready")
    # Once in each process: a poke, the sensor and its trigger, and every poke that is scheduled anew.
    assert len(said) == {"poke": 1, "deferrable": 2, "reschedule": 5}[mode]


@modes
@pytest.mark.parametrize("state", ["acknowledged", "created"])
def test_draft_is_told_what_it_waits_for(state, mode, sandbox, logs):
    quote_id, lines = basket(sandbox, state), sandbox.records("quote_item")
    sandbox.set_state("quote_item", lines[0]["id"], state)

    for make in (
        lambda **arguments: CovageQuoteSensor(quote_id=quote_id, **arguments),
        sensor(lines[0]["id"]),
    ):
        with pytest.raises(AirflowSensorTimeout):
            run_sensor(mode, make, timeout=0)

    assert logs("is still a draft; nothing moves before you confirm the basket")
    assert logs("is still a draft; nothing moves before you confirm its basket")


@modes
def test_progress_is_told_once_per_state(mode, sandbox, after_looks, logs):
    quote_item_id = line(sandbox)
    after_looks(5, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "ready"))

    run_sensor(mode, sensor(quote_item_id))

    assert len(logs("is confirmed (waiting)")) == {"poke": 1, "deferrable": 2, "reschedule": 5}[mode]
    assert len(logs("is ready (reached)")) == 1


@modes
def test_trouble_while_waiting_is_survived(mode, sandbox, after_looks, logs):
    quote_item_id = line(sandbox)
    # A look sends up to four requests before it gives up: three looks in vain, of two kinds of trouble.
    sandbox.fault("unavailable", match="quote_item.get", nth=2, times=8, retry_after=0)
    sandbox.fault("rate_limit", match="quote_item.get", nth=10, times=4, retry_after=0)
    after_looks(15, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "ready"))

    assert run_sensor(mode, sensor(quote_item_id), soft_fail=True)["state"] == "ready"

    told = logs("cannot be read for the moment, waiting on")
    assert len(told) == (3 if mode == "reschedule" else 2)
    assert "Service temporarily unavailable" in told[0]
    assert "Request was throttled" in told[-1]
    assert mode == "reschedule" or len(logs("can be read again")) == 1


@modes
@pytest.mark.parametrize("fault", ["close_after", "truncate", "html", "error_before", "unauthorized"])
def test_lost_and_unreadable_answers_are_survived(fault, mode, sandbox, after_looks):
    quote_item_id = line(sandbox)
    sandbox.fault(fault, match="quote_item.get", times=5)
    after_looks(7, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "ready"))

    make = sensor(quote_item_id)
    if fault == "unauthorized":  # a token that is refused when it is fresh is no trouble that passes
        with pytest.raises(Exception, match="not authenticated"):
            run_sensor(mode, make)
    else:
        assert run_sensor(mode, make)["state"] == "ready"


@modes
def test_token_that_expires_while_waiting_is_renewed(mode, sandbox, after_looks):
    quote_item_id = line(sandbox)

    def expire():
        sandbox.expire_tokens(refresh=True)
        after_looks(3, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "ready"))

    after_looks(2, "quote_item.get", expire)

    assert run_sensor(mode, sensor(quote_item_id))["state"] == "ready"


def test_token_endpoint_that_comes_back_is_found_again(sandbox, logs):
    quote_item_id = line(sandbox, "ready")
    sandbox.fault("unavailable", match="auth.token", times=8, retry_after=0)

    assert run_sensor("poke", sensor(quote_item_id))["state"] == "ready"
    assert len(logs("cannot be read for the moment")) == 1


def test_time_out_of_a_deferred_sensor_says_what_was_seen_last(sandbox):
    quote_item_id = line(sandbox)
    with pytest.raises(AirflowSensorTimeout, match=f"quotation line {quote_item_id} is confirmed after 0 s"):
        run_sensor("deferrable", sensor(quote_item_id), timeout=0)


@modes
def test_no_secret_is_logged(mode, sandbox, logs):
    (tracked,) = (wait for wait in WAITS if str(wait) == "OrderTracking")
    reference = tracked.begin(sandbox)
    tracked.reach(sandbox, reference)
    sandbox.fault("unavailable", match="order.get", times=4, retry_after=0)

    run_sensor(mode, tracked.make(reference))

    tokens = [*sandbox.world.tokens._access, *sandbox.world.tokens._refresh]
    assert tokens
    assert not [line for line in logs() if any(token in line for token in tokens)]
