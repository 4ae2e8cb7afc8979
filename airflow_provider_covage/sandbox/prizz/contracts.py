"""Service contracts: made by a signature, produced step by step, active."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from airflow_provider_covage.sandbox.clock import PARIS, format_date
from airflow_provider_covage.sandbox.errors import REQUIRED, invalid, not_found
from airflow_provider_covage.sandbox.pdf import pdf
from airflow_provider_covage.sandbox.prizz import files, lists
from airflow_provider_covage.sandbox.prizz.acts import done
from airflow_provider_covage.sandbox.prizz.answers.contract import Service, ServiceContract
from airflow_provider_covage.sandbox.prizz.appointments import Appointments
from airflow_provider_covage.sandbox.prizz.attachments import Attachments
from airflow_provider_covage.sandbox.prizz.bodies import MAX_VLAN, VlanBody
from airflow_provider_covage.sandbox.prizz.errors import RefusalError, forbidden
from airflow_provider_covage.sandbox.prizz.invoices import Invoices
from airflow_provider_covage.sandbox.prizz.items import SITE
from airflow_provider_covage.sandbox.prizz.lists import Filters
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record, StoredFile

STATUSES = ("new", "staging", "active", "ending", "terminated")
DELAY_DAYS = 42
PRICED = ("name", "unitPrice", "unit", "vat", "recurrence", "unitPriceDiscount", "quantity", "price")


def _texts(_world: World, contract: Record) -> Iterator[Any]:
    yield from (contract.data[name] for name in ("name", "refClient", "refService", "description"))


def _seller(world: World, service: Record) -> list[int]:
    contract = world.get("service_contract", service.data["serviceContractId"])
    return [contract.data["legalEntityId"]]


FILTERS = Filters(
    numbers={"legalEntityId": "legalEntityId", "offerId": "offerId"},
    choices={"status": STATUSES},
    sorts=("id", "status"),
    search=_texts,
)
SERVICES = Filters(numbers={"legalEntityId": _seller})


class Contracts:
    """The operations `service_contract.*` (but for comments) and `service.*`."""

    def __init__(
        self, world: World, appointments: Appointments, invoices: Invoices, attachments: Attachments
    ) -> None:
        self.world = world
        self.appointments = appointments
        self.invoices = invoices
        self.attachments = attachments

    def list_all(self, request: Request) -> Json:
        """List service contracts."""
        return lists.page(self.world, request, "service_contract", ServiceContract, FILTERS)

    def get(self, id: str) -> Json:
        """Read a service contract."""
        return shape(self.world, ServiceContract, self.world.get("service_contract", id))

    def by_name(self, service_name: str) -> Json:
        """Read a service contract by its name."""
        return shape(self.world, ServiceContract, self._named(service_name))

    def services(self, request: Request) -> Json:
        """List the services inside the contracts."""
        return lists.page(self.world, request, "service", Service, SERVICES)

    def service(self, id: str) -> Json:
        """Read a service."""
        return shape(self.world, Service, self.world.get("service", id))

    def operational_status(self, service_name: str) -> Json:
        """Read the measured health of a service; 403 where it is not shared (P28)."""
        contract = self._named(service_name)
        health = self.world.outcomes.of("operational_status", contract.data)
        if health == "not_shared":
            raise forbidden()
        told = self.world.outcomes.told("operational_status", contract.data)
        if contract.data["status"] != "active" and not told:
            health = "unknown"
        return {"status": health, "lastCheck": format_date(self.world.today(), milliseconds=False)}

    def set_vlan(self, id: str, body: VlanBody) -> Json:
        """Set the VLAN of a service contract; no two contracts of a customer have the same."""
        contract = self.world.get("service_contract", id)
        if body.vid is None:
            raise invalid(vid=REQUIRED)
        if not 1 <= body.vid <= MAX_VLAN:
            raise invalid(vid=[f"This value should be between 1 and {MAX_VLAN}."])
        self.give_vlan(contract, body.vid)
        return done(self.world, "ServiceContract\\Activation\\SetupL2", contract, contract, key=str(body.vid))

    def give_vlan(self, contract: Record, vid: int) -> None:
        """Give a contract its VLAN, or refuse it."""
        if contract.data["status"] == "terminated" or contract.data["canceledDate"] is not None:
            raise RefusalError(f"{contract.data['name']} has ended.", contract)
        for other in self.world.store["service_contract"]:
            same = other.data["clientLegalEntityId"] == contract.data["clientLegalEntityId"]
            if same and other is not contract and other.data["attributes"].get("vlan") == vid:
                raise RefusalError(f"VLAN {vid} is that of {other.data['name']}.", contract)
        attributes = {**contract.data["attributes"], "vlan": vid}
        consolidated = {**contract.data["consolidatedAttributes"], "vlan": vid}
        self.world.modify(contract, attributes=attributes, consolidatedAttributes=consolidated)

    def start(self, offer: Record, section: Record, instant: float) -> Record:
        """Make the contract of a section."""
        contract = self.new(offer, section, instant)
        step = self.world.timing.contract_step
        wait = self.world.between(0.8 * step, step, contract)
        self.world.store.schedule.at(instant + wait, contract, self._stage)
        self.world.store.schedule.at(instant + 3 * wait, contract, self._activate)
        return contract

    def new(self, offer: Record, section: Record, instant: float) -> Record:
        """Keep a new contract."""
        date = self.world.clock.date(instant)
        items = self.world.children(section, "commercial_offer_item")
        attributes: Json = {}
        for item in items:
            attributes.update(self.world.get("product", item.data["productId"]).data["attributes"])
        planned = date + timedelta(days=DELAY_DAYS).total_seconds()
        data: Json = {
            "createDate": date,
            "lastModifiedDate": None,
            "name": self.world.named("FTO"),
            "canceledReason": None,
            "canceledDate": None,
            "status": "new",
            "legalEntityId": offer.data["legalEntityId"],
            "clientContractId": section.data["clientContractId"],
            "clientLegalEntityId": offer.data["clientLegalEntityId"],
            "subscriptionDate": date,
            "activationDate": None,
            "firstActivationDate": None,
            "offerId": section.data["offerId"],
            "refClient": section.data["clientReference"],
            "refService": None,
            "description": section.data["name"],
            "plannedActivationDate": planned,
            "soldActivationDate": planned,
            "commitmentEndDate": None,
            "attributes": {},
            "consolidatedAttributes": {},
            "consolidatedAttributesStagingOrNew": attributes,
            "commercialOffers": [{"id": offer.data["id"], "name": offer.data["name"]}],
            "contacts": list(offer.data["contacts"]),
            "configuredContacts": list(offer.data["configuredContacts"]),
            "replaces": None,
            "site": section.data["site"],
        }
        contract = self.world.add("service_contract", data)
        self.world.update(section, serviceContractId=contract.data["id"])
        for item in items:
            self._add_item(contract, item, date)
        return contract

    def _add_item(self, contract: Record, item: Record, date: float) -> None:
        """Turn an item of the offer into a service, or into a one-off cost."""
        data = item.data
        priced = {name: data[name] for name in (*PRICED, *SITE)}
        common = {
            **priced,
            "createDate": date,
            "lastModifiedDate": None,
            "attributes": self.world.get("product", data["productId"]).data["attributes"],
            "serviceContractId": contract.data["id"],
            "productId": data["productId"],
            "commercialCode": data["commercialCode"],
        }
        if data["recurrence"]:
            dates = dict.fromkeys(("activationDate", "endDate", "terminationDate", "paidUntil"))
            more = {"status": "new", "subscriptionDate": date, **dates}
            self.world.add("service", {**common, **more}, parent=contract)
        else:
            more = {"baseItemId": data["id"], "billed": False, "VATrate": data["vatRate"], "type": "nrc"}
            self.world.add("nrc", {**common, **more}, parent=contract)

    def _stage(self, contract: Record, instant: float) -> None:
        """Begin production."""
        outcome = self.world.outcomes.of("service_contract", contract.data)
        if outcome == "never":
            return
        if self.world.dialect.progress == "stepwise" or outcome == "canceled":
            self.move(contract, "staging", instant)
        if outcome == "canceled":
            self.cancel(contract, "Cancelled by request", instant)
        else:
            self.appointments.plan(contract, instant)

    def _activate(self, contract: Record, instant: float) -> None:
        if self.world.outcomes.of("service_contract", contract.data) == "active":
            self.move(contract, "active", instant)

    def cancel(self, contract: Record, reason: str, instant: float) -> None:
        """Cancel a contract; no status is known for that."""
        self.world.modify(contract, canceledReason=reason, canceledDate=self.world.clock.date(instant))

    def move(self, contract: Record, status: str, instant: float) -> None:
        """Give a contract and its services a status."""
        date = self.world.clock.date(instant)
        self.world.modify(contract, status=status)
        services = [self.world.store["service"].get(child) for child in contract.children]
        for service in services:
            if service:
                self.world.modify(service, status=status)
        if status == "staging":
            self.world.update(contract, refService=f"SUP-{contract.data['name']}")
        if status == "active" and contract.data["activationDate"] is None:
            self._set_going(contract, [service for service in services if service], date)

    def _set_going(self, contract: Record, services: list[Record], date: float) -> None:
        """Note the activation; the first invoice and the report of the delivery come with it."""
        sold = contract.data["consolidatedAttributesStagingOrNew"]
        self.world.update(
            contract,
            activationDate=date,
            firstActivationDate=date,
            refService=f"SUP-{contract.data['name']}",
            commitmentEndDate=_months_later(date, int(sold.get("commitment", 12))),
            consolidatedAttributes={**sold, **contract.data["attributes"]},
            consolidatedAttributesStagingOrNew={},
        )
        for service in services:
            self.world.update(service, activationDate=date)
        lines = [f"Delivery of {contract.data['name']}", f"{contract.data['description']}"]
        report = StoredFile(f"{contract.data['name']}.pdf", pdf(lines), files.PDF)
        self.attachments.attach(contract, report, "delivery")
        self.invoices.first(contract, date)

    def _named(self, name: str) -> Record:
        found = self.world.store["service_contract"].matching({"name": name})
        if not found:
            raise not_found()
        return found[0]


def _months_later(date: float, months: int) -> float:
    start = datetime.fromtimestamp(date, PARIS)
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1, day=min(start.day, 28)).timestamp()
