"""Quote one site, have a human choose the offer, and accept it. Nothing is confirmed."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from airflow_provider_covage.operators.quote import (
    CovageAcceptQuoteItemOperator,
    CovageAddQuoteItemOperator,
    CovageChooseOfferOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor

SITE = {
    "product_offering_qualification_item_id": "site-rouen",  # what an eligibility request has given
    "end_customer_name": "Example Bakery",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173", "2174"],
}

with DAG(
    "decide_in_the_ui",
    schedule=None,
    params={
        "auto_accept": Param("human", type="string", title="Without a human, such as cheapest_under:200")
    },
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2)},
) as dag:
    create_quote = CovageCreateQuoteOperator(task_id="create_quote")
    add_line = CovageAddQuoteItemOperator(task_id="add_line", quote_id=create_quote.output, fields=SITE)
    confirm_quote = CovageConfirmQuoteOperator(task_id="confirm_quote", quote_id=create_quote.output)
    wait_for_price = CovageQuoteItemSensor(
        task_id="wait_for_price",
        quote_item_id=add_line.output,
        deferrable=True,
        timeout=timedelta(weeks=6).total_seconds(),
    )
    choose = CovageChooseOfferOperator(
        task_id="choose",
        quote_item_id=add_line.output,
        auto_accept="{{ params.auto_accept }}",
        response_timeout=timedelta(days=5),
    )
    accept = CovageAcceptQuoteItemOperator(
        task_id="accept", quote_item_id=add_line.output, product_id=choose.output
    )

    add_line >> confirm_quote >> wait_for_price >> choose >> accept
