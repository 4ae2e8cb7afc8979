"""Every night all quotation lines, order lines and tracked orders into a warehouse, by both roads.

- The lists: read page by page, merged by key, made into a small star of tables and a daily funnel
  (`SELECT * FROM funnel_daily ORDER BY day`).
- Covage's own CSV export: started, waited for, downloaded, loaded as it is (`covage_export`).

Runs as it stands against the sandbox, into an SQLite file. For a warehouse of your own give the id of its SQL
connection as param `warehouse`. A run reads what is new in its data interval and what can still change; with
param `full_pass` it reads everything and marks what is gone. Backfills are safe.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Asset, ObjectStoragePath, Param, task
from airflow.timetables.interval import CronDataIntervalTimetable

from airflow_provider_covage.operators.export import (
    CovageDownloadExportOperator,
    CovageExportQuoteItemsCsvOperator,
)
from airflow_provider_covage.sensors.covage import CovageExportSensor
from airflow_provider_covage.transfers.covage import CovageToSqlOperator
from covage_sites import DEFAULT_ARGS, POKE_INTERVAL
from covage_star import LISTS, build

LOADED = {resource: Asset(table) for resource, table in LISTS.items()}
EXPORT = Asset("covage_export")
FUNNEL = Asset("covage_funnel")

PARAMS = {
    "warehouse": Param(
        f"sqlite:///{tempfile.gettempdir()}/covage_warehouse.db",
        type="string",
        minLength=1,
        title="Warehouse",
        description_md="Id of an SQL connection; or `sqlite:////path`, `duckdb:////path`.",
    ),
    "full_pass": Param(False, type="boolean", title="Read everything, and mark what is gone"),
    "folder": Param(
        tempfile.gettempdir(),
        type="string",
        title="Folder for the CSV export",
        description_md="Path or URI that all workers reach.",
    ),
}

with DAG(
    "covage_export_to_warehouse",
    description="Load quotation and order lines into a warehouse.",
    # With an interval: each run knows which day it stands for.
    schedule=CronDataIntervalTimetable("0 3 * * *", timezone="Europe/Paris"),
    start_date=datetime(2025, 1, 1),
    catchup=False,
    # Two at a time would be safe, but would read the same open records twice.
    max_active_runs=1,
    params=PARAMS,
    default_args=DEFAULT_ARGS,
    tags=["covage"],
    doc_md=__doc__,
) as dag:
    loads = [
        CovageToSqlOperator(
            task_id=f"load_{resource}",
            resource=resource,
            sql_conn_id="{{ params.warehouse }}",
            table=asset.name,
            full_pass="{{ params.full_pass }}",  # noqa: S106 - no password
            outlets=[asset],
        )
        for resource, asset in LOADED.items()
    ]

    @task(inlets=list(LOADED.values()), outlets=[FUNNEL])
    def build_star(params: dict[str, Any]) -> dict[str, int]:
        """The star and the funnel, made of what is loaded."""
        from airflow_provider_covage.transfers.sql.database import Database

        with Database(params["warehouse"]) as database:
            return build(database)

    start_export = CovageExportQuoteItemsCsvOperator(task_id="start_export")
    wait_for_export = CovageExportSensor(
        task_id="wait_for_export",
        export_task_id=start_export.output,
        deferrable=True,
        poke_interval=POKE_INTERVAL,
        timeout=timedelta(hours=6).total_seconds(),
    )
    download_export = CovageDownloadExportOperator(
        task_id="download_export",
        export_task_id=start_export.output,
        to="{{ params.folder.rstrip('/') }}/covage-export-{{ run_id | replace(':', '-') }}.csv",
    )

    @task(outlets=[EXPORT])
    def load_export(where: str, params: dict[str, Any]) -> int:
        """The file into a table of texts, as Covage made it."""
        from airflow_provider_covage.transfers.sql.database import Database
        from airflow_provider_covage.transfers.sql.raw import replace_by_csv

        with tempfile.TemporaryDirectory() as folder, Database(params["warehouse"]) as database:
            local = Path(folder) / "export.csv"
            with ObjectStoragePath(where).open("rb") as stored, local.open("wb") as copy:
                shutil.copyfileobj(stored, copy)
            return replace_by_csv(database, "covage_export", local)

    loads >> build_star()
    start_export >> wait_for_export >> download_export
    load_export(download_export.output)
