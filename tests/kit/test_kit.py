"""The test kit, as the tests of a user's own DAGs have it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from airflow_provider_covage.api.errors import PermanentError
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.sandbox import Dialect
from airflow_provider_covage.testing import hurry

LINE = {
    "product_offering_qualification_item_id": "site-rouen",
    "end_customer_name": "Bakery",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173"],
}


def test_both_sandboxes_are_reached_by_their_connections(covage_sandbox, prizz_sandbox):
    made = CovageHook().quote.create(external_id="B-1")
    assert [one["id"] for one in covage_sandbox.records("quote")] == [made["id"]]
    assert covage_sandbox.ledger[0]["operation"] == "quote.create"
    assert list(PrizzHook().client_legal_entity.list())
    assert prizz_sandbox.requests


@pytest.mark.parametrize("_", ["first", "second"])
def test_each_test_begins_with_an_empty_one_even_where_the_last_has_stopped_it(covage_sandbox, _):
    assert (covage_sandbox.ledger, covage_sandbox.requests, covage_sandbox.faults) == ([], [], [])
    assert covage_sandbox.speed == 100
    CovageHook().quote.create()
    covage_sandbox.fault("close_after")
    covage_sandbox.speed = 0
    covage_sandbox.stop()


@pytest.mark.covage_sandbox(conn_id="fibre", speed=0, dialect=Dialect(inner_lines="ids"))
def test_a_mark_sets_connection_and_options(covage_sandbox):
    assert CovageHook("fibre").quote.create()["id"] == covage_sandbox.records("quote")[0]["id"]
    assert (covage_sandbox.speed, covage_sandbox.world.dialect.inner_lines) == (0, "ids")


def test_the_connection_can_be_changed_and_mended(covage_sandbox, covage_connection):
    covage_connection(password="wrong")
    with pytest.raises(PermanentError):
        CovageHook().quote.create()
    covage_connection(conn_id="other", page_size=2)
    covage_connection()
    covage_sandbox.seed(quotes=3)
    assert len(list(CovageHook().quote.list())) == 3
    assert len(list(CovageHook("other").quote.list())) == 3
    assert [one["query"] for one in covage_sandbox.requests][-1].count("page_size=2")


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch, request):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy")
    request.getfixturevalue("covage_sandbox")
    assert CovageHook().quote.create()["id"]


def test_the_plugin_loads_neither_airflow_nor_a_sandbox():
    code = (
        "import sys, airflow_provider_covage.testing.fixtures;"
        "print([name for name in ('airflow', 'fastapi', 'requests', 'pydantic',"
        " 'airflow_provider_covage.sandbox', 'airflow_provider_covage.api') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_dag_in_a_hurry_looks_settles_and_tries_again_soon():
    from airflow.sdk import DAG

    from airflow_provider_covage.operators.quote import CovageAddQuoteItemOperator, CovageCreateQuoteOperator
    from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor, CovageQuoteSensor

    with DAG("slow", default_args={"retry_delay": timedelta(hours=1)}) as dag:
        create = CovageCreateQuoteOperator(task_id="create")
        add = CovageAddQuoteItemOperator.partial(task_id="add", quote_id="1").expand(fields=[LINE])
        wait = CovageQuoteItemSensor.partial(task_id="wait").expand(quote_item_id=add.output)
        begun = CovageQuoteSensor(task_id="begun", quote_id=create.output, start_from_trigger=True)
    hurry(dag, poke_interval=0.2)

    assert (create.settling_time, create.retry_delay) == (0, timedelta())
    assert not hasattr(create, "poke_interval")
    assert (add.partial_kwargs["settling_time"], wait.partial_kwargs["poke_interval"]) == (0, 0.2)
    assert "settling_time" not in wait.partial_kwargs
    assert begun.poke_interval == 0.2
    if begun.start_trigger_args:  # from Airflow 3.3 on
        assert begun.start_trigger_args.trigger_kwargs["poke_interval"] == 0.2
