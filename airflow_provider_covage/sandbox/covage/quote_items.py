"""Quotation lines (`covage-quotation.txt`; `covage-order.txt` from "Add a quote line")."""

from __future__ import annotations

from starlette.requests import Request

from airflow_provider_covage.sandbox.covage import catalogue, paging
from airflow_provider_covage.sandbox.covage.bodies import (
    MAX_CONTACTS,
    MAX_OFFERINGS,
    DeclineBody,
    ProductBody,
    QuoteItemBody,
    QuoteItemChanges,
)
from airflow_provider_covage.sandbox.covage.orders import Orders
from airflow_provider_covage.sandbox.covage.quotes import Quotes
from airflow_provider_covage.sandbox.covage.render import (
    QUOTE_ITEM,
    QUOTE_ITEM_DETAIL,
    QUOTE_ITEM_LISTED,
    render,
)
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import invalid
from airflow_provider_covage.sandbox.store import Json, Record

NOT_WRITTEN = ("quote_date", "state", "reference")
"""Listed as writable, without a word on what writing them does: they change nothing here (C36)."""


class QuoteItems:
    """The operations `quote_item.*`, except files and exports."""

    def __init__(self, world: World, quotes: Quotes, orders: Orders) -> None:
        self.world = world
        self.quotes = quotes
        self.orders = orders

    def create(self, quote_id: str, body: QuoteItemBody) -> Json:
        """Add a line to a draft basket."""
        basket = self.quotes.draft(quote_id)
        fields = body.model_dump()
        _check(fields)
        line = self.new(basket, fields)
        self.world.ledger.effect({"quote": basket.id, "quote_item": line.id}, line.data["external_id"])
        return render(self.world, QUOTE_ITEM, line)

    def new(self, basket: Record, fields: Json) -> Record:
        """Keep a new line."""
        state = self.world.dialect.first_state
        data = {
            **fields,
            "quote_id": basket.id,
            "state": state,
            "quote_date": None,
            "creation_date": self.world.today(),
            "reference": self.world.reference("QO", 8),
            "trace_file": "",
            "prices": [],
            "manager_regional": None,
            "response_date": None,
            "validity_date": None,
            "address": {},
            "latitude": None,
            "longitude": None,
        }
        _add_offers(data)
        basket.tally[state] += 1
        return self.world.add("quote_item", data, parent=basket)

    def update(self, quote_id: str, quote_item_id: str, body: QuoteItemChanges) -> Json:
        """Change a line of a draft basket."""
        basket = self.quotes.draft(quote_id)
        line = self.world.find("quote_item", quote_item_id, basket)
        changes = {name: value for name, value in body.given().items() if name not in NOT_WRITTEN}
        if not changes.get("product_offering_qualification_item_id", "kept"):
            raise invalid(product_offering_qualification_item_id=["This field may not be null."])
        _check(changes)
        self.world.update(line, **changes)
        _add_offers(line.data)
        self.world.ledger.effect({"quote": basket.id, "quote_item": line.id}, line.data["external_id"])
        if self.world.dialect.item_update == "basket":
            return self.quotes.detail(basket)
        return render(self.world, QUOTE_ITEM, line)

    def delete(self, quote_id: str, quote_item_id: str) -> Json | None:
        """Remove a line from a draft basket; the answer is the basket."""
        basket = self.quotes.draft(quote_id)
        line = self.world.find("quote_item", quote_item_id, basket)
        self.world.store["quote_item"].remove(line)
        basket.children.remove(line.id)
        basket.tally[line.state] -= 1
        self.world.ledger.effect({"quote": basket.id, "quote_item": line.id}, line.data["external_id"])
        return self.quotes.detail(basket) if self.world.dialect.deletions == "body" else None

    def list_all(self, request: Request) -> Json | list[Json]:
        """List lines over all baskets."""
        return paging.page(self.world, request, "quote_item", QUOTE_ITEM_LISTED, paging.QUOTE_ITEMS)

    def get(self, id: str) -> Json:
        """Read a line with its prices."""
        return render(self.world, QUOTE_ITEM_DETAIL, self.world.find("quote_item", id))

    def accept(self, id: str, body: ProductBody) -> Json:
        """Accept one offer of a line: an order session in `created` with one line comes of it (C53)."""
        line = self.world.find("quote_item", id)
        price = self.quotes.pricing.accept(line, body.product_id)
        basket = self.world.store["quote"].records[line.parent or ""]
        session, item = self.orders.from_quotation(basket, line, price)
        ids = {
            "quote": basket.id,
            "quote_item": line.id,
            "product_order": session.id,
            "product_order_item": item.id,
        }
        self.world.ledger.effect(ids, line.data["external_id"])
        return {"product_order_id": session.id, "product_order_item_id": item.id}

    def decline(self, id: str, body: DeclineBody) -> Json:
        """Decline one offer of a line."""
        line = self.world.find("quote_item", id)
        self.quotes.pricing.decline(line, body.product_id, body.comment or "")
        return self._said(line)

    def restore_price(self, id: str, body: ProductBody) -> Json:
        """Put a declined offer of a line back to ready."""
        line = self.world.find("quote_item", id)
        self.quotes.pricing.restore(line, body.product_id)
        return self._said(line)

    def _said(self, line: Record) -> Json:
        self.world.ledger.effect({"quote": line.parent, "quote_item": line.id}, line.data["external_id"])
        return render(self.world, QUOTE_ITEM_DETAIL, line)


def _check(fields: Json) -> None:
    """Refuse more offers or contacts than there may be (C16)."""
    if len(fields.get("product_offerings") or ()) > MAX_OFFERINGS:
        raise invalid(product_offerings=[f"Ensure this field has no more than {MAX_OFFERINGS} elements."])
    if len(fields.get("related_contact_information") or ()) > MAX_CONTACTS:
        message = f"Ensure this field has no more than {MAX_CONTACTS} elements."
        raise invalid(related_contact_information=[message])


def _add_offers(data: Json) -> None:
    """Note the families and technologies of the offers asked for, which lists can be filtered by."""
    offers = [catalogue.offer(product_id) for product_id in data.get("product_offerings") or ()]
    data["offer_families"] = sorted({offer.family for offer in offers})
    data["offer_technologies"] = sorted({offer.technology for offer in offers})
