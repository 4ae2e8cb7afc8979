"""Request bodies and filters: their fields, checked before anything is sent, and what a confirmation needs.

The fields are those of the Covage documents. A method of the client takes them as keyword arguments; a key
that no document knows is refused, so that a slip of the pen cannot be lost on the way.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Required

from pydantic import Field
from typing_extensions import TypedDict

from airflow_provider_covage.api.bodies import (
    CONFIG,
    Day,
    Identifier,
    Moment,
    Name,
    Postcode,
    Siret,
    Telephone,
)
from airflow_provider_covage.api.bodies import body as body


class QuoteFields(TypedDict, total=False):
    """Fields of a quotation basket or of an order session (covage-quotation.txt, covage-order.txt)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    external_id: Annotated[Name, Field(description="Your own reference; the basket can be found by it.")]
    project_id: Annotated[Name, Field(description="Code of a project, one of `referential.projects`.")]


class QuoteItemFields(TypedDict, total=False):
    """Fields of a quotation line that can be written (covage-quotation.txt, covage-order.txt)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    product_offering_qualification_item_id: Annotated[
        Identifier, Field(description="Identifier of one element of an eligibility request: the site.")
    ]
    product_offerings: Annotated[
        list[Name], Field(max_length=4, description="Offers wanted, at most 4. Needed at confirmation.")
    ]
    end_customer_name: Annotated[Name, Field(description="End customer. Needed at confirmation.")]
    site_connection_type: Annotated[
        Name, Field(description="Kind of connection; values are not documented. Needed at confirmation.")
    ]
    external_id: Annotated[Name, Field(description="Your own reference.")]
    business_sector: Annotated[str, Field(description="End customer's sector; values are not documented.")]
    expected_response_date: Annotated[Day, Field(description="Date by which the price is wanted.")]
    option_ids: Annotated[list[Name], Field(description="Options to add.")]
    note: Annotated[str, Field(description="Free text.")]
    technical_note: Annotated[str, Field(description="Free technical text.")]
    project_id: Annotated[Name, Field(description="Code of a project.")]
    customer_order_name: Annotated[Name, Field(description="Your name for the order; lists filter by it.")]
    business_code: Annotated[Name, Field(description="Business code; values are not documented.")]
    related_contact_information: Annotated[
        list[dict[str, Any]], Field(max_length=2, description="At most 2 contacts; shape not documented.")
    ]


class NewQuoteItemFields(QuoteItemFields, total=False):
    """The same for a new line, where the qualification item has to be there."""

    product_offering_qualification_item_id: Required[  # type: ignore[misc]
        Annotated[Identifier, Field(description="Identifier of one element of an eligibility request.")]
    ]


class ChangedQuoteItemFields(QuoteItemFields, total=False):
    """The same for an update, with three fields that only the newer document takes there (C36).

    What writing them does is not documented: leave them alone unless Covage asked for it.
    """

    quote_date: Annotated[str, Field(description="Quotation date, ISO 8601.")]
    state: Annotated[str, Field(description="State of the line.")]
    reference: Annotated[str, Field(description="Reference of the line.")]


class OfferFields(TypedDict, total=False):
    """The body of accepting, declining and restoring one offer of a line (covage-quotation.txt)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    product_id: Required[Annotated[Identifier, Field(description='The offer, such as "2173".')]]
    comment: Annotated[str, Field(description="Why it is declined.")]


