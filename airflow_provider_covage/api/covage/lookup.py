"""Finding again what has been made: by the key it bears, else by what identifies it (C44, C64)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.covage.observe import lines_of
from airflow_provider_covage.api.errors import AmbiguousError, NotFoundError
from airflow_provider_covage.api.lifecycle import Lifecycle
from airflow_provider_covage.api.models import FonFields

if TYPE_CHECKING:
    from airflow_provider_covage.api.covage.client import CovageClient


_SKEW = timedelta(hours=1)
"""How far the clocks of Airflow and of the API may lie apart."""


def quotes(
    client: CovageClient,
    external_id: str,
    *,
    by_identity: bool = False,
    known: set[str] | None = None,
    since: datetime | None = None,
) -> list[Record]:
    """Find baskets by their key.

    Args:
        client: The client.
        external_id: The key.
        by_identity: Whether one may be there that was made by an earlier sending.
        known: As for lines.
        since: As for lines.

    Returns:
        The baskets that bear it, the earliest first; more than one when two copies of a task made one each.

    Raises:
        AmbiguousError: The API neither filters by the key nor shows it, and one of the baskets may be it.
    """
    drafts = _Drafts("quotation basket", by_identity, known, since)
    return _by_filter(client.quote.list, external_id, lifecycle.QUOTE, drafts)


def product_orders(
    client: CovageClient,
    external_id: str,
    *,
    by_identity: bool = False,
    known: set[str] | None = None,
    since: datetime | None = None,
) -> list[Record]:
    """Find order sessions by their key.

    Args:
        client: The client.
        external_id: The key.
        by_identity: Whether one may be there that was made by an earlier sending.
        known: As for lines.
        since: As for lines.

    Returns:
        The sessions that bear it, the earliest first.

    Raises:
        AmbiguousError: The API neither filters by the key nor shows it, and one of the sessions may be it.
    """
    drafts = _Drafts("order session", by_identity, known, since)
    return _by_filter(client.product_order.list, external_id, lifecycle.ORDER, drafts)


def quote_items(
    client: CovageClient,
    quote_id: str,
    fields: Mapping[str, Any],
    *,
    by_identity: bool,
    known: set[str] | None = None,
    since: datetime | None = None,
) -> list[Record]:
    """Find a line in a basket.

    Args:
        client: The client.
        quote_id: The basket.
        fields: What the line was, or would be, created with, its `external_id` among it.
        by_identity: Whether a line without key counts that agrees in all other fields.
        known: Identifiers of such lines that were there before; they are noted while `by_identity` is off,
            and do not count while it is on.
        since: Moment before which it cannot have been made.

    Returns:
        The lines that bear the key, the earliest first.

    Raises:
        AmbiguousError: The key does not come back and several lines fit.
    """
    basket = client.quote.get(quote_id)
    lines = client.transport.follow(lines_of(basket, "quote_item", ("external_id",)))
    bearing = _bearing(lines, fields.get("external_id"), lifecycle.QUOTE_ITEM)
    return bearing or _silent(lines, fields, by_identity, known, since, f"basket {quote_id}")


def product_order_items(
    client: CovageClient,
    product_order_id: str,
    fields: Mapping[str, Any],
    *,
    by_identity: bool,
    known: set[str] | None = None,
    since: datetime | None = None,
) -> list[Record]:
    """Find a line in an order session.

    Args:
        client: The client.
        product_order_id: The session.
        fields: What the line was, or would be, created with, its `external_id` among it.
        by_identity: Whether a line without key counts that agrees in all other fields.
        known: Identifiers of such lines that were there before; they are noted while `by_identity` is off,
            and do not count while it is on.
        since: Moment before which it cannot have been made.

    Returns:
        The lines that bear the key, the earliest first.

    Raises:
        AmbiguousError: The key does not come back and several lines fit.
    """
    session = client.product_order.get(product_order_id)
    lines = client.transport.follow(lines_of(session, "product_order_item", ("external_id",)))
    bearing = _bearing(lines, fields.get("external_id"), lifecycle.ORDER_ITEM)
    return bearing or _silent(lines, fields, by_identity, known, since, f"order session {product_order_id}")


def quote_item(
    client: CovageClient, quote_id: str, quote_item_id: str, fields: Mapping[str, Any]
) -> Record | None:
    """Read a line of a basket by its identifier.

    Args:
        client: The client.
        quote_id: The basket.
        quote_item_id: The line.
        fields: What it was created with, its `external_id` among it.

    Returns:
        The line; None when it is not in the basket, or was created by something else.
    """
    basket = client.quote.get(quote_id)
    return _line(basket.get("quote_item"), quote_item_id, client.quote_item.get, fields)


def product_order_item(
    client: CovageClient, product_order_id: str, product_order_item_id: str, fields: Mapping[str, Any]
) -> Record | None:
    """Read a line of an order session by its identifier.

    Args:
        client: The client.
        product_order_id: The session.
        product_order_item_id: The line.
        fields: What it was created with, its `external_id` among it.

    Returns:
        The line; None when it is not in the session, or was created by something else.
    """
    session = client.product_order.get(product_order_id)
    return _line(
        session.get("product_order_item"), product_order_item_id, client.product_order_item.get, fields
    )


def fon_requests(
    client: CovageClient,
    mark: str | None,
    fields: Mapping[str, Any],
    *,
    by_identity: bool = True,
    known: set[str] | None = None,
    since: datetime | None = None,
) -> list[Record]:
    """Find a request for dark fibre, which bears no key: by the mark in its note, else by its fields (C44).

    Args:
        client: The client.
        mark: The mark that its note ends in, None when it was made without.
        fields: What it was, or would be, created with.
        by_identity: Whether, without mark, a request counts that is the same in all fields.
        known: As for lines.
        since: As for lines.

    Returns:
        The requests that bear the mark, the earliest first.

    Raises:
        AmbiguousError: There is no mark, and several requests agree in all fields.
    """
    if mark:
        found = (one for one in client.fon.list() if bears_mark(one, mark))
        return _earliest_first(found, lifecycle.FON)
    same = [one for one in client.fon.list() if is_same_request(one, fields)]
    return _alike(same, by_identity, known, since, "request for dark fibre")


def gone(read: Callable[[str], Record], resource_id: str) -> bool:
    """Say whether a record is not there (any more).

    Args:
        read: Reads it.
        resource_id: The record.

    Returns:
        True when the API does not know it.
    """
    try:
        read(resource_id)
    except NotFoundError:
        return True
    return False


def could_be(record: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether a record can be the one that was made with these fields.

    Args:
        record: The record.
        fields: What it was made with, its `external_id` among it.

    Returns:
        Whether it bears the key, or shows none and nothing else speaks against it (C64).
    """
    key = record.get("external_id")
    return key == fields.get("external_id") if key else agrees(record, fields)


