"""The 42 contexts in which workflows run: what each is about, and its form.

The names are documented. Which object each takes is deduced from its name, the fields of the forms are
invented, as they are not documented (P19).
"""

from __future__ import annotations

from dataclasses import dataclass

from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

PREFIX = "Infracorp\\Services\\Workflow\\"
SUFFIX = "\\Context"


@dataclass(frozen=True)
class FormField:
    """A field of a form; a name that begins with `*` is that of a field that has to be filled."""

    name: str
    type: str = "text"
    values: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the field has to be filled."""
        return self.name.startswith("*")

    def as_dict(self) -> Json:
        """Return the field as answers show it."""
        name = self.name.removeprefix("*")
        return {
            "caption": name,
            "name": name,
            "required": self.required,
            "value": "",
            "values": [{"key": value, "value": value} for value in self.values],
            "type": "choice" if self.values else self.type,
            "help": "",
            "multiple": False,
            "expanded": False,
        }


@dataclass(frozen=True)
class Context:
    """What a workflow is about, and the transitions that can be run, each with its form."""

    name: str
    kind: str
    transitions: tuple[tuple[str, tuple[FormField, ...]], ...]

    @property
    def full_name(self) -> str:
        """The value of `contextName`."""
        return f"{PREFIX}{self.name}{SUFFIX}"

    @property
    def title(self) -> str:
        """Title for people."""
        return self.name.replace("\\", " / ")


CONTACT_TYPES = (
    "DELIVERY",
    "SCHEDULED_MAINTENANCE",
    "INCIDENT",
    "ADMINISTRATIVE",
    "ACCOUNTING",
    "CONSTRUCTION_SITE",
)
_SECTION = FormField("*sectionId", "integer")
_ITEM = FormField("*itemId", "integer")
_QUANTITY = FormField("*quantity", "integer")
_CONTENT = FormField("*content", "textarea")
_THREAD = (FormField("title"), _CONTENT)
_CONTACT = FormField("*contactId", "integer")
_ASSIGN = (_CONTACT, FormField("*type", values=CONTACT_TYPES))
_PERSON = (FormField("firstname"), FormField("*lastname"), FormField("email"), FormField("phone1"))
_ITEMS = tuple(FormField(name) for name in ("bandwidth", "grt", "commitment", "express"))

_OFFER, _CONTRACT, _CLIENT, _APPOINTMENT = (
    "commercial_offer",
    "service_contract",
    "client_legal_entity",
    "appointment",
)
_FORMS: tuple[tuple[str, str, tuple[FormField, ...]], ...] = (
    ("ClientLegalEntity\\CreateCommercialOffer", _CLIENT, (FormField("*legalEntityId", "integer"),)),
    ("CommercialOffer\\Submit", _OFFER, ()),
    ("CommercialOffer\\Sign", _OFFER, (FormField("code"),)),
    ("CommercialOffer\\Rename", _OFFER, (FormField("*name"),)),
    (
        "CommercialOffer\\AddSection",
        _OFFER,
        (FormField("*name"), FormField("clientReference"), FormField("clientContractId", "integer")),
    ),
    ("CommercialOffer\\RemoveSection", _OFFER, (_SECTION,)),
    ("CommercialOffer\\RenameSection", _OFFER, (_SECTION, FormField("*name"))),
    ("CommercialOffer\\UpdateOfferItemInOffer", _OFFER, (_ITEM, _QUANTITY)),
    (
        "CommercialOffer\\SetOffer",
        _OFFER,
        (
            _SECTION,
            FormField("*offerId", "integer"),
            *(FormField(n) for n in ("address", "addressA", "addressB")),
        ),
    ),
    ("Comment\\AddComment", "comment_thread", (_CONTENT,)),
    ("Comment\\SubscribeThread", "comment_thread", (FormField("*email"),)),
    ("Comment\\UpdateComment", "comment", (_CONTENT,)),
    ("Comment\\UpdateThread", "comment_thread", (FormField("*title"),)),
    ("ClientLegalEntity\\CreateCommentThread", _CLIENT, _THREAD),
    ("ServiceContract\\CreateCommentThread", _CONTRACT, _THREAD),
    ("Invoice\\CreateCommentThread", "invoice", _THREAD),
    ("CommercialOffer\\CreateCommentThread", _OFFER, _THREAD),
    ("Users\\CreateToken", "user", (FormField("*name"),)),
    ("Users\\RevokeToken", "api_token", ()),
    ("CommercialOffer\\UpdateSubscribers", _OFFER, (FormField("*subscribers"),)),
    (
        "CommercialOffer\\AddItem",
        _OFFER,
        (_SECTION, FormField("*priceListItemId", "integer"), FormField("quantity", "integer")),
    ),
    ("CommercialOffer\\RemoveItem", _OFFER, (_ITEM,)),
    ("CommercialOffer\\UpdateSectionItems", _OFFER, (_SECTION, *_ITEMS)),
    ("ClientLegalEntity\\AssignContact", _CLIENT, _ASSIGN),
    ("ClientLegalEntity\\AddContact", _CLIENT, _PERSON),
    ("ClientLegalEntityContact\\SwitchActive", "typed_contact", ()),
    ("Contact\\Update", "contact", tuple(FormField(f.name.removeprefix("*")) for f in _PERSON)),
    ("ServiceContract\\UpdateDescription", _CONTRACT, (FormField("*description"),)),
    ("ServiceContract\\UpdateClientRef", _CONTRACT, (FormField("*refClient"),)),
    ("ServiceContract\\Activation\\SetupL2", _CONTRACT, (FormField("*vid", "integer"),)),
    ("CommercialOffer\\UpdateClientRefSection", _OFFER, (_SECTION, FormField("*clientReference"))),
    ("CommercialOffer\\AssignContact", _OFFER, _ASSIGN),
    ("ServiceContract\\AssignContact", _CONTRACT, _ASSIGN),
    ("ServiceContract\\Contact\\SwitchActive", _CONTRACT, (_CONTACT,)),
    ("CommercialOffer\\Contact\\SwitchActive", _OFFER, (_CONTACT,)),
    ("Users\\SwitchActiveRole", "user_role", ()),
    ("ClientLegalEntity\\AddUserRole", _CLIENT, (FormField("*role"),)),
    ("Appointment\\ChangeContact", _APPOINTMENT, (_CONTACT,)),
    ("Appointment\\CustomerCancel", _APPOINTMENT, (FormField("reason"),)),
    ("Appointment\\CustomerChangeDate", _APPOINTMENT, (FormField("*date", "datetime"),)),
    ("ServiceContract\\MigrateCoaxToL2Premium", _CONTRACT, ()),
)
CONFIRM = Context(
    "Appointment\\CustomerConfirm",
    _APPOINTMENT,
    (("confirm", (FormField("comment"),)), ("refuse", (FormField("*reason"),))),
)
"""The one context with two transitions."""

CONTEXTS: dict[str, Context] = {
    context.full_name: context
    for context in (*(Context(name, kind, (("run", form),)) for name, kind, form in _FORMS), CONFIRM)
}

_CLOSED = {"commercial_offer": ("signed", "abandoned"), "service_contract": ("terminated",)}


def full(name: str) -> str:
    """Return the full name of a context."""
    return f"{PREFIX}{name}{SUFFIX}"


def available(world: World, record: Record) -> list[str]:
    """Return the names of the contexts that a record can be taken into."""
    if record.data.get("status") in _CLOSED.get(record.kind, ()):
        return [name for name in _by_kind(record.kind) if name.endswith(f"CreateCommentThread{SUFFIX}")]
    return _by_kind(record.kind)


def _by_kind(kind: str) -> list[str]:
    return [context.full_name for context in CONTEXTS.values() if context.kind == kind]
