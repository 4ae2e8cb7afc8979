"""What workflows do to commercial offers."""

from __future__ import annotations

from collections.abc import Callable

from airflow_provider_covage.sandbox.errors import invalid
from airflow_provider_covage.sandbox.prizz.bodies import ItemsBody, SectionBody, SetOfferBody, SiteBody
from airflow_provider_covage.sandbox.prizz.catalogue import OFFERS
from airflow_provider_covage.sandbox.prizz.forms import Form
from airflow_provider_covage.sandbox.prizz.sections import Sections
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Record

Effect = Callable[[Record, Form], Record | None]


class OfferEffects:
    """What becomes of commercial offers and their sections."""

    def __init__(self, world: World, sections: Sections) -> None:
        self.world = world
        self.sections = sections
        self.items = sections.items

    def all(self) -> dict[str, Effect]:
        """Return the effects, by the short name of their context."""
        return {
            "ClientLegalEntity\\CreateCommercialOffer": self._create,
            "ServiceContract\\MigrateCoaxToL2Premium": self._migrate,
            "CommercialOffer\\Submit": self._submit,
            "CommercialOffer\\Rename": lambda offer, form: self.world.modify(offer, name=form.text("name")),
            "CommercialOffer\\UpdateSubscribers": self._subscribe,
            "CommercialOffer\\AddSection": self._add,
            "CommercialOffer\\RemoveSection": self._remove,
            "CommercialOffer\\RenameSection": self._rename,
            "CommercialOffer\\UpdateClientRefSection": self._refer,
            "CommercialOffer\\SetOffer": self._set_offer,
            "CommercialOffer\\UpdateSectionItems": self._update_items,
            "CommercialOffer\\AddItem": self._add_item,
            "CommercialOffer\\RemoveItem": self._remove_item,
            "CommercialOffer\\UpdateOfferItemInOffer": self._amount,
        }

    def _create(self, client: Record, form: Form) -> Record:
        return self.sections.offers.new(client, form.number("legalEntityId"))

    def _migrate(self, contract: Record, _form: Form) -> Record:
        """Prepare the offer by which a contract is replaced."""
        client = self.world.client(contract.data["clientLegalEntityId"])
        offer = self.sections.offers.new(client)
        name, reference = contract.data["description"], contract.data["refClient"]
        section = self.sections.new(offer, SectionBody(name=name, clientReference=reference))
        premium = next(offer for offer in OFFERS.values() if offer.name == "L2 Premium")
        self.sections.choose(section, premium, str(contract.data["site"].get("text") or ""))
        return offer

    def _submit(self, offer: Record, _form: Form) -> None:
        submission = self.sections.submission
        self.sections.offers.draft(offer.id)
        submission.check(offer)
        submission.start(offer)

    def _subscribe(self, offer: Record, form: Form) -> None:
        self.world.modify(offer, notes=f"Subscribers: {form.text('subscribers')}")

    def _add(self, offer: Record, form: Form) -> Record:
        self.sections.offers.draft(offer.id)
        body = SectionBody(
            name=form.text("name"),
            clientReference=form.text("clientReference") or None,
            clientContractId=form.number("clientContractId"),
        )
        return self.sections.new(offer, body)

    def _section(self, offer: Record, form: Form) -> Record:
        """Return the section that a form names, of an offer that may still be changed."""
        self.sections.offers.draft(offer.id)
        number = form.text("sectionId")
        if number not in offer.children:
            raise invalid(sectionId=["There is no such section."])
        return self.world.get("commercial_offer_section", number)

    def _remove(self, offer: Record, form: Form) -> None:
        section = self._section(offer, form)
        self.sections.remove(offer, section)

    def _rename(self, offer: Record, form: Form) -> None:
        self.world.update(self._section(offer, form), name=form.text("name"))

    def _refer(self, offer: Record, form: Form) -> None:
        self.world.update(self._section(offer, form), clientReference=form.text("clientReference"))

    def _set_offer(self, offer: Record, form: Form) -> None:
        section = self._section(offer, form)
        sites = SiteBody(**{name: form.text(name) or None for name in SiteBody.model_fields})
        self.sections.apply_offer(section, SetOfferBody(offerId=form.number("offerId"), eligibility=sites))

    def _update_items(self, offer: Record, form: Form) -> None:
        section = self._section(offer, form)
        body = ItemsBody(**{name: form.text(name) or None for name in ItemsBody.model_fields})
        self.sections.apply_items(section, body)

    def _add_item(self, offer: Record, form: Form) -> Record:
        section = self._section(offer, form)
        priced = self.world.store["price_list_item"].get(form.text("priceListItemId"))
        if priced is None:
            raise invalid(priceListItemId=["There is no such item."])
        group = self.world.get("product", priced.data["productId"]).data["group"]["type"]
        return self.items.add(section, priced, group, form.number("quantity") or 1)

    def _item(self, offer: Record, form: Form) -> tuple[Record, Record]:
        self.sections.offers.draft(offer.id)
        item = self.world.store["commercial_offer_item"].get(form.text("itemId"))
        if item is None or item.parent not in offer.children:
            raise invalid(itemId=["There is no such item."])
        return self.world.get("commercial_offer_section", item.parent), item

    def _remove_item(self, offer: Record, form: Form) -> None:
        self.items.remove(*self._item(offer, form))

    def _amount(self, offer: Record, form: Form) -> None:
        _, item = self._item(offer, form)
        self.items.amount(item, form.number("quantity") or 1)