class ContactFields(TypedDict, total=False):
    """An element of `related_contact_information` of an order line: site, contacts (covage-order.txt)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    end_customer_name: Annotated[Name, Field(description="End customer. Needed at confirmation.")]
    siret: Annotated[Siret, Field(description="SIRET number, 14 digits.")]
    contact1_email_address: Annotated[str, Field(description="On-site contact. Needed at confirmation.")]
    contact1_firstname: Annotated[str, Field(description="On-site contact. Needed at confirmation.")]
    contact1_lastname: Annotated[str, Field(description="On-site contact. Needed at confirmation.")]
    contact1_phone_number: Annotated[Telephone, Field(description="On-site contact. Needed at confirmation.")]
    contact2_email_address: Annotated[str, Field(description="Second contact.")]
    contact2_firstname: Annotated[str, Field(description="Second contact.")]
    contact2_lastname: Annotated[str, Field(description="Second contact.")]
    contact2_phone_number: Annotated[Telephone, Field(description="Second contact.")]
    city: Annotated[str, Field(description="City. Needed at confirmation.")]
    postcode: Annotated[Postcode, Field(description="Postal code. Needed at confirmation.")]
    street_name: Annotated[str, Field(description="Street. Needed at confirmation.")]
    street_number: Annotated[str, Field(description="Number in the street. Needed at confirmation.")]
    street_number_extension: Annotated[str, Field(description="What follows the number, such as B.")]
    insee_code: Annotated[Postcode, Field(description="INSEE code of the commune. Needed at confirmation.")]
    building_name: Annotated[str, Field(description="Building.")]
    level_number: Annotated[str, Field(description="Floor.")]
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="Degrees, WGS 84.")]
    longitude: Annotated[float | None, Field(ge=-180, le=180, description="Degrees, WGS 84.")]


class OrderItemFields(TypedDict, total=False):
    """Fields of an order line that can be written (covage-order.txt).

    Two fields have one name in the tables of the document and another in its examples (C12, C13). Both
    are taken and sent as given.
    """

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    product_offering_id: Annotated[Identifier, Field(description='The offer, such as "2173".')]
    product_offering_qualification_item_id: Annotated[
        Identifier, Field(description="Identifier of one element of an eligibility request: the site.")
    ]
    end_customer_name: Annotated[Name, Field(description="End customer.")]
    external_id: Annotated[Name, Field(description="Your own reference.")]
    option_ids: Annotated[list[Name], Field(description="Options; 7021 needs the two cpe fields.")]
    note: Annotated[str, Field(description="Free text.")]
    technical_note: Annotated[str, Field(description="Free technical text.")]
    project_id: Annotated[Name, Field(description="Code of a project.")]
    quote_item_id: Annotated[Name, Field(description="The quotation line that this order comes from.")]
    delivery_mode: Annotated[str, Field(description="Delivery mode; values are not documented.")]
    enni: Annotated[
        Name, Field(description="Reference of an ENNI (CN012345). Needed at confirmation, except for DIA.")
    ]
    enni_2: Annotated[Name, Field(description="Second ENNI, by its name in the tables.")]
    enni2: Annotated[Name, Field(description="Second ENNI, by its name in the examples.")]
    vlan_reference: Annotated[int | str, Field(description="VLAN; a number or its digits (C14).")]
    additional_vlan_reference: Annotated[Name, Field(description="Second VLAN.")]
    customer_order_name: Annotated[Name, Field(description="Your name for the order; lists filter by it.")]
    business_code: Annotated[Name, Field(description="Business code; values are not documented.")]
    billing_site_ref: Annotated[Name, Field(description="Billing site.")]
    related_contact_information: Annotated[
        list[ContactFields], Field(description="Site and contacts. Needed at confirmation.")
    ]
    siret_known: Annotated[bool, Field(description="Whether the SIRET is to be filled.")]
    specific_request: Annotated[str, Field(description="A special wish, in words.")]
    access_instructions: Annotated[str, Field(description="How to get in.")]
    scheduled_delivery_date: Annotated[Day, Field(description="Wanted date of delivery.")]
    cpe_networking_number: Annotated[
        str, Field(description="Network number of the CPE, by its name in the tables. Only with option 7021.")
    ]
    cpe_network_number: Annotated[str, Field(description="The same, by its name in the examples.")]
    cpe_serial_number: Annotated[str, Field(description="Serial number of the CPE. Only with option 7021.")]


class NewOrderItemFields(OrderItemFields, total=False):
    """The same for a new line: what has to be there, and what can be said on creation only (C19)."""

    product_offering_id: Required[Annotated[Identifier, Field(description="The offer.")]]  # type: ignore[misc]
    product_offering_qualification_item_id: Required[  # type: ignore[misc]
        Annotated[Identifier, Field(description="Identifier of one element of an eligibility request.")]
    ]
    offer_family: Annotated[str, Field(description="Family of the offer, such as BPE or DIA.")]
    offer_technology: Annotated[str, Field(description="Technology of the offer, such as FIBDE.")]


class FonFields(TypedDict, total=False):
    """Fields of a request for dark fibre (covage-fon.txt)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    project_id: Annotated[Name, Field(description="Code of a project.")]
    end_customer_name: Annotated[Name, Field(description="End customer.")]
    business_sector: Annotated[str, Field(description="End customer's sector; values are not documented.")]
    expected_response_date: Annotated[Day, Field(description="At least five working days ahead.")]
    note: Annotated[str, Field(description="Free text.")]


class QualificationAddressFields(TypedDict, total=False):
    """Address in an eligibility request; contents of city and street are not documented."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    label: Annotated[str, Field(description="The address in one line.")]
    street_nr: Annotated[str, Field(description="Number in the street.")]
    street_ext: Annotated[str, Field(description="What follows the number.")]
    street: Annotated[dict[str, Any], Field(description="Street; its fields are not documented.")]
    city: Annotated[dict[str, Any], Field(description="City; its fields are not documented.")]


class QualificationItemFields(TypedDict, total=False):
    """One site of an eligibility request (public documentation of the eligibility)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    offer_families: Required[
        Annotated[
            list[Name], Field(min_length=1, description="Families asked for, of `eligibility.categories`.")
        ]
    ]
    eligibility_id: Required[
        Annotated[Identifier, Field(description="The site, from the address search API.")]
    ]
    address: Annotated[QualificationAddressFields, Field(description="The site's address.")]


