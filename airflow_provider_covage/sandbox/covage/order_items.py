"""Order lines (`covage-order.txt`)."""

from __future__ import annotations

from starlette.requests import Request

from airflow_provider_covage.sandbox.covage import paging
from airflow_provider_covage.sandbox.covage.bodies import OrderItemBody, OrderItemChanges
from airflow_provider_covage.sandbox.covage.orders import Orders
from airflow_provider_covage.sandbox.covage.render import (
    ORDER_ITEM,
    ORDER_ITEM_DETAIL,
    ORDER_ITEM_LISTED,
    ORDER_ITEM_UPDATED,
    render,
)
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import invalid
from airflow_provider_covage.sandbox.store import Json

NOT_CLEARED = ("product_offering_id", "product_offering_qualification_item_id")


class OrderItems:
    """The operations `product_order_item.*`."""

    def __init__(self, world: World, orders: Orders) -> None:
        self.world = world
        self.orders = orders

    def create(self, id: str, body: OrderItemBody) -> Json:
        """Add a line to a draft session."""
        session = self.orders.draft(id)
        line = self.orders.new_line(session, body.complete())
        self.world.ledger.effect(
            {"product_order": session.id, "product_order_item": line.id}, line.data["external_id"]
        )
        return render(self.world, ORDER_ITEM, line)

    def update(self, id: str, item_id: str, body: OrderItemChanges) -> Json:
        """Change a line of a draft session."""
        session = self.orders.draft(id)
        line = self.world.find("product_order_item", item_id, session)
        changes = body.given()
        for name in NOT_CLEARED:
            if not changes.get(name, "kept"):
                raise invalid(**{name: ["This field may not be null."]})
        self.world.update(line, **changes)
        self.world.ledger.effect(
            {"product_order": session.id, "product_order_item": line.id}, line.data["external_id"]
        )
        return render(self.world, ORDER_ITEM_UPDATED, line)

    def delete(self, product_order_id: str, item_id: str) -> Json | None:
        """Remove a line from a draft session; the answer is the session that is left."""
        session = self.orders.draft(product_order_id)
        line = self.world.find("product_order_item", item_id, session)
        self.world.store["product_order_item"].remove(line)
        session.children.remove(line.id)
        self.world.ledger.effect(
            {"product_order": session.id, "product_order_item": line.id}, line.data["external_id"]
        )
        return self.orders.detail(session) if self.world.dialect.deletions == "body" else None

    def list_all(self, request: Request) -> Json | list[Json]:
        """List lines over all sessions."""
        return paging.page(self.world, request, "product_order_item", ORDER_ITEM_LISTED, paging.ORDER_ITEMS)

    def get(self, item_id: str) -> Json:
        """Read a line."""
        return render(self.world, ORDER_ITEM_DETAIL, self.world.find("product_order_item", item_id))
