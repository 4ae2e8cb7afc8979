"""What the 42 contexts do to the object that a workflow was started on."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from airflow_provider_covage.sandbox.clock import parse_date
from airflow_provider_covage.sandbox.errors import invalid, refused
from airflow_provider_covage.sandbox.prizz import catalogue
from airflow_provider_covage.sandbox.prizz.appointments import Appointments
from airflow_provider_covage.sandbox.prizz.comments import Comments
from airflow_provider_covage.sandbox.prizz.contexts import CONTACT_TYPES, Context
from airflow_provider_covage.sandbox.prizz.contracts import Contracts
from airflow_provider_covage.sandbox.prizz.effects_offer import OfferEffects
from airflow_provider_covage.sandbox.prizz.forms import Form
from airflow_provider_covage.sandbox.prizz.sections import Sections
from airflow_provider_covage.sandbox.prizz.signing import Signing
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

Effect = Callable[[Record, Form], Record | None]


class Effects:
    """What becomes of objects; an effect returns the object that it has made, if it makes one."""

    def __init__(
        self,
        world: World,
        sections: Sections,
        signing: Signing,
        contracts: Contracts,
        appointments: Appointments,
        comments: Comments,
    ) -> None:
        self.world = world
        self.contracts = contracts
        self.appointments = appointments
        self.comments = comments
        self.signing = signing
        self._all: dict[str, Effect] = {
            **OfferEffects(world, sections).all(),
            **self._of_comments(),
            **self._of_people(),
            **self._of_contracts(),
            "CommercialOffer\\Sign": self._sign,
            "Appointment\\ChangeContact": self._change_contact,
            "Appointment\\CustomerCancel": lambda entity, _form: appointments.cancel(entity),
            "Appointment\\CustomerChangeDate": self._change_date,
        }

    def apply(self, context: Context, transition: str, entity: Record, form: Form) -> Record | None:
        """Do what a transition does; an `ApiError` says why it cannot be done."""
        if context.name == "Appointment\\CustomerConfirm":
            self._confirm(entity, transition)
            return None
        return self._all[context.name](entity, form)

    def _of_comments(self) -> dict[str, Effect]:
        owners = ("ClientLegalEntity", "ServiceContract", "Invoice", "CommercialOffer")
        return {
            **{f"{owner}\\CreateCommentThread": self._thread for owner in owners},
            "Comment\\AddComment": lambda thread, form: self.comments.write(thread, form.text("content")),
            "Comment\\SubscribeThread": self._subscribe,
            "Comment\\UpdateComment": lambda comment, form: self._set(comment, content=form.text("content")),
            "Comment\\UpdateThread": lambda thread, form: self._set(thread, title=form.text("title")),
        }

    def _of_people(self) -> dict[str, Effect]:
        owners = ("ClientLegalEntity", "CommercialOffer", "ServiceContract")
        return {
            "Users\\CreateToken": self._create_token,
            "Users\\RevokeToken": self._revoke_token,
            "Users\\SwitchActiveRole": self._switch,
            **{f"{owner}\\AssignContact": self._assign for owner in owners},
            "ClientLegalEntity\\AddContact": self._add_contact,
            "ClientLegalEntity\\AddUserRole": self._add_role,
            "ClientLegalEntityContact\\SwitchActive": self._switch,
            "ServiceContract\\Contact\\SwitchActive": self._switch_contact,
            "CommercialOffer\\Contact\\SwitchActive": self._switch_contact,
            "Contact\\Update": self._update_contact,
        }

    def _of_contracts(self) -> dict[str, Effect]:
        return {
            "ServiceContract\\UpdateDescription": self._describe,
            "ServiceContract\\UpdateClientRef": lambda contract, form: self._set(
                contract, refClient=form.text("refClient")
            ),
            "ServiceContract\\Activation\\SetupL2": self._set_vlan,
        }

    def _set(self, record: Record, **changes: object) -> None:
        self.world.modify(record, **changes)

    def _sign(self, offer: Record, form: Form) -> None:
        self.signing.advance(offer, form.text("code") or None)

    def _thread(self, entity: Record, form: Form) -> Record:
        thread = self.comments.open(entity, form.text("title") or None)
        self.comments.write(thread, form.text("content"))
        return thread

    def _subscribe(self, thread: Record, form: Form) -> None:
        self._set(thread, subscribers=[*thread.data["subscribers"], form.text("email")])

    def _create_token(self, _user: Record, form: Form) -> Record:
        token = secrets.token_hex(20)
        self.world.tokens.add(token)
        shown = {"name": form.text("name"), "active": True, "token": token, "lastUsage": None}
        return self.world.dated("api_token", shown)

    def _revoke_token(self, token: Record, _form: Form) -> None:
        self.world.tokens.remove(token.data["token"])
        self._set(token, active=False)

    def _switch(self, record: Record, _form: Form) -> None:
        self._set(record, active=not record.data.get("active", True))

    def _contact(self, form: Form) -> Record:
        found = self.world.several("contact", [form.number("contactId") or 0])
        if not found:
            raise invalid(contactId=["There is no such contact."])
        return found[0]

    def _assign(self, entity: Record, form: Form) -> Record:
        contact, kind = self._contact(form), form.text("type")
        if kind not in CONTACT_TYPES:
            raise invalid(type=[f"This value should be one of {', '.join(CONTACT_TYPES)}."])
        number = contact.data["id"]
        data = {"type": kind, "entityId": entity.data["id"], "entityClass": entity.kind, "contactId": number}
        typed = self.world.dated("typed_contact", data)
        contacts = entity.data["contacts"]
        self._set(
            entity,
            configuredContacts=[*entity.data["configuredContacts"], typed.data["id"]],
            contacts=contacts if number in contacts else [*contacts, number],
        )
        return typed

    def _add_contact(self, client: Record, form: Form) -> Record:
        fields = ("firstname", "lastname", "email", "phone1")
        person: Json = {name: form.text(name) or None for name in fields}
        contact = self.world.dated("contact", {**person, "companyName": client.data["name"]})
        self._set(client, contacts=[*client.data["contacts"], contact.data["id"]])
        return contact

    def _add_role(self, client: Record, form: Form) -> Record:
        role = self.world.dated("user_role", {"userId": catalogue.USER["id"], "role": form.text("role")})
        self._set(client, roles=[*client.data["roles"], role.data["id"]])
        return role

    def _switch_contact(self, entity: Record, form: Form) -> None:
        number, contacts = self._contact(form).data["id"], entity.data["contacts"]
        without = [contact for contact in contacts if contact != number]
        self._set(entity, contacts=without if number in contacts else [*contacts, number])

    def _update_contact(self, contact: Record, form: Form) -> None:
        fields = ("firstname", "lastname", "email", "phone1")
        self._set(contact, **{name: form.text(name) for name in fields if form.text(name)})

    def _describe(self, contract: Record, form: Form) -> None:
        self._set(contract, description=form.text("description"))

    def _set_vlan(self, contract: Record, form: Form) -> None:
        self.contracts.give_vlan(contract, form.number("vid") or 0)

    def _confirm(self, appointment: Record, transition: str) -> None:
        if appointment.data["status"] != "need_confirm":
            raise refused(f"{appointment.data['name']} is {appointment.data['status']}.")
        if transition == "confirm":
            self.appointments.confirm(appointment)
        else:
            self.appointments.refuse(appointment)

    def _change_contact(self, appointment: Record, form: Form) -> None:
        self._set(appointment, contactId=self._contact(form).data["id"])

    def _change_date(self, appointment: Record, form: Form) -> None:
        try:
            date = parse_date(form.text("date"))
        except ValueError:
            raise invalid(date=["This value is not a valid date."]) from None
        self._set(appointment, date=date, accepted=False)
