"""From a list of sites to confirmed orders: quote, accept, complete, confirm, wait.

Runs as it stands against the sandbox (`python -m airflow_provider_covage.sandbox`). For the real API, point
the connection `covage_default` at it and trigger the DAG with your own sites, offers and contacts.

A site that Covage cannot provide is reported; the others are ordered. The run fails when a site is left
over for any other reason.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, TriggerRule, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException

from airflow_provider_covage.api.covage.observe import reasons_of
from airflow_provider_covage.api.files import kmz
from airflow_provider_covage.api.models import NewQuoteItemFields, OrderItemFields, body
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.order import CovageConfirmOrderOperator, CovageUpdateOrderItemOperator
from airflow_provider_covage.operators.quote import (
    CovageAcceptQuoteItemOperator,
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
    CovageUploadQuoteItemTraceOperator,
)
from airflow_provider_covage.sensors.covage import CovageOrderSensor, CovageQuoteItemSensor

log = logging.getLogger(__name__)

CONTACT = {
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

SITES = [
    {
        "product_offering_qualification_item_id": "site-rouen",
        "end_customer_name": "Example Bakery, Rouen",
        "site_connection_type": "FTTO",
        "product_offerings": ["2173", "2174"],
    },
    {
        "product_offering_qualification_item_id": "site-caen",
        "end_customer_name": "Example Bakery, Caen",
        "site_connection_type": "FTTO",
        "product_offerings": ["2173"],
    },
    {
        "product_offering_qualification_item_id": "site-lille",
        "end_customer_name": "Example Bakery, Lille",
        "site_connection_type": "FTTO",
        "product_offerings": ["2173", "2180"],
    },
]

# States of a quotation line that mean: Covage has no price for this site.
NOT_PROVIDED = ("unable_to_provide", "expired", "refused")

SITE_SCHEMA = {
    "type": "object",
    "required": [
        "product_offering_qualification_item_id",
        "end_customer_name",
        "site_connection_type",
        "product_offerings",
    ],
    "properties": {
        "product_offering_qualification_item_id": {"type": "string", "minLength": 1},
        "end_customer_name": {"type": "string", "minLength": 1},
        "site_connection_type": {"type": "string", "minLength": 1},
        "product_offerings": {
            "type": "array",
            "minItems": 1,
            "maxItems": 4,
            "items": {"type": "string", "minLength": 1},
        },
        "trace_file": {"type": ["string", "null"], "description": "Path or URI of a KMZ."},
        "product_id": {"type": "string", "description": "The offer to accept here, in place of the run's."},
        "order": {"type": "object", "description": "Fields of this site's order line, over the run's."},
    },
}

PARAMS = {
    "sites": Param(
        SITES,
        type="array",
        minItems=1,
        items=SITE_SCHEMA,
        title="Sites",
        description_md="One quotation line each; its further fields may be given, too.",
    ),
    "product_id": Param(
        "2173", type="string", minLength=1, title="Offer", description_md="The offer to accept once priced."
    ),
    "order": Param(
        {"enni": "CN012345", "related_contact_information": [CONTACT]},
        type="object",
        title="Order line",
        description_md="What every order line needs at its confirmation: `enni`, contacts, address.",
    ),
    "project_id": Param(None, type=["string", "null"], title="Project code"),
}

# What a site says beyond the fields of its quotation line: what happens once it is priced.
OUR_OWN = ("trace_file", "product_id", "order")

# Seconds between two looks at what is waited for; a minute is polite where a price takes days.
POKE_INTERVAL = float(os.environ.get("COVAGE_POKE_INTERVAL", "60"))

WAIT = {
    "deferrable": True,
    "soft_fail": True,
    "poke_interval": POKE_INTERVAL,
    "timeout": timedelta(weeks=6).total_seconds(),
}


def quote_line(site: dict[str, Any]) -> dict[str, Any]:
    """The fields of a site's quotation line."""
    return {name: value for name, value in site.items() if name not in OUR_OWN}


