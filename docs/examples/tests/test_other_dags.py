"""The other DAGs of the how-to guides, run as they stand."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_provider_covage.testing import hurry

SITES = Path(__file__).parents[1] / "sites.csv"


@pytest.fixture(scope="session")
def dags(tmp_path_factory):
    """All DAGs of the folder; the lake is on this disk."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # Airflow 3.1
        from airflow.models.dagbag import DagBag

    os.environ["FIBRE_LAKE"] = tmp_path_factory.mktemp("lake").as_uri()
    bag = DagBag()
    assert not bag.import_errors
    for dag in bag.dags.values():
        hurry(dag)
    return bag.dags


def test_every_dag_loads_and_tries_again(dags):
    assert len(dags) == 7
    assert all(task.retries for dag in dags.values() for task in dag.tasks if task.task_id != "read_sites")


def test_each_site_of_the_file_gets_a_price_or_none(dags, covage_sandbox, tmp_path):
    covage_sandbox.outcome(
        "quote_item", "unable_to_provide", product_offering_qualification_item_id="site-caen"
    )
    prices = tmp_path / "prices.csv"

    run = dags["quote_sites_from_csv"].test(run_conf={"sites": str(SITES), "prices": str(prices)})

    assert run.state == "success"
    rows = list(csv.DictReader(prices.open()))
    assert [(row["end_customer_name"].split()[-1], row["state"]) for row in rows] == [
        ("Rouen", "ready"),
        ("Caen", "unable_to_provide"),
        ("Lille", "ready"),
    ]
    assert "monthly_price" in rows[0]["prices"]


def test_only_another_attempt_adds_another_line(dags, covage_sandbox):
    for attempt in (1, 1, 2):
        assert dags["order_again"].test(run_conf={"attempt": attempt}).state == "success"

    keys = [line["external_id"] for line in covage_sandbox.records("quote_item")]
    assert keys == ["RACK-7-1", "RACK-7-2"]


def test_a_run_that_is_repeated_orders_nothing_again(dags, covage_sandbox):
    date = datetime(2026, 1, 1, tzinfo=UTC)  # the same date is the same run

    for _ in range(2):
        run = dags["decide_in_the_ui"].test(
            logical_date=date, run_after=date, run_conf={"auto_accept": "cheapest"}
        )
        assert run.state == "success"

    assert [entry["operation"] for entry in covage_sandbox.ledger] == [
        "quote.create",
        "quote_item.create",
        "quote.confirm",
        "quote_item.accept",
    ]


def test_the_night_fills_lake_and_warehouse(dags, covage_sandbox, tmp_path, monkeypatch):
    file = tmp_path / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    covage_sandbox.seed(quotes=4, lines_per_quote=3, orders=2)

    assert dags["nightly_export"].test().state == "success"

    with sqlite3.connect(file) as warehouse:
        assert warehouse.execute("SELECT count(*) FROM covage_quote_item").fetchone() == (12,)


def test_a_live_line_ends_the_wait(dags, covage_sandbox):
    covage_sandbox.seed(quotes=1, lines_per_quote=1, orders=1)
    (order,) = covage_sandbox.records("order")
    covage_sandbox.set_state("order", order["id"], "active")

    assert dags["wait_for_weeks"].test(run_conf={"order": order["id"]}).state == "success"
