"""What the answers of many operations have in common.

These models are two things at once: the schemas of the OpenAPI description, and the list of fields
from which `render` builds each answer.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel

DATE = "date-time"
CENTS = "cents"

Moment = Annotated[str, Field(json_schema_extra={"format": DATE})]
MaybeMoment = Annotated[str | None, Field(json_schema_extra={"format": DATE})]
Cents = Annotated[int, Field(json_schema_extra={"x-unit": CENTS})]
MaybeCents = Annotated[int | None, Field(json_schema_extra={"x-unit": CENTS})]
CentsByRecurrence = Annotated[dict[str, int], Field(json_schema_extra={"x-unit": CENTS})]

OfferStatus = Literal["new", "estimate_pending", "approval_pending", "validated", "abandoned", "signed"]
ContractStatus = Literal["new", "staging", "active", "ending", "terminated"]
AppointmentStatus = Literal[
    "to_plan",
    "need_confirm",
    "planned",
    "canceled",
    "missing_custromer",
    "missing_technician",
    "terminated",
]
AppointmentType = Literal[
    "technical_tour", "connection_with_activation", "connection_without_activation", "other"
]
ContactType = Literal[
    "DELIVERY", "SCHEDULED_MAINTENANCE", "INCIDENT", "ADMINISTRATIVE", "ACCOUNTING", "CONSTRUCTION_SITE"
]
OfferType = Literal["DELIVERY_DOOR", "L2", "FON", "TV_ANT", "MOBILE", "DESSERTE"]
Recurrence = Literal["monthly", "yearly", "half-yearly", "quaterly"]
ProductGroupType = Literal[
    "bandwidth",
    "grt",
    "nrc",
    "commitment",
    "pop",
    "upgade_lag",
    "securisation",
    "express",
    "distance",
    "fiber_count",
    "extremities",
    "extremity_site_a",
    "extremity_site_b",
    "racco_event",
    "subnet",
    "maintenance",
    "desserte",
    "volume",
    "national",
    "iru",
]
SignStep = Literal["codeSent", "signed"]
Health = Literal["ok", "warning", "critical", "unknown"]

Element = TypeVar("Element")


def _objects_may_be_missing(schema: dict[str, Any]) -> None:
    """An object inside another one is left out while it is not there yet (P30)."""
    fields = schema.get("properties", {})
    schema["required"] = [name for name in schema.get("required", ()) if "$ref" not in fields[name]]


class Answer(BaseModel):
    """An answer; a service may send more fields than the documented ones."""

    model_config = ConfigDict(
        extra="allow", protected_namespaces=(), json_schema_extra=_objects_may_be_missing
    )


class Pagination(Answer):
    """Where a page stands."""

    page: int
    itemsPerPage: int
    totalItems: int
    pageCount: int


class Page(Answer, Generic[Element]):
    """One page of a list."""

    pagination: Pagination
    items: list[Element]


class Done(Answer):
    """What came of a write. `success` can be false although the status is 200 or 201 (P5)."""

    id: int = Field(description="What was made, what it was made in, or the workflow that did it (P6)")
    success: bool
    lastLog: str


class Signature(Done):
    """What came of signing."""

    step: SignStep


class AccessToken(Answer):
    """Answer of `/sicom/auth`; its fields are not documented."""

    access_token: str
    token_type: str
    expires_in: float = Field(description="Seconds")


class Problem(RootModel[dict[str, Any]]):
    """An error; its form is not documented (P31)."""


class WithWorkflows(Answer):
    """A thing on which workflows can be started."""

    availableWorkflows: list[str] = Field(description="Values for contextName")


class Dated(Answer):
    """A thing with dates."""

    createDate: Moment
    lastModifiedDate: MaybeMoment


class Addressed(Answer):
    """A thing at an address; what follows the house number is in its complement (P29)."""

    houseNumber: int | None
    houseNumberComplement: str | None
    streetName: str | None
    postalCode: str | None
    cityName: str | None
    inseeCode: str | None


class Positioned(Answer):
    """A thing on the map."""

    latitude: float | None
    longitude: float | None
    x: float | None
    y: float | None
    projection: str | None


class Person(Answer):
    """A person."""

    firstname: str | None
    lastname: str
    companyName: str | None
    email: str | None
    phone1: str | None
    phone2: str | None
    gender: str | None


class Company(Answer):
    """A company."""

    url: str | None
    numVatIntracommunity: str | None
    siren: str | None
    codeApe: str | None
    rcs: str | None
    tel: str | None
    email: str | None


class Priced(Answer):
    """A thing with a price; the unit of amounts is not documented, cents are most likely (P10)."""

    unitPrice: MaybeCents
    unitPriceStr: str
    unit: str | None
    vat: str | None
    recurrence: Recurrence | None


class Discounted(Answer):
    """A thing with a discount, an amount or a rate (P10)."""

    unitPriceDiscount: MaybeCents
    unitPriceDiscountStr: str


class Totals(Answer):
    """Sums of recurring costs, by recurrence, and of one-off costs, without and with VAT."""

    rcTotal: CentsByRecurrence
    rcTotalStr: dict[str, str]
    rcVATTotal: CentsByRecurrence
    rcVATTotalStr: dict[str, str]
    nrcTotal: MaybeCents
    nrcTotalStr: str
    nrcVATTotal: MaybeCents
    nrcVATTotalStr: str