def order_fields(site: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The fields of a site's order line: those of the run, and over them its own."""
    return {**params["order"], **(site.get("order") or {})}


def per_site(task_id: str, sites: list[dict[str, Any]]) -> list[Any]:
    """What a mapped task returned for each site, None where it was skipped or failed."""
    ti = get_current_context()["ti"]
    return [ti.xcom_pull(task_ids=task_id, map_indexes=index) for index in range(len(sites))]


def site_report(
    hook: CovageHook, site: dict[str, Any], quote_item_id: str | None, made: dict[str, str] | None
) -> dict[str, Any]:
    """What became of one site, read from Covage."""
    line = hook.quote_item.get(quote_item_id) if quote_item_id else {}
    order = hook.product_order_item.get(made["product_order_item_id"]) if made else {}
    is_ordered = order.get("state") not in (None, "created", "rejected_creation", "technical_error")
    words = "; ".join(reasons_of(order) or reasons_of(line))
    return {
        "site": site["end_customer_name"],
        "product_offering_qualification_item_id": site["product_offering_qualification_item_id"],
        "quote_item_id": quote_item_id,
        "quote_reference": line.get("reference"),
        "quote_state": line.get("state"),
        "prices": line.get("prices"),
        "product_id": order.get("product_offering_id"),
        **(made or {"product_order_id": None, "product_order_item_id": None}),
        "order_reference": order.get("order_reference") if is_ordered else None,
        "order_state": order.get("state"),
        "reason": ""
        if is_ordered
        else words or f"quotation line {line.get('state')}, order line {order.get('state')}",
    }


with DAG(
    "covage_quote_to_order",
    description="Order fibre lines: from a quotation to confirmed orders.",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=2)},
    tags=["covage"],
    doc_md=__doc__,
) as dag:

    @task
    def read_sites(params: dict[str, Any]) -> list[dict[str, Any]]:
        """The sites of this run, checked before anything is sent."""
        for number, site in enumerate(params["sites"]):
            where = f"site {number} ({site['end_customer_name']})"
            body(NewQuoteItemFields, quote_line(site), of=where)
            body(OrderItemFields, order_fields(site, params), of=f"order of {where}")
            if site.get("trace_file") and "://" not in site["trace_file"]:
                kmz(site["trace_file"])
        return list(params["sites"])

    @task
    def quote_lines(sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What to ask a price for, one line per site."""
        return [quote_line(site) for site in sites]

    @task
    def list_traces(sites: list[dict[str, Any]], quote_item_ids: Any) -> list[dict[str, str]]:
        """The trace files that are given, with their lines."""
        return [
            {"file": site["trace_file"], "quote_item_id": quote_item_id}
            for site, quote_item_id in zip(sites, quote_item_ids, strict=True)
            if site.get("trace_file")
        ]

    @task
    def order_requests(
        sites: list[dict[str, Any]], quote_item_ids: Any, params: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Per site: the priced line, the offer to accept, and what the order line needs."""
        return [
            {
                "quote_item_id": quote_item_id,
                "product_id": site.get("product_id") or params["product_id"],
                "fields": order_fields(site, params),
            }
            for site, quote_item_id in zip(sites, quote_item_ids, strict=True)
        ]

    @task_group
    def order_site(quote_item_id: str, product_id: str, fields: dict[str, Any]) -> None:
        """One site, on its own: what happens here does not touch the others."""
        priced = CovageQuoteItemSensor(
            task_id="wait_for_price",
            quote_item_id=quote_item_id,
            target_states=["ready", "accepted"],
            **WAIT,
        )
        accept = CovageAcceptQuoteItemOperator(
            task_id="accept", quote_item_id=quote_item_id, product_id=product_id
        )
        complete = CovageUpdateOrderItemOperator(
            task_id="complete_order_item",
            product_order_id=accept.output["product_order_id"],
            product_order_item_id=accept.output["product_order_item_id"],
            fields=fields,
        )
        priced >> accept >> complete

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def list_sessions(sites: list[dict[str, Any]]) -> list[str]:
        """The order sessions to confirm: those of which every line is complete."""
        accepted = per_site("order_site.accept", sites)
        complete = per_site("order_site.complete_order_item", sites)
        unfinished = {
            made["product_order_id"]
            for made, done in zip(accepted, complete, strict=True)
            if made and not done
        }
        return sorted({made["product_order_id"] for made in accepted if made} - unfinished)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def report(sites: list[dict[str, Any]], quote_id: str) -> list[dict[str, Any]]:
        """What became of every site; fails when one was neither ordered nor refused a price by Covage."""
        hook = CovageHook()
        lines = per_site("add_quote_item", sites)
        orders = per_site("order_site.accept", sites)
        rows = [
            site_report(hook, *one) | {"quote_id": quote_id} for one in zip(sites, lines, orders, strict=True)
        ]
        for row in rows:
            log.info("%s: order %s %s", row["site"], row["order_reference"], row["reason"])
        lost = [row["site"] for row in rows if row["reason"] and row["quote_state"] not in NOT_PROVIDED]
        if lost:
            get_current_context()["ti"].xcom_push(key="return_value", value=rows)
            raise AirflowFailException(f"not ordered, and not because Covage has no price: {', '.join(lost)}")
        return rows

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
    confirm_order = CovageConfirmOrderOperator.partial(task_id="confirm_order").expand(
        product_order_id=sessions
    )
    wait_for_order = CovageOrderSensor.partial(
        task_id="wait_for_order",
        target_states=["completed", "partial"],
        failure_states=["rejected"],
        **WAIT,
    ).expand(product_order_id=sessions)

    [add_quote_item, upload_trace] >> confirm_quote >> ordered >> sessions
    confirm_order >> wait_for_order >> report(sites, create_quote.output)
