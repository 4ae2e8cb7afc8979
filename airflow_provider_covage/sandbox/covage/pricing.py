"""Life of a quotation line after the confirmation, and of the basket with it.

Arrows: `covage-quotation.txt`. The states of a basket follow from those of its lines (deduced, C1);
each price has a state of its own, so that one product can be declined and another accepted (C6).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow_provider_covage.sandbox.covage import catalogue
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import invalid
from airflow_provider_covage.sandbox.store import Record

VALIDITY = 30 * 24 * 3600.0
"""How far ahead `validity_date` is (invented). Lines expire when a rule says so, not by the calendar."""
DRAFT = frozenset({"acknowledged", "created"})
CLOSED = ("accepted", "refused", "expired")


def new_prices(product_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return a price for each product asked for; their shape is invented (C25)."""
    prices = []
    for product_id in dict.fromkeys(product_ids):
        offer = catalogue.offer(product_id)
        prices.append(
            {
                "product_id": product_id,
                "name": offer.name,
                "offer_family": offer.family,
                "offer_technology": offer.technology,
                "state": "ready",
                "monthly_price": offer.monthly_price,
                "setup_price": offer.setup_price,
                "currency": "EUR",
                "commitment": offer.commitment,
                "comment": "",
            }
        )
    return prices


class Pricing:
    """Answers confirmed lines after a while, and takes what the customer says to the answer."""

    def __init__(self, world: World) -> None:
        self.world = world

    def start(self, line: Record, instant: float) -> None:
        """Have a confirmed line answered after a while."""
        timing = self.world.timing
        wait = self.world.between(timing.quote_line_min, timing.quote_line_max, line)
        self.world.store.schedule.at(instant + wait, line, self.answer)

    def answer(self, line: Record, instant: float) -> None:
        """Answer a line as the rules tell, else with prices."""
        outcome = self.world.outcomes.of("quote_item", line.data)
        if outcome == "never":
            return
        if outcome == "unable_to_provide":
            self.world.update(line, response_date=self.world.clock.date(instant))
            self.move(line, "unable_to_provide")
            return
        self.make_ready(line, instant, expires=outcome == "expired")

    def make_ready(self, line: Record, instant: float, *, expires: bool = False) -> None:
        """Give a line its prices; a line that expires does so after a while."""
        date = self.world.clock.date(instant)
        expiry, speed = self.world.timing.expiry, self.world.clock.speed
        self.world.update(
            line,
            prices=new_prices(line.data["product_offerings"] or []),
            response_date=date,
            validity_date=date + (expiry / (speed or 1) if expires else VALIDITY),
            manager_regional=catalogue.manager(line.data["product_offering_qualification_item_id"]),
            **catalogue.site(line.data["product_offering_qualification_item_id"]),
        )
        self.move(line, "ready")
        if expires:
            self.world.store.schedule.at(instant + expiry, line, self.expire)

    def expire(self, line: Record, _instant: float) -> None:
        """Close a line that was neither accepted nor refused in time."""
        if line.state == "ready":
            self._set_prices(line, "ready", "expired")
            self.move(line, "expired")

    def accept(self, line: Record, product_id: str) -> dict[str, Any]:
        """Accept one price of a line; the others are refused then. Return the accepted one."""
        if line.state != "ready":
            raise self.world.conflict(f"A line in state {line.state} cannot be accepted.")
        price = self._price(line, product_id)
        if price["state"] != "ready":
            raise self.world.conflict(f"This price is {price['state']}.")
        self._set_prices(line, "ready", "refused")
        price["state"] = "accepted"
        self.move(line, "accepted")
        return price

    def decline(self, line: Record, product_id: str, comment: str) -> None:
        """Decline one price of a line; the line is refused with the last of them (C6)."""
        if line.state != "ready":
            raise self.world.conflict(f"A line in state {line.state} cannot be declined.")
        price = self._price(line, product_id)
        if price["state"] != "ready":
            raise self.world.conflict(f"This price is {price['state']}.")
        price.update(state="refused", comment=comment)
        if self.world.dialect.decline == "refuses_line":
            self._set_prices(line, "ready", "refused")
        if all(price["state"] != "ready" for price in line.data["prices"]):
            self.move(line, "refused")

    def restore(self, line: Record, product_id: str) -> None:
        """Put a refused price back to ready, and the line with it (C7)."""
        if line.state not in ("ready", "refused"):
            raise self.world.conflict(f"A line in state {line.state} cannot be restored.")
        price = self._price(line, product_id)
        if price["state"] != "refused":
            raise self.world.conflict(f"This price is {price['state']}.")
        price.update(state="ready", comment="")
        self.move(line, "ready")

    def move(self, line: Record, state: str) -> None:
        """Give a line a state, and its basket the state that follows."""
        basket = self.world.store["quote"].records[line.parent or ""]
        basket.tally[line.state] -= 1
        basket.tally[state] += 1
        self.world.update(line, state=state)
        if not basket.forced and basket.state not in DRAFT:
            self.world.update(basket, state=basket_state(basket))

    def _price(self, line: Record, product_id: str) -> dict[str, Any]:
        for price in line.data["prices"] or []:
            if price["product_id"] == product_id:
                found: dict[str, Any] = price
                return found
        raise invalid(product_id=["This product was not asked for on this line."])

    def _set_prices(self, line: Record, before: str, after: str) -> None:
        for price in line.data["prices"] or []:
            if price["state"] == before:
                price["state"] = after


def basket_state(basket: Record) -> str:
    """Return the state of a confirmed basket, which follows from those of its lines (C1)."""
    tally = basket.tally
    total = len(basket.children)
    closed = sum(tally[state] for state in CLOSED)
    if closed + tally["unable_to_provide"] == total:
        return "finalized"
    if closed:
        return "partial_finalized"
    answered = tally["ready"] + tally["unable_to_provide"]
    if answered == total:
        return "ready"
    return "partial_ready" if answered else "confirmed"
