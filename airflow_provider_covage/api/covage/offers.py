"""The offers of a quotation line, and until when they hold.

The documents give neither the shape of a price (C25) nor that of `validity_date`: everything here works with
whatever the API sends, and says so where it cannot.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.working_days import PARIS

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record

_CLOSED = frozenset({"accepted", "refused", "expired"})
_PASSING = frozenset({"state", "comment"})
"""Fields of a price that tell what became of it, not what it is."""


@dataclasses.dataclass(frozen=True)
class Offer:
    """One offer of a line.

    Args:
        product_id: What `quote_item.accept` takes.
        prices: The price records of this product, as sent; none when the API does not say whose they are.
    """

    product_id: str
    prices: tuple[Record, ...] = ()

    def value(self, field: str) -> Any:
        """Give a field of its price.

        Args:
            field: Name of the field.

        Returns:
            The value; None where it is missing, or where the product has several prices.
        """
        return self.prices[0].get(field) if len(self.prices) == 1 else None

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted, as far as the API shows it (C6)."""
        return not self.prices or any(str(price.get("state")) not in _CLOSED for price in self.prices)

    @property
    def digest(self) -> str:
        """Six characters that change when anything in its prices does, other than their state."""
        kept = [{name: one[name] for name in one if name not in _PASSING} for one in self.prices]
        text = json.dumps(kept, sort_keys=True, default=str)
        return hashlib.blake2b(text.encode(), digest_size=3).hexdigest()


def offers_of(line: Mapping[str, Any]) -> list[Offer]:
    """List the offers of a line.

    Args:
        line: The line, as `quote_item.get` gives it.

    Returns:
        The offers, in the API's order: one per product that has a price. Where no price says which product
        it belongs to, one per product that was asked for.
    """
    by_product: dict[str, list[Record]] = {}
    for price in _array(line, "prices"):
        if isinstance(price, dict) and price.get("product_id"):
            by_product.setdefault(str(price["product_id"]), []).append(price)
    if by_product:
        return [Offer(product, tuple(prices)) for product, prices in by_product.items()]
    return [Offer(product) for product in dict.fromkeys(map(str, _array(line, "product_offerings")))]


def _array(line: Mapping[str, Any], name: str) -> list[Any]:
    found = line.get(name)
    return found if isinstance(found, list) else []


def open_offers(line: Mapping[str, Any]) -> list[Offer]:
    """List the offers of a line that can still be accepted.

    Args:
        line: The line, as `quote_item.get` gives it.

    Returns:
        The offers, in the API's order.
    """
    return [offer for offer in offers_of(line) if offer.is_open]


def valid_until(line: Mapping[str, Any]) -> datetime | None:
    """Read until when the offers of a line hold.

    Args:
        line: The line.

    Returns:
        The moment, with its zone. A date without a time counts to the end of that day, a time without a zone
        is one of Paris. None when there is no `validity_date`.

    Raises:
        ValueError: It is there, and is no date that can be read.
    """
    value = line.get("validity_date")
    if value in (None, ""):
        return None
    text = str(value).strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
    return datetime.combine(day, time.max, PARIS)


def has_lapsed(line: Mapping[str, Any]) -> bool:
    """Say whether the offers of a line hold no more, whatever its state still says.

    Args:
        line: The line.

    Returns:
        Whether their validity is over; not where there is none that can be read.
    """
    try:
        until = valid_until(line)
    except ValueError:
        return False
    return until is not None and until < datetime.now(UTC)
