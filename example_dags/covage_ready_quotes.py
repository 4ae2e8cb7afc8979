"""A basket that becomes ready anywhere, also one made by hand in Covage's portal, has its offers accepted.

No run waits for that: a watcher in the triggerer follows all baskets of the connection, and those that have
become ready since it last looked start one run. Their lines have one offer accepted, that of param
`product_id`; lines that do not have it are left alone, and so are the baskets that other DAGs have made and
wait for themselves. An acceptance opens an order session: complete and confirm it as in
`covage_quote_to_order`.

Paused until you say so, for what it accepts it accepts without asking.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from airflow.sdk import DAG, Asset, AssetWatcher, task

from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator
from airflow_provider_covage.triggers.covage import CovageEventTrigger
from covage_order_form import PRODUCT_PARAM
from covage_sites import DEFAULT_ARGS, POKE_INTERVAL

log = logging.getLogger(__name__)

READY_QUOTES = Asset(
    "covage_ready_quotes",
    watchers=[
        AssetWatcher(
            name="ready",
            trigger=CovageEventTrigger(resource="quote", states=["ready"], poke_interval=POKE_INTERVAL),
        )
    ],
)

# How the keys begin that the operators give to what they make.
MADE_BY_A_DAG = "af-"

with DAG(
    "covage_ready_quotes",
    description="Accept an offer of every basket that becomes ready, wherever it was made.",
    schedule=[READY_QUOTES],
    start_date=datetime(2025, 1, 1),
    catchup=False,
    is_paused_upon_creation=True,
    params={"product_id": PRODUCT_PARAM},
    default_args=DEFAULT_ARGS,
    tags=["covage"],
    doc_md=__doc__,
) as dag:

    @task
    def ready_baskets(triggering_asset_events: Any) -> list[str]:
        """The baskets that have become ready, by all events of this run."""
        events = triggering_asset_events[READY_QUOTES]
        changes = [change for event in events for change in event.extra["payload"]["changes"]]
        for change in changes:
            log.info("basket %s: %s, was %s", change["id"], change["state"], change["old_state"])
        ours = [one for one in changes if not str(one["record"].get("external_id")).startswith(MADE_BY_A_DAG)]
        return sorted({change["id"] for change in ours})

    @task
    def lines_to_accept(quote_ids: list[str], params: dict[str, Any]) -> list[dict[str, str]]:
        """The lines of these baskets that are ready and have the wanted offer."""
        hook = CovageHook()
        # A detail shows its lines in full or as identifiers.
        elements = [one for quote_id in quote_ids for one in hook.quote.get(quote_id).get("quote_item") or []]
        ids = [one["id"] if isinstance(one, dict) else one for one in elements]
        lines = [{"id": line_id, **hook.quote_item.get(line_id)} for line_id in ids]
        wanted = params["product_id"]
        return [
            {"quote_item_id": line["id"], "product_id": wanted}
            for line in lines
            if line.get("state") == "ready" and wanted in (line.get("product_offerings") or [])
        ]

    CovageAcceptQuoteItemOperator.partial(task_id="accept").expand_kwargs(lines_to_accept(ready_baskets()))
