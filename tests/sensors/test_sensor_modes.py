"""Every sensor means the same in poke, reschedule and deferrable mode."""

import pytest
from sensor_waits import FAILING, MODES, WAITS, line, run_sensor

from airflow_provider_covage.compat import AirflowFailException, AirflowSensorTimeout, AirflowSkipException
from airflow_provider_covage.sensors.covage import (
    CovageEligibilitySensor,
    CovageOrderTrackingSensor,
    CovageQuoteItemSensor,
)

modes = pytest.mark.parametrize("mode", MODES)


def assert_is_record(wait, resource_id, result):
    if wait.sensor is CovageEligibilitySensor:
        assert [site["state"] for site in result] == ["done.ready"]
        assert result[0]["id"]
    elif wait.sensor is CovageOrderTrackingSensor:
        assert result["order_reference"] == resource_id
        assert isinstance(result["historic"], list)
    else:
        assert (result.get("task_id") or result["id"]) == resource_id


@modes
@pytest.mark.parametrize("wait", WAITS, ids=str)
def test_reached_at_once(wait, mode, sandbox):
    resource_id = wait.begin(sandbox)
    wait.reach(sandbox, resource_id)

    assert_is_record(wait, resource_id, run_sensor(mode, wait.make(resource_id)))


@modes
@pytest.mark.parametrize("wait", WAITS, ids=str)
def test_reached_later(wait, mode, sandbox, after_looks):
    resource_id = wait.begin(sandbox)
    after_looks(3, wait.look, lambda: wait.reach(sandbox, resource_id))

    assert_is_record(wait, resource_id, run_sensor(mode, wait.make(resource_id)))


@modes
@pytest.mark.parametrize("looks", [0, 3])
@pytest.mark.parametrize("wait", FAILING, ids=str)
def test_failed_at_once_or_later(wait, looks, mode, sandbox, after_looks):
    resource_id = wait.begin(sandbox)
    if looks:
        after_looks(looks, wait.look, lambda: wait.fail(sandbox, resource_id))
    else:
        wait.fail(sandbox, resource_id)

    with pytest.raises(AirflowFailException) as failure:
        run_sensor(mode, wait.make(resource_id))

    assert all(word in str(failure.value) for word in (*wait.words, resource_id))


@modes
@pytest.mark.parametrize("give_up", ["soft_fail", "never_fail"])
@pytest.mark.parametrize("looks", [0, 3])
def test_failure_state_skips_where_that_is_wanted(looks, give_up, mode, sandbox, after_looks):
    quote_item_id = line(sandbox)
    if looks:
        after_looks(
            looks, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "expired")
        )
    else:
        sandbox.set_state("quote_item", quote_item_id, "expired")

    with pytest.raises(AirflowSkipException):
        run_sensor(mode, _sensor(quote_item_id), **{give_up: True})


@modes
def test_skip_says_why(mode, sandbox):
    quote_item_id = line(sandbox, "expired")

    with pytest.raises(AirflowSkipException, match=f"quotation line {quote_item_id} is expired"):
        run_sensor(mode, _sensor(quote_item_id), soft_fail=True)


@modes
def test_time_out(mode, sandbox):
    quote_item_id = line(sandbox)

    with pytest.raises(AirflowSensorTimeout):
        run_sensor(mode, _sensor(quote_item_id), timeout=0)


@modes
@pytest.mark.parametrize("give_up", ["soft_fail", "never_fail"])
def test_time_out_skips_where_that_is_wanted(give_up, mode, sandbox):
    quote_item_id = line(sandbox)

    with pytest.raises(AirflowSkipException):
        run_sensor(mode, _sensor(quote_item_id), timeout=0, **{give_up: True})


@modes
@pytest.mark.parametrize("soft_fail", [False, True])
@pytest.mark.parametrize("wait", WAITS, ids=str)
def test_record_that_is_not_there_fails_at_once(wait, soft_fail, mode, sandbox):
    with pytest.raises(AirflowFailException, match="404"):
        run_sensor(mode, wait.make("nowhere"), soft_fail=soft_fail)

    assert [request["status"] for request in sandbox.requests].count(404) == 1


@modes
@pytest.mark.parametrize("looks", [0, 2])
@pytest.mark.parametrize("status", [400, 403, 404])
def test_refusal_is_never_a_reason_to_skip(status, looks, mode, sandbox):
    quote_item_id = line(sandbox)
    sandbox.fault("error_before", match="quote_item.get", status=status, nth=looks + 1, times=None)

    with pytest.raises(AirflowFailException, match=f"Error {status}"):
        run_sensor(mode, _sensor(quote_item_id), soft_fail=True)


@modes
@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("looks", [0, 2])
def test_never_fail_skips_even_then(looks, status, mode, sandbox):
    quote_item_id = line(sandbox)
    sandbox.fault("error_before", match="quote_item.get", status=status, nth=looks + 1, times=None)

    with pytest.raises(AirflowSkipException):
        run_sensor(mode, _sensor(quote_item_id), never_fail=True)


@modes
@pytest.mark.parametrize("changes", [{"host": ""}, {"password": "wrong"}], ids=str)
def test_broken_connection_is_never_a_reason_to_skip(changes, mode, connection):
    connection(**changes)

    with pytest.raises(AirflowFailException):
        run_sensor(mode, _sensor("L"), soft_fail=True)


@modes
def test_missing_connection_is_never_a_reason_to_skip(mode, sandbox):
    with pytest.raises(Exception, match="no_such_connection") as failure:
        run_sensor(mode, _sensor("L"), soft_fail=True, covage_conn_id="no_such_connection")

    assert not isinstance(failure.value, AirflowSkipException)


@modes
def test_bug_is_never_a_reason_to_skip(mode, sandbox, monkeypatch):
    quote_item_id = line(sandbox)
    monkeypatch.setattr(
        "airflow_provider_covage.api.covage.observe.reasons_of", lambda record: 1 / 0, raising=True
    )

    with pytest.raises(ZeroDivisionError):
        run_sensor(mode, _sensor(quote_item_id), soft_fail=True)


@modes
@pytest.mark.parametrize(
    ("targets", "failures", "state", "ends"),
    [
        (["accepted"], None, "accepted", "reached"),
        (["ready"], None, "accepted", "reached"),
        (["accepted"], None, "refused", "failed"),
        (["ready", "refused"], None, "refused", "reached"),
        (["ready"], ["accepted"], "accepted", "failed"),
        (["ready"], ["ready"], "ready", "reached"),
        (["unable_to_provide"], None, "unable_to_provide", "reached"),
        (["ready"], ["confirmed"], "confirmed", "failed"),
        (["accepted"], None, "ready", "waits"),
        (["ready"], [], "unable_to_provide", "waits"),
        ({"ready"}, (), "ready", "reached"),
    ],
    ids=str,
)
def test_own_states(targets, failures, state, ends, mode, sandbox):
    quote_item_id = line(sandbox, state)
    raised = {"failed": AirflowFailException, "waits": AirflowSensorTimeout}
    states = {"target_states": targets, "failure_states": failures}

    if ends in raised:
        with pytest.raises(raised[ends]):
            run_sensor(mode, _sensor(quote_item_id), timeout=0, **states)
    else:
        assert run_sensor(mode, _sensor(quote_item_id), timeout=0, **states)["state"] == state


def _sensor(quote_item_id):
    return lambda **arguments: CovageQuoteItemSensor(quote_item_id=quote_item_id, **arguments)
