"""The other DAGs of the how-to guides, run as they stand."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_provider_covage.testing import hurry

SITES = Path(__file__).parents[1] / "sites.csv"


@pytest.fixture(scope="session")
def dags():
    """All DAGs of the folder, by their ids."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:  # Airflow 3.1
        from airflow.models.dagbag import DagBag

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


def test_a_file_in_another_order_asks_for_nothing_twice(dags, covage_sandbox, tmp_path):
    date = datetime(2026, 1, 1, tzinfo=UTC)  # the same date is the same run
    sites, prices = tmp_path / "sites.csv", tmp_path / "prices.csv"
    header, *rows = SITES.read_text().splitlines()

    for lines in (rows, [rows[2], rows[0], rows[1]]):
        sites.write_text("\n".join([header, *lines]))
        run = dags["quote_sites_from_csv"].test(
            logical_date=date, run_after=date, run_conf={"sites": str(sites), "prices": str(prices)}
        )
        assert run.state == "success"

    assert len(covage_sandbox.records("quote_item")) == 3
    towns = [row["end_customer_name"].split()[-1] for row in csv.DictReader(prices.open())]
    assert towns == ["Lille", "Rouen", "Caen"]


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


@pytest.fixture
def pool():
    """What `airflow pools set covage 8 "Covage API"` makes."""
    from airflow.models.pool import Pool

    return Pool.create_or_update_pool("covage", 8, "Covage API", include_deferred=False).pool


def test_in_production_a_price_is_asked_for_within_the_pool(dags, covage_sandbox, pool):
    run = dags["in_production"].test()

    assert run.state == "success"
    assert {task.pool for task in run.get_task_instances()} == {pool}
    (line,) = covage_sandbox.records("quote_item")
    assert (line["state"], covage_sandbox.records("quote")[0]["project_id"]) == ("ready", "FLASH")


def test_in_production_people_are_told_what_failed(dags, covage_sandbox, pool, caplog):
    covage_sandbox.outcome("quote_item", "unable_to_provide")

    assert dags["in_production"].test().state == "failed"
    assert [line for line in caplog.messages if line.startswith("wait_for_price failed: ")]


def test_a_live_line_ends_the_wait(dags, covage_sandbox):
    covage_sandbox.seed(quotes=1, lines_per_quote=1, orders=1)
    (order,) = covage_sandbox.records("order")
    covage_sandbox.set_state("order", order["id"], "active")

    assert dags["wait_for_weeks"].test(run_conf={"order": order["id"]}).state == "success"
