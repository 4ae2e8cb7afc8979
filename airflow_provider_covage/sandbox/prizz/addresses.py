"""Addresses: read from a line of text, or invented for a point on the map."""

from __future__ import annotations

import re

from airflow_provider_covage.sandbox.clock import fraction
from airflow_provider_covage.sandbox.store import Json

_LINE = re.compile(
    r"^\s*(?:(?P<number>\d+)\s*(?P<complement>bis|ter|quater|[a-d]\b)?\s*,?\s+)?(?P<street>.*?)"
    r"(?:[\s,]+(?P<postcode>\d{5})\s+(?P<city>.+?))?\s*$",
    re.IGNORECASE,
)


def read(text: str) -> Json:
    """Return the parts of an address such as `12 bis Rue des Lilas 76000 Rouen` (P29), with its position."""
    found = _LINE.match(text)
    parts = found.groupdict() if found else {}
    return {
        "houseNumber": int(parts["number"]) if parts.get("number") else None,
        "houseNumberComplement": parts.get("complement"),
        "streetName": parts.get("street") or None,
        "postalCode": parts.get("postcode"),
        "cityName": parts.get("city"),
        "inseeCode": parts["postcode"][:2] + "001" if parts.get("postcode") else None,
        **position(
            round(49 + fraction("latitude", text), 6),
            round(1 + fraction("longitude", text), 6),
        ),
    }


def position(latitude: float, longitude: float) -> Json:
    """Return the fields of a position; the projected ones are roughly right."""
    return {
        "latitude": latitude,
        "longitude": longitude,
        "x": round(700000 + (longitude - 3) * 73000, 1),
        "y": round(6600000 + (latitude - 46.5) * 111000, 1),
        "projection": "EPSG:2154",
    }


def distance(text: str) -> int:
    """Return how many metres of network have to be built for an address, always the same for it."""
    return round(300 * fraction("distance", text.strip().casefold()))
