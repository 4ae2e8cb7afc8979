"""From a file of addresses to live lines: eligibility, quotation, order, tracking, mapped over the sites.

The file (param `sites`: a path or any URI that `ObjectStoragePath` opens) is a CSV with a header or a JSON
array; each site has at least `end_customer_name`, `eligibility_id`, which Covage's address search gives, and
the address that its order needs. Without a file, three made-up sites run against the sandbox.

Sites that are not eligible or cannot be provided are reported; the others are ordered. When the run is
cleared, others may be eligible than before: a line is recognised by its site, not by its place among them.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import DAG, ObjectStoragePath, Param, TriggerRule, get_current_context, task, task_group

from airflow_provider_covage.api.covage.observe import lines_of, observe_eligibility
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.models import NewQuoteItemFields, body
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.eligibility import CovageRequestEligibilityOperator
from airflow_provider_covage.operators.quote import (
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.sensors.covage import CovageEligibilitySensor
from covage_order_form import (
    MORE_PARAMS,
    ORDER_PARAMS,
    PRODUCT_PARAM,
    PROJECT_PARAM,
    order_of_all,
    read_each,
)
from covage_sites import (
    DEFAULT_ARGS,
    WAIT,
    Site,
    add_quote_items,
    asking,
    confirm_and_track,
    fail_if_lost,
    log,
    order_requests,
    order_site,
    per_site,
    quote_line,
    with_order,
)

EXAMPLE = """\
end_customer_name,eligibility_id,street_number,street_name,postcode,city,insee_code
"Example Bakery, Rouen",address-rouen,4,Rue Andrei Sakharov,76130,Mont-Saint-Aignan,76451
"Example Bakery, Caen",address-caen,12,Rue Saint-Pierre,14000,Caen,14118
"Example Bakery, Lille",address-lille,8,Rue de Béthune,59000,Lille,59350
"""

ITEM = "product_offering_qualification_item_id"

NEEDED = ("end_customer_name", "eligibility_id")

PARAMS = {
    "sites": Param(
        None,
        type=["string", "null"],
        title="File of sites",
        description_md="Path or URI of a CSV with a header, or of a JSON array. Empty: three made-up sites.",
    ),
    "offer_families": Param(["BPE"], type="array", items={"type": "string"}, title="Families of offers"),
    "product_id": PRODUCT_PARAM,
    **ORDER_PARAMS,
    **MORE_PARAMS,
    "project_id": PROJECT_PARAM,
}


def read(source: str) -> bytes:
    """Read a file wherever it is."""
    try:
        return ObjectStoragePath(source).read_bytes()
    except OSError as error:
        raise InputError(f"{source} cannot be read here: {error}; nothing was sent") from None


def sites_in(content: bytes, name: str) -> list[Site]:
    """Read the sites of a file, and say of all of them what is missing."""
    try:
        text = content.decode("utf-8-sig")
        rows = json.loads(text) if name.lower().endswith(".json") else rows_in(text, name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name} is not UTF-8, see line {line}; nothing was sent") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is no JSON: {error}; nothing was sent") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{name} has to hold an array of sites, each an object; nothing was sent")
    slips = [slip for number, row in enumerate(rows, start=1) for slip in slips_of(number, row)]
    if slips or not rows:
        raise InputError(f"{name}: {'; '.join(slips[:20]) or 'no site in it'}; nothing was sent")
    return [{field: value for field, value in row.items() if field and value} for row in rows]


def rows_in(text: str, name: str) -> list[dict[str, Any]]:
    """Read a CSV with a header."""
    header = text.partition("\n")[0]
    if ";" in header and "," not in header:
        raise InputError(f"{name} is separated by ';', commas are wanted; nothing was sent")
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError(f"{name}: is a quotation mark left open? {error}; nothing was sent") from None
    long = [str(number) for number, row in enumerate(rows, start=1) if None in row]
    if long:
        raise InputError(f"{name}: more values than columns in site {', '.join(long[:20])}; nothing was sent")
    return rows


def slips_of(number: int, row: dict[str, Any]) -> list[str]:
    """What is wrong with a site before it is looked at closely."""
    slips = [f"site {number}: {field} is missing" for field in NEEDED if not row.get(field)]
    if not isinstance(row.get("order") or {}, dict):
        slips.append(f"site {number}: order has to be an object, which only a JSON file can hold")
    return slips


with DAG(
    "covage_bulk_sites",
    description="Order fibre lines for a file of sites.",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args=DEFAULT_ARGS,
    tags=["covage"],
    doc_md=__doc__,
) as dag:

    @task
    def read_sites(params: dict[str, Any], ti: Any) -> list[Site]:
        """The sites of this run, checked before anything is sent."""
        source = params["sites"]
        sites = sites_in(read(source), source) if source else sites_in(EXAMPLE.encode(), "example.csv")
        defaults = {
            "site_connection_type": params["site_connection_type"],
            "product_offerings": [params["product_id"]],
        }
        order = order_of_all(params)

        def complete(where: str, site: Site) -> Site:
            whole = with_order({**defaults, **site}, order, where)
            body(
                NewQuoteItemFields,
                {ITEM: "?", **quote_line(whole)},
                of=where,
            )
            return whole

        whole = read_each(complete, ((f"site {number}", site) for number, site in enumerate(sites, start=1)))
        names = [f"{site['eligibility_id']} {site['end_customer_name']}" for site in whole]
        own = keys.derive_each({"ti": ti}, "add_quote_item", names)
        return [{"external_id": key, **site} for key, site in zip(own, whole, strict=True)]

    @task
    def eligibility_requests(sites: list[Site], params: dict[str, Any]) -> list[dict[str, Any]]:
        """What to ask for each site."""
        return [
            {
                "product_offering_qualification_item": [
                    {"eligibility_id": site["eligibility_id"], "offer_families": params["offer_families"]}
                ]
            }
            for site in sites
        ]

    @task_group
    def qualify(fields: dict[str, Any]) -> None:
        """Ask whether one site can be served."""
        request = CovageRequestEligibilityOperator(task_id="request_eligibility", fields=fields)
        CovageEligibilitySensor(
            task_id="wait_for_eligibility",
            eligibility_request_id=request.output,
            timeout=timedelta(days=1).total_seconds(),
            **WAIT,
        )

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def eligible_sites(sites: list[Site]) -> list[Site]:
        """The sites that can be served, each with its qualification item."""
        found = zip(sites, per_site("qualify.wait_for_eligibility", sites), strict=True)
        eligible = [{**site, ITEM: str(items[0]["id"])} for site, items in found if items]
        if not eligible:
            raise InputError("none of the sites is eligible; no quotation is asked for")
        return eligible

    @task
    def eligible_lines(sites: list[Site], quote_id: str) -> list[dict[str, Any]]:
        """What to ask a price for; a site that was asked about before stays with the item of that time.

        A run that is cleared asks anew whether its sites are eligible, and gets other items for them.
        """
        client = CovageHook().get_conn()
        before = client.transport.follow(
            lines_of(client.quote.get(quote_id), "quote_item", ("external_id", ITEM))
        )
        items = {line.get("external_id"): line.get(ITEM) for line in before}
        return [{**quote_line(site), ITEM: items.get(site["external_id"]) or site[ITEM]} for site in sites]

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def summary(sites: list[Site]) -> list[dict[str, Any]]:
        """One row per site of the file, those that are not eligible included; fails where the report did."""
        ti = get_current_context()["ti"]
        requests = per_site("qualify.request_eligibility", sites)
        items = per_site("qualify.wait_for_eligibility", sites)
        reported = {row[ITEM]: row for row in ti.xcom_pull(task_ids="report") or []}
        hook, rows = CovageHook(), []
        for site, request_id in zip(sites, requests, strict=True):
            found = items[len(rows)]
            row = reported.get(str(found[0]["id"]), {}) if found else {}
            seen = hook.get_conn().transport.follow(observe_eligibility(request_id)) if request_id else None
            state = seen.state if seen else None
            rows.append(
                {
                    "site": site["end_customer_name"],
                    "eligibility": state,
                    "quote_reference": row.get("quote_reference"),
                    "prices": row.get("prices"),
                    "order_reference": row.get("order_reference"),
                    "order_state": row.get("order_state"),
                    "reason": row.get("reason") if row else f"eligibility is {state}",
                }
            )
        for row in rows:
            log.info(" | ".join(str(row[name] or "-") for name in row if name != "prices"))
        fail_if_lost(reported.values(), result=rows)
        return rows

    sites = read_sites()
    qualified = qualify.expand(fields=eligibility_requests(sites))
    eligible = eligible_sites(sites)
    with asking():
        create_quote = CovageCreateQuoteOperator(
            task_id="create_quote", project_id="{{ params.project_id or '' }}"
        )
        add_quote_item = add_quote_items(eligible_lines(eligible, create_quote.output), create_quote.output)
        confirm_quote = CovageConfirmQuoteOperator(task_id="confirm_quote", quote_id=create_quote.output)
        requests = order_requests(eligible, add_quote_item.output)
    ordered = order_site.expand_kwargs(requests)
    sessions, reported = confirm_and_track(eligible, create_quote.output)

    qualified >> eligible >> create_quote
    add_quote_item >> confirm_quote >> ordered >> sessions
    reported >> summary(sites)
