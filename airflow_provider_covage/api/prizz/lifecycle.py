"""The state machines of the Prizz API. The documents give names and hardly an arrow (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_covage.api.lifecycle import Lifecycle

OFFERS_FOUND = "offers_found"
"""An eligibility request that has found offers, whatever its `wfs` says (P4)."""

ELIGIBILITY = Lifecycle(
    "eligibility request",
    # The values of `wfs` are not documented: those that are final without an offer are the caller's to name.
    arrows={OFFERS_FOUND: ()},
    target=frozenset({OFFERS_FOUND}),
    failure=frozenset(),
    is_open=True,
    last=frozenset({OFFERS_FOUND}),
)

COMMERCIAL_OFFER = Lifecycle(
    "commercial offer",
    arrows={
        "new": ("estimate_pending", "approval_pending", "validated", "abandoned"),
        "estimate_pending": ("approval_pending", "validated", "abandoned"),
        "approval_pending": ("validated", "abandoned"),
        "validated": ("signed", "abandoned"),
        "signed": (),
        "abandoned": (),
    },
    target=frozenset({"validated"}),
    failure=frozenset({"abandoned"}),
    draft=frozenset({"new"}),
    next_step="submit the offer (commercial_offer.submit)",
)

CANCELED = "canceled"
"""A service contract with a `canceledDate`, whatever its status says."""

SERVICE_CONTRACT = Lifecycle(
    "service contract",
    arrows={
        "new": ("staging", CANCELED),
        "staging": ("active", CANCELED),
        "active": ("ending",),
        "ending": ("terminated",),
        "terminated": (),
        CANCELED: (),
    },
    target=frozenset({"active"}),
    failure=frozenset({"ending", "terminated", CANCELED}),
)

OPERATIONAL_STATUS = Lifecycle(
    "operational status of",
    # Health comes and goes: no state is past another, and what is wanted is the caller's to say.
    arrows={"ok": (), "warning": (), "critical": (), "unknown": ()},
    target=frozenset(),
    failure=frozenset(),
)

TICKET = Lifecycle(
    "ticket",
    arrows={
        "ticket_setup": ("att_prise_en_compte",),
        "att_prise_en_compte": ("dispatch",),
        "dispatch": ("investigation",),
        "investigation": ("resolu",),
        "resolu": ("end",),
        "end": (),
    },
    target=frozenset({"resolu", "end"}),
    failure=frozenset(),
)

WORKFLOW = Lifecycle(
    "workflow",
    # States are free texts (P4): both what is wanted and what fails is the caller's to say.
    arrows={},
    target=frozenset(),
    failure=frozenset(),
    is_open=True,
)

APPOINTMENT = Lifecycle(
    "appointment",
    arrows={
        "to_plan": ("need_confirm", "planned", "canceled"),
        "need_confirm": ("planned", "canceled"),
        "planned": ("terminated", "canceled", "missing_custromer", "missing_technician"),
        "terminated": (),
        "canceled": (),
        # The real spelling, and the one that it may be corrected to (P11).
        "missing_custromer": (),
        "missing_customer": (),
        "missing_technician": (),
    },
    target=frozenset({"terminated"}),
    failure=frozenset({"canceled", "missing_custromer", "missing_customer", "missing_technician"}),
)


def eligibility_state(record: Mapping[str, Any]) -> str | None:
    """Say how far an eligibility request is.

    Args:
        record: The answer of `eligibility.get`.

    Returns:
        `OFFERS_FOUND` once there is an offer, else `wfs`.
    """
    return OFFERS_FOUND if record.get("response") else record.get("wfs")


def contract_state(record: Mapping[str, Any]) -> str | None:
    """Say how far a service contract is.

    Args:
        record: The answer of `service_contract.get`.

    Returns:
        `CANCELED` once there is a `canceledDate`, else its status.
    """
    return CANCELED if record.get("canceledDate") else record.get("status")
