"""What the records of a list look like as a table: columns with types, key, and how to read it in parts."""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from airflow_provider_covage.api.calls import Call, Listing, Record
from airflow_provider_covage.api.errors import InputError

Window = tuple[datetime | None, datetime | None]
"""Bounds of creation dates; None for an open end."""


class Kind(enum.StrEnum):
    """Type of a column, whatever a file format or a database calls it."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    JSON = "json"


@dataclasses.dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Name of the field in the API, and of the column.
        kind: Its type.
        description: What its values mean, where name and type do not tell.
    """

    name: str
    kind: Kind
    description: str = ""


@dataclasses.dataclass(frozen=True)
class Envelope:
    """What stands around the records of a page.

    Args:
        records: Name of the array of records.
        beside: Names of what tells where the page stands.
        place: Makes of their values how many records there are on all pages, None where that is not said,
            and what is said of the next page: see `Pages.step`.
    """

    records: str
    beside: tuple[str, ...]
    place: Callable[..., tuple[int | None, Any]]


@dataclasses.dataclass(frozen=True)
class Cut:
    """How a list can be read in part, by the date of creation.

    Args:
        by: Column of the date.
        after: Filter for its lower bound.
        before: Filter for its upper bound.
        has_days: Whether these two are days.
        newest_first: Where there are no such filters: the order in which new records come first.
    """

    by: str
    after: str = ""
    before: str = ""
    has_days: bool = False
    newest_first: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def what(self) -> str:
        """Name of what the API has to heed: a filter, or an order."""
        return self.after or next(iter(self.newest_first))

    @property
    def margin(self) -> timedelta:
        """How much wider than meant a window is asked for: whether its bounds belong to it is not said (C31).

        Of a day it is not said either where it begins (P24).
        """
        return timedelta(days=2) if self.has_days else timedelta(seconds=1)

    def bounds(self, window: Window) -> dict[str, Any]:
        """Say a window in filters.

        Args:
            window: Its bounds.

        Returns:
            The filters; None for an open end.
        """
        after, before = (bound.date() if bound and self.has_days else bound for bound in window)
        return {self.after: after, self.before: before}


@dataclasses.dataclass(frozen=True)
class Part:
    """Where records stand that have no list of their own.

    Args:
        whole: The list of the records that they stand in.
        within: Which of its columns they stand in.
        parent: Column of theirs with the key of the record that they stand in.
    """

    whole: Table
    within: str
    parent: str


@dataclasses.dataclass(frozen=True)
class Table:
    """The records of one list of an API.

    Args:
        resource: Name of the resource in the client; its `list` is the list.
        key: Column that names a record for ever.
        columns: What the documents know of a record of the list, in their order.
        envelope: What stands around the records of a page.
        state: Column of the record's state; None where records have none.
        final: States that are never left. A record in any other one, unknown ones included, is open.
        closed: Column that holds something only where a record does not change any more, whatever its state.
        cut: How the list can be read in part; None where it is read whole.
        period: Filters on times beside those of `cut`.
        order: The order in which reading the whole list is disturbed least: new records come last.
        always: Filters that hold unless others are given.
        is_whole: Whether the list promises to show all records that there are.
        has_detail: Whether `get` shows the state as the list does, so that one record can be read again.
        inner: Column that a list may leave out where `get` does not.
        part_of: Where the records stand, if they have no list of their own.
    """

    resource: str
    key: str
    columns: tuple[Column, ...]
    envelope: Envelope
    state: str | None = "state"
    final: frozenset[str] = frozenset()
    closed: str | None = None
    cut: Cut | None = None
    period: frozenset[str] = frozenset()
    order: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    always: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    is_whole: bool = True
    has_detail: bool = False
    inner: str | None = None
    part_of: Part | None = None

    @property
    def listed(self) -> Table:
        """What is listed: the records themselves, or those that they stand in."""
        return self.part_of.whole if self.part_of else self

    @property
    def times(self) -> frozenset[str]:
        """Filters on times: a run that is given one reads exactly that."""
        cut = self.listed.cut
        return self.listed.period | ({cut.after, cut.before} if cut else set())

    def position(self, name: str) -> int:
        """Give the place of a column.

        Args:
            name: Its name.

        Returns:
            Its number among the columns, from 0 on.
        """
        return next(number for number, one in enumerate(self.columns) if one.name == name)

    def listing(self, api: Any, filters: Mapping[str, Any], *, newest_first: bool = False) -> Listing:
        """Say how to read the list.

        Args:
            api: The API over a `Recorder`.
            filters: Filters by the API's names; None means not given.
            newest_first: Whether to read new records first.

        Returns:
            The list.

        Raises:
            InputError: There is no such filter, or a value is not of its kind; nothing was sent.
        """
        if self.part_of:
            return self.listed.listing(api, filters)
        given = {name: value for name, value in filters.items() if value is not None}
        build = getattr(api, self.resource).list
        known = [name for name in inspect.signature(build).parameters if not _is_of_paging(name)]
        unknown = [name for name in given if name not in known]
        if unknown:
            raise InputError(
                f"filters of {self.resource}: there is no {', '.join(map(str, unknown))}; "
                f"known: {', '.join(known) or 'none, this list has no filters'}; nothing was sent"
            )
        order = self.cut.newest_first if self.cut and newest_first else self.order
        listing: Listing = build(**{**self.always, **given, **order})
        return listing

    def detail(self, api: Any, key: str) -> Call[Record]:
        """Say how to read one record.

        Args:
            api: The API over a `Recorder`.
            key: Its key.

        Returns:
            The call.
        """
        call: Call[Record] = getattr(api, self.resource).get(key)
        return call


def _is_of_paging(name: str) -> bool:
    """Pages and their order are the reader's to choose."""
    return name in ("page", "items_per_page") or name.startswith("sort_")


def columns(description: str = "", /, **kinds: str) -> tuple[Column, ...]:
    """Write columns down in short.

    Args:
        description: What the values of all of them mean.
        **kinds: For each kind the names of its columns, separated by blanks; the order is kept.

    Returns:
        The columns, kind by kind.
    """
    return tuple(
        Column(name, Kind(kind), description) for kind, names in kinds.items() for name in names.split()
    )


def number_of(value: Any) -> int | None:
    """Read a number of records.

    Args:
        value: What the API says.

    Returns:
        The number, None for what is none.
    """
    return value if type(value) is int else None


def find(tables: Iterable[Table], resource: Any) -> Table:
    """Find a table by the name of its resource.

    Args:
        tables: Tables of an API.
        resource: The name.

    Returns:
        The table.

    Raises:
        InputError: There is none of that name.
    """
    known = {table.resource: table for table in tables}
    if resource not in known:
        raise InputError(f"there is no list of {resource!r}; known: {', '.join(known)}; nothing was sent")
    return known[resource]
