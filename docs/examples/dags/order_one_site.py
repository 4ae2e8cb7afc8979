"""Order a fibre line for one site: from its quotation to the order."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from airflow_provider_covage.operators.order import CovageConfirmOrderOperator, CovageUpdateOrderItemOperator
from airflow_provider_covage.operators.quote import (
    CovageAcceptQuoteItemOperator,
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.sensors.covage import CovageOrderSensor, CovageQuoteItemSensor

SITE = {
    "product_offering_qualification_item_id": "site-rouen",  # what an eligibility request has given
    "end_customer_name": "Example Bakery",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173", "2174"],
}

ORDER = {
    "enni": "CN012345",
    "related_contact_information": [
        {
            "end_customer_name": "Example Bakery",
            "contact1_firstname": "Ada",
            "contact1_lastname": "Martin",
            "contact1_email_address": "ada.martin@example.com",
            "contact1_phone_number": "0123456789",
            "street_number": "4",
            "street_name": "Rue Andrei Sakharov",
            "postcode": "76130",
            "city": "Mont-Saint-Aignan",
            "insee_code": "76451",
        }
    ],
}

with DAG(
    "order_one_site",
    schedule=None,
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
    accept = CovageAcceptQuoteItemOperator(task_id="accept", quote_item_id=add_line.output, product_id="2173")
    complete = CovageUpdateOrderItemOperator(
        task_id="complete",
        product_order_id=accept.output["product_order_id"],
        product_order_item_id=accept.output["product_order_item_id"],
        fields=ORDER,
    )
    confirm_order = CovageConfirmOrderOperator(
        task_id="confirm_order", product_order_id=accept.output["product_order_id"]
    )
    wait_for_order = CovageOrderSensor(
        task_id="wait_for_order",
        product_order_id=accept.output["product_order_id"],
        deferrable=True,
        timeout=timedelta(days=7).total_seconds(),
    )

    add_line >> confirm_quote >> wait_for_price >> accept >> complete >> confirm_order >> wait_for_order
