"""Eligibility requests (public documentation; the shape of results is invented)."""

from __future__ import annotations

import uuid
from functools import partial

from airflow_provider_covage.sandbox.covage import catalogue
from airflow_provider_covage.sandbox.covage.bodies import QualificationBody
from airflow_provider_covage.sandbox.covage.render import QUALIFICATION, render
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.store import Json, Record

PHASES = ("in_progress.elig", "in_progress.offer", "in_progress.price")
LAST_PHASE = {"terminated_with_error": 1, "done.unable_to_provide": 2, "done.ready": 3}
"""After which phase each outcome comes: the data check fails, no offer is found, all went well."""


class Eligibility:
    """The operations `eligibility.create` and `eligibility.get`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def create(self, body: QualificationBody) -> Json:
        """Ask which offers can be delivered to some sites."""
        items = body.items()
        if not items:
            raise invalid(product_offering_qualification_item=REQUIRED)
        elements: list[Json] = [
            {
                "id": str(uuid.uuid4()),
                "state": "acknowledged",
                **item.model_dump(),
                "product_offerings": [],
            }
            for item in items
        ]
        data = {
            "external_id": body.external_id,
            "project_id": body.project_id,
            "state": "acknowledged",
            "creation_date": self.world.today(),
            "product_offering_qualification_item": elements,
            "eligibility_id": [item.eligibility_id for item in items],
        }
        request = self.world.add("eligibility", data)
        self._after_one_phase(request, self.world.clock.now(), 0)
        self.world.ledger.effect({"eligibility": request.id}, body.external_id)
        return self.get(request.id)

    def get(self, id: str) -> Json:
        """Read a request with its elements."""
        return render(self.world, QUALIFICATION, self.world.find("eligibility", id))

    def _after_one_phase(self, request: Record, instant: float, done: int) -> None:
        wait = self.world.timing.eligibility_phase
        wait = self.world.between(0.8 * wait, wait, request)
        self.world.store.schedule.at(instant + wait, request, partial(self._step, done))

    def _step(self, done: int, request: Record, instant: float) -> None:
        """Enter the next phase, or the outcome after the last one."""
        outcome = self.world.outcomes.of("eligibility", request.data)
        if outcome == "never":
            return
        if done < LAST_PHASE[outcome]:
            self.move(request, PHASES[done])
            self._after_one_phase(request, instant, done + 1)
            return
        self.move(request, outcome)

    def move(self, request: Record, state: str) -> None:
        """Give a request and its elements a state (C9); those that are ready have their offers."""
        for element in request.data["product_offering_qualification_item"]:
            element["state"] = state
            if state == "done.ready":
                element["product_offerings"] = catalogue.offers_of(element["offer_families"])
        self.world.update(request, state=state)
