"""Looking at a record of the Prizz API to learn its state; each look is a procedure for every driver."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow_provider_covage.api.calls import Find, Procedure, Record
from airflow_provider_covage.api.errors import InputError, NotFoundError
from airflow_provider_covage.api.prizz import lifecycle
from airflow_provider_covage.api.prizz.client import CALLS
from airflow_provider_covage.api.prizz.eligibility import combinations_of
from airflow_provider_covage.api.watching import Listed, Observation, Watch, Window


def observe_eligibility(eligibility_id: str) -> Procedure[Observation]:
    """Look at an eligibility request.

    Args:
        eligibility_id: The request.

    Returns:
        The request; its state is `offers_found`, else its `wfs`.
    """
    record: Record = yield CALLS.eligibility.get(eligibility_id)
    number = len(list(combinations_of(record)))
    steps = (f"{number} combinations in {len(record['response'])} offers",) if record.get("response") else ()
    return Observation(record, lifecycle.eligibility_state(record), steps=steps)


def observe_commercial_offer(commercial_offer_id: str) -> Procedure[Observation]:
    """Look at a commercial offer.

    Args:
        commercial_offer_id: The offer.

    Returns:
        The offer and its status.
    """
    record: Record = yield CALLS.commercial_offer.get(commercial_offer_id)
    notes = str(record.get("notes") or "")
    return Observation(record, record.get("status"), reasons=(notes,) if notes else ())


def observe_service_contract(service_contract_id: str) -> Procedure[Observation]:
    """Look at a service contract.

    Args:
        service_contract_id: The contract.

    Returns:
        The contract; its state is `canceled` where it has a date for that, else its status.
    """
    record: Record = yield CALLS.service_contract.get(service_contract_id)
    reason = str(record.get("canceledReason") or "")
    return Observation(record, lifecycle.contract_state(record), reasons=(reason,) if reason else ())


def observe_operational_status(service_name: str) -> Procedure[Observation]:
    """Look at the measured health of a service.

    Args:
        service_name: The name of its contract.

    Returns:
        The answer and its status.
    """
    record: Record = yield CALLS.service_contract.operational_status(service_name)
    return Observation(record, record.get("status"))


def observe_ticket(ticket: str) -> Procedure[Observation]:
    """Look at a ticket; what its `ref` is, number or identifier, is not documented.

    Args:
        ticket: Operator and reference, as `ticket_key` joins them.

    Returns:
        The ticket and its `etat`.
    """
    operator_id, _, ref = ticket.partition("/")
    try:
        record: Record = yield CALLS.ticket.get(operator_id, ref)
    except NotFoundError:
        listed: Record | None = yield Find(
            CALLS.ticket.list_for_operator(operator_id),
            lambda one: ref in (str(one.get("numero")), str(one.get("id"))),
        )
        if listed is None:
            raise
        record = listed
    message = str(record.get("last_message") or "")
    return Observation(record, record.get("etat"), reasons=(message,) if message else ())


def observe_workflow(workflow_id: str) -> Procedure[Observation]:
    """Look at a workflow.

    Args:
        workflow_id: The workflow.

    Returns:
        The workflow and its state, a free text.
    """
    record: Record = yield CALLS.workflow.get(workflow_id)
    names = [str(one.get("name")) for one in record.get("transitions") or []]
    steps = (f"in state {record.get('state')} it can be run: {', '.join(names)}",) if names else ()
    return Observation(record, record.get("state"), steps=steps)


def observe_appointment(appointment_id: str) -> Procedure[Observation]:
    """Look at an appointment.

    Args:
        appointment_id: The appointment.

    Returns:
        The appointment and its status.
    """
    record: Record = yield CALLS.appointment.get(appointment_id)
    steps = (f"planned for {record['date']}",) if record.get("date") else ()
    return Observation(record, record.get("status"), steps=steps)


def ticket_key(operator_id: Any, ref: Any) -> str:
    """Join what identifies a ticket into one text.

    Args:
        operator_id: The operator.
        ref: The ticket's reference.

    Returns:
        Both.

    Raises:
        InputError: One of them is empty; nothing was sent.
    """
    if operator_id in (None, "") or ref in (None, "", "None"):
        raise InputError(
            f"a ticket is identified by its operator and its number, got {operator_id!r}, {ref!r}"
        )
    return f"{operator_id}/{ref}"


def _status(record: Mapping[str, Any]) -> str | None:
    return record.get("status")


def _from_day(moment: float) -> Mapping[str, Any]:
    # Days of the API need not begin when those of UTC do.
    return {"create_date_from": datetime.fromtimestamp(moment - _DAY, UTC).date().isoformat()}


_DAY = 86_400.0

# The newest first: what is waited for is rarely the oldest, and nothing new pushes anything out of sight.
_OFFERS = Listed(
    functools.partial(CALLS.commercial_offer.list, sort_id="DESC"),
    window=Window(_from_day, slack=2 * _DAY),
    page_size="itemsPerPage",
    state=_status,
    state_fields=("status",),
)
_CONTRACTS = Listed(
    functools.partial(CALLS.service_contract.list, sort_id="DESC"),
    page_size="itemsPerPage",
    state=lifecycle.contract_state,
    state_fields=("status", "canceledDate"),
)
_APPOINTMENTS = Listed(CALLS.appointment.list, page_size=None, state=_status, state_fields=("status",))
_TICKETS = Listed(
    CALLS.ticket.list,
    names=("numero", "id"),
    page_size=None,
    state=lambda ticket: ticket.get("etat"),
    state_fields=("etat", "operatorId"),
    prefix=lambda ticket: f"{ticket.get('operatorId')}/",
)
_RUNNING = Listed(CALLS.workflow.list_running, page_size=None)

WATCHES: Mapping[str, Watch] = {
    # The history shows no `wfs`: that a request is over without an offer shows in itself only.
    "eligibility": Watch(lifecycle.ELIGIBILITY, observe_eligibility),
    "commercial_offer": Watch(lifecycle.COMMERCIAL_OFFER, observe_commercial_offer, (_OFFERS,)),
    "service_contract": Watch(lifecycle.SERVICE_CONTRACT, observe_service_contract, (_CONTRACTS,)),
    "operational_status": Watch(lifecycle.OPERATIONAL_STATUS, observe_operational_status),
    "ticket": Watch(lifecycle.TICKET, observe_ticket, (_TICKETS,)),
    "workflow": Watch(lifecycle.WORKFLOW, observe_workflow, (_RUNNING,)),
    "appointment": Watch(lifecycle.APPOINTMENT, observe_appointment, (_APPOINTMENTS,)),
}
"""What can be waited for, by the name of its resource."""
