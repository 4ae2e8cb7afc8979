"""The customer companies."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.answers.catalogue import PriceList
from airflow_provider_covage.sandbox.prizz.answers.common import (
    Addressed,
    Answer,
    Company,
    Positioned,
    WithWorkflows,
)
from airflow_provider_covage.sandbox.prizz.answers.people import Contact, TypedContact, UserRole


class ClientContract(Answer):
    """A frame contract: it says which price list holds."""

    id: int
    name: str
    priceList: PriceList
    paymentTermDays: int | None
    vatReverseCharge: bool
    invoiceConsolidation: bool


class ClientLegalEntity(WithWorkflows, Addressed, Positioned, Company):
    """A customer company."""

    id: int
    name: str
    arcepCode: str | None
    contacts: list[Contact]
    configuredContacts: list[TypedContact]
    contracts: list[ClientContract]
    roles: list[UserRole]
