"""Every night, quotation lines and tracked orders: as Parquet on S3 and as tables in PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable

from airflow_provider_covage.transfers.covage import CovageToObjectStorageOperator, CovageToSqlOperator

LAKE = "s3://aws_default@my-lake/covage"

with DAG(
    "nightly_export",
    # With an interval, so that each run knows which day it stands for.
    schedule=CronDataIntervalTimetable("0 3 * * *", timezone="Europe/Paris"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
) as dag:
    for resource in ("quote_item", "order"):
        CovageToObjectStorageOperator(
            task_id=f"{resource}_to_s3", resource=resource, path=f"{LAKE}/{resource}/{{{{ ds }}}}"
        )
        CovageToSqlOperator(
            task_id=f"{resource}_to_postgres",
            resource=resource,
            sql_conn_id="warehouse",
            table=f"covage_{resource}",
            # Once a week everything is read, and what is gone is marked.
            full_pass="{{ data_interval_end.day_of_week == 0 }}",
        )
