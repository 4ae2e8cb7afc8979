"""A DAG that asks which offers of some quotation lines to accept, and accepts them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, task, task_group

from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator, CovageChooseOfferOperator

with DAG(
    "choose_offers",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    params={"lines": Param([], type="array")},
    default_args={"retries": 2, "retry_delay": timedelta(seconds=1)},
) as dag:

    @task
    def lines(params: dict[str, Any]) -> list[str]:
        """The lines of this run."""
        return list(params["lines"])

    @task_group
    def site(quote_item_id: str) -> None:
        """One line and what is chosen for it."""
        choose = CovageChooseOfferOperator(
            task_id="choose", quote_item_id=quote_item_id, decline_offers=True, comment="too dear"
        )
        CovageAcceptQuoteItemOperator(task_id="accept", quote_item_id=quote_item_id, product_id=choose.output)

    site.expand(quote_item_id=lines())
