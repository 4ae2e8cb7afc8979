"""Between a sensor and its trigger: what is handed over, and what is made of what comes back."""

import json
from datetime import timedelta

import pytest
from airflow.sdk.bases.sensor import TaskDeferralError
from sensor_waits import WAITS, context, line

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.api.watching import created
from airflow_provider_covage.compat import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
)
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor
from airflow_provider_covage.triggers.covage import CovageStateTrigger


def sensor(quote_item_id="L", **arguments):
    return CovageQuoteItemSensor(task_id="wait", quote_item_id=quote_item_id, deferrable=True, **arguments)


def deferral(waiting):
    with pytest.raises(TaskDeferred) as deferred:
        waiting.execute(context())
    return deferred.value


@pytest.mark.parametrize("wait", WAITS, ids=str)
def test_trigger_can_be_made_again_from_what_is_stored(wait, sandbox):
    resource_id = wait.begin(sandbox)

    deferred = deferral(wait.make(resource_id)(task_id="wait", deferrable=True, max_wait=600, timeout=7200))
    path, arguments = deferred.trigger.serialize()
    again = CovageStateTrigger(**json.loads(json.dumps(arguments)))

    assert path == "airflow_provider_covage.triggers.covage.CovageStateTrigger"
    assert again.serialize() == (path, arguments)
    assert arguments[wait.sensor.template_fields[0]] == resource_id
    assert arguments["covage_conn_id"] == "covage_default"
    assert (arguments["timeout"], arguments["max_wait"], arguments["poke_interval"]) == (7200, 600, 60)
    assert deferred.method_name == "execute_complete"


def test_no_secret_is_handed_over(sandbox):
    _, arguments = deferral(sensor(line(sandbox))).trigger.serialize()

    tokens = [*sandbox.world.tokens._access, *sandbox.world.tokens._refresh, sandbox.token_url]
    assert len(tokens) == 3
    assert not [token for token in tokens if token in json.dumps(arguments)]


def test_own_states_are_handed_over(sandbox):
    waiting = sensor(line(sandbox), target_states=["accepted"], failure_states=["refused", "expired"])
    _, arguments = deferral(waiting).trigger.serialize()
    assert arguments["target_states"] == ["accepted"]
    assert arguments["failure_states"] == ["expired", "refused"]


def test_time_runs_from_the_first_look(sandbox, monkeypatch):
    monkeypatch.setattr("airflow_provider_covage.sensors.base.time.time", lambda: 4711.0)
    assert deferral(sensor(line(sandbox))).trigger.started == 4711.0


def test_what_the_look_has_shown_of_its_age_is_handed_over(sandbox):
    quote_item_id = line(sandbox)
    trigger = deferral(sensor(quote_item_id)).trigger
    assert trigger.created == created(sandbox.record("quote_item", quote_item_id))
    assert trigger.created < trigger.started - 80 * 86_400, "as old as it was seeded, not as the wait"


@pytest.mark.parametrize("fault", ["unavailable", "rate_limit"])
def test_trouble_at_the_first_look_is_left_to_the_trigger(fault, sandbox):
    quote_item_id = line(sandbox)
    sandbox.fault(fault, match="quote_item.get", times=None, retry_after=0)
    assert deferral(sensor(quote_item_id)).trigger.quote_item_id == quote_item_id


def test_what_the_trigger_has_seen_is_returned(sandbox):
    event = {"status": "reached", "message": "", "state": "ready", "record": {"id": "L", "state": "ready"}}
    assert sensor().execute_complete(context(), event) == {"id": "L", "state": "ready"}


@pytest.mark.parametrize(
    ("status", "raised", "softly"),
    [
        ("failed", AirflowFailException, AirflowSkipException),
        ("timeout", AirflowSensorTimeout, AirflowSkipException),
        ("error", AirflowFailException, AirflowFailException),
        ("unheard-of", TransientError, TransientError),
    ],
)
def test_what_comes_back_decides(status, raised, softly):
    event = {"status": status, "message": "the API's words", "state": None, "record": None}
    for soft_fail, expected in ((False, raised), (True, softly)):
        with pytest.raises(expected) as end:
            sensor(soft_fail=soft_fail).execute_complete(context(), event)
        assert type(end.value) is expected
        assert status == "unheard-of" or str(end.value) == "the API's words"


@pytest.mark.parametrize("soft_fail", [False, True])
def test_trigger_that_ends_without_a_word_is_tried_again(soft_fail):
    with pytest.raises(TransientError, match="without a result"):
        sensor(soft_fail=soft_fail).resume_execution("execute_complete", {}, context())


@pytest.mark.parametrize("give_up", [{}, {"soft_fail": True}])
def test_trigger_that_breaks_is_tried_again(give_up):
    failed = {"error": "Trigger failure", "traceback": ["ZeroDivisionError: division by zero"]}
    with pytest.raises(TaskDeferralError):
        sensor(**give_up).resume_execution("__fail__", failed, context())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "0:10:00 after its timeout of 3600 s"),
        ({"execution_timeout": timedelta(minutes=5)}, "of 0:05:00"),
    ],
    ids=["no triggerer", "execution_timeout"],
)
def test_trigger_that_airflow_ends_is_a_time_out(given, words):
    """As for every other sensor: no further try, and soft_fail skips."""
    for soft_fail, expected in ((False, AirflowSensorTimeout), (True, AirflowSkipException)):
        waiting = sensor(timeout=3600, soft_fail=soft_fail, **given)
        with pytest.raises(expected, match=f"^quotation line L: Airflow has ended the wait .*{words}"):
            waiting.resume_execution("__fail__", {"error": "Trigger timeout"}, context())
