"""A small DAG of one's own: the eligibility of sites leads to their quotation lines."""

from __future__ import annotations

from datetime import datetime

import pytest
from airflow.sdk import DAG

from airflow_provider_covage.operators.eligibility import CovageRequestEligibilityOperator
from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.sandbox import Dialect
from airflow_provider_covage.sensors.covage import CovageEligibilitySensor, CovageQuoteSensor


def chain(*, deferrable):
    """A DAG from one place to its price."""
    waiting = {"poke_interval": 0.1, "deferrable": deferrable}
    with DAG("eligibility_to_quote", schedule=None, start_date=datetime(2025, 1, 1)) as dag:
        site = {"eligibility_id": "address-rouen", "offer_families": ["BPE"]}
        request = CovageRequestEligibilityOperator(
            task_id="request", fields={"product_offering_qualification_item": [site]}
        )
        qualified = CovageEligibilitySensor(
            task_id="qualified", eligibility_request_id=request.output, **waiting
        )
        basket = CovageCreateQuoteOperator(task_id="basket")
        line = CovageAddQuoteItemOperator(
            task_id="line",
            quote_id=basket.output,
            fields={
                "product_offering_qualification_item_id": "{{ ti.xcom_pull('qualified')[0]['id'] }}",
                "end_customer_name": "Bakery",
                "site_connection_type": "FTTO",
                "product_offerings": [
                    "{{ ti.xcom_pull('qualified')[0]['product_offerings'][0]['product_offering_id'] }}"
                ],
            },
        )
        confirmed = CovageConfirmQuoteOperator(task_id="confirmed", quote_id=basket.output)
        priced = CovageQuoteSensor(task_id="priced", quote_id=basket.output, **waiting)
        qualified >> line >> confirmed >> priced
    return dag


@pytest.mark.covage_sandbox(speed=200)
def test_poking(run_dag, sandbox):
    run = run_dag(chain(deferrable=False))
    assert_priced(run, sandbox)


@pytest.mark.covage_sandbox(speed=200, dialect=Dialect(eligibility_items="plural"))
def test_deferred(run_dag, sandbox):
    run = run_dag(chain(deferrable=True))
    assert_priced(run, sandbox)


def assert_priced(run, sandbox):
    assert run.state == "success"
    (request,) = sandbox.records("eligibility")
    (line,) = sandbox.records("quote_item")
    assert run.xcom("request") == request["id"]
    (site,) = run.xcom("qualified")
    assert line["product_offering_qualification_item_id"] == site["id"]
    assert line["product_offerings"] == ["2173"]
    assert (run.xcom("priced")["state"], line["state"]) == ("ready", "ready")


@pytest.mark.covage_sandbox(speed=200)
def test_site_that_cannot_be_served_stops_the_run(run_dag, sandbox, sent):
    sandbox.outcome("eligibility", "done.unable_to_provide")

    run = run_dag(chain(deferrable=False))

    assert run.states["qualified", -1] == "failed"
    assert run.states["line", -1] == "upstream_failed"
    assert "quote_item.create" not in sent()
