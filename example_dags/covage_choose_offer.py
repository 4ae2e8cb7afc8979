"""From a list of sites to live lines, with a human who chooses the offer of each site in Airflow's UI.

Once a site is priced, its offers wait under "Required actions": one button per offer, and one to decline.
Whoever declines has all offers of the site declined at Covage; a site that nobody decides about in time is
not ordered. With param `auto_accept` a policy decides where it can, such as `cheapest_under:200`.

Runs as it stands against the sandbox (`python -m airflow_provider_covage.sandbox`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.sdk import DAG, Param, task, task_group

from airflow_provider_covage.operators.quote import (
    CovageChooseOfferOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.operators.quote.policies import named
from covage_order_form import MORE_PARAMS, ORDER_PARAMS, SITE_PARAMS, sites_of
from covage_sites import (
    DEFAULT_ARGS,
    Site,
    accept_offer,
    add_quote_items,
    asking,
    confirm_and_track,
    quote_lines,
    wait_for_price,
)

PARAMS = {
    **SITE_PARAMS,
    "auto_accept": Param(
        "human",
        type="string",
        minLength=1,
        title="Without a human",
        description_md="`human`, `only_offer`, `offer:2173`, `cheapest` or `cheapest_under:200`.",
    ),
    **ORDER_PARAMS,
    **MORE_PARAMS,
}


@task
def chosen_sites(params: dict[str, Any]) -> list[Site]:
    """The sites of this run, checked before anything is sent."""
    named(params["auto_accept"], price_field="monthly_price")
    return sites_of(params)


@task
def lines(sites: list[Site], quote_item_ids: Any) -> list[dict[str, Any]]:
    """Per site: its quotation line, and what the order line needs."""
    return [
        {"quote_item_id": quote_item_id, "fields": site["order"]}
        for site, quote_item_id in zip(sites, quote_item_ids, strict=True)
    ]


@task_group(group_id="order_site")
def choose_and_order(quote_item_id: str, fields: dict[str, Any]) -> None:
    """One site, on its own: its line, the offer chosen for it and the order stay together."""
    choose = CovageChooseOfferOperator(
        task_id="choose",
        quote_item_id=quote_item_id,
        auto_accept="{{ params.auto_accept }}",
        decline_offers=True,
        comment="declined in Airflow",
    )
    wait_for_price(quote_item_id) >> choose
    accept_offer(quote_item_id, choose.output, fields)


with DAG(
    "covage_choose_offer",
    description="Order fibre lines; a human chooses the offers.",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args=DEFAULT_ARGS,
    tags=["covage"],
    doc_md=__doc__,
) as dag:
    sites = chosen_sites()
    with asking():
        create_quote = CovageCreateQuoteOperator(task_id="create_quote")
        sites >> create_quote
        add_quote_item = add_quote_items(quote_lines(sites), create_quote.output)
        confirm_quote = CovageConfirmQuoteOperator(task_id="confirm_quote", quote_id=create_quote.output)
        to_order = lines(sites, add_quote_item.output)
    ordered = choose_and_order.expand_kwargs(to_order)
    sessions, _ = confirm_and_track(sites, create_quote.output)

    add_quote_item >> confirm_quote >> ordered >> sessions
