"""The lists of the Prizz API as tables.

Columns and types are those of the documented models. What is nested stays JSON; dates of tickets are texts
of no documented form (P12).
"""

from __future__ import annotations

import functools
from typing import Any

from airflow_provider_covage.api.prizz import lifecycle
from airflow_provider_covage.api.tables import Cut, Envelope, Part, Table, columns, number_of

CENTS = (
    "Whole number, most likely of euro cents: no document names the unit. "
    "The column of the same name with Str is the readable form."
)
DISCOUNT = "Whole number: no document says whether of euro cents or of percent."
CENTS_WITHIN = "Amounts in it are whole numbers, most likely of euro cents: no document names the unit."
COSTS_WITHIN = "Costs in it are whole numbers of euro cents."


def _place(pagination: Any) -> tuple[int | None, Any]:
    if not isinstance(pagination, dict):
        return None, None
    return number_of(pagination.get("totalItems")), pagination


PAGE = Envelope("items", ("pagination",), _place)
"""A page of any list of the Prizz API that comes in pages (P13)."""

_table = functools.partial(Table, key="id", envelope=PAGE)

# New records come last, so that those read already stay where they are.
_OLDEST_FIRST = {"sort_id": "ASC"}
_NEWEST_FIRST = Cut("createDate", newest_first={"sort_id": "DESC"})

_TOTALS = (
    *columns(CENTS, integer="nrcTotal nrcVATTotal total", json="rcTotal rcVATTotal"),
    *columns(text="nrcTotalStr nrcVATTotalStr totalStr", json="rcTotalStr rcVATTotalStr"),
)
_PRICE = (
    *columns(CENTS, integer="unitPrice"),
    *columns(DISCOUNT, integer="unitPriceDiscount"),
    *columns(text="unitPriceStr unitPriceDiscountStr unit vat recurrence", integer="quantity"),
)
_SITE = columns(
    text="houseNumberComplement streetName postalCode cityName inseeCode projection",
    integer="houseNumber",
    number="latitude longitude x y",
)

COMMERCIAL_OFFER = _table(
    resource="commercial_offer",
    columns=(
        *columns(
            integer="id",
            text="name status notes sectionNames",
            timestamp="createDate lastModifiedDate signDate submitDate",
        ),
        *_TOTALS,
        *columns(CENTS, integer="vatTotal"),
        *columns(text="vatTotalStr", integer="deliveryDelay"),
        *columns(CENTS_WITHIN, json="sections vatDetail"),
        *columns(
            json="vatDetailStr legalEntity clientLegalEntity contacts configuredContacts availableWorkflows"
        ),
    ),
    state="status",
    final=lifecycle.COMMERCIAL_OFFER.final,
    cut=Cut("createDate", after="create_date_from", before="create_date_to", has_days=True),
    order=_OLDEST_FIRST,
    has_detail=True,
)

SERVICE_CONTRACT = _table(
    resource="service_contract",
    columns=(
        *columns(
            integer="id legalEntityId clientContractId replaces",
            text="name status refClient refService description canceledReason",
            timestamp="createDate lastModifiedDate canceledDate subscriptionDate activationDate "
            "firstActivationDate plannedActivationDate soldActivationDate commitmentEndDate",
        ),
        *columns(CENTS_WITHIN, json="services nrcs"),
        *columns(
            json="offer client commercialOffers contacts configuredContacts attributes "
            "consolidatedAttributes consolidatedAttributesStagingOrNew availableWorkflows"
        ),
    ),
    state="status",
    final=lifecycle.SERVICE_CONTRACT.final,
    closed="canceledDate",
    cut=_NEWEST_FIRST,
    order=_OLDEST_FIRST,
    has_detail=True,
)

SERVICE = _table(
    resource="service",
    columns=(
        *columns(
            integer="id serviceContractId",
            text="name status",
            timestamp="createDate lastModifiedDate subscriptionDate activationDate endDate terminationDate "
            "paidUntil",
        ),
        *_PRICE,
        *_SITE,
        *columns(json="product attributes"),
    ),
    state="status",
    final=lifecycle.SERVICE_CONTRACT.final,
    cut=_NEWEST_FIRST,
    order=_OLDEST_FIRST,
    has_detail=True,
)

INVOICE = _table(
    resource="invoice",
    columns=(
        *columns(
            integer="id monthPeriod yearPeriod",
            text="ref",
            timestamp="createDate lastModifiedDate dueDate submitDate",
        ),
        *_TOTALS,
        *columns(CENTS, integer="totalVAT"),
        *columns(text="totalVATStr", boolean="useVATReverseCharge"),
        *columns(CENTS_WITHIN, json="details"),
        *columns(json="clientLegalEntity legalEntity availableWorkflows"),
    ),
    # An invoice has no status; one that was sent is taken for finished.
    state=None,
    closed="submitDate",
    cut=Cut("createDate", newest_first={"sort_create_date": "DESC"}),
    period=frozenset({"month", "year"}),
    order=_OLDEST_FIRST,
    has_detail=True,
    inner="details",
)

INVOICE_DETAIL = _table(
    resource="invoice_detail",
    columns=(
        *columns(
            integer="id invoiceId serviceId serviceContractId",
            text="name description",
            timestamp="fromDate toDate",
        ),
        *columns(CENTS, integer="amount"),
        *columns(text="amountStr", number="VATrate"),
        *_PRICE,
        *_SITE,
        *columns(json="availableWorkflows"),
    ),
    state=None,
    part_of=Part(INVOICE, within="details", parent="invoiceId"),
)

TICKET = _table(
    resource="ticket",
    columns=columns(
        text="id numero etat etat_lib titre operatorName cust_name cust_address ref_commande ref_service "
        "ref_tiers date_creation date_ouverture date_resolution date_cloture last_message",
        integer="operatorId id_service_sicom",
        json="running_process",
    ),
    state="etat",
    final=lifecycle.TICKET.final,
    # Left out of the list, they would look deleted.
    always={"show_archived": True},
)

ELIGIBILITY = _table(
    resource="eligibility",
    columns=(
        *columns(integer="id", text="address", timestamp="date", json="client"),
        *columns(COSTS_WITHIN, json="result"),
    ),
    state=None,
    # It lists the latest ones: which is missing may only be old.
    is_whole=False,
)

_COMPANY = columns(integer="id", text="name url numVatIntracommunity siren codeApe rcs tel email")

CLIENT_LEGAL_ENTITY = _table(
    resource="client_legal_entity",
    columns=(
        *_COMPANY,
        *_SITE,
        *columns(text="arcepCode", json="contacts configuredContacts contracts roles availableWorkflows"),
    ),
    state=None,
    order=_OLDEST_FIRST,
)

LEGAL_ENTITY = _table(
    resource="legal_entity",
    columns=(*_COMPANY, *_SITE, *columns(text="logo")),
    state=None,
    order=_OLDEST_FIRST,
)

OFFER = _table(
    resource="offer",
    columns=columns(integer="id", text="name description offerType", json="mainOfferItem"),
    state=None,
)

TABLES = (
    COMMERCIAL_OFFER,
    SERVICE_CONTRACT,
    SERVICE,
    INVOICE,
    INVOICE_DETAIL,
    TICKET,
    ELIGIBILITY,
    CLIENT_LEGAL_ENTITY,
    LEGAL_ENTITY,
    OFFER,
)
"""Every list that `PrizzToObjectStorageOperator` and `PrizzToSqlOperator` can read."""
