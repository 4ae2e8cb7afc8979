"""From a list of sites to live lines: quote, accept, complete, confirm, track.

Runs as it stands against the sandbox (`python -m airflow_provider_covage.sandbox`). For the real API, point
the connection `covage_default` at it and trigger the DAG with your own sites, offers and contacts.

A site that Covage cannot provide is reported; the others are ordered. The run fails when a site is left
over for any other reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.sdk import DAG, TriggerRule, task

from airflow_provider_covage.api.files import kmz
from airflow_provider_covage.api.models import NewQuoteItemFields, OrderItemFields, body
from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
    CovageUploadQuoteItemTraceOperator,
)
from covage_sites import (
    DEFAULT_ARGS,
    ORDER_PARAM,
    PRODUCT_PARAM,
    PROJECT_PARAM,
    SITES_PARAM,
    Site,
    confirm_and_track,
    list_sessions,
    order_fields,
    order_requests,
    order_site,
    quote_line,
    quote_lines,
    report,
)

PARAMS = {
    "sites": SITES_PARAM,
    "product_id": PRODUCT_PARAM,
    "order": ORDER_PARAM,
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
        for number, site in enumerate(params["sites"]):
            where = f"site {number} ({site['end_customer_name']})"
            body(NewQuoteItemFields, quote_line(site), of=where)
            body(OrderItemFields, order_fields(site, params), of=f"order of {where}")
            if site.get("trace_file") and "://" not in site["trace_file"]:
                kmz(site["trace_file"])
        return list(params["sites"])

    @task
    def list_traces(sites: list[Site], quote_item_ids: Any) -> list[dict[str, str]]:
        """The trace files that are given, with their lines."""
        return [
            {"file": site["trace_file"], "quote_item_id": quote_item_id}
            for site, quote_item_id in zip(sites, quote_item_ids, strict=True)
            if site.get("trace_file")
        ]

    sites = read_sites()
    create_quote = CovageCreateQuoteOperator(
        task_id="create_quote", project_id="{{ params.project_id or '' }}"
    )
    sites >> create_quote
    add_quote_item = CovageAddQuoteItemOperator.partial(
        task_id="add_quote_item",
        quote_id=create_quote.output,
        map_index_template="{{ task.fields['end_customer_name'] }}",
    ).expand(fields=quote_lines(sites))
    upload_trace = CovageUploadQuoteItemTraceOperator.partial(
        task_id="upload_trace", quote_id=create_quote.output
    ).expand_kwargs(list_traces(sites, add_quote_item.output))
    confirm_quote = CovageConfirmQuoteOperator(
        task_id="confirm_quote", quote_id=create_quote.output, trigger_rule=TriggerRule.NONE_FAILED
    )
    ordered = order_site.expand_kwargs(order_requests(sites, add_quote_item.output))
    sessions = list_sessions(sites)

    [add_quote_item, upload_trace] >> confirm_quote >> ordered >> sessions
    confirm_and_track(sites, sessions, report(sites, create_quote.output))
