"""Tracked orders and their production steps (public documentation of the order tracking)."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request

from airflow_provider_covage.sandbox.covage import paging
from airflow_provider_covage.sandbox.covage.render import ORDER, ORDER_DETAIL, STEP, render, render_data
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.store import Json, Record

OLD_STATES = {
    "confirmed": "acknowledged",
    "active": "completed",
    "rejected": "rejected_provider",
}
"""Names of the older page for what the newer one calls otherwise (C10)."""

STEPS = (
    "production_manager_assigned",
    "optical_route_received",
    "technical_visit_planned",
    "connection_planned",
    "service_delivered",
)
"""Production steps in order; the first three names are documented, the last two invented."""

LAST_STEP = {"active": 5, "rejected": 3, "cancelled": 2}
"""How many steps an order goes through before its outcome."""


class Tracking:
    """The operations `order.*`, and what happens to orders."""

    def __init__(self, world: World) -> None:
        self.world = world

    def list_all(self, request: Request) -> Json | list[Json]:
        """List orders. No filter is documented."""
        return paging.page(self.world, request, "order", ORDER, paging.NO_FILTERS)

    def get(self, order_reference: str) -> Json:
        """Read an order by its `order_reference`, not by its `id` (C21)."""
        return render(self.world, ORDER_DETAIL, self.world.find("order", order_reference))

    def historic(self, order_reference: str) -> Json | list[Json]:
        """Read the production steps of an order, oldest first."""
        order = self.world.find("order", order_reference)
        steps = [render_data(self.world.dialect, STEP, step) for step in order.data["steps"]]
        if self.world.dialect.historic == "array":
            return steps
        return {
            "page_size": max(len(steps), 1),
            "count": len(steps),
            "next_page": None,
            "previous_page": None,
            "results": steps,
        }

    def start(self, line: Record, instant: float) -> None:
        """Let an order appear for a line that was created, and be produced step by step."""
        self.world.store.references["CMD"] += 1
        reference = f"CMD_X_{9000 + self.world.store.references['CMD']:08d}"
        date = self.world.clock.date(instant)
        data = {
            "modification_date": date,
            "order_reference": reference,
            "id": line.data["reserved_reference"],
            "order_date": line.data["order_date"],
            "cancellation_date": None,
            "cancellation_reason": "",
            "completion_date": None,
            "state": self._name("confirmed"),
            "project_id": line.data.get("project_id"),
            "offer_technology": line.data.get("offer_technology"),
            "commitment": 36,
            "external_id": line.data.get("external_id"),
            "end_customer_name": line.data.get("end_customer_name"),
            "customer_order_name": line.data.get("customer_order_name"),
            "product_order_item_id": line.id,
            "product_offering_qualification_item_id": line.data["product_offering_qualification_item_id"],
            "steps": [],
        }
        order = self.world.add("order", data, record_id=reference)
        self._after_one_step(order, instant, partial(self._produce, 0))

    def _produce(self, done: int, order: Record, instant: float) -> None:
        """Reach the next step, or the outcome after the last one."""
        outcome = self.world.outcomes.of("order", order.data)
        if outcome == "never":
            return
        if done >= LAST_STEP[outcome]:
            self._finish(order, outcome, instant)
            return
        step = {"step": STEPS[done], "date": self.world.clock.date(instant), "comment": ""}
        self._change(order, instant, state="in_progress", steps=[*order.data["steps"], step])
        self._after_one_step(order, instant, partial(self._produce, done + 1))

    def _finish(self, order: Record, outcome: str, instant: float) -> None:
        date = self.world.clock.date(instant)
        changes: dict[str, Any] = {"state": self._name(outcome)}
        if outcome == "active":
            changes["completion_date"] = date
        if outcome == "cancelled":
            changes |= {"cancellation_date": date, "cancellation_reason": "Cancelled by request"}
        self._change(order, instant, **changes)

    def _after_one_step(self, order: Record, instant: float, action: Any) -> None:
        wait = self.world.timing.delivery_step
        self.world.store.schedule.at(instant + self.world.between(0.9 * wait, wait, order), order, action)

    def _change(self, order: Record, instant: float, **changes: Any) -> None:
        self.world.update(order, modification_date=self.world.clock.date(instant), **changes)

    def _name(self, state: str) -> str:
        return OLD_STATES.get(state, state) if self.world.dialect.tracking_states == "old" else state
