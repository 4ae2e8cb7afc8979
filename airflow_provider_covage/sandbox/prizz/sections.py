"""Sections of commercial offers, one for each service: their offer, their items, fast orders."""

from __future__ import annotations

from airflow_provider_covage.sandbox.errors import REQUIRED, ApiError, invalid, not_found
from airflow_provider_covage.sandbox.prizz import addresses, catalogue, combos
from airflow_provider_covage.sandbox.prizz.acts import done
from airflow_provider_covage.sandbox.prizz.answers.offer import CommercialOfferSection
from airflow_provider_covage.sandbox.prizz.bodies import (
    FastOrderBody,
    ItemsBody,
    RenameBody,
    SectionBody,
    SetOfferBody,
    SiteBody,
)
from airflow_provider_covage.sandbox.prizz.catalogue import ITEMS, OFFERS, SECOND_LIST, Item, Offer
from airflow_provider_covage.sandbox.prizz.eligibilities import DELAY, Eligibilities
from airflow_provider_covage.sandbox.prizz.errors import RefusalError
from airflow_provider_covage.sandbox.prizz.items import Items
from airflow_provider_covage.sandbox.prizz.offers import Offers, sections
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.submission import Submission
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

CHOSEN = ("bandwidth", "grt", "commitment", "express")
"""The groups whose item is chosen by `update_items`; of the others the first one is taken."""


