"""Ask for a price, with all that a DAG sets whose tasks order for money."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import DAG, Param

from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

SITE = {
    "product_offering_qualification_item_id": "site-rouen",  # what an eligibility request has given
    "end_customer_name": "Example Bakery",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173", "2174"],
}


def tell(context: Context) -> None:
    """Tell the people on call; put your own notifier here."""
    log.error("%s failed: %s", context["ti"].task_id, context.get("exception"))


CAREFUL = with_retry_policy(
    {
        "retries": 5,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(minutes=30),
        "pool": "covage",
        "on_failure_callback": tell,
    }
)

with DAG(
    "in_production",
    schedule=None,
    default_args=CAREFUL,
    max_active_runs=4,
    params={"project": Param("FLASH", type="string")},
) as dag:
    create_quote = CovageCreateQuoteOperator(task_id="create_quote", project_id="{{ params.project }}")
    add_line = CovageAddQuoteItemOperator(task_id="add_line", quote_id=create_quote.output, fields=SITE)
    confirm_quote = CovageConfirmQuoteOperator(task_id="confirm_quote", quote_id=create_quote.output)
    wait_for_price = CovageQuoteItemSensor(
        task_id="wait_for_price",
        quote_item_id=add_line.output,
        deferrable=True,
        execution_timeout=None,  # `timeout` ends the wait
        timeout=timedelta(weeks=6).total_seconds(),
    )

    add_line >> confirm_quote >> wait_for_price
