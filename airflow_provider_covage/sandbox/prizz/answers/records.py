"""Attachments, comments and what a search finds."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.answers.common import Answer, Dated, MaybeMoment


class Attachment(Dated):
    """A file, with a temporary link to its content."""

    id: int
    name: str
    category: str | None
    mimeType: str
    presignedUrl: str | None
    presignedUrlExpires: MaybeMoment


class Attachments(Answer):
    """Some attachments."""

    attachments: list[Attachment]


class Comment(Dated):
    """A comment."""

    id: int
    owner: str
    content: str
    contentType: str


class CommentTree(Answer):
    """A comment with the answers to it."""

    comment: Comment
    children: list[CommentTree]


class CommentThread(Dated):
    """The comments about one thing."""

    id: int
    owner: str
    title: str | None
    entityClass: str
    entityId: int
    public: str
    subscribers: list[str]
    comments: list[CommentTree]


class ContactSearch(Answer):
    """A contact of a customer company that was found."""

    id: str
    name: str
    companyName: str | None
    phone1: str | None
    phone2: str | None


class ClientLegalEntitySearch(Answer):
    """A customer company that was found."""

    index: str
    query: str
    id: str
    legalEntityIds: list[str]
    name: str
    address: str
    siren: str | None
    tel: str | None
    email: str | None
    contacts: list[ContactSearch]


class CommercialOfferSearch(Answer):
    """A commercial offer that was found."""

    index: str
    query: str
    id: str
    legalEntityId: str
    clientLegalEntityId: str
    name: str
    notes: str | None
    createDate: MaybeMoment
    sectionNames: str | None
    addresses: list[str]


class InvoiceSearch(Answer):
    """An invoice that was found."""

    index: str
    query: str
    id: str
    legalEntityId: str
    clientLegalEntityId: str
    ref: str | None
    createDate: MaybeMoment


class ServiceContractSearch(Answer):
    """A service contract that was found."""

    index: str
    query: str
    id: str
    legalEntityId: str
    clientLegalEntityId: str
    name: str
    status: str | None
    refClient: str | None
    description: str | None
    createDate: MaybeMoment
    addresses: list[str]
