"""How the fields of answers are found that are not among those of their record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from airflow_provider_covage.sandbox.prizz import contexts, money
from airflow_provider_covage.sandbox.prizz.answers.catalogue import OfferItem, PriceList, PriceListItem
from airflow_provider_covage.sandbox.prizz.answers.company import ClientContract, ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.contract import (
    Appointment,
    Service,
    ServiceContract,
)
from airflow_provider_covage.sandbox.prizz.answers.eligibility import EligibilityHistory, GetEligibility
from airflow_provider_covage.sandbox.prizz.answers.exploitation import (
    OperatorTicket,
    Process,
    RunningProcess,
    Ticket,
)
from airflow_provider_covage.sandbox.prizz.answers.invoice import Invoice, InvoiceDetail
from airflow_provider_covage.sandbox.prizz.answers.offer import (
    CommercialOffer,
    CommercialOfferItem,
    CommercialOfferSection,
)
from airflow_provider_covage.sandbox.prizz.answers.people import (
    Contact,
    TypedContact,
    User,
    UserApiToken,
    UserRole,
)
from airflow_provider_covage.sandbox.prizz.dates import ticket_date
from airflow_provider_covage.sandbox.prizz.sums import Sums
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Record

Model = type[BaseModel]
Relation = Callable[[World, Any], Any]


def _one(kind: str, key: str) -> Relation:
    """Follow the id in a field to a record, if it has one."""

    def follow(world: World, source: Record | Mapping[str, Any]) -> Record | None:
        data = source.data if isinstance(source, Record) else source
        return None if data.get(key) is None else world.store[kind].get(str(data[key]))

    return follow


def _many(kind: str, key: str) -> Relation:
    """Follow the ids in a field to records."""

    def follow(world: World, source: Record) -> list[Record]:
        return world.several(kind, source.data.get(key) or [])

    return follow


def _children(kind: str) -> Relation:
    """Return the records inside a record."""
    return lambda world, source: world.children(source, kind)


def _of_kind(kind: str) -> Relation:
    """Return the records of one kind among those inside a record."""

    def follow(world: World, source: Record) -> list[Record]:
        found = (world.store[kind].get(child) for child in source.children)
        return [record for record in found if record]

    return follow


def _workflows(world: World, source: Record) -> list[str]:
    return contexts.available(world, source)


def _summed(name: str) -> Relation:
    """Return a sum over the items of a commercial offer, or over the details of an invoice."""
    return lambda world, source: getattr(Sums.of(world, source), name)


_TOTALS: dict[str, Relation] = {
    "rcTotal": _summed("recurring"),
    "rcVATTotal": _summed("recurring_with_vat"),
    "nrcTotal": _summed("once"),
    "nrcVATTotal": _summed("once_with_vat"),
    "total": _summed("total"),
    "availableWorkflows": _workflows,
}
_CONTACTS: dict[str, Relation] = {
    "contacts": _many("contact", "contacts"),
    "configuredContacts": _many("typed_contact", "configuredContacts"),
    "availableWorkflows": _workflows,
}
_PRODUCT = _one("product", "productId")


def _vat_detail(world: World, source: Record) -> list[dict[str, Any]]:
    sums = Sums.of(world, source)
    row = {"vat": money.VAT_RATE, "total_without_taxes": sums.total, "total": sums.total_with_vat}
    return [row] if source.children else []


def _vat_detail_in_words(world: World, source: Record) -> list[dict[str, Any]]:
    rows = _vat_detail(world, source)
    return [{key: v if key == "vat" else money.euros(v) for key, v in row.items()} for row in rows]


def _names(world: World, source: Record) -> str:
    sections = world.children(source, "commercial_offer_section")
    return ", ".join(str(section.data["name"]) for section in sections)


def _ticket_dates(*names: str) -> dict[str, Relation]:
    def written(name: str) -> Relation:
        def read(world: World, source: Record) -> str | None:
            date = source.data.get(name)
            return None if date is None else ticket_date(world, date)

        return read

    return {name: written(name) for name in names}


RELATIONS: dict[Model, dict[str, Relation]] = {
    User: {"availableWorkflows": _workflows},
    UserApiToken: {"availableWorkflows": _workflows},
    UserRole: {"availableWorkflows": _workflows, "user": _one("user", "userId")},
    Contact: {"availableWorkflows": _workflows},
    TypedContact: {"availableWorkflows": _workflows, "contact": _one("contact", "contactId")},
    ClientContract: {"priceList": _one("price_list", "priceListId")},
    ClientLegalEntity: {
        **_CONTACTS,
        "contracts": _many("client_contract", "contracts"),
        "roles": _many("user_role", "roles"),
    },
    OfferItem: {"product": _PRODUCT},
    PriceListItem: {"product": _PRODUCT},
    PriceList: {
        "legalEntity": _one("legal_entity", "legalEntityId"),
        "items": _many("price_list_item", "items"),
    },
    GetEligibility: {"client": _one("client_legal_entity", "clientId")},
    EligibilityHistory: {"client": _one("client_legal_entity", "clientId")},
    CommercialOffer: {
        **_CONTACTS,
        **_TOTALS,
        "legalEntity": _one("legal_entity", "legalEntityId"),
        "clientLegalEntity": _one("client_legal_entity", "clientLegalEntityId"),
        "vatTotal": _summed("total_with_vat"),
        "sectionNames": _names,
        "vatDetail": _vat_detail,
        "vatDetailStr": _vat_detail_in_words,
        "sections": _children("commercial_offer_section"),
    },
    CommercialOfferSection: {
        "availableWorkflows": _workflows,
        "commercialOfferItems": _children("commercial_offer_item"),
        "offer": _one("offer", "offerId"),
        "serviceContract": _one("service_contract", "serviceContractId"),
        "clientContract": _one("client_contract", "clientContractId"),
    },
    CommercialOfferItem: {
        "availableWorkflows": _workflows,
        "priceListItem": _one("price_list_item", "priceListItemId"),
    },
    Service: {"product": _PRODUCT},
    ServiceContract: {
        **_CONTACTS,
        "offer": _one("offer", "offerId"),
        "client": _one("client_legal_entity", "clientLegalEntityId"),
        "services": _of_kind("service"),
        "nrcs": _of_kind("nrc"),
    },
    Appointment: {
        "availableWorkflows": _workflows,
        "serviceContract": _one("service_contract", "serviceContractId"),
        "contact": _one("contact", "contactId"),
        "tech": _one("user", "techId"),
    },
    Invoice: {
        **_TOTALS,
        "clientLegalEntity": _one("client_legal_entity", "clientLegalEntityId"),
        "legalEntity": _one("legal_entity", "legalEntityId"),
        "totalVAT": _summed("total_with_vat"),
        "details": _children("invoice_detail"),
    },
    InvoiceDetail: {"availableWorkflows": _workflows},
    RunningProcess: _ticket_dates("create_date"),
    Process: _ticket_dates("start_date", "end_date"),
    OperatorTicket: _ticket_dates(
        "date_creation", "date_cloture", "date_debut_incident", "date_resolution", "date_gtr"
    ),
    Ticket: {
        "id": lambda _world, source: str(source.data["id"]),
        **_ticket_dates("date_creation", "date_ouverture", "date_resolution", "date_cloture"),
    },
}
