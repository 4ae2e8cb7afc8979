"""The demo's own judgement: it has to find whatever is not ordered exactly once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from tools.demo_report import Evidence, problems, tree

SITES = [{"product_offering_qualification_item_id": "site-1"}]
LINE = {
    "id": "line",
    "end_customer_name": "Bakery",
    "product_offering_qualification_item_id": "site-1",
    "reference": "QO_1",
    "state": "accepted",
    "prices": [{"product_id": "2173", "name": "Ethernet", "monthly_price": 240.0, "setup_price": 650.0}],
}
ORDER_LINE = {
    "id": "order-line",
    "quote_item_id": "line",
    "product_order_id": "session",
    "product_offering_id": "2173",
    "order_reference": "PO_1",
    "state": "created",
}
ACCEPT = {"operation": "quote_item.accept", "ids": {"quote_item": "line"}}
CONFIRM = {"operation": "product_order.confirm", "ids": {"product_order": "session"}}
GOOD = Evidence(
    quotes=[{"id": "basket", "state": "finalized"}],
    lines=[LINE],
    sessions=[{"id": "session", "state": "completed"}],
    order_lines=[ORDER_LINE],
    ledger=[ACCEPT, CONFIRM],
)


def test_nothing_is_wrong_when_every_line_is_ordered_once():
    assert problems(GOOD, SITES) == []


@pytest.mark.parametrize(
    ("evidence", "sites", "told"),
    [
        (replace(GOOD, ledger=[ACCEPT, ACCEPT, CONFIRM]), SITES, "Bakery: accepted 2 times"),
        (replace(GOOD, ledger=[CONFIRM]), SITES, "Bakery: accepted 0 times"),
        (replace(GOOD, ledger=[ACCEPT, CONFIRM, CONFIRM]), SITES, "session: confirmed 2 times"),
        (replace(GOOD, ledger=[ACCEPT]), SITES, "session: confirmed 0 times"),
        (replace(GOOD, order_lines=[]), SITES, "Bakery: 0 order lines"),
        (replace(GOOD, order_lines=[ORDER_LINE, ORDER_LINE]), SITES, "Bakery: 2 order lines"),
        (replace(GOOD, order_lines=[{**ORDER_LINE, "order_reference": ""}]), SITES, "no order reference"),
        (replace(GOOD, sessions=[{"id": "session", "state": "partial"}]), SITES, "session: partial"),
        (replace(GOOD, quotes=GOOD.quotes * 2), SITES, "2 baskets"),
        (replace(GOOD, lines=[LINE, LINE]), SITES, "site-1: asked for 2 times"),
        (GOOD, [*SITES, {"product_offering_qualification_item_id": "site-2"}], "site-2: asked for 0 times"),
        (replace(GOOD, quotes=[], lines=[], sessions=[], order_lines=[], ledger=[]), SITES, "0 baskets"),
    ],
)
def test_what_is_wrong_is_told(evidence, sites, told):
    assert told in " | ".join(problems(evidence, sites))


@pytest.mark.parametrize(
    "evidence", [GOOD, replace(GOOD, quotes=[], lines=[]), replace(GOOD, lines=[{**LINE, "prices": None}])]
)
def test_whatever_was_found_can_be_drawn(evidence):
    console = Console(width=80)
    with console.capture() as shown:
        console.print(tree(evidence))
    assert "basket" in shown.get()
