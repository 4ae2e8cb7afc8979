"""Tickets, and the operators that have them."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request

from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz import catalogue, lists
from airflow_provider_covage.sandbox.prizz.answers.exploitation import OperatorTicket, RunningProcess, Ticket
from airflow_provider_covage.sandbox.prizz.processes import Processes
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.states import FINISHED
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

STATES = ("ticket_setup", "att_prise_en_compte", "dispatch", "investigation", "resolu", "end")
WORDS = dict(
    zip(
        STATES,
        (
            "À compléter",
            "En attente de prise en compte",
            "Dispatch",
            "Investigation en cours",
            "Résolu",
            "Clos",
        ),
        strict=True,
    )
)
REPAIR = 4 * 3600.0
"""Seconds within which the service is guaranteed to work again."""
PARAMETERS = (
    query("sort[date_creation]", {"type": "string", "enum": list(lists.DIRECTIONS)}),
    query("etat", {"type": "string", "enum": list(STATES)}),
    query("operator", {"type": "integer", "enum": [catalogue.OPERATOR]}),
    query("showArchived", {"type": "boolean", "default": False}),
)
SERVICE = (query("serviceId", {"type": "integer"}),)
FILTERS = lists.Filters(choices={"etat": STATES}, sorts=("date_creation",), paged=False)


class Tickets:
    """The operations `ticket.*`, and what happens to tickets."""

    def __init__(self, world: World, processes: Processes) -> None:
        self.world = world
        self.processes = processes
        processes.declared = self.start
        processes.closed = self.close

    def create_operator(self, id: str) -> Json:
        """Make a customer company a ticket operator; one that is there already is answered as it is."""
        found = self.world.store["operator"].get(id)
        if found is None:
            client = self.world.client(id)
            data = {"id": client.data["id"], "code": f"OP{id}", "lib": client.data["name"]}
            found = self.world.add("operator", data, record_id=id)
            self.world.ledger.effect({"operator": found.data["id"]})
        return {name: found.data[name] for name in ("id", "code", "lib")}

    def open(self, id: str, request: Request) -> Json:
        """Open a ticket, about a service or about none; what is wrong is said in its process (P18)."""
        operator = self.world.get("operator", id)
        asked = request.query_params.get("serviceId")
        service = self.world.get("service", lists.whole("serviceId", asked)) if asked else None
        ticket = self.add(operator, service)
        process = self.processes.new(ticket)
        ids = {"ticket": ticket.data["numero"], "process": process.data["id"]}
        self.world.ledger.effect(ids, asked)
        return {
            "numero": ticket.data["numero"],
            "ticket_id": ticket.data["id"],
            "running_process": [shape(self.world, RunningProcess, process)],
        }

    def list_all(self, request: Request) -> list[Json]:
        """List tickets over all operators, the archived ones on demand."""
        asked = request.query_params
        found = lists.select(self.world, asked, "ticket", FILTERS)
        if asked.get("operator"):
            lists.choice("operator", asked["operator"], (str(catalogue.OPERATOR),))
            found = [ticket for ticket in found if ticket.data["operatorId"] == catalogue.OPERATOR]
        if asked.get("showArchived", "false") not in ("true", "1") and asked.get("etat") != "end":
            found = [ticket for ticket in found if ticket.data["etat"] != "end"]
        return [self._shown(ticket) for ticket in found]

    def of_operator(self, id: str) -> list[Json]:
        """List the tickets of an operator; there are neither pages nor filters."""
        operator = self.world.get("operator", id)
        number = operator.data["id"]
        tickets = self.world.listed("ticket")
        return [self._shown(ticket) for ticket in tickets if ticket.data["operatorId"] == number]

    def get(self, id: str, ref: str) -> Json:
        """Read a ticket by its number."""
        operator = self.world.get("operator", id)
        found = self.world.store["ticket"].matching({"numero": ref})
        mine = [ticket for ticket in found if ticket.data["operatorId"] == operator.data["id"]]
        ticket = mine[0] if mine else self.world.get("ticket", "")
        running, archived = self.processes.of(ticket)
        return {
            **shape(self.world, OperatorTicket, ticket),
            "running_workflows": [shape(self.world, RunningProcess, process) for process in running],
            "archived_workflows": [shape(self.world, RunningProcess, process) for process in archived],
        }

    def start(self, ticket: Record, message: str, began: float) -> None:
        """Begin to look after a ticket: what is wrong has been said."""
        today = self.world.today()
        changes = {"titre": message[:80], "last_message": message, "date_debut_incident": began}
        self.world.update(ticket, **changes, date_ouverture=today, date_gtr=today + REPAIR)
        self._after_one_step(ticket, self.world.clock.now(), 1)
        if self.world.dialect.progress == "stepwise":
            self.move(ticket, STATES[1])

    def close(self, ticket: Record) -> None:
        """Close a ticket; from now on it is archived."""
        ticket.generation += 1
        self.move(ticket, "end")

    def move(self, ticket: Record, state: str) -> None:
        """Give a ticket a state; what came with the last ones stays."""
        today = self.world.today()
        changes: Json = {"etat": state, "etat_lib": WORDS.get(state, state)}
        if state == "resolu":
            changes["date_resolution"] = today
        if state == "end":
            changes["date_cloture"] = today
            changes["date_resolution"] = ticket.data["date_resolution"] or today
            for process in self.processes.of(ticket)[0]:
                self.processes.move(process, FINISHED)
        self.world.update(ticket, **changes)

    def fill(self) -> None:
        """Keep the operator that is there from the beginning."""
        data = {"id": catalogue.OPERATOR, "code": "PRIZZ", "lib": "Prizz-Telecom"}
        self.world.add("operator", data, record_id=str(catalogue.OPERATOR))

    def add(self, operator: Record, service: Record | None = None) -> Record:
        """Keep a new ticket."""
        today = self.world.today()
        contract = self.world.get("service_contract", service.data["serviceContractId"]) if service else None
        address = [service.data[name] for name in ("streetName", "cityName")] if service else []
        data = {
            "operatorId": operator.data["id"],
            "operatorName": operator.data["lib"],
            "numero": self.world.named("T"),
            "etat": STATES[0],
            "etat_lib": WORDS[STATES[0]],
            "titre": None,
            "cust_name": contract.data["description"] if contract else None,
            "ref_commande": contract.data["commercialOffers"][0]["name"] if contract else None,
            "id_service_sicom": service.data["id"] if service else None,
            "ref_service": contract.data["name"] if contract else None,
            "cust_address": " ".join(filter(None, address)) or None,
            "ref_tiers": contract.data["refClient"] if contract else None,
            "date_creation": today,
            **dict.fromkeys(("date_ouverture", "date_resolution", "date_cloture", "last_message")),
            **dict.fromkeys(("date_debut_incident", "date_gtr")),
        }
        return self.world.add("ticket", data)

    def _shown(self, ticket: Record) -> Json:
        running, _ = self.processes.of(ticket)
        shown = shape(self.world, Ticket, ticket)
        return {**shown, "running_process": [shape(self.world, RunningProcess, one) for one in running]}

    def _after_one_step(self, ticket: Record, instant: float, done: int) -> None:
        wait = self.world.timing.ticket_step
        wait = self.world.between(0.8 * wait, wait, ticket)
        self.world.store.schedule.at(instant + wait, ticket, partial(self._step, done))

    def _step(self, done: int, ticket: Record, instant: float) -> None:
        """Enter the next state; the last one that is entered without the customer is `resolu`."""
        if self.world.outcomes.of("ticket", ticket.data) == "never":
            return
        state = STATES[done + 1]
        if state == "resolu":
            self.move(ticket, state)
            self.processes.answer(ticket, "The service works again.")
            return
        if self.world.dialect.progress == "stepwise":
            self.move(ticket, state)
        self._after_one_step(ticket, instant, done + 1)
