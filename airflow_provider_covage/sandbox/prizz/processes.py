"""The processes of tickets: the incident is described, messages are sent, the ticket is closed (P18, P19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from airflow_provider_covage.sandbox.clock import parse_date
from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.prizz.answers.exploitation import Process
from airflow_provider_covage.sandbox.prizz.dates import ticket_date
from airflow_provider_covage.sandbox.prizz.forms import Form, MultipartForm
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.states import FINISHED, PENDING, RUNNING, state_code, state_word
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

NAMESPACE = "Infracorp\\Services\\Ticket\\Transition\\"
INCIDENTS = ("coupure", "degradation", "autre")
KNOWN = (PENDING, RUNNING, FINISHED)


def _field(name: str, kind: str, *, required: bool = False, values: tuple[str, ...] | None = None) -> Json:
    shown = list(values) if values else None
    caption = name.replace("_", " ").capitalize()
    return {
        "caption": caption,
        "type": kind,
        "value": None,
        "name": name,
        "values": shown,
        "required": required,
    }


def _action(name: str, label: str, *fields: Json) -> Json:
    return {
        "id": name,
        "lib": label,
        "classe": f"{NAMESPACE}{name.capitalize()}",
        "html": "",
        "default": "",
        "fields": list(fields),
    }


DECLARE = _action(
    "declare",
    "Déclarer l'incident",
    _field("type", "choice", required=True, values=INCIDENTS),
    _field("description", "textarea", required=True),
    _field("date_debut_incident", "datetime"),
    _field("etat_voyants", "text"),
    _field("verif_cablage_ok", "checkbox"),
)
MESSAGE = _action("message", "Envoyer un message", _field("message", "textarea", required=True))
CLOSE = _action("close", "Clore le ticket", _field("comment", "textarea"))


class Processes:
    """The operations `process.*`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.declared: Callable[[Record, str, float], None] = lambda *_: None
        self.closed: Callable[[Record], None] = lambda _: None

    def get(self, id: str, process_id: str) -> Json:
        """Read a process: its state, its messages and what can be done."""
        return self._shown(self._find(id, process_id))

    def run(self, id: str, process_id: str, form: MultipartForm) -> Json:
        """Do something in a process; further fields are those of the action."""
        process = self._find(id, process_id)
        ticket = self._ticket(process)
        action = self._chosen(process, form.text("transition_class"))
        missing = {
            field["name"]: REQUIRED
            for field in action["fields"]
            if field["required"] and not form.text(field["name"])
        }
        if missing:
            raise invalid(**missing)
        if action is DECLARE:
            self._declare(process, ticket, form)
        elif action is CLOSE:
            self._say(process, "operateur", form.text("comment") or "Closed.")
            self.closed(ticket)
        else:
            self._say(process, "operateur", form.text("message"))
            self.world.update(ticket, last_message=form.text("message"))
        kept = [{"name": file.name, "key": f"tickets/{process.id}/{file.name}"} for file in form.files]
        self.world.update(process, attachments=[*process.data["attachments"], *kept])
        ids = {"ticket": ticket.data["numero"], "process": process.data["id"]}
        self.world.ledger.effect(ids, action["id"])
        return self._shown(process)

    def new(self, ticket: Record) -> Record:
        """Begin the process of a ticket."""
        data: Json = {
            "entity_id": ticket.data["id"],
            "entity_class": "Ticket",
            "process_class": "Infracorp\\Services\\Ticket\\Incident\\Context",
            "start_date": self.world.today(),
            "create_date": self.world.today(),
            "end_date": None,
            "lib": "Incident",
            "title": f"Incident {ticket.data['numero']}",
            "attrs": {
                "verif_cablage_ok": None,
                "etat_voyants": "",
                "qualification": {"values": {"type": "", "description": "", "date_debut_incident": ""}},
                "customer_mails": [],
                "messages": {"operateur": [], "noc": [], "terrain": []},
            },
            "attachments": [],
        }
        process = self.world.add("process", data)
        self.world.update(process, context_id=process.data["id"])
        self.move(process, PENDING)
        return process

    def of(self, ticket: Record) -> tuple[list[Record], list[Record]]:
        """Return the running and the finished processes of a ticket."""
        found = [p for p in self.world.store["process"] if p.data["entity_id"] == ticket.data["id"]]
        finished = [process for process in found if process.data["phase"] == FINISHED]
        return [process for process in found if process not in finished], finished

    def move(self, process: Record, state: str) -> None:
        """Give a process a state."""
        known = state in KNOWN
        word = state_word(self.world, state) if known else state
        code = state_code(self.world, state) if known else 0
        end = self.world.today() if state == FINISHED else None
        self.world.update(
            process, phase=state, state=word, state_lib=word.capitalize(), status_code=code, end_date=end
        )

    def answer(self, ticket: Record, message: str) -> None:
        """Let the operator say something."""
        for process in self.of(ticket)[0]:
            self._say(process, "noc", message)
        self.world.update(ticket, last_message=message)

    def _declare(self, process: Record, ticket: Record, form: Form) -> None:
        if form.text("type") not in INCIDENTS:
            raise invalid(type=[f"This value should be one of {', '.join(INCIDENTS)}."])
        began = self._began(form.text("date_debut_incident"))
        values = {
            "type": form.text("type"),
            "description": form.text("description"),
            "date_debut_incident": ticket_date(self.world, began),
        }
        cabling = form.text("verif_cablage_ok")
        attrs = {
            **process.data["attrs"],
            "qualification": {"values": values},
            "etat_voyants": form.text("etat_voyants"),
            "verif_cablage_ok": cabling.lower() in ("1", "true", "on") if cabling else None,
        }
        self.world.update(process, attrs=attrs)
        self._say(process, "operateur", values["description"])
        self.move(process, RUNNING)
        self.declared(ticket, values["description"], began)

    def _began(self, text: str) -> float:
        if not text:
            return self.world.today()
        try:
            return parse_date(text)
        except ValueError:
            pass
        try:
            return parse_date(datetime.strptime(text, "%d/%m/%Y %H:%M").isoformat())
        except ValueError:
            raise invalid(date_debut_incident=["This value is not a valid date."]) from None

    def _say(self, process: Record, who: str, text: str) -> None:
        ours = who != "operateur"
        message = {
            "date": ticket_date(self.world, self.world.today()),
            "format": "text",
            "author": "NOC" if ours else "Client",
            "freeze": False,
            "from_us": ours,
            "message": text,
        }
        attrs = process.data["attrs"]
        messages = {**attrs["messages"], who: [*attrs["messages"][who], message]}
        self.world.update(process, attrs={**attrs, "messages": messages})

    def _chosen(self, process: Record, name: str) -> Json:
        by = self.world.dialect.action
        options = self._actions(process)
        if not name:
            raise invalid(transition_class=REQUIRED)
        for action in options:
            if action[by] == name:
                return action
        known = ", ".join(action[by] for action in options) or "nothing"
        raise invalid(transition_class=[f"What can be done is {known}."])

    def _actions(self, process: Record) -> list[Json]:
        if process.data["phase"] == PENDING:
            return [DECLARE]
        if process.data["phase"] == FINISHED:
            return []
        resolved = self._ticket(process).data["etat"] == "resolu"
        return [MESSAGE, CLOSE] if resolved else [MESSAGE]

    def _ticket(self, process: Record) -> Record:
        return self.world.get("ticket", process.data["entity_id"])

    def _find(self, operator_id: str, process_id: str) -> Record:
        operator = self.world.get("operator", operator_id)
        process = self.world.get("process", process_id)
        if self._ticket(process).data["operatorId"] != operator.data["id"]:
            return self.world.get("process", "")
        return process

    def _shown(self, process: Record) -> Json:
        shown = shape(self.world, Process, process)
        states = [state_word(self.world, state) for state in KNOWN]
        return {**shown, "states": states, "actions": self._actions(process)}