class Sections:
    """The operations `commercial_offer_section.*` and `commercial_offer.fast_order`."""

    def __init__(
        self, world: World, offers: Offers, submission: Submission, eligibilities: Eligibilities
    ) -> None:
        self.world = world
        self.offers = offers
        self.submission = submission
        self.eligibilities = eligibilities
        self.items = Items(world)

    def get(self, id: str) -> Json:
        """Read a section."""
        return shape(self.world, CommercialOfferSection, self.world.get("commercial_offer_section", id))

    def create(self, id: str, body: SectionBody) -> Json:
        """Add a section to a commercial offer."""
        offer = self.offers.draft(id, status=201)
        section = self.new(offer, body)
        key = section.data["clientReference"]
        return done(self.world, "CommercialOffer\\AddSection", section, offer, key=key)

    def new(self, offer: Record, body: SectionBody) -> Record:
        """Keep a new section."""
        client = self.world.get("client_legal_entity", offer.data["clientLegalEntityId"])
        contract = client.data["contracts"][0] if body.clientContractId is None else body.clientContractId
        if contract not in client.data["contracts"]:
            raise invalid(clientContractId=["This is no contract of the customer company."])
        name = body.name
        if not name and self.world.dialect.required == "lenient":
            name = f"Section {len(sections(self.world, offer)) + 1}"
        if not name:
            raise invalid(name=REQUIRED)
        data = {
            "name": name,
            "commercialOfferId": offer.data["id"],
            "clientReference": body.clientReference,
            "clientContractId": contract,
            "offerId": None,
            "serviceContractId": None,
            "site": {},
        }
        return self.world.add("commercial_offer_section", data, parent=offer)

    def rename(self, id: str, section_id: str, body: RenameBody) -> Json:
        """Rename a section."""
        offer, section = self.section(id, section_id)
        if not body.name:
            raise invalid(name=REQUIRED)
        self.world.update(section, name=body.name)
        return self._done("CommercialOffer\\RenameSection", section, offer)

    def delete(self, id: str, section_id: str) -> None:
        """Remove a section; what cannot be removed is a 400, as nothing is answered otherwise."""
        try:
            offer, section = self.section(id, section_id)
        except RefusalError as error:
            raise ApiError(error.status, error.body) from None
        self.remove(offer, section)
        self.world.ledger.effect({section.kind: section.data["id"], offer.kind: offer.data["id"]})

    def remove(self, offer: Record, section: Record) -> None:
        """Take a section out of its offer."""
        self.items.clear(section)
        offer.children.remove(section.id)
        self.world.store[section.kind].remove(section)
        self.world.modify(offer)

    def set_offer(self, id: str, section_id: str, body: SetOfferBody) -> Json:
        """Choose the offer of a section, with the address or addresses to connect."""
        offer, section = self.section(id, section_id)
        self.apply_offer(section, body)
        return self._done("CommercialOffer\\SetOffer", section, offer)

    def apply_offer(self, section: Record, body: SetOfferBody) -> None:
        """Give a section the offer and the site that a body names."""
        if body.offerId is None:
            raise invalid(offerId=REQUIRED)
        if body.offerId not in OFFERS:
            raise not_found()
        self.choose(section, OFFERS[body.offerId], _site(OFFERS[body.offerId], body.eligibility))

    def choose(self, section: Record, offer: Offer, address: str) -> None:
        """Give a section an offer and a site; the items that nobody has to choose are chosen."""
        site = {**addresses.read(address), "text": address} if address else {}
        self.world.update(section, offerId=offer.id, site=site)
        self.items.clear(section)
        self._put(section, ITEMS[offer.main])
        distance = addresses.distance(address)
        for group in offer.required:
            if group in CHOSEN:
                continue
            access = combos.access(offer, distance, to_estimate=False)
            chosen = access if group == "nrc" and access else combos.default(offer, group)
            self._put(section, chosen, distance if chosen.unit == "m" else 1)

    def update_items(self, id: str, section_id: str, body: ItemsBody) -> Json:
        """Choose bandwidth, repair commitment, duration and lead time of a section."""
        offer, section = self.section(id, section_id)
        self.apply_items(section, body)
        return self._done("CommercialOffer\\UpdateSectionItems", section, offer)

    def apply_items(self, section: Record, body: ItemsBody) -> None:
        """Put the items that a body names into a section."""
        if section.data["offerId"] is None:
            raise RefusalError(f"Section {section.data['name']} has no offer yet.", section)
        chosen = OFFERS[section.data["offerId"]]
        given = {group: value for group, value in body.model_dump().items() if value is not None}
        picked = [_pick(chosen, group, value) for group, value in given.items()]
        for item in picked:
            self._put(section, item)

    def fast_order(self, elig_ctx_id: str, body: FastOrderBody) -> Json:
        """Make a commercial offer in one call from a combination that an eligibility request has found."""
        request = self.eligibilities.known(elig_ctx_id)
        if request is None:
            raise not_found()
        combination = request.data["combos"].get(body.combinationId or "")
        if combination is None:
            raise invalid(combinationId=["This eligibility request has no such combination."])
        client = self.world.client(request.data["clientId"])
        fields = SectionBody(name=body.name or request.data["address"], clientReference=body.clientReference)
        offer = self.offers.new(client)
        section = self.new(offer, fields)
        self.choose(section, combination.offer, request.data["address"])
        for item in combination.items[1:]:
            self._put(section, item, combination.quantity(item))
        delay = combination.attributes.get("express") or DELAY[combination.offer.name]
        self.world.update(offer, deliveryDelay=int(delay))
        if self.world.dialect.fast_order == "submitted":
            self.submission.start(offer)
        context, effects = "ClientLegalEntity\\CreateCommercialOffer", {section.kind: section.data["id"]}
        return done(self.world, context, offer, client, key=body.clientReference, effects=effects)

    def section(self, id: str, section_id: str) -> tuple[Record, Record]:
        """Return a draft offer and one of its sections."""
        found = self.world.get("commercial_offer", id)
        section = self.world.find("commercial_offer_section", section_id, found)
        return self.offers.draft(id), section

    def _put(self, section: Record, item: Item, quantity: int = 1) -> None:
        contract = self.world.get("client_contract", section.data["clientContractId"])
        second = contract.data["priceListId"] != catalogue.PRICE_LISTS[0]["id"]
        number = item.id + (SECOND_LIST if second else 0)
        self.items.put(section, self.world.get("price_list_item", number), item.group, quantity)

    def _done(self, context: str, section: Record, offer: Record) -> Json:
        self.world.modify(offer)
        return done(self.world, context, section, offer, key=section.data["clientReference"])


def _site(offer: Offer, given: SiteBody | None) -> str:
    """Return the address of a section; a FON offer has two."""
    wanted = {"L2": ("address",), "FON": ("addressA", "addressB")}.get(offer.type, ())
    texts = {name: (getattr(given, name, None) or "").strip() for name in wanted}
    missing = {name: REQUIRED for name, text in texts.items() if not text}
    if missing:
        raise invalid(**missing)
    return " - ".join(texts.values())


def _pick(offer: Offer, group: str, value: str) -> Item:
    options = [ITEMS[item_id] for item_id in offer.groups.get(group, ())]
    for item in options:
        if item.attributes.get(group) == value:
            return item
    known = ", ".join(str(item.attributes[group]) for item in options) or "none"
    raise invalid(**{group: [f"{offer.name} knows {known}."]})
