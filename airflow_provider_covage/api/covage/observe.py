"""Looking at a record to learn its state: several calls where the documents leave the state in doubt.

Each is a procedure, so that a sensor's poke and a trigger's loop see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.calls import Call, Collect, Find, Procedure, Record
from airflow_provider_covage.api.covage.client import CALLS
from airflow_provider_covage.api.covage.eligibility import items_of
from airflow_provider_covage.api.covage.tracking import step_name
from airflow_provider_covage.api.errors import NotFoundError
from airflow_provider_covage.api.lifecycle import NOT_TRACKED_YET
from airflow_provider_covage.api.watching import BY_MOMENT, Listed, Observation, Watch

_LINE_REFERENCE = "PO_"
"""How the reference begins that an order line shows; the tracking may not know it yet (C21)."""


def observe_quote(quote_id: str) -> Procedure[Observation]:
    """Look at a basket. A finalized one is judged by its lines (C1).

    Args:
        quote_id: The basket.

    Returns:
        The basket; its state is `finalized_without_price` when every line is closed without a price.
    """
    record: Record = yield CALLS.quote.get(quote_id)
    state = record.get("state")
    if state != "finalized":
        return Observation(record, state)
    lines = yield from lines_of(record, "quote_item", ("state",))
    reasons = tuple(
        f"line {line.get('reference') or line.get('id')} is {line.get('state')}" for line in lines
    )
    if lines and all(line.get("state") in lifecycle.QUOTE_ITEM.failure for line in lines):
        return Observation(record, lifecycle.FINALIZED_WITHOUT_PRICE, reasons)
    return Observation(record, state, reasons)


def observe_quote_item(quote_item_id: str) -> Procedure[Observation]:
    """Look at a quotation line.

    Args:
        quote_item_id: The line.

    Returns:
        The line and its state.
    """
    record: Record = yield CALLS.quote_item.get(quote_item_id)
    return Observation(record, record.get("state"), reasons_of(record))


def observe_order(product_order_id: str) -> Procedure[Observation]:
    """Look at an order session, whose state may not be in its detail (C3).

    Args:
        product_order_id: The session.

    Returns:
        The session; its state comes from the detail, else from the list, else from its lines.
    """
    record: Record = yield CALLS.product_order.get(product_order_id)
    state = record.get("state") or (yield from _listed_order_state(record))
    if state is not None and state not in lifecycle.ORDER.failure:
        return Observation(record, state)
    lines = yield from lines_of(record, "product_order_item", ("state",))
    reasons = tuple(f"line {line.get('id')}: {reason}" for line in lines for reason in reasons_of(line))
    return Observation(record, state or _order_state_by_lines(lines), reasons)


def observe_order_item(product_order_item_id: str) -> Procedure[Observation]:
    """Look at an order line, whose state alone does not tell whether its order was created (C2).

    Args:
        product_order_item_id: The line.

    Returns:
        The line; its state is `ordered` when the session is over and the line was not rejected.
    """
    record: Record = yield CALLS.product_order_item.get(product_order_item_id)
    state, reasons = record.get("state"), reasons_of(record)
    certain = lifecycle.ORDER_ITEM.failure | {"held_adv_validation"}
    if state in certain or state not in lifecycle.ORDER_ITEM.states:
        return Observation(record, state, reasons)
    if not record.get("product_order_id"):
        # Without its session (C18), the reading of the order page is the only one left.
        return Observation(record, lifecycle.ORDERED if state == "acknowledged" else state, reasons)
    session: Observation = yield from observe_order(record["product_order_id"])
    if session.state in ("completed", "partial"):
        return Observation(record, lifecycle.ORDERED, reasons)
    if session.state == "rejected":
        return Observation(record, "rejected_creation", reasons or session.reasons)
    return Observation(record, state, reasons)


def observe_export(task_id: str) -> Procedure[Observation]:
    """Look at an export task.

    Args:
        task_id: The export task.

    Returns:
        The task; its state is `running`, `success` or `failure` (C52).
    """
    record: Record = yield CALLS.export.status(task_id)
    return Observation(record, lifecycle.export_state(record))


def observe_fon(request_id: str) -> Procedure[Observation]:
    """Look at a request for dark fibre.

    Args:
        request_id: The request.

    Returns:
        The request and its state.
    """
    record: Record = yield CALLS.fon.get(request_id)
    return Observation(record, record.get("state"))


def observe_eligibility(eligibility_request_id: str) -> Procedure[Observation]:
    """Look at an eligibility request; whether it or each of its sites has a state is not said (C9).

    Args:
        eligibility_request_id: The request.

    Returns:
        The request; its state is its own, or that of its sites: running while one of them is, ready when
        one of them is. The result is the list of sites.
    """
    record: Record = yield CALLS.eligibility.get(eligibility_request_id)
    items = items_of(record)
    state = record.get("state") or _state_of_sites([item.get("state") for item in items])
    reasons = tuple(f"site {item.get('id')} is {item['state']}" for item in items if item.get("state"))
    return Observation(record, state, reasons, result=items)


def observe_tracked_order(order_reference: str) -> Procedure[Observation]:
    """Look at an order in production, by either form of its reference (C21).

    Args:
        order_reference: `CMD_...`, or what an order line shows (`PO_...`).

    Returns:
        The order; its steps are those of its history, and stand in the result as `historic`.
    """
    record = yield from _tracked_order(order_reference)
    if record is None:
        return Observation({}, NOT_TRACKED_YET)
    reference = str(record.get("order_reference") or order_reference)
    try:
        historic: list[Record] = yield Collect(CALLS.order.historic(reference))
    except NotFoundError:
        historic = []
    reason = str(record.get("cancellation_reason") or "")
    return Observation(
        record,
        record.get("state"),
        reasons=(reason,) if reason else (),
        steps=tuple(map(step_name, historic)),
        resource_id=reference,
        result={**record, "historic": historic},
    )


def lines_of(record: Mapping[str, Any], key: str, needed: Collection[str]) -> Procedure[list[Record]]:
    """Get the lines of a basket or a session, reading one by one those that the detail shows in short (C62).

    Args:
        record: The basket or the session.
        key: `quote_item` or `product_order_item`.
        needed: Fields that each line has to show.

    Returns:
        The lines.
    """
    read = CALLS.quote_item.get if key == "quote_item" else CALLS.product_order_item.get
    lines: list[Record] = []
    for element in record.get(key) or []:
        if isinstance(element, dict) and all(name in element for name in needed):
            lines.append(element)
        else:
            line_id = element.get("id") if isinstance(element, dict) else element
            lines.append((yield _read(read, str(line_id))))
    return lines


def reasons_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect the API's own words on why a line is in its state.

    Args:
        record: A quotation line or an order line.

    Returns:
        Termination errors, the reason of a cancellation, the reason of the last change.
    """
    words = [
        " ".join(str(error[name]) for name in ("code", "property_path", "value") if error.get(name))
        for error in record.get("termination_error") or []
        if isinstance(error, dict)
    ]
    words.append(str(record.get("cancellation_reason") or ""))
    changes = record.get("state_change") or []
    if changes and isinstance(changes[-1], dict):
        words.append(str(changes[-1].get("change_reason") or ""))
    if record.get("state") == "expired" and record.get("validity_date"):
        words.append(f"valid until {record['validity_date']}")
    return tuple(word for word in words if word)


