"""Invoices."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.answers.common import (
    Addressed,
    Dated,
    Discounted,
    MaybeCents,
    MaybeMoment,
    Positioned,
    Priced,
    Totals,
    WithWorkflows,
)
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.people import LegalEntity


class InvoiceDetail(WithWorkflows, Addressed, Positioned, Priced, Discounted):
    """A line of an invoice."""

    id: int
    quantity: int
    name: str
    amount: MaybeCents
    invoiceId: int
    amountStr: str
    VATrate: float
    serviceId: int | None
    serviceContractId: int | None
    description: str
    fromDate: MaybeMoment
    toDate: MaybeMoment


class Invoice(WithWorkflows, Dated, Totals):
    """An invoice."""

    id: int
    clientLegalEntity: ClientLegalEntity
    legalEntity: LegalEntity
    ref: str | None
    monthPeriod: int
    yearPeriod: int
    total: MaybeCents
    totalStr: str
    totalVAT: MaybeCents
    totalVATStr: str
    details: list[InvoiceDetail]
    useVATReverseCharge: bool
    dueDate: MaybeMoment
    submitDate: MaybeMoment
