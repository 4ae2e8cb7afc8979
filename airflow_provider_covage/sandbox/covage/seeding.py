"""Many records at once, for demonstrations and measurements."""

from __future__ import annotations

from airflow_provider_covage.sandbox.covage.orders import Orders
from airflow_provider_covage.sandbox.covage.pricing import Pricing
from airflow_provider_covage.sandbox.covage.quote_items import QuoteItems
from airflow_provider_covage.sandbox.covage.quotes import Quotes
from airflow_provider_covage.sandbox.covage.services import Services
from airflow_provider_covage.sandbox.store import Json, Record

SPREAD = 90 * 24 * 3600.0
CUSTOMERS = (
    "Boulangerie Lefort",
    "Garage du Port",
    "Clinique des Tilleuls",
    "Scierie Vasseur",
    "Atelier Nord",
)
SECTORS = ("Commerce", "Industrie", "Santé", "Services")
LINE_STATES = ("ready", "ready", "ready", "accepted", "unable_to_provide", "expired", "confirmed")


def seed(services: Services, quotes: int, lines_per_quote: int, orders: int) -> None:
    """Add baskets with lines in all sorts of states, and confirmed sessions with tracked orders.

    Creation dates are spread over the last 90 days. What is seeded has no future: its states stay.
    """
    for number in range(quotes):
        _quote(services, number, lines_per_quote, age=SPREAD * (1 - number / quotes))
    for number in range(orders):
        _order(services, number, age=SPREAD * (1 - number / orders))


def _quote(services: Services, number: int, lines: int, age: float) -> None:
    world = services.world
    basket = services.quotes.new({"external_id": f"SEED-Q-{number:06d}", "project_id": "FLASH"})
    world.update(basket, state="confirmed")
    _date(services, basket, age)
    for position in range(lines):
        _line(services.quote_items, services.pricing, basket, number * lines + position, age)


def _line(items: QuoteItems, pricing: Pricing, basket: Record, number: int, age: float) -> None:
    line = items.new(
        basket,
        {
            **_common(number),
            "external_id": f"SEED-L-{number:06d}",
            "site_connection_type": "FTTO",
            "business_sector": SECTORS[number % len(SECTORS)],
            "expected_response_date": None,
            "product_offerings": ["2173", "2174"][: 1 + number % 2],
        },
    )
    state = LINE_STATES[number % len(LINE_STATES)]
    if state in ("ready", "accepted", "expired"):
        pricing.make_ready(line, items.world.clock.now())
    pricing.move(line, state)
    _date(items, line, age)


def _order(services: Services, number: int, age: float) -> None:
    world, orders, creation = services.world, services.orders, services.creation
    session = orders.new({"external_id": f"SEED-O-{number:06d}", "project_id": "FLASH"})
    line = orders.new_line(
        session,
        {
            **_common(number),
            "external_id": f"SEED-OL-{number:06d}",
            "quote_item_id": "",
            "product_offering_id": "2173",
            "enni": "CN012345",
            "offer_family": "BPE",
            "offer_technology": "FIBDE",
        },
    )
    now = world.clock.now()
    creation.move(line, "in_progress", now)
    creation.finish(session, now)
    for order in world.store["order"].matching({"product_order_item_id": line.id}):
        order.generation += 1  # forgets the production that began with it
    for record in (session, line):
        _date(orders, record, age)
        world.update(record, order_date=record.data["creation_date"])


def _common(number: int) -> Json:
    return {
        "end_customer_name": CUSTOMERS[number % len(CUSTOMERS)],
        "option_ids": [],
        "note": "",
        "technical_note": "",
        "product_offering_qualification_item_id": f"seed-{number:06d}",
        "project_id": "FLASH",
        "customer_order_name": f"CUST-{number:06d}",
        "business_code": "",
        "related_contact_information": [],
    }


def _date(owner: Services | Quotes | QuoteItems | Orders, record: Record, age: float) -> None:
    """Make a record so many seconds old."""
    date = round(record.data["creation_date"] - age, 3)
    owner.world.update(
        record, creation_date=date, **({"quote_date": date} if "quote_date" in record.data else {})
    )
