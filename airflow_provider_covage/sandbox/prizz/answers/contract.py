"""Service contracts, services and appointments."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from airflow_provider_covage.sandbox.prizz.answers.catalogue import Offer, Product
from airflow_provider_covage.sandbox.prizz.answers.common import (
    Addressed,
    Answer,
    AppointmentStatus,
    AppointmentType,
    ContractStatus,
    Dated,
    Discounted,
    Health,
    MaybeCents,
    MaybeMoment,
    Moment,
    Positioned,
    Priced,
    WithWorkflows,
)
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.people import Contact, TypedContact, User


class Service(Dated, Addressed, Positioned, Priced, Discounted):
    """A recurring service inside a contract."""

    id: int
    name: str
    attributes: dict[str, Any] | None
    quantity: int
    product: Product
    status: ContractStatus
    subscriptionDate: Moment
    activationDate: MaybeMoment
    endDate: MaybeMoment
    terminationDate: MaybeMoment
    serviceContractId: int
    paidUntil: MaybeMoment


class ContractNrc(Dated, Addressed, Positioned, Priced, Discounted):
    """A one-off cost of a contract."""

    id: int
    name: str
    quantity: int
    attributes: dict[str, Any] | None
    serviceContractId: int
    baseItemId: int | None
    billed: bool
    price: MaybeCents
    priceStr: str | None
    VATrate: float | None
    commercialCode: str | None
    description: str | None
    type: str | None


class CommercialOfferOfContract(Answer):
    """The commercial offer that a contract comes from."""

    id: int
    name: str


class ServiceContract(WithWorkflows, Dated):
    """A service contract ("pack de services")."""

    id: int
    name: str
    canceledReason: str | None
    canceledDate: MaybeMoment
    status: ContractStatus | None
    legalEntityId: int
    clientContractId: int
    subscriptionDate: Moment
    activationDate: MaybeMoment
    firstActivationDate: MaybeMoment
    offer: Offer
    client: ClientLegalEntity
    refClient: str | None = Field(description="Reference chosen by the customer")
    refService: str | None = Field(description="Reference used by the operator's supervision")
    description: str | None
    services: list[Service]
    nrcs: list[ContractNrc]
    plannedActivationDate: MaybeMoment
    soldActivationDate: MaybeMoment
    commitmentEndDate: MaybeMoment
    attributes: dict[str, Any]
    consolidatedAttributes: dict[str, Any]
    consolidatedAttributesStagingOrNew: dict[str, Any]
    commercialOffers: list[CommercialOfferOfContract]
    contacts: list[Contact]
    configuredContacts: list[TypedContact]
    replaces: int | None


class OperationalStatus(Answer):
    """The measured health of a service."""

    status: Health
    lastCheck: str


class Appointment(WithWorkflows, Dated, Addressed):
    """An appointment on site."""

    id: int
    name: str
    serviceContract: ServiceContract | None
    contact: Contact | None
    tech: User | None
    date: MaybeMoment
    accepted: bool
    status: AppointmentStatus | None = Field(description="`missing_custromer` is real (P11)")
    type: AppointmentType | None
    confirmationProcessId: int | None


class Appointments(Answer):
    """Every appointment."""

    items: list[Appointment]