def _read(read: Callable[[str], Call[Record]], line_id: str) -> Call[Record]:
    return read(line_id)


def _tracked_order(order_reference: str) -> Procedure[Record | None]:
    missing: NotFoundError | None = None
    if not order_reference.startswith(_LINE_REFERENCE):
        try:
            found: Record = yield CALLS.order.get(order_reference)
            return found
        except NotFoundError as error:
            missing = error
    listed: Record | None = yield Find(
        CALLS.order.list(), lambda one: order_reference in (one.get("id"), one.get("order_reference"))
    )
    if listed is None and missing is not None:
        raise missing
    if listed is None or not listed.get("order_reference"):
        return listed
    detail: Record = yield CALLS.order.get(str(listed["order_reference"]))
    return detail


def _state_of_sites(states: list[Any]) -> str | None:
    running = [state for state in states if not str(state).startswith(("done", "terminated"))]
    for state in (*running, "done.ready", "done.unable_to_provide", "terminated_with_error"):
        if state in states:
            return str(state) if state else None
    return None


def _listed_order_state(record: Mapping[str, Any]) -> Procedure[str | None]:
    external_id, since = record.get("external_id"), _first_change(record)
    if external_id:
        listing = CALLS.product_order.list(external_id=external_id)
    else:
        # A session made by an acceptance may bear no key: without a bound, all would be gone through.
        listing = CALLS.product_order.list(**{"creation_date_gt": since} if since else {})
    found: Record | None = yield Find(listing, lambda one: one.get("id") == record.get("id"))
    return found.get("state") if found else None


