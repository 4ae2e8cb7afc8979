"""What the example DAGs share: from priced quotation lines to tracked orders, site by site.

No DAG stands here, only its building blocks; keep the file beside the DAGs that use it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from airflow.sdk import TaskGroup, TriggerRule, get_current_context, task, task_group

from airflow_provider_covage.api.covage.observe import reasons_of
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.models import ContactFields, OrderItemFields, body, order_item_gaps
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.order import CovageConfirmOrderOperator, CovageUpdateOrderItemOperator
from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator, CovageAddQuoteItemOperator
from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.sensors.covage import (
    CovageOrderSensor,
    CovageOrderTrackingSensor,
    CovageQuoteItemSensor,
)

log = logging.getLogger(__name__)

Site = dict[str, Any]

# Seconds between two looks at what is waited for; a minute is polite where a price takes days.
POKE_INTERVAL = float(os.environ.get("COVAGE_POKE_INTERVAL", "60"))

# How a wait behaves: in the triggerer, and a site that fails is skipped, not the run.
WAIT = {"deferrable": True, "soft_fail": True, "poke_interval": POKE_INTERVAL}

# With the policy, where this Airflow has one, tasks of one's own fail at once on what no retry can mend, too.
DEFAULT_ARGS = with_retry_policy({"retries": 3, "retry_delay": timedelta(minutes=2)})

# What a site says beyond the fields of its quotation line: what happens once it is priced.
OUR_OWN = ("trace_file", "product_id", "order", "eligibility_id", "offer_families", "address")

# What a site says of its address and of contacts, which its order line needs.
ADDRESS_AND_CONTACTS = set(ContactFields.__annotations__) - {"end_customer_name"}

# States of a quotation line that mean: Covage has no price for this site.
NOT_PROVIDED = ("unable_to_provide", "expired", "refused")


def quote_line(site: Site) -> dict[str, Any]:
    """The fields of a site's quotation line."""
    return {name: value for name, value in site.items() if name not in OUR_OWN}


def with_order(site: Site, order: dict[str, Any], where: str) -> Site:
    """The site with all fields of its order line in `order`: those of the run, and over them its own.

    What the site says of its address and of contacts goes there, too.
    """
    fields = body(OrderItemFields, {**order, **(site.get("order") or {})}, of=f"order of {where}")
    own = {name: value for name, value in site.items() if name in ADDRESS_AND_CONTACTS and value}
    first, *others = fields.get("related_contact_information") or [{}]
    contact = {"end_customer_name": site["end_customer_name"], **first, **own}
    contacts = [body(ContactFields, contact, of=f"address of {where}"), *others]
    fields = {**fields, "related_contact_information": contacts}
    if gaps := order_item_gaps(fields):
        raise InputError(f"order of {where}: {', '.join(gaps)}; nothing was sent")
    kept = {name: value for name, value in site.items() if name not in ADDRESS_AND_CONTACTS}
    return {**kept, "order": fields}


def per_site(task_id: str, sites: list[Site] | None) -> list[Any]:
    """What a mapped task returned for each site, None where it was skipped or failed."""
    if sites is None:
        raise AirflowFailException("which sites there are is not known; see the task before that failed")
    ti = get_current_context()["ti"]
    return [ti.xcom_pull(task_ids=task_id, map_indexes=index) for index in range(len(sites))]


@task
def quote_lines(sites: list[Site]) -> list[dict[str, Any]]:
    """What to ask a price for, one line per site."""
    return [quote_line(site) for site in sites]


