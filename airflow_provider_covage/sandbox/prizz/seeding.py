"""Many records at once, for demonstrations and measurements."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.bodies import ItemsBody, SectionBody
from airflow_provider_covage.sandbox.prizz.catalogue import OFFERS
from airflow_provider_covage.sandbox.prizz.services import Services
from airflow_provider_covage.sandbox.store import Record

DAY = 24 * 3600.0
SPREAD = 90 * DAY
STATUSES = ("new", "validated", "approval_pending", "abandoned", "estimate_pending")
CITIES = ("76000 Rouen", "14000 Caen", "59000 Lille", "80000 Amiens")
ITEMS = ItemsBody(bandwidth="1000", grt="4HNO", commitment="36")


def seed(services: Services, offers: int, contracts: int, invoices: int, tickets: int) -> None:
    """Add offers in all sorts of statuses, active contracts, invoices of past months, and tickets.

    Creation dates are spread over the last 90 days. What is seeded has no future: its statuses stay.
    """
    for number in range(offers):
        offer = _offer(services, f"SEED-O-{number:06d}", number)
        services.world.update(offer, status=STATUSES[number % len(STATUSES)])
        _date(services, offer, SPREAD * (1 - number / offers))
    made = [_contract(services, number, SPREAD * (1 - number / contracts)) for number in range(contracts)]
    for number in range(invoices):
        _invoice(services, made, number)
    for _ in range(tickets):
        services.tickets.add(services.world.get("operator", 42))


def _offer(services: Services, reference: str, number: int) -> Record:
    client = services.world.clients()[number % 2]
    offer = services.offers.new(client)
    body = SectionBody(name=f"Site {number}", clientReference=reference)
    section = services.sections.new(offer, body)
    address = f"{number % 200 + 1} Rue de la Fibre {CITIES[number % len(CITIES)]}"
    services.sections.choose(section, OFFERS[21], address)
    services.sections.apply_items(section, ITEMS)
    return offer


def _contract(services: Services, number: int, age: float) -> Record:
    world, now = services.world, services.world.clock.now()
    offer = _offer(services, f"SEED-C-{number:06d}", number)
    section = world.children(offer, "commercial_offer_section")[0]
    contract = services.contracts.new(offer, section, now)
    world.update(offer, status="signed", signDate=world.today(), submitDate=world.today())
    services.contracts.move(contract, "active", now)
    for record in (offer, contract):
        _date(services, record, age)
    return contract


def _invoice(services: Services, contracts: list[Record], number: int) -> None:
    """Add the invoice of a past month of one of the contracts."""
    if not contracts:
        raise ValueError("invoices are about contracts: seed some contracts, too")
    months = 1 + number // len(contracts)
    date = services.world.today() - months * 30 * DAY
    services.invoices.monthly(contracts[number % len(contracts)], date)


def _date(services: Services, record: Record, age: float) -> None:
    services.world.update(record, createDate=round(services.world.today() - age, 3))
