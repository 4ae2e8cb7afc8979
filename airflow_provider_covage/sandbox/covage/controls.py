"""What can be told to a sandbox of Covage from outside."""

from __future__ import annotations

from airflow_provider_covage.sandbox import controls
from airflow_provider_covage.sandbox.covage import seeding
from airflow_provider_covage.sandbox.covage.blueprint import BLUEPRINT
from airflow_provider_covage.sandbox.covage.render import FULL, render
from airflow_provider_covage.sandbox.covage.services import Services
from airflow_provider_covage.sandbox.covage.world import Settings, World
from airflow_provider_covage.sandbox.store import Json, Record


class Controls(controls.Controls):
    """The state of a sandbox of Covage and everything that steers it."""

    blueprint = BLUEPRINT
    resources = tuple(FULL)
    world: World
    services: Services

    def __init__(self, settings: Settings) -> None:
        self.world = World(settings)
        self.services = Services(self.world)

    def seed(self, *, quotes: int = 0, lines_per_quote: int = 0, orders: int = 0) -> None:
        """Add many records at once."""
        with self.world.lock:
            seeding.seed(self.services, quotes, lines_per_quote, orders)

    def _shown(self, record: Record) -> Json:
        return render(self.world, FULL[record.kind], record)

    def _fill(self) -> None:
        self.services.referential.fill()

    def _find(self, resource: str, record_id: str) -> Record:
        if resource == "order":
            named = next(iter(self.world.store["order"].matching({"id": record_id})), None)
            if named:
                return named
        return super()._find(resource, record_id)

    def _force(self, record: Record, state: str, now: float) -> None:
        services = self.services
        if record.kind == "quote_item":
            if state == "ready" and not record.data["prices"]:
                services.pricing.make_ready(record, now)
            services.pricing.move(record, state)
        elif record.kind == "product_order_item":
            services.creation.move(record, state, now)
        elif record.kind == "eligibility":
            services.eligibility.move(record, state)
        elif record.kind == "export" and state in ("success", "failure"):
            services.exports.finish(record, state, now)
        else:
            self.world.update(record, state=state)