def bears_mark(request: Mapping[str, Any], mark: str) -> bool:
    """Say whether a request for dark fibre bears a mark.

    Args:
        request: The request.
        mark: The mark.

    Returns:
        Whether it is the last one in its note: a note may quote the mark of another request.
    """
    note = str(request.get("note") or "")
    return mark in note and note.rfind(mark.partition("-")[0]) == note.rfind(mark)


def is_same_request(request: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether a request for dark fibre agrees in all fields.

    Args:
        request: The request.
        fields: What it was made with.

    Returns:
        Whether it does; never where it was made with none.
    """
    names = FonFields.__annotations__
    return bool(fields) and all(str(request.get(name) or "") == str(fields.get(name) or "") for name in names)


def agrees(line: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether nothing that a line shows speaks against it; not everything sent comes back (C64).

    Args:
        line: The line.
        fields: What it was made with; the key does not count.

    Returns:
        Whether all fields that it shows are the same.
    """
    return all(
        str(line[name]) == str(value)
        for name, value in fields.items()
        if value and line.get(name) and name not in ("external_id", "related_contact_information")
    )


def born(record: Mapping[str, Any]) -> datetime | None:
    """Say when a record was made.

    Args:
        record: The record.

    Returns:
        Its creation date, else that of its first state; None when it shows neither, or in no known form.
    """
    first = next((one for one in record.get("state_change") or [] if isinstance(one, dict)), {})
    try:
        moment = datetime.fromisoformat(str(record.get("creation_date") or first.get("change_date")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _line(
    elements: Any, line_id: str, read: Callable[[str], Record], fields: Mapping[str, Any]
) -> Record | None:
    for element in elements or []:
        shown = element if isinstance(element, dict) else {"id": element}
        if str(shown.get("id")) == line_id:
            line = shown if "external_id" in shown else read(line_id)
            return line if could_be(line, fields) else None
    return None


class _Drafts:
    """What may be the wanted basket or session where the API neither filters by the key nor shows it (C64)."""

    def __init__(self, what: str, by_identity: bool, known: set[str] | None, since: datetime | None) -> None:
        self._what = what
        self._by_identity = by_identity
        self._known = known
        self._since = since

    def refuse(self, silent: list[Record], states: Lifecycle) -> None:
        """Stop where one of them may be it; there is nothing else to recognise them by."""
        drafts = [record for record in silent if record.get("state") in states.draft]
        found = _new(drafts, self._by_identity, self._known, self._since)
        if found:
            raise AmbiguousError(
                f"the API neither filters by external_id nor shows it, and the {self._what} may be one of "
                f"{_names(found)}. Look at them in the portal; nothing was sent"
            )


def _by_filter(
    list_records: Callable[..., Iterable[Record]], external_id: str, states: Lifecycle, drafts: _Drafts
) -> list[Record]:
    found = list(list_records(external_id=external_id))
    bearing = _bearing(found, external_id, states)
    silent = [record for record in found if not record.get("external_id")]
    if bearing or not silent:
        return bearing
    # The key does not come back (C64). The filter is believed, once it has shown that it filters at all.
    if not any(True for _ in list_records(external_id=f"{external_id}-of-nobody")):
        return _earliest_first(silent, states)
    drafts.refuse(silent, states)
    return []


def _bearing(records: Iterable[Record], external_id: str | None, states: Lifecycle) -> list[Record]:
    found = (record for record in records if external_id and record.get("external_id") == external_id)
    return _earliest_first(found, states)


def _earliest_first(records: Iterable[Record], states: Lifecycle) -> list[Record]:
    # What is confirmed already goes before any draft. Of the same moment, the API's own order decides.
    return sorted(
        records,
        key=lambda record: (record.get("state") in states.draft, str(record.get("creation_date") or "")),
    )


def _silent(
    lines: list[Record],
    fields: Mapping[str, Any],
    by_identity: bool,
    known: set[str] | None,
    since: datetime | None,
    where: str,
) -> list[Record]:
    # The documents show answers in which the key comes back empty (C64): the other fields decide then.
    silent = [line for line in lines if not line.get("external_id") and agrees(line, fields)]
    name = f"line in {where} for site {fields.get('product_offering_qualification_item_id')}"
    return _alike(silent, by_identity, known, since, name)


def _alike(
    found: list[Record], by_identity: bool, known: set[str] | None, since: datetime | None, what: str
) -> list[Record]:
    return only(_new(found, by_identity, known, since), what)


def _new(
    found: list[Record], by_identity: bool, known: set[str] | None, since: datetime | None
) -> list[Record]:
    """Leave out what was there before; note it while nothing counts yet."""
    before = known if known is not None else set()
    if not by_identity:
        before.update(str(record.get("id")) for record in found)
        return []
    return [record for record in found if record.get("id") not in before and not _is_older(record, since)]


def _is_older(record: Record, since: datetime | None) -> bool:
    made = born(record)
    return made is not None and since is not None and made < since - _SKEW


def only(found: list[Record], what: str) -> list[Record]:
    """Take the only candidate.

    Args:
        found: The candidates.
        what: What is looked for, for the message.

    Returns:
        The candidates, one at most.

    Raises:
        AmbiguousError: There are several; all are named.
    """
    if len(found) > 1:
        raise AmbiguousError(
            f"{len(found)} candidates for the {what}, and nothing tells them apart: {_names(found)}. "
            "Look at them in the portal; nothing was sent"
        )
    return found


def _names(records: list[Record]) -> str:
    return ", ".join(f"{record.get('id')} ({record.get('state')})" for record in records)
