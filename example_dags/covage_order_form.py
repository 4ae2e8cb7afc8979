"""What the example DAGs ask in Airflow's form: sites line by line, offers, and what every order line needs.

The form comes with a contact and an ENNI that are made up, so that the DAGs run as they stand against a
sandbox on this machine. No order goes anywhere else with these.

No DAG stands here; keep the file beside the DAGs that use it. People write a site as a line of text. Programs
that start a run may give it as an object instead, with any field of a quotation line, of an address and of a
contact, and what only concerns the run: `product_id`, `order`, `trace_file`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import Param

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.files import kmz
from airflow_provider_covage.api.links import is_this_machine
from airflow_provider_covage.api.models import NewQuoteItemFields, body
from airflow_provider_covage.hooks.covage import CovageHook
from covage_site_lines import OF_LINES, PARTS, fields_of_line, listed
from covage_sites import Site, quote_line, with_order

# What is not asked first.
CONTACT = "Contact on site"
MORE = "More"

SITES = [
    "Example Bakery, Rouen; site-rouen; 4 Rue Andrei Sakharov; 76130 Mont-Saint-Aignan; 76451",
    "Example Bakery, Caen; site-caen; 12 Rue Saint-Pierre; 14000 Caen; 14118",
    "Example Bakery, Lille; site-lille; 8 bis Rue de Béthune; 59000 Lille; 59350",
]

SOME_TEXT = {"type": "string", "minLength": 1}

OBJECT_SCHEMA = {
    "required": ["product_offering_qualification_item_id", "end_customer_name"],
    "properties": {
        "product_offering_qualification_item_id": SOME_TEXT,
        "end_customer_name": SOME_TEXT,
        "site_connection_type": SOME_TEXT,
        "product_offerings": {"type": "array", "minItems": 1, "maxItems": 4, "items": SOME_TEXT},
        "trace_file": {"type": ["string", "null"], "description": "Path or URI of a KMZ."},
        "product_id": {"type": "string", "description": "The offer to accept here, in place of the run's."},
        "order": {"type": "object", "description": "Fields of this site's order line, over the run's."},
    },
}

# Each demand by itself: Airflow shows the one that is not met. With a `type` beside them, its form would want
# JSON in place of lines.
SITE_SCHEMA = {"allOf": [{"type": ["string", "object"]}, *OF_LINES, OBJECT_SCHEMA]}

SITES_HELP = f"""\
One site per line, with semicolons between its parts, or pasted from a spreadsheet:

**{"; ".join(part.title for part in PARTS)}**

