"""Commercial offers ("devis"): made, read, submitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from airflow_provider_covage.sandbox.errors import REQUIRED, ApiError, invalid, not_found
from airflow_provider_covage.sandbox.pdf import pdf
from airflow_provider_covage.sandbox.prizz import files, lists, money
from airflow_provider_covage.sandbox.prizz.acts import done
from airflow_provider_covage.sandbox.prizz.answers.offer import CommercialOffer, CommercialOfferItem
from airflow_provider_covage.sandbox.prizz.attachments import Attachments
from airflow_provider_covage.sandbox.prizz.bodies import CommercialOfferBody
from airflow_provider_covage.sandbox.prizz.catalogue import LEGAL_ENTITIES
from airflow_provider_covage.sandbox.prizz.errors import RefusalError
from airflow_provider_covage.sandbox.prizz.lists import Filters
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.sums import Sums
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record, StoredFile

STATUSES = ("new", "estimate_pending", "approval_pending", "validated", "abandoned", "signed")


def sections(world: World, offer: Record) -> list[Record]:
    """Return the sections of an offer."""
    return world.children(offer, "commercial_offer_section")


def _offer_ids(world: World, offer: Record) -> list[Any]:
    return [section.data["offerId"] for section in sections(world, offer)]


def _texts(world: World, offer: Record) -> Iterator[Any]:
    """Yield what `search` looks at (P24)."""
    yield offer.data["name"]
    if world.dialect.search == "wide":
        yield offer.data["notes"]
        for section in sections(world, offer):
            yield from (section.data["name"], section.data["clientReference"])


FILTERS = Filters(
    numbers={
        "legalEntityId": "legalEntityId",
        "clientLegalEntityId": "clientLegalEntityId",
        "sections.offerId": _offer_ids,
    },
    choices={"status": STATUSES},
    sorts=("id", "createDate"),
    days=True,
    search=_texts,
)


class Offers:
    """The operations `commercial_offer.*`, but for signing, comments and fast orders."""

    def __init__(self, world: World, attachments: Attachments) -> None:
        self.world = world
        self.attachments = attachments

    def create(self, body: CommercialOfferBody) -> Json:
        """Open an empty commercial offer."""
        if body.clientLegalEntityId is not None:
            client = self.world.client(body.clientLegalEntityId)
        elif self.world.dialect.required == "lenient":
            client = self.world.clients()[0]
        else:
            raise invalid(clientLegalEntityId=REQUIRED)
        offer = self.new(client, body.legalEntityId)
        return done(self.world, "ClientLegalEntity\\CreateCommercialOffer", offer, client)

    def new(self, client: Record, legal_entity: int | None = None) -> Record:
        """Keep a new commercial offer."""
        seller = LEGAL_ENTITIES[0]["id"] if legal_entity is None else legal_entity
        if self.world.store["legal_entity"].get(str(seller)) is None:
            raise invalid(legalEntityId=["There is no such company."])
        data = {
            "name": self.world.named("CPT"),
            "notes": None,
            "status": "new",
            "legalEntityId": seller,
            "clientLegalEntityId": client.data["id"],
            "signDate": None,
            "submitDate": None,
            "deliveryDelay": None,
            "contacts": list(client.data["contacts"]),
            "configuredContacts": list(client.data["configuredContacts"]),
        }
        return self.world.dated("commercial_offer", data)

    def list_all(self, request: Request) -> Json:
        """List commercial offers."""
        return lists.page(self.world, request, "commercial_offer", CommercialOffer, FILTERS)

    def get(self, id: str) -> Json:
        """Read a commercial offer."""
        return shape(self.world, CommercialOffer, self.world.get("commercial_offer", id))

    def by_name(self, offer_name: str) -> Json:
        """Read a commercial offer by its reference."""
        found = self.world.store["commercial_offer"].matching({"name": offer_name})
        if not found:
            raise not_found()
        return shape(self.world, CommercialOffer, found[0])

    def item(self, id: str) -> Json:
        """Read an item of a section."""
        return shape(self.world, CommercialOfferItem, self.world.get("commercial_offer_item", id))

    def download_pdf(self, id: str) -> Response:
        """Fetch a commercial offer as PDF; it is made some time after the submission (not documented)."""
        offer = self.world.get("commercial_offer", id)
        if "pdf" not in offer.files:
            raise ApiError(404, {"detail": "There is no PDF of this offer."})
        return files.send(offer.files["pdf"])

    def draft(self, id: str, status: int = 200) -> Record:
        """Return an offer that may still be changed."""
        offer = self.world.get("commercial_offer", id)
        if offer.data["status"] != "new" or offer.data["submitDate"] is not None:
            raise RefusalError(f"{offer.data['name']} cannot be changed any more.", offer, status=status)
        return offer

    def make_pdf(self, offer: Record, _instant: float) -> None:
        """Print an offer, and attach it to itself."""
        sums = Sums.of(self.world, offer)
        lines = [
            f"Commercial offer {offer.data['name']}",
            *(f"Section {section.data['name']}" for section in sections(self.world, offer)),
            f"Every month: {money.euros(sums.recurring.get('monthly'))}",
            f"Once: {money.euros(sums.once)}",
        ]
        file = StoredFile(f"{offer.data['name']}.pdf", pdf(lines), files.PDF)
        offer.files["pdf"] = file
        self.attachments.attach(offer, file, "quote")
