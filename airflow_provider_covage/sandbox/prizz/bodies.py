"""What requests may hold, field by field as the documents list it; anything else is refused.

No field is documented as required (P7). What is missed, where nothing makes sense without it, is said by
the operation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_VLAN = 4094


def _whole(value: str | None) -> str | None:
    """Refuse half of a surrogate pair, which JSON can write but UTF-8 cannot."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise ValueError("This value is not valid.") from None
    return value


Text = Annotated[str | None, AfterValidator(_whole)]
Number = Annotated[int | None, Field(strict=True)]


class Body(BaseModel):
    """A body in which every field is known."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Credentials(Body):
    """Body of `/sicom/auth`."""

    email: str
    mdp: str


class CommercialOfferBody(Body):
    """A new commercial offer."""

    legalEntityId: Number = None
    clientLegalEntityId: Number = None


class SectionBody(Body):
    """A new section: one service."""

    name: Text = None
    clientReference: Text = None
    clientContractId: Number = None


class RenameBody(Body):
    """Another name for a section."""

    name: Text = None


class SiteBody(Body):
    """The site of an L2 offer, or the two sites of a FON offer."""

    address: Text = None
    addressA: Text = None
    addressB: Text = None


class SetOfferBody(Body):
    """The offer of a section, with its site or sites."""

    offerId: Number = None
    eligibility: SiteBody | None = None


class ItemsBody(Body):
    """The items of a section; every value is a string."""

    bandwidth: Text = Field(default=None, description="Mb/s")
    grt: Text = Field(default=None, description="Hours and type, for instance 4HNO")
    commitment: Text = Field(default=None, description="Months")
    express: Text = Field(default=None, description="Lead time in days")


class SignBody(Body):
    """A signature."""

    code: Text = Field(default=None, description="The code that was sent; leave it out to have one sent")


class FastOrderBody(Body):
    """A commercial offer from a combination that an eligibility request has found."""

    name: Text = None
    clientReference: Text = None
    combinationId: Text = None


class CommentBody(Body):
    """A comment."""

    title: Text = None
    threadId: Number = None
    parentId: Number = None
    contentType: Literal["text", "markdown"] | None = None
    content: Text = None


class VlanBody(Body):
    """The VLAN of a service contract."""

    vid: Number = Field(default=None, description="Number inside the VLAN group of the customer")


class WorkflowBody(Body):
    """A new workflow."""

    contextName: Text = None
    entityId: Number = None