The qualification item is what the eligibility request returned for the site. Any other field may follow with
its name, such as *note=second floor* or *product_id=2174* (the offer to order there).
"""

SITE_PARAMS = {
    "sites": Param(
        SITES, type="array", minItems=1, items=SITE_SCHEMA, title="Sites", description_md=SITES_HELP
    ),
    "offers": Param(
        "2173, 2174",
        type="string",
        pattern="^ *[^, ]+( *, *[^, ]+){0,3} *$",
        title="Offers to ask a price for",
        description_md="One to four product ids, separated by commas.",
    ),
}


# Nobody's: what the form comes with, and what goes to no other machine. Give ORDER_PARAMS values of your own.
MADE_UP = {
    "enni": "CN012345",
    "contact1_firstname": "Example",
    "contact1_lastname": "Contact",
    "contact1_phone_number": "0123456789",
    "contact1_email_address": "contact@example.com",
}


def contact(title: str, example: str, **schema: Any) -> Param:
    """A field of whom Covage calls before somebody comes to a site."""
    return Param(example, **{"type": "string", "minLength": 1, "title": title, "section": CONTACT, **schema})


ORDER_PARAMS = {
    "enni": Param(
        MADE_UP["enni"],
        type=["string", "null"],
        title="ENNI",
        description_md="Where you take the lines over; every order needs one, except for DIA.",
    ),
    "contact1_firstname": contact("First name", MADE_UP["contact1_firstname"]),
    "contact1_lastname": contact("Last name", MADE_UP["contact1_lastname"]),
    "contact1_phone_number": contact(
        "Telephone", MADE_UP["contact1_phone_number"], pattern="^[+]?[0-9][0-9 .]{5,}$"
    ),
    "contact1_email_address": contact("E-mail", MADE_UP["contact1_email_address"], format="email"),
}

MORE_PARAMS = {
    "site_connection_type": Param(
        "FTTO", type="string", minLength=1, title="Kind of connection", section=MORE
    ),
    "order": Param(
        {},
        type="object",
        title="Further fields of the orders",
        section=MORE,
        description_md="Fields of every order line, named as in the API, over those above.",
    ),
}

PRODUCT_PARAM = Param(
    "2173", type="string", minLength=1, title="Offer to order", description_md="Accepted once it is priced."
)

PROJECT_PARAM = Param(None, type=["string", "null"], title="Project code", section=MORE)


def sites_of(params: dict[str, Any]) -> list[Site]:
    """The sites of a run, each with all that is needed to order it, checked before anything is sent."""
    sites = read_each(partial(read_site, params), entries(params["sites"]))
    if not sites:
        raise InputError("there is no site among the lines of the form; nothing was sent")
    items = Counter(site["product_offering_qualification_item_id"] for site in sites)
    if twice := [item for item, count in items.items() if count > 1]:
        raise InputError(f"qualification item {', '.join(twice)}: in more than one site; nothing was sent")
    return sites


def entries(given: list[Any]) -> Iterator[tuple[str, Any]]:
    """What was given for each site, and where it stands; empty lines are none."""
    for number, one in enumerate(given, start=1):
        if not isinstance(one, str):
            yield f"site {number}", one
        elif one.strip():
            yield f"line {number}", one


def read_site(params: dict[str, Any], where: str, given: Any) -> Site:
    """One site, with what the form says for all of them."""
    own = fields_of_line(given, where) if isinstance(given, str) else dict(given)
    where = f"{where} ({own['end_customer_name']})"
    defaults = {
        "site_connection_type": params["site_connection_type"],
        "product_offerings": listed(params["offers"]),
    }
    site = with_order({**defaults, **own}, order_of_all(params), where)
    body(NewQuoteItemFields, quote_line(site), of=where)
    if site.get("trace_file") and "://" not in site["trace_file"]:
        kmz(site["trace_file"])
    return site


def order_of_all(params: dict[str, Any]) -> dict[str, Any]:
    """The fields of every order line, as the form says them."""
    person = {name: value for name, value in params.items() if name.startswith("contact1_")}
    order = {"enni": params["enni"], "related_contact_information": [person]}
    return {**order, **params["order"]}


def read_each(read: Callable[[str, Any], Site], given: Iterable[tuple[str, Any]]) -> list[Site]:
    """Read what was given for each site; what is wrong with any of them is said at once."""
    sites, slips = [], []
    for where, one in given:
        try:
            sites.append(read(where, one))
        except InputError as slip:
            slips.append(str(slip).removesuffix("; nothing was sent"))
    if slips:
        raise InputError(f"{'; '.join(slips[:20])}; nothing was sent")
    refuse_made_up(sites)
    return sites


def refuse_made_up(sites: list[Site]) -> None:
    """Let no order leave this machine with what the form came with."""
    orders = [site["order"] for site in sites]
    told = [fields for order in orders for fields in (order, *order["related_contact_information"])]
    left = [
        f"{ORDER_PARAMS[name].schema['title']} ({name}={value})"
        for name, value in MADE_UP.items()
        if any(fields.get(name) == value for fields in told)
    ]
    if not left:
        return
    hook = CovageHook()
    host = urlsplit(hook.get_conn().transport.settings.base_url).hostname or ""
    if not is_this_machine(host):
        raise InputError(
            f"{', '.join(left)}: made up for the sandbox, but connection {hook.covage_conn_id} leads to "
            f"{host}; fill in your own ENNI, and under {CONTACT} whom Covage shall call; nothing was sent"
        )
