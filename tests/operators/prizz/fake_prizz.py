"""A small double of the Prizz API in the test's process: state, lost answers, and both readings of doubts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import requests_mock

BASE = "https://my.example.net"
V2 = f"{BASE}/external-api/v2"

Record = dict[str, Any]


def context(try_number: int = 1, *, task_id: str = "act", map_index: int = -1) -> Any:
    """What an operator sees of its task instance and its run."""
    instance = SimpleNamespace(
        dag_id="orders", run_id="manual__1", task_id=task_id, map_index=map_index, try_number=try_number
    )
    return {"ti": instance, "dag_run": SimpleNamespace(run_after=datetime(2026, 11, 22, 8, tzinfo=UTC))}


class FakePrizz:
    """Knows what the operators need.

    Attributes of the class are how it reads the documents; tests change them on the instance.
    """

    id_of = "object"
    """What the `id` in an answer to a write is of: `object`, `parent` or `workflow` (P6)."""
    gives_references_back = True
    list_in_short = False
    shows_twice = False
    """Whether lists show everything twice, as when a record moves to the next page between two requests."""
    thread_classes = ("CommercialOffer", "ServiceContract")
    lag = 0
    """How many times more the list of offers does not show what is new."""

    def __init__(self, mocker: Any) -> None:
        self.offers: dict[int, Record] = {}
        self.workflows: dict[int, Record] = {}
        self.tickets: list[Record] = []
        self.processes: dict[int, Record] = {}
        self.threads: dict[int, Record] = {}
        self.contracts: dict[int, Record] = {}
        self.eligibilities: dict[int, Record] = {}
        self.writes: list[tuple[str, Any]] = []
        self.trouble: list[tuple[str, str]] = []
        self._next = 100
        mocker.register_uri(requests_mock.ANY, re.compile(f"^{BASE}/"), json=self._answer)

    def new_id(self) -> int:
        self._next += 1
        return self._next

    def lose(self, where: str, *, effect: bool = True) -> None:
        """Lose the answer to the next write whose path ends so, with its effect or without."""
        self.trouble.append((where, "after" if effect else "before"))

    def twice(self, where: str) -> None:
        """Deliver the next write whose path ends so twice."""
        self.trouble.append((where, "twice"))

    def written(self, end: str) -> int:
        return sum(path.endswith(end) for path, _ in self.writes)

    def offer(self, status: str = "new", *, customer: int = 1, seller: int = 2, sections: int = 0) -> Record:
        """Add an offer with so many sections, as somebody else would."""
        number = self.new_id()
        offer: Record = {
            "id": number,
            "name": f"CPT{number}",
            "status": status,
            "createDate": "2026-11-22T08:00:00Z",
            "clientLegalEntity": {"id": customer},
            "legalEntity": {"id": seller},
            "sections": [],
        }
        self.offers[number] = offer
        for _ in range(sections):
            self._section(offer, {"name": "Site"})
        return offer

    def eligibility(self, number: int = 55, *, workflow: int | None = None) -> int:
        combinations = [{"combinationId": "c-1", "total": 50000}, {"combinationId": "c-2", "total": 40000}]
        self.eligibilities[number] = {
            "wf": workflow or number,
            "wfs": "finished",
            "client": {"id": 1},
            "response": [{"code": "L2", "offerId": 3, "combinations": combinations}],
        }
        return number

    def comment(
        self, thread: Record, text: str, owner: str = "Martin Camille", date: str = "2026-11-22T09:00:00Z"
    ) -> None:
        """Add a comment to a thread, as somebody else would."""
        comment = {"id": self.new_id(), "content": text, "owner": owner, "createDate": date}
        thread["comments"].append({"comment": comment, "children": []})

    def _section(self, offer: Record, fields: Record) -> Record:
        section = {
            "id": self.new_id(),
            "name": fields.get("name"),
            "clientReference": fields.get("clientReference"),
            "offer": {"id": 3},
            "serviceContract": None,
        }
        offer["sections"].append(section)
        return section

    def _answer(self, request: Any, context: Any) -> Any:
        path = urlsplit(request.url).path.removeprefix("/external-api/v2")
        query = parse_qs(urlsplit(request.url).query)
        if request.method == "GET":
            return self._read(path, query, context)
        fields = json.loads(request.body) if isinstance(request.body, bytes) else {}
        trouble = next((one for one in self.trouble if path.endswith(one[0])), None)
        if trouble:
            self.trouble.remove(trouble)
        if trouble and trouble[1] == "before":
            raise requests.ReadTimeout
        self.writes.append((path, fields))
        answer = self._write(request.method, path, fields, query, context)
        if trouble and trouble[1] == "twice":
            self._write(request.method, path, fields, query, context)
        if trouble and trouble[1] == "after":
            raise requests.ReadTimeout
        return answer

    def _read(self, path: str, query: dict[str, list[str]], context: Any) -> Any:
        parts = path.strip("/").split("/")
        match parts:
            case ["eligibility", number]:
                return self._found(self.eligibilities.get(int(number)), context)
            case ["commercial_offers"]:
                return self._list_offers(query)
            case ["commercial_offers", number]:
                return self._found(self.offers.get(int(number)), context, self._shown)
            case ["commercial_offer_sections", number]:
                sections = [one for offer in self.offers.values() for one in offer["sections"]]
                return self._found(next((s for s in sections if s["id"] == int(number)), None), context)
            case ["service_contracts", number]:
                return self._found(self.contracts.get(int(number)), context)
            case ["workflow", number]:
                return self._found(self.workflows.get(int(number)), context)
            case ["workflows", "running"]:
                return {"workflows": [one for one in self.workflows.values() if one.get("transitions")]}
            case ["exploitation", "operator", _, "tickets"]:
                return self.tickets * (2 if self.shows_twice else 1)
            case ["exploitation", "operator", _, "tickets", ref]:
                return self._found(next((t for t in self.tickets if t["numero"] == ref), None), context)
            case ["exploitation", "operator", _, "process", number]:
                return self._found(self.processes.get(int(number)), context)
            case ["comments", "threads"]:
                if query["entityClass"][0] not in self.thread_classes:
                    context.status_code = 400
                    return {"message": "no such class"}
                return [{"id": number} for number in self.threads]
            case ["user"]:
                return {"id": 9, "firstname": "Camille", "lastname": "Martin", "email": "cm@example.com"}
            case ["comments", "threads", number]:
                return self._found(self.threads.get(int(number)), context)
        raise AssertionError(path)

    def _list_offers(self, query: dict[str, list[str]]) -> Record:
        found = list(self.offers.values())
        if self.lag:
            self.lag, found = self.lag - 1, found[:-1]
        if status := query.get("status"):
            found = [one for one in found if one["status"] == status[0]]
        found = [one for one in found if str(one["clientLegalEntity"]["id"]) in query["clientLegalEntityId"]]
        shown = [{"id": one["id"], "status": one["status"]} for one in found]
        items = shown if self.list_in_short else [self._shown(one) for one in found]
        items *= 2 if self.shows_twice else 1
        return {"pagination": {"page": 1, "pageCount": 1, "totalItems": len(items)}, "items": items}

    def _shown(self, offer: Record) -> Record:
        if self.gives_references_back:
            return offer
        return {**offer, "sections": [{**one, "clientReference": None} for one in offer["sections"]]}

    def _found(self, record: Record | None, context: Any, show: Callable[[Record], Record] = dict) -> Any:
        if record is None:
            context.status_code = 404
            return {"message": "not found"}
        return show(record)

    def _write(
        self, method: str, path: str, fields: Record, query: dict[str, list[str]], context: Any
    ) -> Any:
        match path.strip("/").split("/"):
            case ["eligibility"]:
                return {"entities": [{"id": 1}], "responses": [self.eligibility(self.new_id())]}
            case ["commercial_offers"]:
                offer = self.offer(
                    customer=fields["clientLegalEntityId"], seller=fields.get("legalEntityId", 2)
                )
                return self._done(offer["id"], offer["id"])
            case ["commercial_offers", "fast_order", number]:
                if int(number) not in {one["wf"] for one in self.eligibilities.values()}:
                    return self._found(None, context)
                offer = self.offer()
                self._section(offer, fields)
                return self._done(offer["id"], int(number))
            case ["commercial_offers", number, "sections"]:
                section = self._section(self.offers[int(number)], fields)
                return self._done(section["id"], int(number))
            case ["commercial_offers", number, "sections", section_id, *rest]:
                return self._change_section(self.offers[int(number)], int(section_id), rest, fields)
            case ["commercial_offers", number, "submit"]:
                return self._move(self.offers[int(number)], "new", "validated", context)
            case ["commercial_offers", number, "sign"]:
                return self._sign(self.offers[int(number)], fields.get("code"), context)
            case ["commercial_offers" | "service_contracts", number, "comments"]:
                thread = self.threads.setdefault(fields.get("threadId") or 7, {"id": 7, "comments": []})
                self.comment(thread, fields["content"])
                return self._done(self.new_id(), int(number))
            case ["service_contracts", number, "vlan"]:
                self.contracts[int(number)]["vid"] = fields["vid"]
                return self._done(int(number), int(number))
            case ["workflow"]:
                number = self.new_id()
                self.workflows[number] = {
                    "id": number,
                    "context": fields["contextName"],
                    "entityId": fields["entityId"],
                    "state": "asked",
                    "transitions": [{"name": "go", "formFields": [{"name": "date", "required": True}]}],
                }
                return {"id": number, "state": "asked", "success": True, "log": None}
            case ["workflow", number]:
                workflow = self.workflows[int(number)]
                workflow.update(state="done", transitions=[])
                return {"id": int(number), "state": "done", "success": True}
            case ["exploitation", "operator", _, "tickets"]:
                return self._ticket(int(query["serviceId"][0]) if "serviceId" in query else None)
            case ["exploitation", "operator", _, "process", number]:
                process = self.processes[int(number)]
                process.update(state="qualified", actions=process["actions"][1:])
                return process
        raise AssertionError(path)

    def _change_section(self, offer: Record, section_id: int, rest: list[str], fields: Record) -> Any:
        section = next(one for one in offer["sections"] if one["id"] == section_id)
        match rest:
            case []:
                offer["sections"].remove(section)
                return None
            case ["rename"]:
                section["name"] = fields["name"]
            case ["offer"]:
                section["offer"] = {"id": fields["offerId"]}
            case ["update_items"]:
                section["commercialOfferItems"] = [fields]
        return self._done(section_id, offer["id"])

    def _move(self, offer: Record, before: str, after: str, context: Any) -> Record:
        if offer["status"] != before:
            context.status_code = 400
            return {"message": f"the offer is {offer['status']}"}
        offer["status"] = after
        return self._done(offer["id"], offer["id"])

    def _sign(self, offer: Record, code: str | None, context: Any) -> Record:
        if code is None:
            return {"id": offer["id"], "success": True, "lastLog": "sent", "step": "codeSent"}
        if code != "4711-signed":
            return {"id": offer["id"], "success": False, "lastLog": "wrong code"}
        answer = self._move(offer, "validated", "signed", context)
        for section in offer["sections"]:
            section["serviceContract"] = {"id": self.new_id(), "status": "new"}
        return {**answer, "step": "signed"}

    def _ticket(self, service_id: int | None) -> Record:
        number = self.new_id()
        process = {"id": number, "state": "new", "process_class": "Qualify"}
        ticket = {
            "id": str(number),
            "numero": f"T{number}",
            "etat": "ticket_setup",
            "id_service_sicom": service_id,
            "running_process": [process],
        }
        self.tickets.append(ticket)
        return {"numero": f"T{number}", "ticket_id": number, "running_process": [process]}

    def _done(self, made: int, parent: int) -> Record:
        numbers = {"object": made, "parent": parent, "workflow": 9_000_000 + made}
        return {"id": numbers[self.id_of], "success": True, "lastLog": "done"}
