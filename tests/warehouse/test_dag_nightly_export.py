"""The DAG of the guide to the nightly export, as it stands: PostgreSQL and S3."""

from __future__ import annotations

import os

import pyarrow.parquet as pq
from airflow.sdk import ObjectStoragePath

from airflow_provider_covage.testing import hurry
from tools.environment import ROOT
from tools.whole_dag import load


def test_the_night_fills_the_lake_and_the_warehouse(run_dag, covage_sandbox, s3, warehouse_of, monkeypatch):
    s3.make("my-lake")
    postgres = warehouse_of("postgres")
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", s3.connection_json)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", os.environ["AIRFLOW_CONN_PG"])
    covage_sandbox.seed(quotes=4, lines_per_quote=3, orders=2)
    dag = load(ROOT / "docs" / "examples" / "dags" / "nightly_export.py")
    hurry(dag)

    night = run_dag(dag)

    assert night.state == "success"
    for resource in ("quote_item", "order"):
        there = {record["id"] for record in covage_sandbox.records(resource)}
        assert {key for (key,) in postgres.query(f"SELECT id FROM covage_{resource}")} == there
        stored = night.xcom(f"{resource}_to_s3")
        folder = ObjectStoragePath(
            f"s3://aws_default@my-lake/covage/{resource}/{night.logical_date:%Y-%m-%d}"
        )
        assert (folder / "_manifest.json").exists()
        [part] = stored["files"]
        with (folder / part["name"]).open("rb") as file:
            assert set(pq.read_table(file)["id"].to_pylist()) == there
