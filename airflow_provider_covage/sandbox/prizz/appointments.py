"""Appointments on site: planned while a contract is in production, confirmed by the customer or by itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from airflow_provider_covage.sandbox.prizz import catalogue, contexts
from airflow_provider_covage.sandbox.prizz.answers.contract import Appointment
from airflow_provider_covage.sandbox.prizz.items import SITE
from airflow_provider_covage.sandbox.prizz.render import shape, shapes
from airflow_provider_covage.sandbox.prizz.states import PENDING, state_code, state_word
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

TYPES = ("technical_tour", "connection_with_activation")
IN_DAYS = 10
STEPS = ("need_confirm", "planned")


class Appointments:
    """The operations `appointment.*`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def list_all(self) -> Json:
        """List every appointment; there are neither pages nor parameters."""
        return {"items": shapes(self.world, Appointment, self.world.listed("appointment"))}

    def get(self, id: str) -> Json:
        """Read an appointment."""
        return shape(self.world, Appointment, self.world.get("appointment", id))

    def plan(self, contract: Record, instant: float) -> None:
        """Begin to plan the appointments of a contract."""
        for kind in TYPES:
            data: Json = {
                **{name: contract.data["site"].get(name) for name in SITE},
                "createDate": self.world.clock.date(instant),
                "lastModifiedDate": None,
                "name": f"{contract.data['name']} {kind}",
                "serviceContractId": contract.data["id"],
                "contactId": next(iter(contract.data["contacts"]), None),
                "techId": None,
                "date": None,
                "accepted": False,
                "status": "to_plan",
                "type": kind,
                "confirmationProcessId": None,
            }
            self._after_one_step(self.world.add("appointment", data), instant, 0)

    def confirm(self, appointment: Record) -> None:
        """Plan an appointment: the customer has accepted the date."""
        self.world.modify(appointment, status="planned", accepted=True)

    def refuse(self, appointment: Record) -> None:
        """Look for another date: the customer cannot."""
        instant = self.world.clock.now()
        appointment.generation += 1
        changes = {"status": "to_plan", "date": None, "accepted": False, "confirmationProcessId": None}
        self.world.modify(appointment, **changes)
        self._after_one_step(appointment, instant, 0)

    def cancel(self, appointment: Record) -> None:
        """Cancel an appointment for the customer."""
        appointment.generation += 1
        self.world.modify(appointment, status="canceled", accepted=False)

    def _after_one_step(self, appointment: Record, instant: float, done: int) -> None:
        wait = self.world.timing.appointment_step
        wait = self.world.between(0.8 * wait, wait, appointment)
        self.world.store.schedule.at(instant + wait, appointment, partial(self._step, done))

    def _step(self, done: int, appointment: Record, instant: float) -> None:
        """Enter the next status, or the outcome after the last one."""
        outcome = self.world.outcomes.of("appointment", appointment.data)
        if outcome == "never":
            return
        if done == len(STEPS):
            self.world.modify(appointment, status=outcome)
            return
        if done == 0:
            self._propose(appointment, instant)
        if self.world.dialect.progress == "stepwise":
            self.world.modify(appointment, status=STEPS[done])
        if STEPS[done] == "planned":
            self.world.modify(appointment, accepted=True)
        self._after_one_step(appointment, instant, done + 1)

    def _propose(self, appointment: Record, instant: float) -> None:
        """Propose a date, with a workflow in which the customer can accept or refuse it."""
        context = contexts.CONFIRM
        workflow = self.world.dated(
            "workflow",
            {
                "context": context.full_name,
                "entityId": appointment.data["id"],
                "entityKind": "appointment",
                "phase": PENDING,
                "state": state_word(self.world, PENDING),
                "statusCode": state_code(self.world, PENDING),
                "lastRunDate": None,
                "lastLog": "",
                "hidden": False,
            },
        )
        date = self.world.clock.date(instant) + timedelta(days=IN_DAYS).total_seconds()
        self.world.modify(
            appointment,
            date=date,
            techId=catalogue.TECHNICIAN["id"],
            confirmationProcessId=workflow.data["id"],
        )
