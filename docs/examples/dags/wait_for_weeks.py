"""Wait until a line is live, without a worker: after a look every six hours, for half a year at most."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from airflow_provider_covage.sensors.covage import CovageOrderTrackingSensor

with DAG(
    "wait_for_weeks",
    schedule=None,
    params={"order": Param("PO_20260423_00000001", type="string", title="Reference of the order")},
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
) as dag:
    CovageOrderTrackingSensor(
        task_id="wait_for_line",
        order_reference="{{ params.order }}",
        deferrable=True,
        start_from_trigger=True,  # from Airflow 3.3 on; before that the wait begins in a worker
        end_from_trigger=True,
        poke_interval=timedelta(hours=6).total_seconds(),
        timeout=timedelta(weeks=26).total_seconds(),
    )
