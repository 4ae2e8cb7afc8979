"""Request bodies and filters of the Prizz API, checked before anything is sent.

The names are those of the API in snake_case. No document marks a field of a body as needed (P7): what is
missing, the API says.
"""

from typing import Annotated, Required

from pydantic import AliasGenerator, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from airflow_provider_covage.api.bodies import CONFIG, Day, Name
from airflow_provider_covage.api.prizz.enums import (
    AttachedTo,
    ContentType,
    ContractStatus,
    Direction,
    OfferStatus,
    ProductGroup,
    TicketOperator,
    TicketState,
    WorkflowContext,
)

_CONFIG = ConfigDict(**CONFIG, alias_generator=AliasGenerator(serialization_alias=to_camel))

_Words = Annotated[Name, Field(min_length=1, pattern=r"\S")]

SortById = Annotated[Direction, Field(serialization_alias="sort[id]", description="Sort by identifier.")]
SortByDate = Annotated[
    Direction, Field(serialization_alias="sort[createDate]", description="Sort by date of creation.")
]


class PageFilters(TypedDict, total=False):
    """Which pages: all of them, from the first on, unless told otherwise."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    page: Annotated[int, Field(description="Page to begin with; that of the first is not documented (P13).")]
    items_per_page: Annotated[int, Field(gt=0, description="Records per page; the connection's page_size.")]


class CompanyFilters(PageFilters, total=False):
    """Filters of the list of customer companies."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_id: SortById
    legal_entity_id: Annotated[int, Field(description="Only customers of this selling company.")]
    search: Annotated[str, Field(description="Text to search for.")]


class SellerFilters(PageFilters, total=False):
    """Filters of the list of selling companies."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_id: SortById


class EligibilityFields(TypedDict, total=False):
    """An eligibility request: an address, or coordinates (P8)."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    client_id: Required[Annotated[int, Field(description="Customer company that asks.")]]
    address: Annotated[_Words, Field(description="The site's address in one line.")]
    lat: Annotated[float, Field(ge=-90, le=90, description="Degrees, WGS 84.")]
    lon: Annotated[float, Field(ge=-180, le=180, description="Degrees, WGS 84.")]


class ContextFilters(TypedDict, total=False):
    """What prices of an offer are computed for."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    items: Required[
        Annotated[
            list[int], Field(min_length=1, serialization_alias="items[]", description="Price list items.")
        ]
    ]
    distance: Annotated[int, Field(ge=0, description="Metres of network to build.")]


class CombinationFilters(TypedDict, total=False):
    """What combinations of an offer are computed for."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    price_list: Required[Annotated[int, Field(description="Price list.")]]
    groups: Annotated[
        list[ProductGroup], Field(serialization_alias="groups[]", description="Groups to combine.")
    ]
    autofill_offer: Annotated[bool, Field(description="Add default products for groups that are missing.")]
    items: Annotated[
        list[int], Field(serialization_alias="items[]", description="Items that are decided already.")
    ]
    distance: Annotated[int, Field(ge=0, description="Metres of network to build.")]


class CatalogueFilters(TypedDict, total=False):
    """Which offers of the catalogue."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    ids: Annotated[list[int], Field(serialization_alias="ids[]", description="Offers by identifier.")]
    codes: Annotated[list[str], Field(serialization_alias="codes[]", description="Offers by code.")]


class IdFilters(TypedDict, total=False):
    """Which price lists or items: they can only be read by identifier (P15)."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    ids: Required[
        Annotated[list[int], Field(min_length=1, serialization_alias="ids[]", description="Identifiers.")]
    ]


class CommentFields(TypedDict, total=False):
    """A comment."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    title: Annotated[str, Field(description="Title of a new thread.")]
    thread_id: Annotated[int, Field(description="Thread to add to; a new one without.")]
    parent_id: Annotated[int, Field(description="Comment that is answered.")]
    content_type: Annotated[ContentType, Field(description="text or markdown.")]
    content: Annotated[_Words, Field(description="The comment.")]


class NewOfferFields(TypedDict, total=False):
    """A new commercial offer; it takes no reference of the customer (P24)."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    legal_entity_id: Annotated[int, Field(description="Selling company.")]
    client_legal_entity_id: Annotated[int, Field(description="Customer company.")]


class SectionFields(TypedDict, total=False):
    """A new section of a commercial offer: one service."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    name: Annotated[_Words, Field(description="Name; the description of the service contract later.")]
    client_reference: Annotated[Name, Field(description="Your own reference.")]
    client_contract_id: Annotated[int, Field(description="Framework contract of the customer company.")]


class FastOrderFields(TypedDict, total=False):
    """A commercial offer made of a combination that an eligibility request has found."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    name: Annotated[_Words, Field(description="Name of its section.")]
    client_reference: Annotated[Name, Field(description="Your own reference, kept by the section.")]
    combination_id: Annotated[_Words, Field(description="`combinationId` of the combination.")]


class SectionNameFields(TypedDict, total=False):
    """A new name of a section."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    name: Annotated[_Words, Field(description="The name.")]


class SectionSiteFields(TypedDict, total=False):
    """Address or addresses to connect."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    address: Annotated[Name, Field(description="The site (offers of type L2).")]
    address_a: Annotated[Name, Field(description="Site A (offers of type FON).")]
    address_b: Annotated[Name, Field(description="Site B (offers of type FON).")]


