"""What requests may hold, field by field as the documents list it; anything else is refused.

`null` clears a field like an empty string does (not documented, C32).
"""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MAX_OFFERINGS = 4
MAX_CONTACTS = 2


def _identifier(value: object) -> object:
    """Take a number for an identifier: the type of the elements is not documented (C16)."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _plain_date(value: str | None) -> str | None:
    if value:
        date.fromisoformat(value)
    return value


def _checked_date(value: object) -> object:
    if isinstance(value, str):
        try:
            _plain_date(value)
        except ValueError:
            raise ValueError("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.") from None
    return value


def _vlan(value: object) -> object:
    """Take `1257` and `"1257"` (C14)."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("A valid number is required.")
    return value


def _sendable(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON cannot say: it could never be answered."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        raise ValueError("Not valid JSON.") from None
    return value


def _whole(value: str | None) -> str | None:
    """Refuse half of a surrogate pair, which JSON can write but UTF-8 cannot."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise ValueError("Not a valid string.") from None
    return value


AnyObject = Annotated[dict[str, Any], AfterValidator(_sendable)]
Text = Annotated[str | None, AfterValidator(_whole)]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_whole)]
PlainDate = Annotated[str | None, BeforeValidator(_checked_date), Field(json_schema_extra={"format": "date"})]
Identifiers = list[Annotated[str, BeforeValidator(_identifier), AfterValidator(_whole)]]
Vlan = Annotated[int | None, BeforeValidator(_vlan)]


class Body(BaseModel):
    """A body in which every field is known."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), allow_inf_nan=False)

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent; what was left out keeps its value (C60)."""
        return {name: value for name, value in self.model_dump().items() if name in self.model_fields_set}


class NoFields(Body):
    """Body of the calls for which none is documented (C61): nothing, or an empty object."""


class BasketBody(Body):
    """Fields of a quotation basket or of an order session (`covage-quotation.txt`, `covage-order.txt`)."""

    external_id: Text = Field(default="", description="External identifier")
    project_id: Text = Field(default="", description="Associated project identifier")


class QuoteItemFields(Body):
    """Fields of a quotation line (`covage-quotation.txt`)."""

    end_customer_name: Text = Field(default="", description="End customer name (to confirm)")
    external_id: Text = Field(default="", description="External identifier")
    site_connection_type: Text = Field(default="", description="Site connection type (to confirm)")
    business_sector: Text = Field(default="", description="Business sector")
    expected_response_date: PlainDate = Field(default=None, description="Expected response date")
    option_ids: Identifiers | None = Field(default=None, description="List of option identifiers")
    note: Text = Field(default="", description="Note")
    technical_note: Text = Field(default="", description="Technical note")
    product_offerings: Identifiers | None = Field(
        default=None, description="List of product offerings, at most 4 (needed at the confirmation)"
    )
    project_id: Text = Field(default="", description="Project identifier")
    customer_order_name: Text = Field(default="", description="Customer order name")
    business_code: Text = Field(default="", description="Business code")
    related_contact_information: list[AnyObject] | None = Field(
        default=None, description="Related contact information, at most 2; shape not documented (C27)"
    )


class QuoteItemBody(QuoteItemFields):
    """A new quotation line."""

    product_offering_qualification_item_id: Filled = Field(description="Qualification item identifier")


class QuoteItemChanges(QuoteItemFields):
    """Changes of a quotation line. The last three are listed as writable but change nothing here (C36)."""

    product_offering_qualification_item_id: Filled | None = Field(
        default=None, description="Qualification item identifier"
    )
    quote_date: Text = Field(default=None, description="Quotation date")
    state: Text = Field(default=None, description="Line state")
    reference: Text = Field(default=None, description="Reference")


class ProductBody(Body):
    """One product of a quotation line, to accept or to restore."""

    product_id: Annotated[Filled, BeforeValidator(_identifier)] = Field(description="Product identifier")


class DeclineBody(ProductBody):
    """One product of a quotation line, to decline."""

    comment: Text = Field(default="", description="Comment")


class ExportFilters(Body):
    """Filters of a CSV export (`covage-quotation.txt`): in the body, unlike those of the list (C45)."""

    reference: Text = Field(default=None, description="Filter by reference")
    customer_order_name: Text = Field(default=None, description="Filter by customer order name")
    end_customer_name: Text = Field(default=None, description="Filter by end customer name")
    business_sector: Text = Field(default=None, description="Filter by business sector")
    project_id: Text = Field(default=None, description="Filter by project identifier")
    state: Text = Field(default=None, description="Filter by state")


class Contact(Body):
    """Element of `related_contact_information` of an order line (`covage-order.txt`)."""

    end_customer_name: Text = ""
    siret: Text = ""
    contact1_email_address: Text = ""
    contact1_firstname: Text = ""
    contact1_lastname: Text = ""
    contact1_phone_number: Text = ""
    contact2_email_address: Text = ""
    contact2_firstname: Text = ""
    contact2_lastname: Text = ""
    contact2_phone_number: Text = ""
    city: Text = ""
    postcode: Text = ""
    street_name: Text = ""
    street_number: Text = ""
    street_number_extension: Text = ""
    insee_code: Text = ""
    building_name: Text = ""
    level_number: Text = ""
    latitude: float | None = None
    longitude: float | None = None


CONTACT_AT_CONFIRMATION = (
    "end_customer_name",
    "contact1_email_address",
    "contact1_firstname",
    "contact1_lastname",
    "contact1_phone_number",
    "city",
    "postcode",
    "street_name",
    "street_number",
    "insee_code",
)
"""What a contact has to hold when the session is confirmed."""


class OrderItemFields(Body):
    """Fields of an order line; two of them have two names (C12, C13), both are taken."""

    end_customer_name: Text = Field(default="", description="End customer name")
    external_id: Text = Field(default="", description="External identifier for the request")
    option_ids: Identifiers | None = Field(default=None, description="List of option identifiers")
    note: Text = Field(default="", description="Note associated with the order")
    technical_note: Text = Field(default="", description="Technical note associated with the order")
    project_id: Text = Field(default="", description="Associated project identifier")
    quote_item_id: Text = Field(default="", description="Quote item identifier")
    delivery_mode: Text = Field(default="", description="Delivery mode")
    enni: Text = Field(default="", description="ENNI identifier (needed at the confirmation, except for DIA)")
    enni_2: Text = Field(default="", description="Secondary ENNI identifier")
    enni2: Text = Field(default="", description="The same as enni_2, named as in the examples")
    vlan_reference: Vlan = Field(default=None, description="VLAN reference")
    customer_order_name: Text = Field(default="", description="Customer order name")
    business_code: Text = Field(default="", description="Business code")
    billing_site_ref: Text = Field(default="", description="Billing site reference")
    related_contact_information: list[Contact] | None = Field(
        default=None, description="Related contact information (needed at the confirmation)"
    )
    siret_known: bool | None = Field(default=None, description="Should the SIRET be filled ?")
    additional_vlan_reference: Text = Field(default="", description="Additional VLAN reference")
    specific_request: Text = Field(default="", description="Specific request")
    access_instructions: Text = Field(default="", description="Access instructions given by the customer")
    scheduled_delivery_date: PlainDate = Field(default=None, description="Scheduled delivery date")
    cpe_networking_number: Text = Field(default="", description="CPE networking number (option 7021 only)")
    cpe_network_number: Text = Field(
        default="", description="The same as cpe_networking_number, named as in the examples"
    )
    cpe_serial_number: Text = Field(default="", description="CPE serial number (with option 7021 only)")

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent, under the names of the tables."""
        sent = super().given()
        for table, example in (("enni_2", "enni2"), ("cpe_networking_number", "cpe_network_number")):
            if example in sent:
                other = sent.pop(example)
                sent[table] = sent.get(table) or other
        return sent

    def complete(self) -> dict[str, Any]:
        """Return every field, under the names of the tables."""
        return {**self.model_dump(exclude={"enni2", "cpe_network_number"}), **self.given()}


Product = Annotated[Filled, BeforeValidator(_identifier)]


class OrderItemBody(OrderItemFields):
    """A new order line."""

    product_offering_id: Product = Field(description="Product offering identifier")
    product_offering_qualification_item_id: Filled = Field(
        description="Product offering qualification item identifier"
    )
    offer_family: Text = Field(default="", description="Offer's family")
    offer_technology: Text = Field(default="", description="Offer's technology")


class OrderItemChanges(OrderItemFields):
    """Changes of an order line: the offer's family and technology are not among them (C19)."""

    product_offering_id: Product | None = Field(default=None, description="Product offering identifier")
    product_offering_qualification_item_id: Filled | None = Field(
        default=None, description="Product offering qualification item identifier"
    )


class FonBody(Body):
    """Fields of a FON request (`covage-fon.txt`)."""

    project_id: Text = Field(default="", description="Associated project identifier")
    end_customer_name: Text = Field(default="", description="End customer name")
    business_sector: Text = Field(default="", description="End customer's sector of activity")
    expected_response_date: PlainDate = Field(
        default=None, description="Expected response date, at least 5 working days ahead"
    )
    note: Text = Field(default="", description="Additional information for the request")


class QualificationAddress(Body):
    """Address of an element of an eligibility request (public documentation)."""

    label: Text = ""
    street_ext: Text = ""
    street_nr: Text = ""
    city: AnyObject | None = None
    street: AnyObject | None = None


class QualificationItem(Body):
    """One site of an eligibility request (public documentation)."""

    offer_families: Annotated[list[Filled], Field(min_length=1)]
    eligibility_id: Filled
    address: QualificationAddress | None = None


class QualificationBody(Body):
    """An eligibility request; its array has two names, both are taken (C35)."""

    external_id: Text = Field(default="", description="External identifier")
    project_id: Text = Field(default="", description="Project identifier")
    product_offering_qualification_item: list[QualificationItem] | None = Field(
        default=None, description="The sites to ask about"
    )
    product_offering_qualification_items: list[QualificationItem] | None = Field(
        default=None, description="The same, named as on the French page"
    )

    def items(self) -> list[QualificationItem]:
        """Return the elements, whichever name they were sent under."""
        return [
            *(self.product_offering_qualification_item or []),
            *(self.product_offering_qualification_items or []),
        ]
