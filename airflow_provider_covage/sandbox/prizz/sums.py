"""Sums over the items of a commercial offer or the details of an invoice, in cents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Self

from airflow_provider_covage.sandbox.prizz.money import with_vat
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Record


@dataclass(frozen=True)
class Sums:
    """What some items cost together: by recurrence, and once."""

    recurring: dict[str, int]
    once: int

    @classmethod
    def of(cls, world: World, record: Record) -> Self:
        """Add up a commercial offer or an invoice; what has to be estimated counts nothing."""
        recurring: Counter[str] = Counter()
        once = 0
        for item in _items(world, record):
            amount = item.data["price"] or 0
            if item.data["recurrence"]:
                recurring[item.data["recurrence"]] += amount
            else:
                once += amount
        return cls(dict(recurring), once)

    @property
    def recurring_with_vat(self) -> dict[str, int]:
        """What recurs, with VAT."""
        return {recurrence: with_vat(cents) for recurrence, cents in self.recurring.items()}

    @property
    def once_with_vat(self) -> int:
        """What is paid once, with VAT."""
        return with_vat(self.once)

    @property
    def total(self) -> int:
        """Everything together."""
        return sum(self.recurring.values()) + self.once

    @property
    def total_with_vat(self) -> int:
        """Everything together, with VAT."""
        return sum(self.recurring_with_vat.values()) + self.once_with_vat


def _items(world: World, record: Record) -> list[Record]:
    if record.kind == "invoice":
        return world.children(record, "invoice_detail")
    sections = world.children(record, "commercial_offer_section")
    return [item for section in sections for item in world.children(section, "commercial_offer_item")]
