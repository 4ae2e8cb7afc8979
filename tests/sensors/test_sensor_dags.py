"""Sensors in whole DAG runs, in each mode: states of the tasks, XComs, retries."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from airflow.sdk import DAG
from sensor_waits import MODES, basket, line

from airflow_provider_covage.operators.quote import CovageCreateQuoteOperator
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor, CovageQuoteSensor

NUMBERS = count()


def dag(mode, **default_args):
    wait = {"deferrable": True} if mode == "deferrable" else {"mode": mode, "deferrable": False}
    return DAG(
        # One of its own for each test: before 3.3 Airflow takes a second one of that name for the first.
        f"sensors_{mode}_{next(NUMBERS)}",
        schedule=None,
        start_date=datetime(2025, 1, 1),
        default_args={
            "retries": 2,
            "retry_delay": timedelta(0),
            "poke_interval": 0,
            **wait,
            **default_args,
        },
    )


@pytest.mark.parametrize("mode", MODES)
def test_every_way_that_a_wait_can_end(mode, sandbox, run_dag, after_looks):
    basket(sandbox, lines=["ready", "confirmed", "expired"])
    ready, later, expired = (found["id"] for found in sandbox.records("quote_item"))
    in_vain = {"expired": expired, "nowhere": "nowhere"}
    with dag(mode) as made:
        CovageQuoteItemSensor(task_id="ready", quote_item_id=ready)
        CovageQuoteItemSensor(task_id="later", quote_item_id=later)
        for task_id, quote_item_id in in_vain.items():
            CovageQuoteItemSensor(task_id=task_id, quote_item_id=quote_item_id)
            CovageQuoteItemSensor(task_id=f"{task_id}_soft", quote_item_id=quote_item_id, soft_fail=True)
        CovageQuoteItemSensor(task_id="too_late", quote_item_id=ready, target_states=["accepted"], timeout=0)
        CovageQuoteItemSensor(
            task_id="too_late_soft",
            quote_item_id=ready,
            target_states=["accepted"],
            timeout=0,
            soft_fail=True,
        )
    after_looks(4, "quote_item.get", lambda: sandbox.set_state("quote_item", later, "ready"))

    run = run_dag(made)

    assert {task_id: state for (task_id, _), state in run.states.items()} == {
        "ready": "success",
        "later": "success",
        "expired": "failed",
        "expired_soft": "skipped",
        "nowhere": "failed",
        "nowhere_soft": "failed",
        "too_late": "failed",
        "too_late_soft": "skipped",
    }
    assert set(run.tries.values()) == {1}
    assert [run.xcom(task_id)["id"] for task_id in ("ready", "later")] == [ready, later]


@pytest.mark.parametrize("mode", MODES)
def test_mapped_and_templated(mode, sandbox, run_dag):
    quote_id = basket(sandbox, "ready", ["ready", "accepted"])
    lines = [found["id"] for found in sandbox.records("quote_item")]
    with dag(mode, retries=0) as made:
        CovageQuoteSensor(task_id="basket", quote_id="{{ params.quote_id }}")
        CovageQuoteItemSensor.partial(task_id="lines").expand(quote_item_id=lines)
        made.params["quote_id"] = quote_id

    run = run_dag(made)

    assert run.state == "success"
    assert run.xcom("basket")["id"] == quote_id
    assert [run.xcom("lines", index)["id"] for index in range(2)] == lines


def test_identifier_from_an_operator(sandbox, run_dag):
    with dag("deferrable") as made:
        create = CovageCreateQuoteOperator(task_id="create")
        CovageQuoteSensor(
            task_id="wait", quote_id=create.output, target_states=["acknowledged"], deferrable=True
        )

    run = run_dag(made)

    assert run.state == "success"
    assert run.xcom("wait")["id"] == run.xcom("create")


def test_line_that_is_priced_while_the_sensor_is_deferred(sandbox, run_dag, after_looks):
    quote_item_id = line(sandbox)
    sandbox.fault("unavailable", match="quote_item.get", nth=2, times=2, retry_after=0)
    after_looks(5, "quote_item.get", lambda: sandbox.set_state("quote_item", quote_item_id, "ready"))
    with dag("deferrable") as made:
        CovageQuoteItemSensor(task_id="wait", quote_item_id=quote_item_id)

    run = run_dag(made)

    assert run.of("wait") == ["success"]
    assert run.xcom("wait")["state"] == "ready"