class EligibilityFields(TypedDict, total=False):
    """An eligibility request: sites and families of offers (public documentation of the eligibility)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    product_offering_qualification_item: Required[
        Annotated[list[QualificationItemFields], Field(min_length=1, description="The sites.")]
    ]
    external_id: Annotated[Name, Field(description="Your own reference.")]
    project_id: Annotated[Name, Field(description="Code of a project.")]


class ProjectFilters(TypedDict, total=False):
    """Filters of the list of projects."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    code: str
    active: bool


class EnniFilters(TypedDict, total=False):
    """Filters of the list of ENNI."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    reference: str
    name: str
    short_name: str
    active: bool
    offer: str
    dsp: str
    delivery_mode: str


class QuoteFilters(TypedDict, total=False):
    """Filters of the list of quotation baskets; bounds are ISO 8601."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    external_id: str
    project_id: str
    state: str
    creation_date_gt: Moment
    creation_date_lt: Moment
    quote_date_gt: Moment
    quote_date_lt: Moment


class QuoteItemExportFilters(TypedDict, total=False):
    """Filters of the CSV export of quotation lines (C45)."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    reference: str
    customer_order_name: str
    end_customer_name: str
    business_sector: str
    project_id: str
    state: str


class QuoteItemFilters(QuoteItemExportFilters, total=False):
    """Filters of the list of quotation lines; the further ones are in the older document only (C43)."""

    offer_family: str
    technology_family: str
    creation_date_gt: Moment
    creation_date_lt: Moment
    search: str
    sort: str


class OrderFilters(TypedDict, total=False):
    """Filters of the list of order sessions; bounds are ISO 8601."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    state: str
    external_id: str
    project_id: str
    creation_date_gt: Moment
    creation_date_lt: Moment
    order_date_gt: Moment
    order_date_lt: Moment
    completion_date_gt: Moment
    completion_date_lt: Moment
    cancellation_date_gt: Moment
    cancellation_date_lt: Moment


class OrderItemFilters(TypedDict, total=False):
    """Filters of the list of order lines; bounds are ISO 8601."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    state: str
    order_reference: str
    temporary_reference: str
    customer_order_name: str
    end_customer_name: str
    creation_date_gt: Moment
    creation_date_lt: Moment
    order_date_gt: Moment
    order_date_lt: Moment
    expiration_date_gt: Moment
    expiration_date_lt: Moment
    search: str
    sort: str


QUOTE_ITEM_NEEDS = ("product_offerings", "end_customer_name", "site_connection_type")
"""What a quotation line needs before its basket can be confirmed (covage-quotation.txt)."""

CONTACT_NEEDS = (
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
"""What each contact of an order line needs before its session can be confirmed (covage-order.txt)."""

CPE_OPTION = "7021"
"""The option that needs the two cpe fields (covage-order.txt, "Confirming the Order Session")."""

NO_ENNI_FAMILY = "DIA"
"""The family of offers whose enni is computed by Covage (C30)."""


def quote_item_gaps(item: Mapping[str, Any]) -> list[str]:
    """Find what the confirmation of a basket will miss in one of its lines.

    Args:
        item: The line as the API shows it.

    Returns:
        What is missing, a text each; a field that the answer does not show at all is not counted.
    """
    return [f"{name} is missing" for name in QUOTE_ITEM_NEEDS if name in item and _is_empty(item[name])]


def order_item_gaps(item: Mapping[str, Any]) -> list[str]:
    """Find what the confirmation of an order session will miss in one of its lines.

    Args:
        item: The line as the API shows it.

    Returns:
        What is missing or too much, a text each.
    """
    gaps = []
    if item.get("offer_family") != NO_ENNI_FAMILY and _is_empty(item.get("enni", "?")):
        gaps.append("enni is missing")
    return [*gaps, *_contact_gaps(item), *_cpe_gaps(item)]


def _contact_gaps(item: Mapping[str, Any]) -> list[str]:
    if "related_contact_information" not in item:
        return []
    contacts: Sequence[Mapping[str, Any]] = item["related_contact_information"] or []
    if not contacts:
        return ["related_contact_information is missing"]
    return [
        f"related_contact_information[{position}].{name} is missing"
        for position, contact in enumerate(contacts)
        for name in CONTACT_NEEDS
        if _is_empty(contact.get(name))
    ]


def _cpe_gaps(item: Mapping[str, Any]) -> list[str]:
    if "option_ids" not in item:
        return []
    wanted = CPE_OPTION in [str(option) for option in item["option_ids"] or []]
    pairs = {
        "cpe_networking_number": item.get("cpe_networking_number") or item.get("cpe_network_number"),
        "cpe_serial_number": item.get("cpe_serial_number"),
    }
    if wanted:
        return [
            f"{name} is missing (option {CPE_OPTION})" for name, value in pairs.items() if _is_empty(value)
        ]
    return [
        f"{name} has to be empty without option {CPE_OPTION}"
        for name, value in pairs.items()
        if not _is_empty(value)
    ]


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
