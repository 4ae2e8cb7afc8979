"""Offers, prices, projects, collection doors and addresses of the sandbox. All of it is invented.

Only names that the documents mention are real: product `2173`, families BPE and BPEA and the DIA
offer, project FLASH, technology FIBDE, the form of an ENNI reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow_provider_covage.sandbox.clock import fraction


@dataclass(frozen=True)
class Offer:
    """A product that can be asked for."""

    product_id: str
    name: str
    family: str
    technology: str
    monthly_price: float
    setup_price: float
    commitment: int = 36


OFFERS = {
    offer.product_id: offer
    for offer in (
        Offer("2173", "Business Premium Ethernet 100M", "BPE", "FIBDE", 240.0, 650.0),
        Offer("2174", "Business Premium Ethernet 1G", "BPE", "FIBDE", 390.0, 650.0),
        Offer("2180", "Business Premium Ethernet Access 200M", "BPEA", "FIBDE", 190.0, 450.0),
        Offer("2181", "Business Premium Ethernet Access 1G", "BPEA", "FIBMU", 120.0, 250.0),
        Offer("2190", "Dedicated Internet Access 500M", "DIA", "FIBDE", 310.0, 500.0),
    )
}

CATEGORIES: tuple[dict[str, Any], ...] = (
    {"name": "BPE", "type": "OFFER_FAMILY", "description": ""},
    {"name": "BPEA", "type": "OFFER_FAMILY", "description": "Business Premium Ethernet Access"},
    {"name": "DIA", "type": "OFFER_FAMILY", "description": "Dedicated Internet Access"},
)

PROJECTS: tuple[dict[str, Any], ...] = tuple(
    {
        "code": code,
        "active": active,
        "start_date": start,
        "end_date": end,
        "code_client": "DC999",
    }
    for code, active, start, end in (
        ("FLASH", True, "2000-01-01", "2099-12-31"),
        ("PRJ", True, "2024-01-01", "2099-12-31"),
        ("PRJ456", True, "2025-01-01", "2099-12-31"),
        ("OLDPRJ", False, "2018-01-01", "2021-12-31"),
    )
)

ENNIS: tuple[dict[str, Any], ...] = tuple(
    {
        "code": reference.replace("CN", "E"),
        "name": name,
        "short_name": short,
        "reference": reference,
        "label": f"{name} - {offer}",
        "offer": offer,
        "dsp": dsp,
        "delivery_mode": mode,
        "active": active,
    }
    for reference, name, short, offer, dsp, mode, active in (
        ("CN012345", "Paris TH2", "PARTH2", "BPE", "NATIONAL", "VLAN", True),
        ("CN012346", "Rouen Mont-Saint-Aignan", "ROUMSA", "BPE", "76-METROPOLE", "VLAN", True),
        ("CN012347", "Lyon Netcenter", "LYONET", "BPEA", "NATIONAL", "PORT", True),
        ("CN012348", "Caen Colombelles", "CAECOL", "BPEA", "14-CALVADOS", "VLAN", False),
    )
)

_CITIES = (
    ("Mont-Saint-Aignan", "76130", "76451", 49.4744, 1.0915),
    ("Hérouville-Saint-Clair", "14200", "14327", 49.2045, -0.3248),
    ("Villeurbanne", "69100", "69266", 45.7719, 4.8902),
    ("Dunkerque", "59140", "59183", 51.0344, 2.3768),
)
_STREETS = ("Rue Andrei Sakharov", "Avenue de la République", "Rue des Tanneurs", "Quai de l'Industrie")


def offer(product_id: str) -> Offer:
    """Return an offer; one that the catalogue does not know gets a name and a price of its own."""
    known = OFFERS.get(product_id)
    if known:
        return known
    chance = fraction("offer", product_id)
    return Offer(product_id, f"Offer {product_id}", "BPE", "FIBDE", round(150 + 300 * chance), 500.0)


def offers_of(families: list[str]) -> list[dict[str, Any]]:
    """Return what can be ordered in some offer families, as the elements of an eligibility show it."""
    return [
        {
            "product_offering_id": found.product_id,
            "name": found.name,
            "offer_family": found.family,
            "offer_technology": found.technology,
            "monthly_price": found.monthly_price,
            "setup_price": found.setup_price,
            "currency": "EUR",
        }
        for found in OFFERS.values()
        if found.family in families
    ]


def site(item_id: str) -> dict[str, Any]:
    """Return the address and position behind a qualification item, whoever made its id."""
    city, postcode, insee, latitude, longitude = _CITIES[int(fraction("city", item_id) * len(_CITIES))]
    number = 1 + int(fraction("number", item_id) * 120)
    street = _STREETS[int(fraction("street", item_id) * len(_STREETS))]
    return {
        "address": {
            "street_number": str(number),
            "street_name": street,
            "postcode": postcode,
            "city": city,
            "insee_code": insee,
        },
        "latitude": round(latitude + fraction("latitude", item_id) / 100, 6),
        "longitude": round(longitude + fraction("longitude", item_id) / 100, 6),
    }


def manager(item_id: str) -> dict[str, Any]:
    """Return the regional manager who answers for a site."""
    names = (("Camille", "Martin"), ("Dominique", "Bernard"), ("Claude", "Petit"))
    first, last = names[int(fraction("manager", item_id) * len(names))]
    email = f"{first}.{last}@example.com".lower()
    return {"firstname": first, "lastname": last, "email_address": email, "phone_number": "0102030405"}
