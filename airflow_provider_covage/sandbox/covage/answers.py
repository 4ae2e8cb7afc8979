"""What answers hold, field by field as the documents list it.

These models are two things at once: the schemas of the OpenAPI description, and the list of fields
from which `render` builds each answer.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel

Text = str | None
Moment = Annotated[str | None, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str | None, Field(json_schema_extra={"format": "date"})]
Element = TypeVar("Element")


class Answer(BaseModel):
    """An answer; a service may send more fields than the documented ones."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


class Page(Answer, Generic[Element]):
    """The envelope of paginated answers."""

    page_size: int
    count: int
    next_page: int | str | None = Field(default=None, description="Number, path or URL (C41)")
    previous_page: int | str | None = None
    results: list[Element]


class Detail(Answer):
    """A sentence: what deletions answer, and errors."""

    detail: str


class Token(Answer):
    """Answer of the token endpoint (Keycloak)."""

    access_token: str
    expires_in: float = Field(description="Seconds")
    refresh_token: str
    refresh_expires_in: float = Field(description="Seconds")
    token_type: str
    scope: str
    session_state: str


class FonRequest(Answer):
    """FON request (`covage-fon.txt`)."""

    project_id: Text = Field(description="Associated project identifier")
    end_customer_name: Text = Field(description="End customer name")
    business_sector: Text = Field(description="End customer's sector of activity")
    expected_response_date: Day = Field(description="Expected response date")
    note: Text = Field(description="Additional information for the request")
    id: str = Field(description="Request identifier")
    reference: str = Field(description="Request reference")
    state: str = Field(description="Current state of the request")
    sites_file: Text = Field(description="Template file completed for the request")
    trace_file: Text = Field(description="Link trace file for the request")
    created_by: str = Field(description="User who created the request")
    creation_date: Moment = Field(description="Creation date")


class QualificationResult(Answer):
    """Element of an eligibility request. Shape invented, except that its id is what quotes ask for (C47)."""

    id: str = Field(description="To be used as product_offering_qualification_item_id")
    state: str
    offer_families: list[str]
    eligibility_id: str
    address: dict[str, Any] | None
    product_offerings: list[dict[str, Any]] = Field(description="Offers found, once the request is done")


class Qualification(Answer):
    """Eligibility request with its elements. Shape invented, not documented (C47)."""

    id: str = Field(description="Request identifier")
    external_id: Text = Field(description="External identifier")
    project_id: Text = Field(description="Project identifier")
    state: str = Field(description="State of the request")
    creation_date: Moment = Field(description="Creation date")
    product_offering_qualification_item: list[QualificationResult] = Field(
        description="The elements; product_offering_qualification_items in some answers (C35)"
    )


class Category(Answer):
    """Offer family (public documentation)."""

    name: str
    type: str
    description: str


class Project(Answer):
    """Project agreed with the sales team (public documentation)."""

    code: str = Field(description="The value for project_id")
    active: bool
    start_date: Day
    end_date: Day
    code_client: str


class Enni(Answer):
    """Collection door (public documentation)."""

    code: str = Field(description="Code in some answers (C34)")
    name: str
    short_name: str
    reference: str = Field(description="The value for enni")
    label: str
    offer: str
    dsp: str
    delivery_mode: str
    active: bool


class TrackedOrder(Answer):
    """Order in production or in service (public documentation)."""

    modification_date: Moment = Field(description="Last change")
    order_reference: str = Field(description="For instance CMD_X_00009444")
    id: str = Field(description="For instance PO_DC173_20250423_003366 (C21)")
    order_date: Moment = Field(description="Order date")
    cancellation_date: Moment = Field(description="Cancellation date")
    cancellation_reason: Text = Field(description="Cancellation reason")
    completion_date: Moment = Field(description="Completion date")
    state: str = Field(description="Current state")
    project_id: Text = Field(description="Project")
    offer_technology: Text = Field(description="Offer technology")
    commitment: int = Field(description="Months")


class TrackedOrderDetail(TrackedOrder):
    """Tracked order in full; only external_id is documented, the other two are invented."""

    external_id: Text = Field(description="External identifier of the order line")
    end_customer_name: Text = Field(description="End customer name")
    customer_order_name: Text = Field(description="Customer order name")


class Step(Answer):
    """Production step of a tracked order. Shape invented, the documents give three names only."""

    step: str = Field(description="For instance production_manager_assigned")
    date: Moment = Field(description="When it was reached")
    comment: str


class Steps(RootModel[list[Step]]):
    """Production steps, oldest first."""


class Problem(RootModel[dict[str, Any]]):
    """What is wrong with a request: field -> messages, or `detail`. Format invented (C55)."""


class OAuthError(Answer):
    """Error of the token endpoint (Keycloak)."""

    error: str
    error_description: str
