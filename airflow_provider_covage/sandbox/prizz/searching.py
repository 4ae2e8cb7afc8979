"""The operation `search.query`: companies, offers, invoices and contracts by text (P12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz import lists
from airflow_provider_covage.sandbox.prizz.answers.records import (
    ClientLegalEntitySearch,
    CommercialOfferSearch,
    InvoiceSearch,
    ServiceContractSearch,
)
from airflow_provider_covage.sandbox.prizz.offers import sections
from airflow_provider_covage.sandbox.prizz.reference import sellers_of
from airflow_provider_covage.sandbox.prizz.relations import Model
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

PARAMETERS = (
    query("q", {"type": "string"}, required=True),
    query("legalEntityId", {"type": "integer"}),
    query("clientLegalEntityId", {"type": "integer"}),
)
FILTERS = ("legalEntityId", "clientLegalEntityId")


class Searching:
    """Everything that has a text in it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def query(self, request: Request) -> list[Json]:
        """Search by text; identifiers are strings here."""
        asked = request.query_params
        text = (asked.get("q") or "").strip()
        if not text:
            raise invalid(q=REQUIRED)
        wanted = {name: lists.whole(name, asked[name]) for name in FILTERS if asked.get(name)}
        return [element for element in self._all(text) if self._fits(element, wanted)]

    def _all(self, text: str) -> Iterator[Json]:
        yield from self._found("client_legal_entity", ClientLegalEntitySearch, text, self._client)
        yield from self._found("commercial_offer", CommercialOfferSearch, text, self._offer)
        yield from self._found("invoice", InvoiceSearch, text, self._common)
        yield from self._found("service_contract", ServiceContractSearch, text, self._contract)

    def _found(self, kind: str, model: Model, text: str, fields: Callable[[Record], Json]) -> Iterator[Json]:
        """Yield what was found of one kind; every value that is shown of it is searched."""
        needle = text.casefold()
        for record in self.world.listed(kind):
            if not record.data.get("allowed", True):
                continue
            source = {**record.data, **fields(record), "id": record.id}
            shown = shape(self.world, model, source)
            if any(needle in found.casefold() for found in _texts(shown)):
                yield {**shown, "index": kind, "query": text}

    def _fits(self, element: Json, wanted: dict[str, int]) -> bool:
        seller, client = wanted.get("legalEntityId"), wanted.get("clientLegalEntityId")
        if element["index"] == "client_legal_entity":
            mine = element["id"] == str(client)
            return (client is None or mine) and (seller is None or str(seller) in element["legalEntityIds"])
        ids = {name: str(number) for name, number in wanted.items()}
        return all(element[name] == number for name, number in ids.items())

    def _common(self, record: Record) -> Json:
        return {name: str(record.data[name]) for name in FILTERS}

    def _client(self, client: Record) -> Json:
        contacts = self.world.several("contact", client.data["contacts"])
        people = [
            {
                **contact.data,
                "id": contact.id,
                "name": " ".join(filter(None, (contact.data.get("firstname"), contact.data["lastname"]))),
            }
            for contact in contacts
        ]
        return {
            "legalEntityIds": sorted(map(str, sellers_of(self.world, client))),
            "address": _address(client.data),
            "contacts": people,
        }

    def _offer(self, offer: Record) -> Json:
        found = sections(self.world, offer)
        names = ", ".join(str(section.data["name"]) for section in found)
        addresses = [section.data["site"].get("text") for section in found]
        return {**self._common(offer), "sectionNames": names, "addresses": list(filter(None, addresses))}

    def _contract(self, contract: Record) -> Json:
        text = contract.data["site"].get("text")
        return {**self._common(contract), "addresses": [text] if text else []}


def _texts(value: Any) -> Iterator[str]:
    """Yield every value inside a value as a text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            yield from _texts(element)
    elif value is not None:
        yield str(value)


def _address(data: Json) -> str:
    parts = (data[name] for name in ("houseNumber", "houseNumberComplement", "streetName", "postalCode"))
    return " ".join(str(part) for part in (*parts, data["cityName"]) if part)