@task
def order_requests(sites: list[Site], quote_item_ids: Any, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Per site: the priced line, the offer to accept, and what the order line needs."""
    return [
        {
            "quote_item_id": quote_item_id,
            "product_id": site.get("product_id") or params["product_id"],
            "fields": site["order"],
        }
        for site, quote_item_id in zip(sites, quote_item_ids, strict=True)
    ]


@task_group
def order_site(quote_item_id: str, product_id: str, fields: dict[str, Any]) -> None:
    """One site, on its own: what happens here does not touch the others."""
    wait_for_price(quote_item_id) >> accept_offer(quote_item_id, product_id, fields)


def wait_for_price(quote_item_id: Any) -> CovageQuoteItemSensor:
    """Wait until Covage has answered for a line."""
    return CovageQuoteItemSensor(
        task_id="wait_for_price",
        quote_item_id=quote_item_id,
        timeout=timedelta(weeks=6).total_seconds(),
        **WAIT,
    )


def accept_offer(quote_item_id: Any, product_id: Any, fields: Any) -> CovageAcceptQuoteItemOperator:
    """Accept an offer of a line, and give the order line that this makes what its confirmation needs."""
    accept = CovageAcceptQuoteItemOperator(
        task_id="accept", quote_item_id=quote_item_id, product_id=product_id
    )
    complete = CovageUpdateOrderItemOperator(
        task_id="complete_order_item",
        product_order_id=accept.output["product_order_id"],
        product_order_item_id=accept.output["product_order_item_id"],
        fields=fields,
    )
    accept >> complete
    return accept


@task(trigger_rule=TriggerRule.ALL_DONE)
def list_sessions(sites: list[Site]) -> list[str]:
    """The order sessions to confirm: those of which every line is complete."""
    accepted = per_site("order_site.accept", sites)
    complete = per_site("order_site.complete_order_item", sites)
    unfinished = {
        made["product_order_id"] for made, done in zip(accepted, complete, strict=True) if made and not done
    }
    return sorted({made["product_order_id"] for made in accepted if made} - unfinished)


@task(trigger_rule=TriggerRule.ALL_DONE)
def list_orders(sites: list[Site]) -> list[str]:
    """The references of the orders that were created, to be tracked."""
    hook = CovageHook()
    made = [one for one in per_site("order_site.accept", sites) if one]
    lines = [hook.product_order_item.get(one["product_order_item_id"]) for one in made]
    return [
        str(line["order_reference"]) for line in lines if is_ordered(line) and line.get("order_reference")
    ]


@task(trigger_rule=TriggerRule.ALL_DONE)
def report(sites: list[Site], quote_id: str) -> list[dict[str, Any]]:
    """What became of every site; fails when one was neither ordered nor refused a price by Covage."""
    hook = CovageHook()
    lines = per_site("add_quote_item", sites)
    orders = per_site("order_site.accept", sites)
    rows = [
        site_report(hook, *one) | {"quote_id": quote_id} for one in zip(sites, lines, orders, strict=True)
    ]
    for row in rows:
        log.info("%s: order %s %s", row["site"], row["order_reference"], row["reason"])
    fail_if_lost(rows, result=rows)
    return rows


def fail_if_lost(reported: Iterable[dict[str, Any]], result: Any) -> None:
    """Fail, with the task's result left all the same, when a site was neither ordered nor refused a price."""
    lost = [row["site"] for row in reported if row["reason"] and row["quote_state"] not in NOT_PROVIDED]
    if lost:
        get_current_context()["ti"].xcom_push(key="return_value", value=result)
        raise AirflowFailException(f"not ordered, and not because Covage has no price: {', '.join(lost)}")


def is_ordered(line: dict[str, Any]) -> bool:
    """Whether an order line has become an order."""
    return line.get("state") not in (None, "created", "rejected_creation", "technical_error") or (
        # One of the two descriptions of the states calls the created order `created`, too.
        line.get("state") == "created" and any(step.get("state") == "in_progress" for step in changes(line))
    )


def changes(line: dict[str, Any]) -> list[dict[str, Any]]:
    """The history of an order line."""
    return line.get("state_change") or []


def site_report(
    hook: CovageHook, site: Site, quote_item_id: str | None, made: dict[str, str] | None
) -> dict[str, Any]:
    """What became of one site, read from Covage."""
    line = hook.quote_item.get(quote_item_id) if quote_item_id else {}
    order = hook.product_order_item.get(made["product_order_item_id"]) if made else {}
    states = f"quotation line {line.get('state')}, order line {order.get('state')}"
    words = "; ".join(reasons_of(order) or reasons_of(line))
    return {
        "site": site["end_customer_name"],
        "product_offering_qualification_item_id": site.get("product_offering_qualification_item_id"),
        "quote_item_id": quote_item_id,
        "quote_reference": line.get("reference"),
        "quote_state": line.get("state"),
        "prices": line.get("prices"),
        "product_id": order.get("product_offering_id"),
        **(made or {"product_order_id": None, "product_order_item_id": None}),
        "order_reference": order.get("order_reference") if is_ordered(order) else None,
        "order_state": order.get("state"),
        "reason": "" if is_ordered(order) else words or states,
    }


def add_quote_items(lines: Any, quote_id: Any) -> Any:
    """The quotation line of each site, named after its customer."""
    return CovageAddQuoteItemOperator.partial(
        task_id="add_quote_item",
        quote_id=quote_id,
        map_index_template="{{ task.fields['end_customer_name'] }}",
    ).expand(fields=lines)


def asking() -> TaskGroup:
    """The group of tasks that ask for prices; it is there for the eye, their ids stay as they are."""
    return TaskGroup(
        "ask_for_prices", prefix_group_id=False, tooltip="One quotation basket, with a line for each site"
    )


def confirm_and_track(sites: Any, quote_id: Any) -> tuple[Any, Any]:
    """Confirm the sessions, wait for the orders, report on every site, track until the lines are live.

    Gives the first of these tasks, and the one that reports.
    """
    with TaskGroup(
        "confirm_and_track", prefix_group_id=False, tooltip="What was accepted, until the lines are live"
    ):
        sessions = list_sessions(sites)
        confirm_order = CovageConfirmOrderOperator.partial(task_id="confirm_order").expand(
            product_order_id=sessions
        )
        wait_for_order = CovageOrderSensor.partial(
            task_id="wait_for_order",
            target_states=["completed", "partial"],
            failure_states=["rejected"],
            timeout=timedelta(days=7).total_seconds(),
            **WAIT,
        ).expand(product_order_id=sessions)
        reported = report(sites, quote_id)
        orders = list_orders(sites)
        confirm_order >> wait_for_order >> [reported, orders]
        CovageOrderTrackingSensor.partial(
            task_id="track_order",
            timeout=timedelta(weeks=26).total_seconds(),
            **(WAIT | {"soft_fail": False}),
        ).expand(order_reference=orders)
    return sessions, reported
