"""Commercial offers, their sections and items."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.answers.catalogue import Offer, PriceListItem
from airflow_provider_covage.sandbox.prizz.answers.common import (
    Addressed,
    Answer,
    Cents,
    Dated,
    Discounted,
    MaybeCents,
    MaybeMoment,
    OfferStatus,
    Positioned,
    Priced,
    Totals,
    WithWorkflows,
)
from airflow_provider_covage.sandbox.prizz.answers.company import ClientContract, ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.contract import ServiceContract
from airflow_provider_covage.sandbox.prizz.answers.people import Contact, LegalEntity, TypedContact


class CommercialOfferItem(WithWorkflows, Addressed, Positioned, Priced, Discounted):
    """An item of a section."""

    id: int
    name: str
    quantity: int
    price: MaybeCents
    sectionId: int
    commercialOfferId: int
    priceStr: str
    vatRate: float | None
    commercialCode: str
    description: str | None
    toEstimate: bool
    priceListItem: PriceListItem


class CommercialOfferSection(WithWorkflows):
    """A section of a commercial offer: one service."""

    id: int
    name: str
    commercialOfferId: int
    clientReference: str | None
    commercialOfferItems: list[CommercialOfferItem]
    offer: Offer
    serviceContract: ServiceContract
    clientContract: ClientContract


class VatDetail(Answer):
    """What is taxed at one rate."""

    vat: float
    total_without_taxes: Cents
    total: Cents


class VatDetailInWords(Answer):
    """What is taxed at one rate, in words."""

    vat: float
    total_without_taxes: str
    total: str


class CommercialOffer(WithWorkflows, Dated, Totals):
    """A commercial offer ("devis")."""

    id: int
    name: str
    notes: str | None
    status: OfferStatus | None
    legalEntity: LegalEntity
    clientLegalEntity: ClientLegalEntity
    signDate: MaybeMoment
    submitDate: MaybeMoment
    deliveryDelay: int | None
    total: MaybeCents
    totalStr: str
    vatTotal: MaybeCents
    vatTotalStr: str
    sectionNames: str
    vatDetail: list[VatDetail]
    vatDetailStr: list[VatDetailInWords]
    sections: list[CommercialOfferSection]
    contacts: list[Contact]
    configuredContacts: list[TypedContact]
