"""The kinds of records that Prizz-Telecom has, and what can become of them."""

from __future__ import annotations

INDEXED: dict[str, tuple[str, ...]] = {
    "legal_entity": (),
    "client_legal_entity": (),
    "client_contract": (),
    "user": (),
    "user_role": (),
    "api_token": (),
    "contact": (),
    "typed_contact": (),
    "product": (),
    "offer": ("name",),
    "price_list": (),
    "price_list_item": (),
    "eligibility": (),
    "commercial_offer": ("name", "status", "clientLegalEntityId"),
    "commercial_offer_section": (),
    "commercial_offer_item": (),
    "service_contract": ("name", "status"),
    "service": (),
    "nrc": (),
    "appointment": (),
    "invoice": ("ref",),
    "invoice_detail": (),
    "attachment": (),
    "comment_thread": (),
    "comment": (),
    "operator": (),
    "ticket": ("numero", "etat"),
    "process": (),
    "workflow": ("state",),
}
"""The kinds of records, with the fields by which they are often looked up."""

STANDING = frozenset({"legal_entity", "client_legal_entity", "client_contract", "offer", "price_list_item"})
"""Kinds that hardly change and are shown inside many others."""

INSIDE_STANDING = STANDING | {"price_list", "product", "contact", "typed_contact", "user", "user_role"}
"""Those, and the kinds that they show."""

STATE_FIELDS: dict[str, str] = {
    "eligibility": "state",
    "commercial_offer": "status",
    "service_contract": "status",
    "service": "status",
    "appointment": "status",
    "ticket": "etat",
    "process": "state",
    "workflow": "state",
}
"""The kinds that have a state, and the field that holds it."""

OUTCOMES: dict[str, tuple[str, ...]] = {
    "operation": ("done", "refused"),
    "eligibility": ("offers", "to_estimate", "none", "failed", "never"),
    "commercial_offer": ("validated", "estimated", "abandoned", "refused", "never"),
    "signature": ("signed", "refused"),
    "service_contract": ("active", "canceled", "never"),
    "operational_status": ("ok", "warning", "critical", "unknown", "not_shared"),
    "appointment": ("terminated", "canceled", "missing_custromer", "missing_technician", "never"),
    "ticket": ("resolu", "never"),
    "workflow": ("finished", "failed", "refused", "never"),
}
"""What can become of each resource, the usual outcome first.

`operation` is about writes, matched by `operation`, for instance `commercial_offer.create`. `never` is to
stay as it is, `refused` an answer with `success: false`. `signature` matches the fields of
the commercial offer, `operational_status` those of the service contract.
"""
