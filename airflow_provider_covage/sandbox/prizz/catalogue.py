"""Companies, people, offers and prices of the sandbox. All of it is invented.

Only what the documents mention is real: the offer name L2 Premium, the groups of products, values such
as `1000` Mb/s, `4HNO`, `24` months and `28` days, and the ticket operator 42.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MONTHLY = "monthly"
ONCE = None
SECOND_LIST = 500
"""By how much the ids of the items of the second price list are higher."""
PRODUCTS = 300
"""By how much the ids of products are higher than those of their items."""


@dataclass(frozen=True)
class Item:
    """A product with its price in the first price list."""

    id: int
    group: str
    code: str
    name: str
    price: int | None
    recurrence: str | None = MONTHLY
    attributes: dict[str, Any] = field(default_factory=dict)
    unit: str | None = "u"

    @property
    def to_estimate(self) -> bool:
        """Whether the price has to be estimated for each site."""
        return self.price is None


@dataclass(frozen=True)
class Offer:
    """An offer: its main item, and the items of each group of which one can be chosen."""

    id: int
    name: str
    description: str
    type: str
    main: int
    groups: dict[str, tuple[int, ...]]
    optional: frozenset[str] = frozenset()

    @property
    def required(self) -> tuple[str, ...]:
        """The groups of which one item has to be chosen."""
        return tuple(group for group in self.groups if group not in self.optional)


ITEMS = {
    item.id: item
    for item in (
        Item(301, "desserte", "L2P", "L2 Premium", 15000),
        Item(302, "desserte", "L2B", "L2 Basic", 6000),
        Item(303, "desserte", "FON", "Fibre optique noire", 8000),
        Item(304, "desserte", "DOOR", "Porte de livraison", 30000),
        Item(311, "bandwidth", "BW100", "100 Mb/s", 5000, attributes={"bandwidth": "100"}),
        Item(312, "bandwidth", "BW200", "200 Mb/s", 9000, attributes={"bandwidth": "200"}),
        Item(313, "bandwidth", "BW1000", "1000 Mb/s", 19000, attributes={"bandwidth": "1000"}),
        Item(314, "bandwidth", "BW10000", "10000 Mb/s", 45000, attributes={"bandwidth": "10000"}),
        Item(321, "grt", "GRT4HO", "GTR 4 h ouvrées", 0, attributes={"grt": "4HO"}),
        Item(322, "grt", "GRT4HNO", "GTR 4 h 24/7", 3000, attributes={"grt": "4HNO"}),
        Item(323, "grt", "GRT8HO", "GTR 8 h ouvrées", 0, attributes={"grt": "8HO"}),
        Item(331, "commitment", "ENG12", "Engagement 12 mois", 2000, attributes={"commitment": "12"}),
        Item(332, "commitment", "ENG24", "Engagement 24 mois", 1000, attributes={"commitment": "24"}),
        Item(333, "commitment", "ENG36", "Engagement 36 mois", 0, attributes={"commitment": "36"}),
        Item(341, "express", "EXP42", "Délai standard", 0, ONCE, {"express": "42"}),
        Item(342, "express", "EXP28", "Délai 28 jours", 50000, ONCE, {"express": "28"}),
        Item(351, "nrc", "FAS", "Frais d'accès au service", 60000, ONCE),
        Item(352, "nrc", "FASE", "Frais d'accès au service sur étude", None, ONCE),
        Item(353, "nrc", "FASB", "Frais d'accès L2 Basic", 20000, ONCE),
        Item(361, "fiber_count", "F1", "1 fibre", 0, attributes={"fiber_count": "1"}),
        Item(362, "fiber_count", "F2", "2 fibres", 4000, attributes={"fiber_count": "2"}),
        Item(371, "distance", "ML", "Mètre linéaire", 10, attributes={}, unit="m"),
        Item(372, "extremity_site_a", "EXA", "Extrémité A", 90000, ONCE),
        Item(373, "extremity_site_b", "EXB", "Extrémité B", 90000, ONCE),
        Item(374, "maintenance", "MAINT", "Maintenance", 2500, attributes={}),
        Item(375, "iru", "IRU15", "IRU 15 ans", 1500000, ONCE, {"iru": "180"}),
        Item(381, "pop", "POP", "Baie au POP", 10000, attributes={"pop": "TH2"}),
    )
}

_COMMITMENTS = (331, 332, 333)
OFFERS = {
    offer.id: offer
    for offer in (
        Offer(
            21,
            "L2 Premium",
            "Fibre dédiée",
            "L2",
            301,
            {
                "bandwidth": (311, 312, 313),
                "grt": (321, 322),
                "commitment": _COMMITMENTS,
                "express": (341, 342),
                "nrc": (351, 352),
            },
            frozenset({"express"}),
        ),
        Offer(
            22,
            "L2 Basic",
            "Fibre mutualisée",
            "L2",
            302,
            {"bandwidth": (313,), "grt": (323,), "commitment": (331, 333), "nrc": (353,)},
        ),
        Offer(
            23,
            "FON",
            "Fibre optique noire",
            "FON",
            303,
            {
                "fiber_count": (361, 362),
                "distance": (371,),
                "extremity_site_a": (372,),
                "extremity_site_b": (373,),
                "maintenance": (374,),
                "iru": (375,),
            },
            frozenset({"iru"}),
        ),
        Offer(
            24,
            "Porte de livraison",
            "Collecte",
            "DELIVERY_DOOR",
            304,
            {"bandwidth": (314,), "pop": (381,), "commitment": _COMMITMENTS},
        ),
    )
}
ELIGIBLE = (21, 22)
"""The offers that an eligibility request is about."""

ADDRESS = {
    "houseNumber": 12,
    "houseNumberComplement": "bis",
    "streetName": "Rue de la Fibre",
    "postalCode": "76000",
    "cityName": "Rouen",
    "inseeCode": "76540",
    "latitude": 49.4431,
    "longitude": 1.0993,
    "x": 562000.5,
    "y": 6928000.5,
    "projection": "EPSG:2154",
}

COMPANY = {
    "url": "https://www.example.com",
    "numVatIntracommunity": "FR00100000001",
    "codeApe": "6110Z",
    "rcs": "Rouen",
    "tel": "0102030405",
    "email": "contact@example.com",
}

LEGAL_ENTITIES = (
    {"id": 1, "name": "Prizz-Telecom", "siren": "100000001"},
    {"id": 2, "name": "Infra du Nord", "siren": "100000002"},
)

CLIENTS: tuple[dict[str, Any], ...] = (
    {"id": 101, "name": "Opérateur Lefort", "siren": "200000101", "allowed": True, "priceList": 11},
    {"id": 102, "name": "Opérateur Lefort Outre-mer", "siren": "200000102", "allowed": True, "priceList": 11},
    {"id": 103, "name": "Un autre opérateur", "siren": "200000103", "allowed": False, "priceList": 12},
)
"""The customer companies; the user of the sandbox has nothing to do with the last one."""

PRICE_LISTS: tuple[dict[str, Any], ...] = (
    {"id": 11, "name": "Catalogue 2026", "commercialCode": "CAT26", "legalEntityId": 1},
    {"id": 12, "name": "Catalogue 2025", "commercialCode": "CAT25", "legalEntityId": 1},
)

USER = {
    "id": 51,
    "firstname": "Camille",
    "lastname": "Martin",
    "companyName": "Opérateur Lefort",
    "email": "sandbox@example.com",
    "phone1": "0102030405",
    "phone2": "0607080910",
    "gender": "f",
}
TECHNICIAN = {**USER, "id": 52, "firstname": "Dominique", "lastname": "Petit", "companyName": "Prizz-Telecom"}
TECHNICIAN["email"] = "dominique.petit@example.com"

OPERATOR = 42
"""The ticket operator that is there from the beginning."""


def price(item: Item, second: bool) -> int | None:
    """Return the price of an item in a price list; the second one is older and dearer."""
    return round(item.price * 1.1) if second and item.price is not None else item.price
