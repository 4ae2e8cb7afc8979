"""Order sessions (`covage-order.txt`)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from airflow_provider_covage.sandbox.covage import catalogue, paging
from airflow_provider_covage.sandbox.covage.bodies import CONTACT_AT_CONFIRMATION, BasketBody, NoFields
from airflow_provider_covage.sandbox.covage.creation import Creation
from airflow_provider_covage.sandbox.covage.render import ORDER_ITEM_UPDATED, SESSION, SESSION_DETAIL, render
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.store import Json, Record

DRAFT_LIFE = 90 * 24 * 3600.0
CPE_OPTION = "7021"
CPE_FIELDS = ("cpe_networking_number", "cpe_serial_number")
DIA = "DIA"
DIA_ENNI = "CN000000"

LINE_DEFAULTS: Json = {
    "cancellation_date": None,
    "cancellation_reason": "",
    "completion_date": None,
    "order_date": None,
    "termination_error": [],
    "building_ref": "",
    "enni": "",
}


class Orders:
    """The operations `product_order.*`."""

    def __init__(self, world: World, creation: Creation) -> None:
        self.world = world
        self.creation = creation

    def create(self, body: BasketBody | None = None) -> Json:
        """Open an empty session."""
        session = self.new((body or BasketBody()).model_dump())
        self.world.ledger.effect({"product_order": session.id}, session.data["external_id"])
        return render(self.world, SESSION, session)

    def new(self, fields: Json) -> Record:
        """Keep a new session."""
        dates = {"cancellation_date": None, "completion_date": None, "order_date": None}
        data = {**fields, **dates, "creation_date": self.world.today(), "state": "created"}
        return self.world.add("product_order", data)

    def new_line(self, session: Record, fields: Json) -> Record:
        """Keep a new line. It has a reference from the start, as in the example (C20)."""
        today = self.world.today()
        reference = self.world.reference("PO_DC173", 6)
        always = self.world.dialect.order_reference == "always"
        data = {
            **LINE_DEFAULTS,
            **fields,
            "product_order_id": session.id,
            "creation_date": today,
            "expiration_date": today + DRAFT_LIFE,
            "state": "created",
            "state_change": [{"change_reason": "", "change_date": today, "state": "created"}],
            "reserved_reference": reference,
            "order_reference": reference if always else "",
            "temporary_reference": reference,
        }
        return self.world.add("product_order_item", data, parent=session)

    def from_quotation(self, basket: Record, line: Record, price: Json) -> tuple[Record, Record]:
        """Make the session and the order line that come of an acceptance (C53)."""
        policy = self.world.dialect.accept_external_id
        session = self._session_for(basket, basket.data["external_id"] if policy == "both" else "")
        copied = (
            "end_customer_name",
            "option_ids",
            "note",
            "technical_note",
            "product_offering_qualification_item_id",
            "project_id",
            "customer_order_name",
            "business_code",
            "related_contact_information",
        )
        fields = {name: line.data[name] for name in copied}
        fields["project_id"] = line.data["project_id"] or basket.data["project_id"]
        item = self.new_line(
            session,
            {
                **fields,
                "external_id": line.data["external_id"] if policy != "none" else "",
                "quote_item_id": line.id,
                "product_offering_id": price["product_id"],
                "offer_family": price["offer_family"],
                "offer_technology": price["offer_technology"],
            },
        )
        return session, item

    def list_all(self, request: Request) -> Json | list[Json]:
        """List sessions."""
        return paging.page(self.world, request, "product_order", SESSION, paging.SESSIONS)

    def get(self, id: str) -> Json:
        """Read a session with its lines."""
        return self.detail(self.world.find("product_order", id))

    def update(self, id: str, body: BasketBody | None = None) -> Json:
        """Change a draft session."""
        session = self.draft(id)
        self.world.update(session, **(body.given() if body else {}))
        self.world.ledger.effect({"product_order": session.id}, session.data["external_id"])
        return self.detail(session)

    def delete(self, id: str) -> Json | None:
        """Delete a draft session and its lines. In which states that is possible is not documented (C56)."""
        session = self.draft(id)
        lines = self.world.children(session, "product_order_item")
        for record in (*lines, session):
            self.world.store[record.kind].remove(record)
        ids = {"product_order": session.id, "product_order_item": [line.id for line in lines]}
        self.world.ledger.effect(ids, session.data["external_id"])
        said = {"detail": "The order session was deleted."}
        return said if self.world.dialect.session_deletion == "body" else None

    def confirm(self, id: str, body: NoFields | None = None) -> Json:
        """Have the orders of a session created."""
        session = self.draft(id)
        lines = self.world.children(session, "product_order_item")
        self._check(lines)
        now = self.world.clock.now()
        for line in lines:
            if self._is_dia(line):
                self.world.update(line, enni=DIA_ENNI)
        self.world.update(session, state="in_progress", order_date=self.world.clock.date(now))
        self.creation.start(session, now)
        ids = {"product_order": session.id, "product_order_item": list(session.children)}
        self.world.ledger.effect(ids, session.data["external_id"])
        return self.detail(session)

    def draft(self, id: str) -> Record:
        """Return a session that may still be changed."""
        session = self.world.find("product_order", id)
        if session.state != "created":
            raise self.world.conflict(f"This order session cannot be changed: it is {session.state}.")
        return session

    def detail(self, session: Record) -> Json:
        """Return the answer that shows a session with its lines (C3, C62)."""
        shown = render(self.world, SESSION_DETAIL, session)
        if self.world.dialect.session_detail == "with_state":
            shown["state"] = session.state
        if self.world.dialect.inner_lines == "ids":
            shown["product_order_item"] = list(session.children)
        else:
            lines = self.world.children(session, "product_order_item")
            shown["product_order_item"] = [render(self.world, ORDER_ITEM_UPDATED, line) for line in lines]
        return shown

    def _session_for(self, basket: Record, external_id: str) -> Record:
        """Return the session that an acceptance goes to: a new one, or that of the basket if still open."""
        if self.world.dialect.accept == "shared_session":
            shared = self.world.store["product_order"].get(basket.data.get("accepted_into", ""))
            if shared and shared.state == "created":
                return shared
        session = self.new({"external_id": external_id, "project_id": basket.data["project_id"]})
        basket.data["accepted_into"] = session.id
        return session

    def _check(self, lines: list[Record]) -> None:
        if not lines:
            raise invalid(product_order_item=["An order session without lines cannot be confirmed."])
        wrong = {line.id: found for line in lines if (found := self._errors(line))}
        if wrong:
            raise invalid(product_order_item=wrong)

    def _errors(self, line: Record) -> Json:
        """Return what keeps a line from being confirmed, by field."""
        errors: Json = {}
        if not line.data["enni"] and not self._is_dia(line):
            errors["enni"] = REQUIRED
        contacts = line.data.get("related_contact_information") or []
        lacking = [{name: REQUIRED for name in CONTACT_AT_CONFIRMATION if not c.get(name)} for c in contacts]
        if not contacts or any(lacking):
            errors["related_contact_information"] = lacking or REQUIRED
        return errors | _cpe_errors(line)

    def _is_dia(self, line: Record) -> bool:
        """Whether a line is for the DIA offer, whose ENNI is calculated by the system (C30)."""
        family = line.data.get("offer_family") or catalogue.offer(line.data["product_offering_id"]).family
        return bool(family == DIA)


def _cpe_errors(line: Record) -> dict[str, Any]:
    """Return the errors of the CPE fields: needed with option 7021, else they have to be empty (C29)."""
    if CPE_OPTION in (line.data.get("option_ids") or ()):
        return {name: REQUIRED for name in CPE_FIELDS if not line.data.get(name)}
    message = [f"This field must be empty without option {CPE_OPTION}."]
    return {name: message for name in CPE_FIELDS if line.data.get(name)}
