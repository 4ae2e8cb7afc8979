"""Waits for quotation lines, on Airflow: many at once, and one that no worker ever sees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.sdk import DAG, Param, task, task_group

from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor

EACH = "{{ ti.xcom_pull(task_ids='lines', map_indexes=-1)[ti.map_index] }}"
WAIT = {"poke_interval": 1, "timeout": 600}
NO_WORKER = {**WAIT, "start_from_trigger": True, "end_from_trigger": True}


@task
def lines(params: dict[str, Any]) -> list[str]:
    return list(params["lines"])


@task
def few(params: dict[str, Any]) -> list[str]:
    return list(params["few"])


@task
def first(params: dict[str, Any]) -> str:
    return str(params["lines"][0])


@task_group
def each(line: str) -> None:
    CovageQuoteItemSensor(task_id="wait", quote_item_id=EACH, **NO_WORKER)


with DAG(
    "covage_waits",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_tasks=1000,
    params={"lines": Param([], type="array"), "few": Param([], type="array")},
):
    each.expand(line=lines())
    CovageQuoteItemSensor(task_id="by_output", quote_item_id=first(), **NO_WORKER)
    CovageQuoteItemSensor.partial(task_id="mapped", deferrable=True, **WAIT).expand(quote_item_id=few())