class SectionOfferFields(TypedDict, total=False):
    """The catalogue offer of a section."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    offer_id: Annotated[int, Field(description="The catalogue offer.")]
    eligibility: Annotated[SectionSiteFields, Field(description="What is to be connected.")]


class SectionItemsFields(TypedDict, total=False):
    """What a section is to have; the values allowed can be read from `offer.contexts`."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    bandwidth: Annotated[Name, Field(description='Mb/s, such as "1000".')]
    grt: Annotated[Name, Field(description='Guaranteed repair time, hours and type, such as "4HNO".')]
    commitment: Annotated[Name, Field(description='Months, such as "24".')]
    express: Annotated[Name, Field(description='Days of lead time, such as "28".')]


class SignFields(TypedDict, total=False):
    """The signature of a commercial offer."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    code: Annotated[_Words, Field(description="The code that was sent; without it one is sent.")]


class OfferFilters(PageFilters, total=False):
    """Filters of the list of commercial offers."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_id: SortById
    sort_create_date: SortByDate
    legal_entity_id: Annotated[int, Field(description="Selling company.")]
    client_legal_entity_id: Annotated[int, Field(description="Customer company.")]
    sections_offer_id: Annotated[
        int, Field(serialization_alias="sections.offerId", description="Catalogue offer of a section.")
    ]
    status: Annotated[OfferStatus, Field(description="Status.")]
    create_date_from: Annotated[
        Day, Field(serialization_alias="createDate[from]", description="First day of creation.")
    ]
    create_date_to: Annotated[
        Day, Field(serialization_alias="createDate[to]", description="Last day of creation.")
    ]
    search: Annotated[str, Field(description="Text to search for.")]


class ContractFilters(PageFilters, total=False):
    """Filters of the list of service contracts."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_id: SortById
    sort_status: Annotated[
        Direction, Field(serialization_alias="sort[status]", description="Sort by status.")
    ]
    status: Annotated[ContractStatus, Field(description="Status.")]
    legal_entity_id: Annotated[int, Field(description="Selling company.")]
    offer_id: Annotated[int, Field(description="Catalogue offer.")]
    search: Annotated[str, Field(description="Text to search for.")]


class VlanFields(TypedDict, total=False):
    """The VLAN of a service contract."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    vid: Annotated[int, Field(description="Number inside the customer's VLAN group.")]


class ServiceFilters(PageFilters, total=False):
    """Filters of the list of services."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_id: SortById
    legal_entity_id: Annotated[int, Field(description="Selling company.")]


class AttachmentFilters(TypedDict, total=False):
    """Whose attachments."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    entity_id: Required[Annotated[int, Field(description="The object.")]]
    entity_type: Required[Annotated[AttachedTo, Field(description="Its kind.")]]


class ThreadFilters(TypedDict, total=False):
    """Whose comments."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    entity_class: Required[
        Annotated[_Words, Field(description="Class of the object; the values are not documented.")]
    ]
    entity_id: Required[Annotated[int, Field(description="The object.")]]


class InvoiceFilters(PageFilters, total=False):
    """Filters of the list of invoices; month and year are the period."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_id: SortById
    sort_create_date: SortByDate
    client_legal_entity_id: Annotated[int, Field(description="Customer company.")]
    legal_entity_id: Annotated[int, Field(description="Selling company.")]
    month: Annotated[int, Field(ge=1, le=12, description="Month of the period.")]
    year: Annotated[int, Field(ge=1, le=9999, description="Year of the period.")]
    search: Annotated[str, Field(description="Text to search for.")]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value


class TicketFilters(TypedDict, total=False):
    """Filters of the list of tickets of all operators."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    sort_date_creation: Annotated[
        Direction, Field(serialization_alias="sort[date_creation]", description="Sort by date of creation.")
    ]
    etat: Annotated[TicketState, Field(description="State.")]
    operator: Annotated[TicketOperator, BeforeValidator(_whole), Field(description="Operator (P17).")]
    show_archived: Annotated[bool, Field(description="Archived tickets, too; not unless told.")]


class NewTicketFields(TypedDict, total=False):
    """A new ticket; what has happened is told afterwards, with `process.run` (P18)."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    service_id: Annotated[int, Field(description="The service that it is about.")]


class NewWorkflowFields(TypedDict, total=False):
    """A new workflow."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    context_name: Annotated[WorkflowContext, Field(description="Kind of workflow.")]
    entity_id: Annotated[int, Field(description="The object that it is run on.")]


class RunningFilters(TypedDict, total=False):
    """Which running workflows; how several names are separated is not documented (P14)."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    contexts: Annotated[str, Field(description="Kind of workflow.")]
    states: Annotated[str, Field(description="State.")]


class SearchFilters(TypedDict, total=False):
    """What to search for."""

    __pydantic_config__ = _CONFIG  # type: ignore[misc]

    q: Required[Annotated[_Words, Field(description="The text.")]]
    legal_entity_id: Annotated[int, Field(description="Selling company.")]
    client_legal_entity_id: Annotated[int, Field(description="Customer company.")]
