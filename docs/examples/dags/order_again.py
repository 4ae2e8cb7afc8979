"""Add a line under a key of one's own: the same key is the same line, another one is another line."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from airflow_provider_covage.operators.quote import CovageAddQuoteItemOperator, CovageCreateQuoteOperator

SITE = {
    "product_offering_qualification_item_id": "site-rouen",  # what an eligibility request has given
    "end_customer_name": "Example Bakery",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173", "2174"],
}

PARAMS = {
    "reference": Param("RACK-7", type="string", minLength=1, title="Your own reference"),
    "attempt": Param(1, type="integer", minimum=1, title="1; count it up to order the same again"),
}

with DAG(
    "order_again",
    schedule=None,
    params=PARAMS,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2)},
) as dag:
    create_quote = CovageCreateQuoteOperator(
        task_id="create_quote", external_id="{{ params.reference }}-{{ params.attempt }}"
    )
    add_line = CovageAddQuoteItemOperator(
        task_id="add_line",
        quote_id=create_quote.output,
        fields=SITE | {"external_id": "{{ params.reference }}-{{ params.attempt }}"},
    )
