"""The items of sections: prices of products, for one site."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz import money
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

DISCOUNTS = {"FON": 800}
"""Discounts, in cents, by commercial code (invented)."""
SITE = (
    "houseNumber",
    "houseNumberComplement",
    "streetName",
    "postalCode",
    "cityName",
    "inseeCode",
    "latitude",
    "longitude",
    "x",
    "y",
    "projection",
)


class Items:
    """What sections are made of."""

    def __init__(self, world: World) -> None:
        self.world = world

    def put(self, section: Record, priced: Record, group: str, quantity: int) -> Record:
        """Put an item into a section; it takes the place of another one of its group."""
        for item in self.world.children(section, "commercial_offer_item"):
            if item.data["group"] == group:
                self.remove(section, item)
        return self.add(section, priced, group, quantity)

    def add(self, section: Record, priced: Record, group: str, quantity: int) -> Record:
        """Add an item to a section."""
        price, discount = priced.data["unitPrice"], DISCOUNTS.get(priced.data["commercialCode"], 0)
        site = section.data["site"]
        data: Json = {
            **{name: site.get(name) for name in SITE},
            **{name: priced.data[name] for name in ("name", "unitPrice", "unit", "vat", "recurrence")},
            "unitPriceDiscount": discount,
            "quantity": quantity,
            "price": None if price is None else (price - discount) * quantity,
            "sectionId": section.data["id"],
            "commercialOfferId": section.data["commercialOfferId"],
            "vatRate": money.VAT_RATE,
            "commercialCode": priced.data["commercialCode"],
            "description": None,
            "toEstimate": priced.data["toEstimate"],
            "priceListItemId": priced.data["id"],
            "productId": priced.data["productId"],
            "group": group,
        }
        return self.world.add("commercial_offer_item", data, parent=section)

    def amount(self, item: Record, quantity: int) -> None:
        """Change how many of an item there are."""
        price = item.data["unitPrice"]
        total = None if price is None else (price - item.data["unitPriceDiscount"]) * quantity
        self.world.update(item, quantity=quantity, price=total)

    def remove(self, section: Record, item: Record) -> None:
        """Take an item out of a section."""
        section.children.remove(item.id)
        self.world.store[item.kind].remove(item)

    def clear(self, section: Record) -> None:
        """Take every item out of a section."""
        for item in self.world.children(section, "commercial_offer_item"):
            self.remove(section, item)
