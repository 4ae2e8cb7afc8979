"""Submitting a commercial offer: it is checked, estimated where it has to be, approved (P3, P22)."""

from __future__ import annotations

from functools import partial

from airflow_provider_covage.sandbox.prizz.acts import done
from airflow_provider_covage.sandbox.prizz.catalogue import OFFERS
from airflow_provider_covage.sandbox.prizz.errors import RefusalError
from airflow_provider_covage.sandbox.prizz.offers import Offers, sections
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

ESTIMATE = 85000
"""What is charged, in cents, for what had to be estimated (invented)."""


class Submission:
    """The operation `commercial_offer.submit`, and what happens to offers afterwards."""

    def __init__(self, world: World, offers: Offers) -> None:
        self.world = world
        self.offers = offers

    def submit(self, id: str) -> Json:
        """Submit a commercial offer."""
        offer = self.offers.draft(id)
        self.check(offer)
        self.start(offer)
        return done(self.world, "CommercialOffer\\Submit", offer, offer, log="Submitted.")

    def check(self, offer: Record) -> None:
        """Refuse an offer that cannot be submitted."""
        lacking = self.lacking(offer)
        if lacking:
            raise RefusalError(lacking, offer)
        if self._outcome(offer) == "refused":
            raise RefusalError(f"{offer.data['name']} was refused.", offer)

    def start(self, offer: Record) -> None:
        """Let an offer go its way."""
        world, now = self.world, self.world.clock.now()
        world.modify(offer, submitDate=world.today())
        world.store.schedule.at(now + world.timing.pdf, offer, self.offers.make_pdf)
        if world.dialect.submission == "late":
            world.store.schedule.at(now + world.timing.late, offer, self._begin)
        else:
            self._begin(offer, now)

    def lacking(self, offer: Record) -> str:
        """Say what an offer lacks, if anything."""
        found = sections(self.world, offer)
        if not found:
            return f"{offer.data['name']} has no section."
        for section in found:
            missing = self._missing(section)
            if missing:
                return f"Section {section.data['name']}: {missing}."
        return ""

    def price(self, offer: Record) -> None:
        """Give a price to what had to be estimated."""
        for item in self._items(offer):
            if item.data["toEstimate"] and item.data["unitPrice"] is None:
                price = ESTIMATE * item.data["quantity"]
                self.world.update(item, unitPrice=ESTIMATE, price=price)

    def _missing(self, section: Record) -> str:
        if section.data["offerId"] is None:
            return "no offer is chosen"
        items = self.world.children(section, "commercial_offer_item")
        chosen = {item.data["group"] for item in items}
        groups = [group for group in OFFERS[section.data["offerId"]].required if group not in chosen]
        return f"no {', '.join(groups)} is chosen" if groups else ""

    def _outcome(self, offer: Record) -> str:
        """Return what becomes of an offer; rules can match names and references of its sections, too."""
        found = sections(self.world, offer)
        about = {
            **offer.data,
            "sectionNames": [section.data["name"] for section in found],
            "clientReference": [section.data["clientReference"] for section in found],
        }
        usual = "estimated" if any(self._is_open(item) for item in self._items(offer)) else "validated"
        return self.world.outcomes.told("commercial_offer", about) or usual

    def _items(self, offer: Record) -> list[Record]:
        found = sections(self.world, offer)
        return [item for s in found for item in self.world.children(s, "commercial_offer_item")]

    def _is_open(self, item: Record) -> bool:
        return bool(item.data["toEstimate"]) and item.data["unitPrice"] is None

    def _begin(self, offer: Record, instant: float) -> None:
        outcome = self._outcome(offer)
        timing = self.world.timing
        steps = [("estimate_pending", timing.estimate)] if outcome == "estimated" else []
        steps += [("approval_pending", timing.approval)]
        if self.world.dialect.submission == "at_once" and outcome == "validated":
            steps = []
        self._next(steps, outcome, offer, instant)

    def _next(self, steps: list[tuple[str, float]], outcome: str, offer: Record, instant: float) -> None:
        """Enter the next status, or the outcome after the last one."""
        if offer.data["status"] == "estimate_pending" or (outcome == "estimated" and not steps):
            self.price(offer)
        if not steps:
            self.world.modify(offer, status="abandoned" if outcome == "abandoned" else "validated")
            return
        (status, wait), *later = steps
        if self.world.dialect.progress == "stepwise":
            self.world.modify(offer, status=status)
        if outcome == "never":
            return
        wait = self.world.between(0.8 * wait, wait, offer)
        self.world.store.schedule.at(instant + wait, offer, partial(self._next, later, outcome))
