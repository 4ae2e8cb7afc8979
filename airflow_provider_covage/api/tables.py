"""What the records of a list look like as a table: columns with types, key, and how to read it in parts."""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_provider_covage.api.calls import Call, Listing, Record
from airflow_provider_covage.api.errors import InputError


class Kind(enum.StrEnum):
    """Type of a column, whatever a file format or a database calls it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    JSON = "json"


@dataclasses.dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Name of the field in the API, and of the column.
        kind: Its type.
    """

    name: str
    kind: Kind


@dataclasses.dataclass(frozen=True)
class Table:
    """The records of one list of an API.

    Args:
        resource: Name of the resource in the client; its `list` is the list.
        key: Column that names a record for ever.
        columns: What the documents know of a record of the list, in their order.
        state: Column of the record's state.
        final: States that are never left. A record in any other one, unknown ones included, is open.
        created: Column of the date of creation, where the list can be cut by it.
        created_after: Filter for its lower bound.
        created_before: Filter for its upper bound.
        has_detail: Whether `get` shows the state as the list does, so that one record can be read again.
    """

    resource: str
    key: str
    columns: tuple[Column, ...]
    state: str = "state"
    final: frozenset[str] = frozenset()
    created: str | None = None
    created_after: str = "creation_date_gt"
    created_before: str = "creation_date_lt"
    has_detail: bool = False

    def listing(self, api: Any, filters: Mapping[str, Any]) -> Listing:
        """Say how to read the list.

        Args:
            api: The API over a `Recorder`.
            filters: Filters by the API's names; None means not given.

        Returns:
            The list.

        Raises:
            InputError: There is no such filter, or a value is not of its kind; nothing was sent.
        """
        given = {name: value for name, value in filters.items() if value is not None}
        build = getattr(api, self.resource).list
        known = list(inspect.signature(build).parameters)
        unknown = [name for name in given if name not in known]
        if unknown:
            raise InputError(
                f"filters of {self.resource}: there is no {', '.join(map(str, unknown))}; "
                f"known: {', '.join(known) or 'none, this list has no filters'}; nothing was sent"
            )
        listing: Listing = build(**given)
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


def columns(**kinds: str) -> tuple[Column, ...]:
    """Write columns down in short.

    Args:
        **kinds: For each kind the names of its columns, separated by blanks; the order is kept.

    Returns:
        The columns, kind by kind.
    """
    return tuple(Column(name, Kind(kind)) for kind, names in kinds.items() for name in names.split())


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
