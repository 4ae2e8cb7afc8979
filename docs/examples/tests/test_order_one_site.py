"""What DAG `order_one_site` does, whatever the API does."""

from __future__ import annotations

from airflow_provider_covage.testing import hurry
from order_one_site import dag

hurry(dag)

ONCE = [
    "quote.create",
    "quote_item.create",
    "quote.confirm",
    "quote_item.accept",
    "product_order_item.update",
    "product_order.confirm",
]


def effects(sandbox):
    return [entry["operation"] for entry in sandbox.ledger]


def test_the_site_is_ordered_once_although_answers_get_lost(covage_sandbox):
    for operation in ("quote_item.create", "quote_item.accept", "product_order.confirm"):
        covage_sandbox.fault("close_after", match=operation)  # the answer is lost, the effect is not

    assert dag.test().state == "success"
    assert effects(covage_sandbox) == ONCE


def test_a_site_that_cannot_be_provided_is_not_ordered(covage_sandbox):
    covage_sandbox.outcome("quote_item", "unable_to_provide", end_customer_name="Example *")

    assert dag.test().state == "failed"
    assert "quote_item.accept" not in effects(covage_sandbox)


def test_a_wrong_password_fails_before_anything_is_sent(covage_sandbox, covage_connection):
    covage_connection(password="wrong")

    assert dag.test().state == "failed"
    assert effects(covage_sandbox) == []
