"""Filters, order and pages of lists.

How text is matched is not documented: `search` is part of one of several fields, in any case. Other
query parameters than the documented ones are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request

from airflow_provider_covage.sandbox.clock import local_day
from airflow_provider_covage.sandbox.errors import ApiError, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz.relations import Model
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

DIRECTIONS = ("ASC", "DESC")
Values = Callable[[World, Record], Iterable[Any]]


@dataclass(frozen=True)
class Filters:
    """The documented query parameters of one list.

    Attributes:
        numbers: Parameters that take a number, with the field that has to be equal or what finds its values.
        choices: Parameters that take one of some values; the field has the same name.
        sorts: Fields that `sort[...]` takes.
        days: Whether `createDate[from]` and `createDate[to]` are known.
        search: The texts in which `search` looks.
        paged: Whether the list comes in pages.
    """

    numbers: Mapping[str, str | Values] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sorts: tuple[str, ...] = ("id",)
    days: bool = False
    search: Values | None = None
    paged: bool = True

    def parameters(self) -> tuple[Json, ...]:
        """Describe the query parameters."""
        paging = ("page", "itemsPerPage") if self.paged else ()
        days = ("createDate[from]", "createDate[to]") if self.days else ()
        return (
            *(query(name, {"type": "integer"}) for name in (*paging, *self.numbers)),
            *(query(f"sort[{name}]", {"type": "string", "enum": list(DIRECTIONS)}) for name in self.sorts),
            *(query(name, {"type": "string", "enum": list(values)}) for name, values in self.choices.items()),
            *(query(name, {"type": "string", "format": "date"}) for name in days),
            *((query("search", {"type": "string"}),) if self.search else ()),
        )


def page(
    world: World,
    request: Request,
    kind: str,
    model: Model,
    filters: Filters,
    mine: Callable[[Record], bool] | None = None,
    *,
    latest: bool = False,
) -> Json:
    """Return one page of the records of a kind that pass the filters of a request.

    Args:
        world: State of the sandbox.
        request: The request.
        kind: Kind of the records.
        model: How they are shown.
        filters: The documented query parameters.
        mine: Tells which records the user may see, where that is not all of them.
        latest: Whether the newest come first, whatever the dialect says.
    """
    records = select(world, request.query_params, kind, filters)
    if mine:
        records = [record for record in records if mine(record)]
    if latest:
        records.sort(key=lambda record: record.number, reverse=True)
    first = 1 if world.dialect.first_page == "one" else 0
    asked = request.query_params
    number = first if asked.get("page") is None else whole("page", asked["page"])
    size = min(_size(world, asked.get("itemsPerPage")), world.settings.max_page_size)
    count = -(-len(records) // size)
    if number < first:
        raise invalid(page=[f"The first page is {first}."])
    if number > first and number - first >= count and world.dialect.after_last_page == "not_found":
        raise ApiError(404, {"detail": "There is no such page."})
    start = (number - first) * size
    return {
        "pagination": {
            "page": number,
            "itemsPerPage": size,
            "totalItems": len(records),
            "pageCount": count,
        },
        "items": [shape(world, model, record) for record in records[start : start + size]],
    }


def select(world: World, asked: QueryParams, kind: str, filters: Filters) -> list[Record]:
    """Return the records of a kind that pass the filters, in order."""
    found = world.listed(kind)
    for name, source in filters.numbers.items():
        if asked.get(name):
            wanted = whole(name, asked[name])
            found = [record for record in found if wanted in _values(world, record, source)]
    for name, values in filters.choices.items():
        if asked.get(name):
            chosen = choice(name, asked[name], values)
            found = [record for record in found if record.data[name] == chosen]
    if filters.days:
        found = _within(world, found, asked)
    if filters.search and asked.get("search"):
        needle, texts = asked["search"].casefold(), filters.search
        found = [r for r in found if any(needle in str(text or "").casefold() for text in texts(world, r))]
    return _sorted(world, found, asked, filters.sorts)


def whole(name: str, text: str) -> int:
    """Read a number."""
    try:
        return int(text)
    except ValueError:
        raise invalid(**{name: ["This value should be of type integer."]}) from None


def choice(name: str, text: str, values: tuple[str, ...]) -> str:
    """Read one of some values."""
    if text not in values:
        raise invalid(**{name: [f"This value should be one of {', '.join(values)}."]})
    return text


def whole_numbers(asked: QueryParams, name: str) -> list[int]:
    """Read a parameter that is sent once for each number, such as `ids[]` (P14)."""
    return [whole(name, text) for text in asked.getlist(name)]


def _values(world: World, record: Record, source: str | Values) -> Iterable[Any]:
    return (record.data.get(source),) if isinstance(source, str) else source(world, record)


def _size(world: World, text: str | None) -> int:
    if text is None:
        return world.settings.page_size
    size = whole("itemsPerPage", text)
    if size < 1:
        raise invalid(itemsPerPage=["This value should be positive."])
    return size


def _within(world: World, records: list[Record], asked: QueryParams) -> list[Record]:
    """Keep what was made between two days, both of Paris (P24)."""
    if asked.get("createDate[from]"):
        first = _day("createDate[from]", asked)
        records = [record for record in records if local_day(record.data["createDate"]) >= first]
    if asked.get("createDate[to]"):
        last, included = _day("createDate[to]", asked), world.dialect.last_day == "included"
        records = [
            record
            for record in records
            if (day := local_day(record.data["createDate"])) < last or (included and day == last)
        ]
    return records


def _day(name: str, asked: QueryParams) -> date:
    try:
        return date.fromisoformat(asked[name][:10])
    except ValueError:
        raise invalid(**{name: ["This value is not a valid date."]}) from None


def _sorted(world: World, records: list[Record], asked: QueryParams, sorts: tuple[str, ...]) -> list[Record]:
    for name in sorts:
        wanted = asked.get(f"sort[{name}]")
        if wanted:
            reverse = choice(f"sort[{name}]", wanted, DIRECTIONS) == "DESC"
            return sorted(records, key=lambda record: record.data.get(name) or 0, reverse=reverse)
    return records[::-1] if world.dialect.order == "descending" else records
