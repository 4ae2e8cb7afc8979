"""Filters, order and pages of lists.

The filters are those of the documents; others are ignored, as Django services do. How text is
matched, whether bounds are exclusive and what `sort` takes is not documented (C31, C43). Here: text
has to be equal, bounds are exclusive, `search` is part of one of several fields in any case, `sort`
is a field, with `-` before it for the reverse. `page` and `page_size` are not documented either (C41).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from airflow_provider_covage.sandbox.clock import parse_date
from airflow_provider_covage.sandbox.covage.render import View, render
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import ApiError, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.store import Collection, Json, Record


@dataclass(frozen=True)
class Filters:
    """The documented query parameters of one list."""

    equal: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    sort: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)
    documented_as_paginated: bool = False

    def parameters(self) -> list[str]:
        """Names of the query parameters."""
        bounds = [f"{name}_{end}" for name in self.dates for end in ("gt", "lt")]
        free = ["search"] if self.search else []
        return [*self.equal, *self.flags, *bounds, *free, *(["sort"] if self.sort else [])]


QUOTES = Filters(
    equal=("external_id", "project_id", "state"),
    dates=("creation_date", "quote_date"),
    documented_as_paginated=True,
)
QUOTE_ITEMS = Filters(
    equal=(
        "reference",
        "customer_order_name",
        "end_customer_name",
        "business_sector",
        "project_id",
        "state",
        "offer_family",
        "technology_family",
    ),
    dates=("creation_date",),
    search=("reference", "external_id", "end_customer_name", "customer_order_name", "note"),
    sort=True,
    sources={"offer_family": "offer_families", "technology_family": "offer_technologies"},
    documented_as_paginated=True,
)
SESSIONS = Filters(
    equal=("state", "external_id", "project_id"),
    dates=("creation_date", "order_date", "completion_date", "cancellation_date"),
)
ORDER_ITEMS = Filters(
    equal=("state", "order_reference", "temporary_reference", "customer_order_name", "end_customer_name"),
    dates=("creation_date", "order_date", "expiration_date"),
    search=("order_reference", "external_id", "end_customer_name", "customer_order_name", "note"),
    sort=True,
    documented_as_paginated=True,
)
FON_REQUESTS = Filters(documented_as_paginated=True)
PROJECTS = Filters(equal=("code",), flags=("active",))
ENNIS = Filters(equal=("reference", "name", "short_name", "offer", "dsp", "delivery_mode"), flags=("active",))
NO_FILTERS = Filters()


def parameters(filters: Filters) -> tuple[Json, ...]:
    """Describe the query parameters of a list."""
    names = [*filters.parameters(), "page", "page_size"]
    return tuple(query(name, _kind(name, filters)) for name in names)


def _kind(name: str, filters: Filters) -> Json:
    if name.endswith(("_gt", "_lt")):
        return {"type": "string", "format": "date-time"}
    if name in ("page", "page_size"):
        return {"type": "integer", "minimum": 1}
    return {"type": "boolean" if name in filters.flags else "string"}


def page(world: World, request: Request, kind: str, view: View, filters: Filters) -> Json | list[Json]:
    """Return one page of the records of a kind that pass the filters of a request."""
    params = request.query_params
    collection = world.store[kind]
    collection.reveal(world.clock.now())
    asked = _asked(filters, params)
    if asked or collection.lagging:
        found: list[Record] | None = _selected(collection, asked, filters)
        total = len(found or ())
    else:
        found, total = None, len(collection)
    records: Iterable[Record] = collection if found is None else found
    return paged(world, request, records, total, filters.documented_as_paginated, view)


def paged(
    world: World, request: Request, records: Iterable[Record], total: int, documented: bool, view: View
) -> Json | list[Json]:
    """Return one page of records, or all of them where the dialect has bare arrays."""
    lists = world.dialect.lists
    if lists == "array" or (lists == "documented" and not documented):
        return [render(world, view, record) for record in records]
    size = _page_size(world, request.query_params.get("page_size"))
    number = _page_number(request.query_params.get("page"))
    start = (number - 1) * size
    if start >= total and number > 1 and world.dialect.last_page == "not_found":
        raise ApiError(404, {"detail": "Invalid page."})
    results = [render(world, view, record) for record in islice(records, start, start + size)]
    following = number + 1 if start + size < total else None
    return {
        "page_size": size,
        "count": total,
        "next_page": _link(world, request, following),
        "previous_page": _link(world, request, number - 1 or None),
        "results": results,
    }


def select(collection: Collection, params: Mapping[str, str], filters: Filters) -> list[Record]:
    """Return the records that pass filters given as a mapping (for exports)."""
    return _selected(collection, _asked(filters, params), filters)


def _asked(filters: Filters, params: Mapping[str, str]) -> dict[str, str]:
    if not params:
        return {}
    return {name: params[name] for name in filters.parameters() if params.get(name)}


def _selected(collection: Collection, asked: Mapping[str, str], filters: Filters) -> list[Record]:
    equal: dict[str, Any] = {name: asked[name] for name in filters.equal if name in asked}
    several = {name: equal.pop(name) for name in filters.sources if name in equal}
    equal.update({name: _flag(name, asked[name]) for name in filters.flags if name in asked})
    found = collection.matching(equal)
    if collection.lagging:
        found = [record for record in found if record.id not in collection.lagging]
    for name, value in several.items():
        found = [record for record in found if value in (record.data.get(filters.sources[name]) or ())]
    for name in filters.dates:
        found = _within(found, name, asked)
    if "search" in asked:
        needle = asked["search"].casefold()
        found = [record for record in found if _contains(record, filters.search, needle)]
    if "sort" in asked:
        _sort(found, asked["sort"])
    return found


def _within(records: list[Record], name: str, asked: Mapping[str, str]) -> list[Record]:
    if f"{name}_gt" in asked:
        after = _date(f"{name}_gt", asked)
        records = [r for r in records if (date := r.data.get(name)) is not None and date > after]
    if f"{name}_lt" in asked:
        before = _date(f"{name}_lt", asked)
        records = [r for r in records if (date := r.data.get(name)) is not None and date < before]
    return records


def _date(name: str, asked: Mapping[str, str]) -> float:
    try:
        return parse_date(asked[name])
    except ValueError:
        raise invalid(**{name: ["Enter a valid date/time."]}) from None


def _flag(name: str, value: str) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if value.lower() not in known:
        raise invalid(**{name: ["Must be a valid boolean."]})
    return known[value.lower()]


def _contains(record: Record, names: tuple[str, ...], needle: str) -> bool:
    return any(needle in str(record.data.get(name) or "").casefold() for name in names)


def _sort(records: list[Record], order: str) -> None:
    name = order.removeprefix("-")
    if records and name not in records[0].data:
        raise invalid(sort=[f"Cannot sort by {name!r}."])

    def key(record: Record) -> tuple[bool, Any]:
        value = record.data.get(name)
        comparable = value if isinstance(value, int | float | str) else str(value)
        return (value is not None, comparable if value is not None else 0)

    records.sort(key=key, reverse=order.startswith("-"))


def _page_size(world: World, text: str | None) -> int:
    """Return the page size asked for, within bounds; one that is no number is ignored."""
    if text is None or not text.isdecimal() or int(text) < 1:
        return world.settings.page_size
    return min(int(text), world.settings.max_page_size)


def _page_number(text: str | None) -> int:
    if not text:
        return 1
    if not text.isdecimal() or int(text) < 1:
        raise ApiError(404, {"detail": "Invalid page."})
    return int(text)


def _link(world: World, request: Request, number: int | None) -> int | str | None:
    if number is None or world.dialect.paging == "number":
        return number
    query = urlencode({**request.query_params, "page": number})
    path = f"{request.scope['path']}?{query}"
    return path if world.dialect.paging == "path" else f"{request.url.scheme}://{request.url.netloc}{path}"
