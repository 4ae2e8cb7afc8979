"""Finding again what has been made: by the key it bears, else by what identifies it (C44, C64)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.agreement import distinct
from airflow_provider_covage.api.covage.recognition import (
    Unkeyed,
    agrees,
    bears_mark,
    could_be,
    is_same_request,
    is_without_end,
    names_of,
    only,
)
from airflow_provider_covage.api.errors import AmbiguousError, NotFoundError

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.covage.client import CovageClient
    from airflow_provider_covage.api.lifecycle import Lifecycle


class Readable(Protocol):
    """A resource of the client that reads one record, and lists them."""

    def get(self, resource_id: str, /) -> Record:
        """Read one.

        Args:
            resource_id: The record.

        Returns:
            The record.
        """

    def list(self) -> Iterable[Record]:
        """List them.

        Returns:
            All of them, page by page.
        """


_SITE = "product_offering_qualification_item_id"


def quotes(
    client: CovageClient,
    external_id: str,
    *,
    unkeyed: Unkeyed | None = None,
    doubt: bool = False,
) -> list[Record]:
    """Find baskets by their key.

    Args:
        client: The client.
        external_id: The key.
        unkeyed: What may be it where the key does not come back; unless given, whatever agrees.
        doubt: Whether an earlier sending may have made it; only then what bears no key counts.

    Returns:
        The baskets that bear it, the earliest first; more than one when two copies of a task made one each.

    Raises:
        AmbiguousError: The API neither filters by the key nor shows it, and one of the baskets may be it.
    """
    return _by_filter(client.quote.list, external_id, lifecycle.QUOTE, unkeyed, doubt)


def product_orders(
    client: CovageClient,
    external_id: str,
    *,
    unkeyed: Unkeyed | None = None,
    doubt: bool = False,
) -> list[Record]:
    """Find order sessions by their key.

    Args:
        client: The client.
        external_id: The key.
        unkeyed: What may be it where the key does not come back; unless given, whatever agrees.
        doubt: Whether an earlier sending may have made it; only then what bears no key counts.

    Returns:
        The sessions that bear it, the earliest first.

    Raises:
        AmbiguousError: The API neither filters by the key nor shows it, and one of the sessions may be it.
    """
    return _by_filter(client.product_order.list, external_id, lifecycle.ORDER, unkeyed, doubt)


def quote_items(
    client: CovageClient,
    quote_id: str,
    fields: Mapping[str, Any],
    *,
    unkeyed: Unkeyed | None = None,
    doubt: bool = False,
) -> list[Record]:
    """Find a line in a basket.

    Args:
        client: The client.
        quote_id: The basket.
        fields: What the line was, or would be, created with, its `external_id` among it.
        unkeyed: What may be it where the key does not come back; unless given, whatever agrees.
        doubt: Whether an earlier sending may have made it; only then what bears no key counts.

    Returns:
        The lines that bear the key, the earliest first.

    Raises:
        AmbiguousError: The key does not come back and several lines fit.
    """
    basket = client.quote.get(quote_id)
    lines = _lines(client, basket, "quote_item")
    bearing = _whole(_bearing(lines, fields.get("external_id"), lifecycle.QUOTE_ITEM), client.quote_item.get)
    return bearing or _silent(lines, fields, unkeyed, doubt, f"basket {quote_id}")


def product_order_items(
    client: CovageClient,
    product_order_id: str,
    fields: Mapping[str, Any],
    *,
    unkeyed: Unkeyed | None = None,
    doubt: bool = False,
) -> list[Record]:
    """Find a line in an order session.

    Args:
        client: The client.
        product_order_id: The session.
        fields: What the line was, or would be, created with, its `external_id` among it.
        unkeyed: What may be it where the key does not come back; unless given, whatever agrees.
        doubt: Whether an earlier sending may have made it; only then what bears no key counts.

    Returns:
        The lines that bear the key, the earliest first.

    Raises:
        AmbiguousError: The key does not come back and several lines fit.
    """
    session = client.product_order.get(product_order_id)
    lines = _lines(client, session, "product_order_item")
    bearing = _whole(
        _bearing(lines, fields.get("external_id"), lifecycle.ORDER_ITEM), client.product_order_item.get
    )
    return bearing or _silent(lines, fields, unkeyed, doubt, f"order session {product_order_id}")


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
    unkeyed: Unkeyed | None = None,
    doubt: bool = False,
) -> list[Record]:
    """Find a request for dark fibre, which bears no key: by the mark in its note, else by its fields (C44).

    Args:
        client: The client.
        mark: The mark that its note ends in, None when it was made without.
        fields: What it was, or would be, created with.
        unkeyed: What may be it where it was made without mark; unless given, whatever agrees.
        doubt: Whether an earlier sending may have made it; only then what bears no mark counts.

    Returns:
        The requests that bear the mark, the earliest first.

    Raises:
        AmbiguousError: There is no mark, and several requests agree in all fields; or one agrees whose note
            was cut off, and the mark with it.
    """
    if mark:
        listed = list(client.fon.list())
        found = _earliest_first((one for one in listed if bears_mark(one, mark)), lifecycle.FON)
        return found or _without_end(listed, fields, unkeyed or Unkeyed(), doubt=doubt)
    same = [one for one in client.fon.list() if is_same_request(one, fields)]
    return only((unkeyed or Unkeyed()).among(same, doubt=doubt), "request for dark fibre")


def _without_end(
    listed: list[Record], fields: Mapping[str, Any], unkeyed: Unkeyed, *, doubt: bool
) -> list[Record]:
    cut = unkeyed.among([one for one in distinct(listed) if is_without_end(one, fields)], doubt=doubt)
    if cut:
        raise AmbiguousError(
            f"what was made may be {names_of(cut)}: all fields agree, but the note was cut off, and the mark "
            "at its end with it. Look at it in the portal: delete it, shorten the note and clear this task, "
            "or go on with it by hand. Nothing more was sent"
        )
    return []


def gone(resource: Readable, resource_id: str) -> bool:
    """Say whether a record is not there (any more).

    What answers 404 need not be the API: behind a wrong base URL there is something else, which knows no
    record at all. So the list has to be there where the record is not.

    Args:
        resource: What reads the record, and lists such records.
        resource_id: The record.

    Returns:
        True when the API does not know it.

    Raises:
        NotFoundError: There is no such list either.
    """
    try:
        resource.get(resource_id)
    except NotFoundError:
        any(True for _ in resource.list())
        return True
    return False


def _lines(client: CovageClient, record: Mapping[str, Any], key: str) -> list[Record]:
    from airflow_provider_covage.api.covage.observe import lines_of

    return client.transport.follow(lines_of(record, key, ("external_id",)))


def _whole(lines: list[Record], read: Callable[[str], Record]) -> list[Record]:
    """Read what the basket or the session shows in short: what a line is for has to be seen."""
    return [line if _SITE in line else {**line, **read(str(line["id"]))} for line in lines]


def _line(
    elements: Any, line_id: str, read: Callable[[str], Record], fields: Mapping[str, Any]
) -> Record | None:
    for element in elements or []:
        shown = element if isinstance(element, dict) else {"id": element}
        if str(shown.get("id")) == line_id:
            line = shown if {"external_id", _SITE} <= shown.keys() else read(line_id)
            return line if could_be(line, fields) else None
    return None


def _by_filter(
    list_records: Callable[..., Iterable[Record]],
    external_id: str,
    states: Lifecycle,
    unkeyed: Unkeyed | None,
    doubt: bool,
) -> list[Record]:
    found = distinct(list_records(external_id=external_id))
    bearing = _bearing(found, external_id, states)
    silent = [record for record in found if not record.get("external_id")]
    if bearing or not silent:
        return bearing
    # The key does not come back (C64). The filter is believed, once it has shown that it filters at all.
    if not any(True for _ in list_records(external_id=f"{external_id}-of-nobody")):
        return _earliest_first(silent, states)
    drafts = [record for record in silent if record.get("state") in states.draft]
    if candidates := (unkeyed or Unkeyed()).among(drafts, doubt=doubt):
        raise AmbiguousError(
            f"the API neither filters by external_id nor shows it, and what bears {external_id} may "
            f"be one of {names_of(candidates)}. Look at them in the portal; nothing was sent"
        )
    return []


def _bearing(records: Iterable[Record], external_id: str | None, states: Lifecycle) -> list[Record]:
    found = (record for record in records if external_id and record.get("external_id") == external_id)
    return _earliest_first(found, states)


def _earliest_first(records: Iterable[Record], states: Lifecycle) -> list[Record]:
    # What is confirmed already goes before any draft. Of the same moment, the API's own order decides.
    return sorted(
        distinct(records),
        key=lambda record: (record.get("state") in states.draft, str(record.get("creation_date") or "")),
    )


def _silent(
    lines: list[Record], fields: Mapping[str, Any], unkeyed: Unkeyed | None, doubt: bool, where: str
) -> list[Record]:
    # The documents show answers in which the key comes back empty (C64): the other fields decide then.
    silent = [line for line in lines if not line.get("external_id") and agrees(line, fields)]
    name = f"line in {where} for site {fields.get('product_offering_qualification_item_id')}"
    return only((unkeyed or Unkeyed()).among(silent, doubt=doubt), name)
