"""A price for every site of a CSV file, in a CSV file. Nothing is ordered."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, ObjectStoragePath, Param, TriggerRule, task

from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor

PARAMS = {
    "sites": Param("s3://aws_default@sites/sites.csv", type="string", title="File of sites"),
    "prices": Param("s3://aws_default@sites/prices.csv", type="string", title="File for the prices"),
}

with DAG(
    "quote_sites_from_csv",
    schedule=None,
    params=PARAMS,
    # With the policy, tasks of your own obey the API's Retry-After, too.
    default_args=with_retry_policy({"retries": 3, "retry_delay": timedelta(minutes=2)}),
    max_active_tasks=8,
) as dag:

    @task
    def read_sites(params: dict[str, Any], ti: Any) -> list[dict[str, Any]]:
        """One quotation line per row; offers are separated by blanks."""
        with ObjectStoragePath(params["sites"]).open("r") as file:
            rows = list(csv.DictReader(file))
        # By its site a line is found again, wherever its row stands in the next try.
        sites = [row["product_offering_qualification_item_id"] for row in rows]
        own = keys.derive_each({"ti": ti}, "add_lines", sites)
        return [
            row | {"product_offerings": row["product_offerings"].split(), "external_id": key}
            for row, key in zip(rows, own, strict=True)
        ]

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def write_prices(quote_item_ids: Any, params: dict[str, Any]) -> str:
        """One row per site, those without a price included."""
        hook = CovageHook()
        lines = [hook.quote_item.get(quote_item_id) for quote_item_id in quote_item_ids]
        with ObjectStoragePath(params["prices"]).open("w") as file:
            table = csv.DictWriter(file, ["end_customer_name", "state", "prices"], extrasaction="ignore")
            table.writeheader()
            table.writerows(lines)
        return str(params["prices"])

    sites = read_sites()
    create_quote = CovageCreateQuoteOperator(task_id="create_quote")
    add_lines = CovageAddQuoteItemOperator.partial(
        task_id="add_lines",
        quote_id=create_quote.output,
        map_index_template="{{ task.fields['end_customer_name'] }}",
    ).expand(fields=sites)
    confirm_quote = CovageConfirmQuoteOperator(task_id="confirm_quote", quote_id=create_quote.output)
    wait_for_prices = CovageQuoteItemSensor.partial(
        task_id="wait_for_prices",
        deferrable=True,
        soft_fail=True,  # a site that Covage cannot provide is skipped, the others go on
        timeout=timedelta(weeks=6).total_seconds(),
    ).expand(quote_item_id=add_lines.output)

    sites >> create_quote
    add_lines >> confirm_quote >> wait_for_prices >> write_prices(add_lines.output)
