"""DAG `covage_choose_offer`, whole, with policies in place of the human: the form needs servers."""

from __future__ import annotations

import pytest
from samples import TRIES_IN_VAIN

from airflow_provider_covage.testing import hurry
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load


@pytest.fixture
def choose_offer():
    dag = load(EXAMPLE_DAGS / "covage_choose_offer.py")
    hurry(dag)
    return dag


def test_each_site_gets_the_offer_that_was_chosen_for_it(choose_offer, run_dag, sandbox, effects):
    sandbox.outcome("quote_item", "unable_to_provide", product_offering_qualification_item_id="site-caen")

    run = run_dag(choose_offer, {"auto_accept": "cheapest"})

    assert run.state == "success"
    assert run.of("order_site.choose") == ["success", "skipped", "success"]
    for index, row in enumerate(run.xcom("report")):
        if row["site"].endswith("Caen"):
            assert row["order_reference"] is None
            continue
        cheapest = min(row["prices"], key=lambda price: price["monthly_price"])["product_id"]
        assert row["order_reference"]
        assert row["product_id"] == cheapest == str(run.xcom("order_site.choose", index))
        assert run.xcom("order_site.choose", index, "decided_by") == "policy cheapest"
    assert effects("accept")["quote_item.accept"] == 2


def test_policy_that_does_not_exist_fails_before_anything_is_sent(choose_offer, run_dag, effects):
    run = run_dag(choose_offer, {"auto_accept": "dearest"})
    assert run.state == "failed"
    assert run.tries["chosen_sites", -1] == TRIES_IN_VAIN
    assert not effects()
