"""DAG `covage_export_to_warehouse`, whole, on real Airflow, against the sandbox."""

from __future__ import annotations

import sqlite3

import pytest

from airflow_provider_covage.testing import hurry
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load

pytestmark = pytest.mark.covage_sandbox(speed=100)


@pytest.fixture
def sandbox(covage_sandbox):
    covage_sandbox.seed(quotes=20, lines_per_quote=3, orders=8)
    return covage_sandbox


@pytest.fixture
def dag():
    dag = load(EXAMPLE_DAGS / "covage_export_to_warehouse.py")
    hurry(dag)
    return dag


def test_both_roads_load_every_line_and_the_funnel_tells_of_them(dag, run_dag, sandbox, tmp_path):
    file = tmp_path / "warehouse.db"
    conf = {"warehouse": f"sqlite:///{file}", "folder": str(tmp_path)}

    first = run_dag(dag, conf)
    second = run_dag(dag, conf)

    assert (first.state, second.state) == ("success", "success")
    assert first.xcom("load_quote_item")["inserted"] == 60
    assert second.xcom("load_quote_item")["rows"] == 60
    assert (second.xcom("load_quote_item")["inserted"], second.xcom("load_order")["updated"]) == (0, 0)
    warehouse = sqlite3.connect(file)
    exported = dict(warehouse.execute("SELECT id, state FROM covage_export").fetchall())
    merged = dict(warehouse.execute("SELECT id, state FROM covage_quote_item").fetchall())
    assert exported == merged == {line["id"]: line["state"] for line in sandbox.records("quote_item")}
    lines, quoted = warehouse.execute(
        "SELECT (SELECT COUNT(*) FROM fact_line), SUM(quoted) FROM funnel_daily"
    ).fetchone()
    priced = [
        line for line in sandbox.records("quote_item") if line["state"] in ("ready", "accepted", "expired")
    ]
    assert (lines, quoted) == (60, len(priced))