def _first_change(record: Mapping[str, Any]) -> str | None:
    """A day before the first line of a session was made, as far as its lines tell."""
    lines = [line for line in record.get("product_order_item") or [] if isinstance(line, dict)]
    changes = [change for line in lines for change in line.get("state_change") or []]
    try:
        moments = [datetime.fromisoformat(change["change_date"]) for change in changes]
        return (min(moments) - timedelta(days=1)).isoformat()
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _order_state_by_lines(lines: list[Record]) -> str | None:
    states = [line.get("state") for line in lines]
    rejected = [state in lifecycle.ORDER_ITEM.failure for state in states]
    if not states:
        return None
    if "in_progress" in states or any(map(_was_only_received, lines)):
        return "in_progress"
    if "created" in states:
        return "in_progress" if any(map(_was_confirmed, lines)) else "created"
    if all(rejected):
        return "rejected"
    return "partial" if any(rejected) else "completed"


def _was_only_received(line: Record) -> bool:
    # By the tracking page `acknowledged` comes first, by the order page it is an outcome (C2).
    return line.get("state") == "acknowledged" and bool(line.get("state_change")) and not _was_confirmed(line)


def _was_confirmed(line: Record) -> bool:
    changes = line.get("state_change") or []
    return any(change.get("state") == "in_progress" for change in changes if isinstance(change, dict))


_QUOTES = Listed(CALLS.quote.list, window=BY_MOMENT)
_QUOTE_ITEMS = Listed(CALLS.quote_item.list, window=BY_MOMENT)
_SESSIONS = Listed(CALLS.product_order.list, window=BY_MOMENT)
_ORDER_ITEMS = Listed(CALLS.product_order_item.list, window=BY_MOMENT)
_SESSIONS_OF_ITEMS = Listed(
    # Whether an order line has become an order shows in its session (C2).
    CALLS.product_order.list,
    window=BY_MOMENT,
    key=lambda _, line: line.get("product_order_id"),
    lifecycle=lifecycle.ORDER,
)
_FON_REQUESTS = Listed(CALLS.fon.list)
_ORDERS = Listed(CALLS.order.list, names=("order_reference", "id"))

WATCHES: Mapping[str, Watch] = {
    "quote": Watch(
        lifecycle.QUOTE, observe_quote, (_QUOTES,), {lifecycle.FINALIZED_WITHOUT_PRICE: "finalized"}
    ),
    "quote_item": Watch(lifecycle.QUOTE_ITEM, observe_quote_item, (_QUOTE_ITEMS,)),
    "product_order": Watch(lifecycle.ORDER, observe_order, (_SESSIONS,)),
    "product_order_item": Watch(lifecycle.ORDER_ITEM, observe_order_item, (_ORDER_ITEMS, _SESSIONS_OF_ITEMS)),
    "export": Watch(lifecycle.EXPORT, observe_export),
    "fon": Watch(lifecycle.FON, observe_fon, (_FON_REQUESTS,)),
    "eligibility": Watch(lifecycle.ELIGIBILITY, observe_eligibility),
    "order": Watch(lifecycle.TRACKED_ORDER, observe_tracked_order, (_ORDERS,)),
}
"""What can be waited for, by the name of its resource."""
