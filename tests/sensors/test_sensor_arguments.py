"""Arguments of sensors: templates, defaults, and what is refused."""

import inspect

import pytest
from sensor_waits import MODES, WAITS, line, run_sensor

from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.compat import AirflowException, AirflowFailException, AirflowSkipException
from airflow_provider_covage.sensors import covage
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor, CovageSensor

modes = pytest.mark.parametrize("mode", MODES)
each = pytest.mark.parametrize("wait", WAITS, ids=str)


def test_every_record_that_can_be_waited_for_has_its_sensor():
    sensors = {
        found
        for found in vars(covage).values()
        if inspect.isclass(found) and issubclass(found, CovageSensor) and found is not CovageSensor
    }
    assert sensors == {wait.sensor for wait in WAITS}
    assert {sensor.resource for sensor in sensors} == set(WATCHES)


@each
def test_template_fields_are_set_and_rendered(wait):
    names = {wait.id_name, "target_states", "failure_states", "covage_conn_id"}
    sensor = wait.sensor(task_id="wait", **{name: f"{{{{ {name} }}}}" for name in names})

    assert set(sensor.template_fields) == names
    sensor.render_template_fields({name: f"rendered {name}" for name in names})
    assert {name: getattr(sensor, name) for name in names} == {name: f"rendered {name}" for name in names}


@modes
def test_templated_identifier_and_states(mode, sandbox):
    quote_item_id = line(sandbox, "accepted")

    def make(**arguments):
        sensor = CovageQuoteItemSensor(quote_item_id="{{ id }}", target_states=["{{ state }}"], **arguments)
        sensor.render_template_fields({"id": quote_item_id, "state": "accepted"})
        return sensor

    assert run_sensor(mode, make)["id"] == quote_item_id


@modes
@each
def test_connection_of_another_name(wait, mode, sandbox, monkeypatch):
    resource_id = wait.begin(sandbox)
    wait.reach(sandbox, resource_id)
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_ELSEWHERE", sandbox.connection_json)
    monkeypatch.delenv("AIRFLOW_CONN_COVAGE_DEFAULT")

    assert run_sensor(mode, wait.make(resource_id), covage_conn_id="covage_elsewhere")


@modes
@each
def test_missing_identifier_is_refused(wait, mode, sandbox):
    for missing in ("", " ", "None", None):
        with pytest.raises(AirflowFailException, match=wait.id_name) as failure:
            run_sensor(mode, wait.make(missing), soft_fail=True)
        assert repr(missing) in str(failure.value)

    assert sandbox.requests == []


@modes
@pytest.mark.parametrize("name", ["target_states", "failure_states"])
def test_single_text_in_place_of_states_is_refused(name, mode, sandbox):
    make = WAITS[0].make("some")

    with pytest.raises(AirflowFailException, match=r"states are given as a list, such as \['ready'\]"):
        run_sensor(mode, make, soft_fail=True, **{name: "ready"})

    assert sandbox.requests == []


@modes
def test_no_state_to_wait_for_is_refused(mode, sandbox):
    with pytest.raises(AirflowFailException, match="no target state to wait for; quotation basket knows"):
        run_sensor(mode, WAITS[0].make("some"), target_states=[])

    assert sandbox.requests == []


@pytest.mark.parametrize("name", ["timeout", "poke_interval", "max_wait"])
@each
def test_negative_times_are_refused_when_the_dag_is_read(wait, name):
    with pytest.raises((ValueError, AirflowException), match=name):
        wait.make("some")(task_id="wait", **{name: -1})


def test_soft_fail_and_never_fail_exclude_each_other():
    with pytest.raises(ValueError, match="mutually exclusive"):
        WAITS[0].make("some")(task_id="wait", soft_fail=True, never_fail=True)


@pytest.mark.parametrize("default", [True, False])
def test_airflow_decides_about_deferring_unless_the_sensor_does(default, monkeypatch):
    monkeypatch.setenv("AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE", str(default))

    assert WAITS[0].make("some")(task_id="a").deferrable is default
    assert WAITS[0].make("some")(task_id="b", deferrable=not default).deferrable is not default


def test_deferring_wins_over_reschedule(sandbox):
    quote_item_id = line(sandbox, "expired")
    make = CovageQuoteItemSensor(
        task_id="a", quote_item_id=quote_item_id, mode="reschedule", deferrable=True, soft_fail=True
    )
    with pytest.raises(AirflowSkipException):
        make.execute({})
