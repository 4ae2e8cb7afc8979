"""Finding again what has been made: by the key it bears, else by what identifies it (C44, C64)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.covage.observe import lines_of
from airflow_provider_covage.api.errors import AmbiguousError, LifecycleError, NotFoundError, TransientError
from airflow_provider_covage.api.lifecycle import Lifecycle
from airflow_provider_covage.api.models import FonFields

if TYPE_CHECKING:
    from airflow_provider_covage.api.covage.client import CovageClient


def quotes(client: CovageClient, external_id: str) -> list[Record]:
    """Find baskets by their key.

    Args:
        client: The client.
        external_id: The key.

    Returns:
        The baskets that bear it, the earliest first; more than one when two copies of a task made one each.
    """
    return _by_filter(client.quote.list, external_id, lifecycle.QUOTE)


def product_orders(client: CovageClient, external_id: str) -> list[Record]:
    """Find order sessions by their key.

    Args:
        client: The client.
        external_id: The key.

    Returns:
        The sessions that bear it, the earliest first.
    """
    return _by_filter(client.product_order.list, external_id, lifecycle.ORDER)


def quote_items(
    client: CovageClient,
    quote_id: str,
    fields: Mapping[str, Any],
    *,
    by_identity: bool,
    known: set[str] | None = None,
) -> list[Record]:
    """Find a line in a basket.

    Args:
        client: The client.
        quote_id: The basket.
        fields: What the line was, or would be, created with, its `external_id` among it.
        by_identity: Whether a line without key counts that agrees in all other fields.
        known: Identifiers of such lines that were there before; they are noted while `by_identity` is off,
            and do not count while it is on.

    Returns:
        The lines that bear the key, the earliest first.

    Raises:
        AmbiguousError: The key does not come back and several lines fit.
    """
    basket = client.quote.get(quote_id)
    lines = client.transport.follow(lines_of(basket, "quote_item", ("external_id",)))
    bearing = _bearing(lines, fields.get("external_id"), lifecycle.QUOTE_ITEM)
    return bearing or _silent(lines, fields, by_identity, known, f"basket {quote_id}")


def product_order_items(
    client: CovageClient,
    product_order_id: str,
    fields: Mapping[str, Any],
    *,
    by_identity: bool,
    known: set[str] | None = None,
) -> list[Record]:
    """Find a line in an order session.

    Args:
        client: The client.
        product_order_id: The session.
        fields: What the line was, or would be, created with, its `external_id` among it.
        by_identity: Whether a line without key counts that agrees in all other fields.
        known: Identifiers of such lines that were there before; they are noted while `by_identity` is off,
            and do not count while it is on.

    Returns:
        The lines that bear the key, the earliest first.

    Raises:
        AmbiguousError: The key does not come back and several lines fit.
    """
    session = client.product_order.get(product_order_id)
    lines = client.transport.follow(lines_of(session, "product_order_item", ("external_id",)))
    bearing = _bearing(lines, fields.get("external_id"), lifecycle.ORDER_ITEM)
    return bearing or _silent(lines, fields, by_identity, known, f"order session {product_order_id}")


def fon_requests(
    client: CovageClient,
    mark: str | None,
    fields: Mapping[str, Any],
    *,
    by_identity: bool = True,
    known: set[str] | None = None,
) -> list[Record]:
    """Find a request for dark fibre, which bears no key: by the mark in its note, else by its fields (C44).

    Args:
        client: The client.
        mark: The mark that its note ends in, None when it was made without.
        fields: What it was, or would be, created with.
        by_identity: Whether, without mark, a request counts that is the same in all fields.
        known: As for lines.

    Returns:
        The requests that bear the mark, the earliest first.

    Raises:
        AmbiguousError: There is no mark, and several requests agree in all fields.
    """
    if mark:
        found = (one for one in client.fon.list() if _bears(str(one.get("note") or ""), mark))
        return _earliest_first(found, lifecycle.FON)
    names = FonFields.__annotations__
    same = [
        one
        for one in client.fon.list()
        if fields and all(str(one.get(name) or "") == str(fields.get(name) or "") for name in names)
    ]
    return _alike(same, by_identity, known, "request for dark fibre")


def accepted_as(client: CovageClient, item: Record, product_id: str) -> dict[str, str]:
    """Find the order line that the acceptance of a quotation line has made.

    Args:
        client: The client.
        item: The accepted quotation line.
        product_id: The offer that was to be accepted.

    Returns:
        `product_order_id` and `product_order_item_id`.

    Raises:
        LifecycleError: Another offer of the line was accepted.
        AmbiguousError: The order lines do not say which quotation line they come from, and several fit.
        TransientError: The order line does not show up yet.
    """
    candidates = _order_lines_like(client, item)
    exact = [line for line in candidates if line.get("quote_item_id") == item["id"]]
    silent = [
        line
        for line in candidates
        if not line.get("quote_item_id") and line.get("product_offering_id") in (product_id, None, "")
    ]
    name = f"quotation line {item.get('reference') or ''} {item['id']}"
    found = _only(exact or silent, f"order line of {name}")
    if not found:
        raise TransientError(f"{name} is accepted, but its order line does not show up in the list yet")
    line = found[0]
    offer = str(line.get("product_offering_id") or product_id)
    if offer != str(product_id):
        raise LifecycleError(
            f"{name} was accepted with offer {offer}, not {product_id}: "
            f"order session {line.get('product_order_id')}, order line {line.get('id')}"
        )
    return {"product_order_id": str(line["product_order_id"]), "product_order_item_id": str(line["id"])}


def accepted_offer(client: CovageClient, item: Record) -> str:
    """Find out which offer of an accepted quotation line was taken.

    Args:
        client: The client.
        item: The accepted quotation line.

    Returns:
        The offer's product id: that of the one price that is accepted, else that of the order line.

    Raises:
        AmbiguousError: Neither tells.
        TransientError: The order line does not show up yet.
    """
    taken = {
        str(price["product_id"])
        for price in item.get("prices") or []
        if isinstance(price, dict) and price.get("state") == "accepted" and price.get("product_id")
    }
    if len(taken) == 1:
        return taken.pop()
    candidates = _order_lines_like(client, item)
    exact = [line for line in candidates if line.get("quote_item_id") == item["id"]]
    name = f"quotation line {item.get('reference') or ''} {item['id']}"
    if not candidates:
        raise TransientError(f"{name} is accepted, but its order line does not show up in the list yet")
    if len(exact) != 1 or not exact[0].get("product_offering_id"):
        raise AmbiguousError(f"{name} is accepted, and the API does not say with which offer; see the portal")
    return str(exact[0]["product_offering_id"])


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


def _by_filter(
    list_records: Callable[..., Iterable[Record]], external_id: str, states: Lifecycle
) -> list[Record]:
    found = list(list_records(external_id=external_id))
    bearing = _bearing(found, external_id, states)
    silent = [record for record in found if not record.get("external_id")]
    if bearing or not silent:
        return bearing
    # The key does not come back (C64). The filter is believed, once it has shown that it filters at all.
    is_filtering = not any(True for _ in list_records(external_id=f"{external_id}-of-nobody"))
    return _earliest_first(silent, states) if is_filtering else []


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
    where: str,
) -> list[Record]:
    # The documents show answers in which the key comes back empty (C64): the other fields decide then.
    silent = [line for line in lines if not line.get("external_id") and _agrees(line, fields)]
    name = f"line in {where} for site {fields.get('product_offering_qualification_item_id')}"
    return _alike(silent, by_identity, known, name)


def _alike(found: list[Record], by_identity: bool, known: set[str] | None, what: str) -> list[Record]:
    before = known if known is not None else set()
    if by_identity:
        return _only([record for record in found if record.get("id") not in before], what)
    before.update(str(record.get("id")) for record in found)
    return []


def _bears(note: str, mark: str) -> bool:
    # A note may quote the mark of another request; its own is the last one.
    return mark in note and note.rfind(mark.partition("-")[0]) == note.rfind(mark)


def _agrees(line: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Whether nothing that the line shows speaks against it; not everything sent comes back (C64)."""
    return all(
        str(line[name]) == str(value)
        for name, value in fields.items()
        if value and line.get(name) and name not in ("external_id", "related_contact_information")
    )


def _only(found: list[Record], what: str) -> list[Record]:
    if len(found) > 1:
        names = ", ".join(f"{line.get('id')} ({line.get('state')})" for line in found)
        raise AmbiguousError(
            f"{len(found)} candidates for the {what}, and nothing tells them apart: {names}. "
            "Look at them in the portal; nothing was sent"
        )
    return found


def _order_lines_like(client: CovageClient, item: Record) -> list[Record]:
    """Read the order lines for the same site that were made since the quotation line was."""
    site = item.get("product_offering_qualification_item_id")
    since = {"creation_date_gt": item["creation_date"]} if item.get("creation_date") else {}
    return [
        {"product_order_id": line.get("product_order_id"), **client.product_order_item.get(str(line["id"]))}
        for line in client.product_order_item.list(**since)
        if line.get("product_offering_qualification_item_id") in (site, None, "")
    ]
