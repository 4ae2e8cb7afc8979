"""Waits that begin in a triggerer: which ones, and with what."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk import DAG, task, task_group
from airflow.serialization.serialized_objects import DagSerialization
from sensor_waits import WAITS, line

from airflow_provider_covage.sensors import base
from airflow_provider_covage.sensors.covage import CovageOrderSensor, CovageQuoteItemSensor
from airflow_provider_covage.triggers import GRACE, links
from airflow_provider_covage.triggers.covage import CovageStateTrigger

NO_WORKER = {"task_id": "wait", "start_from_trigger": True}


@pytest.fixture
def dag():
    with DAG("waits", start_date=datetime(2025, 1, 1), schedule=None) as dag:
        yield dag


def stored_task(dag, task_id="wait"):
    """The task as the scheduler knows it."""
    return DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag)))).get_task(task_id)


def stored(dag, task_id="wait"):
    """Whether it starts in the triggerer, and with what."""
    found = stored_task(dag, task_id)
    return found.start_from_trigger, found.start_trigger_args


@pytest.mark.parametrize("wait", WAITS, ids=str)
def test_every_sensor_can_begin_in_a_triggerer(wait, dag):
    sensor = wait.sensor(**{wait.id_name: "{{ params.id }}"}, timeout=3600, **NO_WORKER)

    starts, arguments = stored(dag)
    assert starts
    assert arguments.timeout == timedelta(hours=1) + GRACE
    assert arguments.next_method == "execute_complete"
    trigger = CovageStateTrigger(**sensor.start_trigger_args.trigger_kwargs)
    assert getattr(trigger, wait.id_name) == "{{ params.id }}"
    assert f"{type(trigger).__module__}.{type(trigger).__qualname__}" == arguments.trigger_cls


@pytest.mark.parametrize("limit", [None, timedelta(minutes=5), timedelta(days=3)], ids=str)
def test_its_time_runs_from_its_first_start(limit, dag, sandbox, monkeypatch):
    """Airflow tells a trigger when it will be ended, not when it was first started."""
    quote_item_id = line(sandbox)
    sensor = CovageQuoteItemSensor(
        quote_item_id=quote_item_id, timeout=3600, execution_timeout=limit, **NO_WORKER
    )
    _, arguments = stored(dag)
    now = datetime.now(UTC)
    trigger = CovageStateTrigger(**sensor.start_trigger_args.trigger_kwargs)
    trigger.task_instance = SimpleNamespace(task_id="wait", task=stored_task(dag))
    # As the scheduler reckons; then the triggerer is away for longer than the wait was to last.
    trigger.timeout_after = min(now + arguments.timeout, now + (limit or timedelta(days=999)))
    monkeypatch.setattr("airflow_provider_covage.triggers.base.time.time", lambda: now.timestamp() + 3601)

    async def run():
        return [event.payload async for event in trigger.run()]

    (event,) = asyncio.run(run())
    assert event["status"] == "timeout"
    assert "after 3601 s and not yet ready" in event["message"]


@pytest.fixture
def without_worker(dag, monkeypatch):
    """`without_worker(sensor, keep)` runs its trigger as the triggerer does; `keep` gets what it pushes."""

    def run(sensor, keep, **changed):
        trigger = CovageStateTrigger(**sensor.start_trigger_args.trigger_kwargs | changed)
        names = {"dag_id": "waits", "run_id": "r", "task_id": "wait", "map_index": -1}
        trigger.task_instance = SimpleNamespace(task=stored_task(dag), **names)
        trigger.timeout_after = datetime.now(UTC) + sensor.start_trigger_args.timeout

        async def aset(key, value, **given):
            assert given == names
            keep(key, value)

        async def main():
            return [event async for event in trigger.run()]

        monkeypatch.setattr(links.BaseXCom, "aset", aset)
        (event,) = asyncio.run(main())
        return event

    return run


@pytest.mark.parametrize("do_xcom_push", [True, False])
def test_what_a_worker_would_have_kept_is_kept(do_xcom_push, dag, sandbox, without_worker):
    """The link while it waits, and the record unless it is not wanted."""
    quote_item_id, kept = line(sandbox), {}
    sensor = CovageQuoteItemSensor(
        quote_item_id=quote_item_id, poke_interval=0.1, do_xcom_push=do_xcom_push, **NO_WORKER
    )

    def keep(key, value):
        kept[key] = value
        sandbox.set_state("quote_item", quote_item_id, "ready")

    event = without_worker(sensor, keep, end_from_trigger=True)

    key = sensor.operator_extra_links[0].xcom_key
    assert kept == {key: f"{sandbox.url}/portal/quote_item/{quote_item_id}"}
    returned = event.xcoms.pop("return_value", None)
    assert (returned and returned["id"]) == (quote_item_id if do_xcom_push else None)
    assert event.xcoms == kept


def test_a_link_by_what_only_the_record_tells_is_made_in_the_end(dag, sandbox, connection, without_worker):
    connection(portal_url="https://p.example.net/{reference}")
    quote_item_id, kept = line(sandbox, "ready"), []
    sandbox.extra_fields("quote_item", {"reference": "QO_1"})
    sensor = CovageQuoteItemSensor(quote_item_id=quote_item_id, **NO_WORKER)
    event = without_worker(sensor, lambda *given: kept.append(given), end_from_trigger=True)
    assert kept == []
    assert "https://p.example.net/QO_1" in event.xcoms.values()


@pytest.mark.parametrize("trouble", ["store", "template"])
def test_a_link_that_cannot_be_made_or_kept_stops_no_wait(trouble, sandbox, connection, without_worker):
    connection(portal_url="javascript:alert(1)" if trouble == "template" else sandbox.url)
    quote_item_id = line(sandbox)
    sensor = CovageQuoteItemSensor(quote_item_id=quote_item_id, poke_interval=0.1, **NO_WORKER)
    sandbox.set_state("quote_item", quote_item_id, "ready")

    def keep(key, value):
        raise ConnectionError("the API server is away")

    assert without_worker(sensor, keep).payload["status"] == "reached"


def test_trigger_is_rendered_by_the_names_of_the_sensor(dag):
    """Airflow renders the fields that the sensor has as templates and the trigger has, too."""
    sensor = CovageQuoteItemSensor(quote_item_id="L", covage_conn_id="{{ var.value.conn }}", **NO_WORKER)
    shared = set(sensor.template_fields) & set(sensor.start_trigger_args.trigger_kwargs)
    assert shared == {"quote_item_id", "target_states", "failure_states", "covage_conn_id"}


@pytest.mark.parametrize(("key", "name"), [(None, "return_value"), ("product_order_id", "product_order_id")])
def test_output_of_a_task_becomes_a_template(key, name, dag):
    @task
    def accept():
        return "S"

    output = accept()
    sensor = CovageOrderSensor(product_order_id=output[key] if key else output, **NO_WORKER)

    given = sensor.start_trigger_args.trigger_kwargs["product_order_id"]
    assert given == f"{{{{ ti.xcom_pull(task_ids='accept', key='{name}', map_indexes=-1) }}}}"
    assert sensor.upstream_task_ids == {"accept"}


def test_what_a_triggerer_cannot_render_begins_in_a_worker(dag):
    @task
    def lines():
        return ["L1", "L2"]

    @task
    def line(given):
        return given

    @task_group
    def each(quote_item_id):
        CovageQuoteItemSensor(quote_item_id=quote_item_id, **NO_WORKER)

    each.expand(quote_item_id=lines())
    no_worker = {"start_from_trigger": True}
    CovageQuoteItemSensor.partial(task_id="mapped", **no_worker).expand(quote_item_id=lines())
    several = line.expand(given=lines())
    CovageQuoteItemSensor(task_id="several", quote_item_id=several, **no_worker)
    pull = "{{ ti.xcom_pull(task_ids='lines')[0] }}"
    CovageQuoteItemSensor(task_id="pulled", quote_item_id=pull, **no_worker)

    for task_id in ("each.wait", "mapped", "several", "pulled"):
        assert stored(dag, task_id)[1] is None, task_id
    assert dag.get_task("each.wait").deferrable


def test_airflow_that_renders_nothing_in_a_triggerer_begins_in_a_worker(dag, monkeypatch):
    monkeypatch.setattr(base, "STARTS_IN_TRIGGERER", False)
    sensor = CovageQuoteItemSensor(quote_item_id="L", **NO_WORKER)
    assert sensor.start_trigger_args is None
    assert not sensor.start_from_trigger
    assert sensor.deferrable
