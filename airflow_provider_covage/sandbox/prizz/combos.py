"""What the items of an offer cost together, and which combinations of them there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from airflow_provider_covage.sandbox.prizz import catalogue
from airflow_provider_covage.sandbox.prizz.catalogue import ITEMS, SECOND_LIST, Item, Offer

FREE_DISTANCE = 100
"""Metres of network to build up to which nothing has to be estimated."""


@dataclass(frozen=True)
class Combo:
    """Some items of an offer, at the prices of a price list.

    Attributes:
        offer: The offer.
        items: The items, the main one first.
        second: Whether the prices are those of the second price list.
        distance: Metres of network, the quantity of what is paid by the metre.
    """

    offer: Offer
    items: tuple[Item, ...]
    second: bool = False
    distance: int | None = None

    @property
    def ids(self) -> list[int]:
        """Ids of the items in the price list."""
        return [item.id + (SECOND_LIST if self.second else 0) for item in self.items]

    @property
    def recurring(self) -> int:
        """What recurs every month, in cents."""
        return sum(self.price(item) for item in self.items if item.recurrence)

    @property
    def once(self) -> int:
        """What is paid once, in cents; what has to be estimated counts nothing."""
        return sum(self.price(item) for item in self.items if not item.recurrence)

    @property
    def to_estimate(self) -> bool:
        """Whether a price has to be estimated."""
        return any(item.to_estimate for item in self.items)

    @property
    def attributes(self) -> dict[str, Any]:
        """What the items say together, for instance the bandwidth."""
        return {name: value for item in self.items for name, value in item.attributes.items()}

    @property
    def valid(self) -> bool:
        """Whether there is the main item, one item of each required group and at most one of the others."""
        chosen = [item.group for item in self.items if item.id != self.offer.main]
        complete = all(chosen.count(group) == 1 for group in self.offer.required)
        fitting = all(chosen.count(group) == 1 and group in self.offer.groups for group in chosen)
        return complete and fitting and ITEMS[self.offer.main] in self.items

    def quantity(self, item: Item) -> int:
        """How many of an item there are."""
        return (self.distance or 0) if item.unit == "m" else 1

    def price(self, item: Item) -> int:
        """What all of an item costs."""
        return (catalogue.price(item, self.second) or 0) * self.quantity(item)


def combine(
    offer: Offer,
    groups: Sequence[str],
    fixed: Iterable[Item] = (),
    *,
    second: bool = False,
    distance: int | None = None,
) -> list[Combo]:
    """Return every combination of the items of some groups; what is fixed is in all of them."""
    kept = [item for item in fixed if item.group in offer.groups]
    taken = {item.group for item in kept}
    open_groups = [group for group in groups if group in offer.groups and group not in taken]
    main = ITEMS[offer.main]
    return [
        Combo(offer, (main, *kept, *(ITEMS[item_id] for item_id in chosen)), second, distance)
        for chosen in product(*(offer.groups[group] for group in open_groups))
    ]


def default(offer: Offer, group: str) -> Item:
    """Return the item of a group that is chosen where nobody has chosen one."""
    return ITEMS[offer.groups[group][0]]


def access(offer: Offer, distance: int, *, to_estimate: bool) -> Item | None:
    """Return the item that pays for the connection of a site."""
    if "nrc" not in offer.groups:
        return None
    options = [ITEMS[item_id] for item_id in offer.groups["nrc"]]
    wanted = to_estimate or distance > 2 * FREE_DISTANCE
    return next((item for item in options if item.to_estimate == wanted), options[0])
