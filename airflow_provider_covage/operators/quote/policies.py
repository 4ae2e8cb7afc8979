"""Deciding about the offers of a line without a human, by a rule that has a name."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from airflow_provider_covage.api.covage.offers import Offer, open_offers
from airflow_provider_covage.api.errors import InputError

log = logging.getLogger(__name__)

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
"""What is 1.234 in French, and 1234 in English."""

Policy = Callable[[Mapping[str, Any]], str | None]
"""Given the line, chooses the product id of one of its offers; None leaves it to a human."""


def named(name: str, price_field: str) -> Policy:
    """Make a policy out of its name.

    Args:
        name: One of `POLICIES`, with what follows its colon.
        price_field: The field of a price record that holds what is compared.

    Returns:
        The policy.

    Raises:
        InputError: There is no such policy, or what follows the colon is missing or makes no sense.
    """
    kind, colon, argument = name.strip().partition(":")
    if kind not in POLICIES or bool(colon) != (kind in _WITH_ARGUMENT):
        raise InputError(
            f"auto_accept: {name!r} is no policy; there are {', '.join(_usages())}, or a callable"
        )
    return POLICIES[kind](argument.strip(), price_field)


def _human(_: str, __: str) -> Policy:
    """Leave every line to a human."""
    return lambda line: None


def _only_offer(_: str, __: str) -> Policy:
    """Take the offer of a line that has only one."""

    def choose(line: Mapping[str, Any]) -> str | None:
        offers = open_offers(line)
        return offers[0].product_id if len(offers) == 1 else None

    return choose


def _offer(product_id: str, _: str) -> Policy:
    """Take this offer where the line has it."""
    if not product_id:
        raise InputError("auto_accept: offer:PRODUCT_ID wants a product id, such as offer:2173")

    def choose(line: Mapping[str, Any]) -> str | None:
        return product_id if product_id in [one.product_id for one in open_offers(line)] else None

    return choose


def _cheapest(_: str, price_field: str) -> Policy:
    """Take the offer with the lowest price."""

    def choose(line: Mapping[str, Any]) -> str | None:
        found = _lowest(open_offers(line), price_field)
        return found[0] if found else None

    return choose


def _cheapest_under(limit: str, price_field: str) -> Policy:
    """Take the offer with the lowest price when that is less than a limit."""
    most = amount(limit)
    if most is None or most <= 0:
        raise InputError(
            f"auto_accept: cheapest_under:AMOUNT wants a number above 0, such as 1234.50, got {limit!r}"
        )

    def choose(line: Mapping[str, Any]) -> str | None:
        found = _lowest(open_offers(line), price_field)
        return found[0] if found and found[1] < most else None

    return choose


POLICIES: Mapping[str, Callable[[str, str], Policy]] = {
    "human": _human,
    "only_offer": _only_offer,
    "offer": _offer,
    "cheapest": _cheapest,
    "cheapest_under": _cheapest_under,
}
"""Makes of a policy's argument and the name of the price field the policy."""

_WITH_ARGUMENT: Mapping[str, str] = {"offer": "PRODUCT_ID", "cheapest_under": "AMOUNT"}


def amount(value: Any) -> Decimal | None:
    """Read an amount.

    Args:
        value: A number, or a text that is one; a comma counts as the decimal sign.

    Returns:
        The amount, None where it is none, or can be read in two ways: `1,234` is a thousand in English.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if _THOUSANDS.fullmatch(str(value).strip()):
        return None
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _lowest(offers: Sequence[Offer], price_field: str) -> tuple[str, Decimal] | None:
    """Find the offer with the lowest price; None, and why, where the prices cannot be compared."""
    prices = {one.product_id: amount(one.value(price_field)) for one in offers}
    unreadable = [product for product, price in prices.items() if price is None]
    known = {product: price for product, price in prices.items() if price is not None}
    currencies = {str(one.value("currency")) for one in offers}
    lowest = [product for product, price in known.items() if price == min(known.values())]
    if unreadable:
        why = f"no amount in field {price_field} of offer {', '.join(unreadable)}"
    elif len(currencies) > 1:
        why = f"prices in several currencies: {', '.join(sorted(currencies))}"
    elif len(lowest) > 1:
        why = f"offers {', '.join(lowest)} cost the same"
    else:
        return (lowest[0], known[lowest[0]]) if lowest else None
    log.warning("no offer is the cheapest (%s): a human has to decide", why)
    return None


def _usages() -> list[str]:
    return [f"{kind}:{_WITH_ARGUMENT[kind]}" if kind in _WITH_ARGUMENT else kind for kind in POLICIES]
