"""What a human is shown to decide about a line: Markdown for Airflow's form, and a label for every offer.

Whatever the API sends is shown as plain text, whatever it looks like in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_covage.api.covage.offers import Offer

DECLINE = "Decline"
"""The option that takes none of the offers."""

_SITE = (
    "end_customer_name",
    "address",
    "reference",
    "site_connection_type",
    "business_sector",
    "product_offering_qualification_item_id",
    "project_id",
    "customer_order_name",
    "option_ids",
    "note",
    "technical_note",
    "response_date",
    "validity_date",
)
"""What is shown of a line, in this order. No contacts: the form is seen by all who may read the DAG."""

_LONGEST = 200
_LONGEST_PRICE = 12
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BECOMES_A_LINK = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=www)(?=\.)|(?=@)")
_WORD_JOINER = "\u2060"
"""Cannot be seen; keeps addresses from being made links, which happens after all escapes are gone."""


def label(offer: Offer, price_field: str) -> str:
    """Name an offer for a button. Airflow puts the buttons side by side, so it is short.

    Args:
        offer: The offer.
        price_field: The field of its price that is shown.

    Returns:
        Product id, price as far as the API gives it, and a sign that changes when the offer does:
        `2173 · 145.0 EUR (3f9a2c)`. No two offers of a line have the same.
    """
    price = offer.value(price_field)
    cost = "" if price in (None, "") else f" · {_cut(_plain(price), _LONGEST_PRICE)}"
    currency = f" {_cut(_plain(offer.value('currency')), _LONGEST_PRICE)}" if cost else ""
    return f"{offer.product_id}{cost}{currency.rstrip()} ({offer.digest})"


def body(
    line: Mapping[str, Any], offers: Sequence[Offer], *, labels: Sequence[str], ending: str, intro: str | None
) -> str:
    """Write the text of the form.

    Args:
        line: The line.
        offers: Its offers.
        labels: Their labels.
        ending: What happens without an answer, and after a refusal.
        intro: Markdown of the DAG's author, above it all.

    Returns:
        Markdown: the site, the offers side by side with every field of their prices, the ending.
    """
    known = [(name, line[name]) for name in _SITE if line.get(name) not in (None, "", [], {})]
    site = [[_title(name), text(_address(value) if name == "address" else value)] for name, value in known]
    parts = [intro, _table(["Site", ""], site), _prices(offers, labels), ending]
    return "\n\n".join(part for part in parts if part)


def text(value: Any) -> str:
    """Make Markdown that shows a value as it is.

    Args:
        value: Anything that JSON has.

    Returns:
        One line in which every sign that could mean something is escaped, and which is cut where it is long.
    """
    plain = _BECOMES_A_LINK.sub(_WORD_JOINER, _cut(_plain(value), _LONGEST))
    return _PUNCTUATION.sub(r"\\\1", plain)


def headline(line: Mapping[str, Any]) -> str:
    """Write the subject of the form, which is no Markdown.

    Args:
        line: The line.

    Returns:
        Customer and reference of the line.
    """
    names = [_plain(line.get(name)) for name in ("end_customer_name", "reference")]
    return _cut(f"Choose an offer: {', '.join(name for name in names if name) or 'quotation line'}", _LONGEST)


def _prices(offers: Sequence[Offer], labels: Sequence[str]) -> str:
    columns = [
        (name, price) for offer, name in zip(offers, labels, strict=True) for price in offer.prices or ({},)
    ]
    fields = dict.fromkeys(field for _, price in columns for field in price if field != "product_id")
    rows = [[_title(field), *(text(price.get(field)) for _, price in columns)] for field in fields]
    shown = [row for row in rows if any(row[1:])]
    return _table(["Offer", *(text(name) for name, _ in columns)], shown)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _address(value: Any) -> Any:
    return " ".join(map(_plain, value.values())) if isinstance(value, Mapping) else value


def _title(field: str) -> str:
    words = str(field).replace("_", " ").strip()
    return text(words[:1].upper() + words[1:])


def _plain(value: Any) -> str:
    """One line of text; marks that turn the direction of writing around and the like are left out."""
    if isinstance(value, Mapping):
        value = ", ".join(
            f"{name} {_plain(inner)}" for name, inner in value.items() if inner not in (None, "")
        )
    elif isinstance(value, list | tuple):
        value = ", ".join(map(_plain, value))
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    words = " ".join(("" if value is None else str(value)).split())
    return "".join(sign for sign in words if sign.isprintable())


def _cut(value: str, longest: int) -> str:
    return value if len(value) <= longest else f"{value[: longest - 1]}…"
