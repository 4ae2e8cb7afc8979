"""From a list of sites to live lines: quote, accept, complete, confirm, track.

Runs as it stands against the sandbox (`python -m airflow_provider_covage.sandbox`). For the real API, point
the connection `covage_default` at it and trigger the DAG with your own sites, offers, ENNI and contact; with
those that the form comes with, nothing is sent.

A site that Covage cannot provide is reported; the others are ordered. The run fails when a site is left
over for any other reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.sdk import DAG, TriggerRule, task

from airflow_provider_covage.operators.quote import (
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
    CovageUploadQuoteItemTraceOperator,
)
from covage_order_form import MORE_PARAMS, ORDER_PARAMS, PRODUCT_PARAM, PROJECT_PARAM, SITE_PARAMS, sites_of
from covage_sites import (
    DEFAULT_ARGS,
    Site,
    add_quote_items,
    asking,
    confirm_and_track,
    order_requests,
    order_site,
    quote_lines,
)

PARAMS = {
    **SITE_PARAMS,
    "product_id": PRODUCT_PARAM,
    **ORDER_PARAMS,
    **MORE_PARAMS,
    "project_id": PROJECT_PARAM,
}

with DAG(
    "covage_quote_to_order",
    description="Order fibre lines: from a quotation to live lines.",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args=DEFAULT_ARGS,
    tags=["covage"],
    doc_md=__doc__,
) as dag:

    @task
    def read_sites(params: dict[str, Any]) -> list[Site]:
        """The sites of this run, checked before anything is sent."""
        return sites_of(params)

    @task
    def list_traces(sites: list[Site], quote_item_ids: Any) -> list[dict[str, str]]:
        """The trace files that are given, with their lines."""
        return [
            {"file": site["trace_file"], "quote_item_id": quote_item_id}
            for site, quote_item_id in zip(sites, quote_item_ids, strict=True)
            if site.get("trace_file")
        ]

    sites = read_sites()
    with asking():
        create_quote = CovageCreateQuoteOperator(
            task_id="create_quote", project_id="{{ params.project_id or '' }}"
        )
        sites >> create_quote
        add_quote_item = add_quote_items(quote_lines(sites), create_quote.output)
        upload_trace = CovageUploadQuoteItemTraceOperator.partial(
            task_id="upload_trace", quote_id=create_quote.output
        ).expand_kwargs(list_traces(sites, add_quote_item.output))
        confirm_quote = CovageConfirmQuoteOperator(
            task_id="confirm_quote", quote_id=create_quote.output, trigger_rule=TriggerRule.NONE_FAILED
        )
        requests = order_requests(sites, add_quote_item.output)
    ordered = order_site.expand_kwargs(requests)
    sessions, _ = confirm_and_track(sites, create_quote.output)

    [add_quote_item, upload_trace] >> confirm_quote >> ordered >> sessions
