"""The selling companies, people and their tokens."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.answers.common import (
    Addressed,
    Company,
    ContactType,
    Dated,
    MaybeMoment,
    Person,
    Positioned,
    WithWorkflows,
)


class LegalEntity(Addressed, Positioned, Company):
    """A selling company of the group."""

    id: int
    name: str
    logo: str | None


class Contact(WithWorkflows, Dated, Person):
    """A person to get in touch with."""

    id: int


class TypedContact(WithWorkflows, Dated):
    """What a contact is in charge of."""

    id: int
    entityId: int
    entityClass: str
    contact: Contact
    type: ContactType


class User(WithWorkflows, Dated, Person):
    """A person with an account."""

    id: int


class UserRole(WithWorkflows, Dated):
    """What a user may do for a company."""

    id: int
    user: User
    role: str | None


class UserApiToken(WithWorkflows, Dated):
    """A token made in the customer area."""

    id: int
    name: str | None
    active: bool
    token: str
    lastUsage: MaybeMoment
