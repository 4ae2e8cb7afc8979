"""What Airflow is told of a transfer: asset events, hook lineage, OpenLineage; and what a DAG file shows."""

from __future__ import annotations

import subprocess
import sys

import pytest
from airflow.providers.common.compat.lineage import hook as compat
from airflow.providers.common.compat.sdk import HookLineageCollector
from airflow.sdk import DAG, Asset

from airflow_provider_covage.transfers.covage import CovageToObjectStorageOperator, CovageToSqlOperator


@pytest.fixture
def collector(monkeypatch):
    collector = HookLineageCollector()
    monkeypatch.setattr(compat, "get_hook_lineage_collector", lambda: collector)
    return collector


def test_files_are_an_output_and_the_list_an_input(collector, sandbox, tmp_path):
    sandbox.seed(quotes=3)
    operator = CovageToObjectStorageOperator(task_id="x", resource="quote", path=f"file://{tmp_path}/lake")

    operator.execute({})

    assets = collector.collected_assets
    assert [one.asset.uri for one in assets.inputs] == [f"{sandbox.url}/quote"]
    assert [one.asset.uri for one in assets.outputs] == [f"file://{tmp_path}/lake"]
    told = operator.get_openlineage_facets_on_complete(None)
    (read,), (written,) = told.inputs, told.outputs
    assert (read.namespace, read.name) == (sandbox.url, "quote")
    assert (written.namespace, written.name) == ("file", f"{tmp_path}/lake")
    assert written.outputFacets["outputStatistics"].rowCount == 3
    assert {field.name for field in written.facets["schema"].fields} >= {"id", "state", "creation_date"}


def test_table_is_an_output_without_credentials(collector, warehouse_of, sandbox, postgres):
    sandbox.seed(quotes=3)
    warehouse = warehouse_of("postgres")
    operator = CovageToSqlOperator(task_id="x", resource="quote", sql_conn_id="pg", table="quotes")

    operator.execute({})

    (written,) = operator.get_openlineage_facets_on_complete(None).outputs
    (schema,) = warehouse.query("SELECT current_schema()")[0]
    server = f"postgres://127.0.0.1:{postgres.port}"
    assert (written.namespace, written.name) == (server, f"postgres.{schema}.quotes")
    (output,) = collector.collected_assets.outputs
    assert output.asset.uri == f"{server}/postgres/{schema}/quotes"


def test_nothing_is_told_of_a_transfer_that_has_not_run(tmp_path):
    operator = CovageToSqlOperator(task_id="x", resource="quote", sql_conn_id="pg", table="quotes")

    assert operator.get_openlineage_facets_on_complete(None) is None


@pytest.mark.parametrize(
    ("operator", "arguments", "uris"),
    [
        (CovageToObjectStorageOperator, {"path": "s3://lake/quotes"}, ["s3://lake/quotes"]),
        (CovageToObjectStorageOperator, {"path": "s3://lake/quotes/{{ ds }}"}, ["s3://lake/quotes"]),
        (CovageToObjectStorageOperator, {"path": "{{ params.path }}"}, []),
        (CovageToSqlOperator, {"sql_conn_id": "pg", "table": "raw.quotes"}, ["sql://pg/raw/quotes"]),
        (CovageToSqlOperator, {"sql_conn_id": "{{ params.pg }}", "table": "quotes"}, []),
        (CovageToSqlOperator, {"sql_conn_id": "pg", "table": "q", "outlets": [Asset("mine")]}, ["mine"]),
    ],
)
def test_target_is_the_outlet_as_far_as_it_is_known(operator, arguments, uris):
    assert [one.uri for one in operator(task_id="x", resource="quote", **arguments).outlets] == uris


def test_asset_event_tells_the_number_of_rows(run_dag, sandbox, tmp_path):
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    sandbox.seed(quotes=7)
    with DAG("events", schedule=None) as dag:
        CovageToObjectStorageOperator(
            task_id="store", resource="quote", path=f"file://{tmp_path}/lake/{{{{ ds }}}}"
        )
        CovageToSqlOperator(
            task_id="load", resource="quote", sql_conn_id=f"sqlite:///{tmp_path}/w.db", table="quotes"
        )

    run = run_dag(dag)

    assert run.state == "success"
    with create_session() as session:
        events = {
            one.source_task_id: one.extra
            for one in session.scalars(select(AssetEvent).where(AssetEvent.source_dag_id == "events"))
        }
    assert (events["store"]["rows"], events["store"]["complete"]) == (7, True)
    assert (events["load"]["rows"], events["load"]["inserted"], events["load"]["mode"]) == (7, 7, "full")


def test_dag_file_is_parsed_without_what_the_transfer_needs():
    code = (
        "import sys, airflow.sdk; before = set(sys.modules)\n"
        "from airflow_provider_covage.transfers import covage, prizz\n"
        "print([name for name in ('pyarrow', 'duckdb', 'aiohttp') if name in sys.modules.keys() - before])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip().splitlines()[-1] == "[]"
