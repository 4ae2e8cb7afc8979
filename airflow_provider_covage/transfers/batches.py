"""From rows to Arrow: whole columns at a time, and what does not fit its column is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from airflow_provider_covage.api.tables import Column, Kind
from airflow_provider_covage.transfers.arrow import compute as pc
from airflow_provider_covage.transfers.arrow import pa

EXTRA = "_extra"
"""Column with a JSON object of all that has no column of its own or does not fit it."""

HOME = ZoneInfo("Europe/Paris")
"""Where a date without zone is taken to be from: the API does not say (C31)."""

Misfits = dict[int, dict[str, bytes]]
"""By row and field the JSON of what has no place in a column."""


@cache
def _type(kind: Kind) -> pa.DataType:
    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DATE: pa.date32(),
        Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
        Kind.JSON: pa.string(),
    }
    return types[kind]


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Give the schema of columns, with the one for the rest.

    Args:
        columns: Documented columns.

    Returns:
        The schema; kind and description of a column stand in its metadata.
    """
    return pa.schema([*map(_field, columns), _field(Column(EXTRA, Kind.JSON))])


def _field(column: Column) -> pa.Field:
    told = {"kind": column.kind.value}
    if column.description:
        told["description"] = column.description
    return pa.field(column.name, _type(column.kind), metadata=told)


def batch_of(rows: Sequence[Any], fields: Sequence[str], columns: Sequence[Column]) -> pa.RecordBatch:
    """Turn rows into a batch.

    Args:
        rows: Rows of one type.
        fields: What their attributes hold: first the columns, then what no document knows.
        columns: Documented columns.

    Returns:
        The batch, by `schema_of`.
    """
    misfits: Misfits = {}
    values = list(zip(*map(msgspec.structs.astuple, rows), strict=True))
    known = len(columns)
    arrays = [_array(given, column, misfits) for given, column in zip(values[:known], columns, strict=True)]
    for name, given in zip(fields[known:], values[known:], strict=True):
        for number, raw in enumerate(map(bytes, given)):
            if raw != b"null":
                misfits.setdefault(number, {})[name] = raw
    return pa.RecordBatch.from_arrays([*arrays, _rest(misfits, len(rows))], schema=schema_of(columns))


def _rest(misfits: Misfits, length: int) -> pa.Array:
    if not misfits:
        return pa.nulls(length, pa.string())
    texts = (_object(misfits[number]) if number in misfits else None for number in range(length))
    return pa.array(texts, pa.string())


def _object(fields: dict[str, bytes]) -> str:
    inside = b",".join(msgspec.json.encode(name) + b":" + value for name, value in fields.items())
    return (b"{" + inside + b"}").decode("utf-8", "replace")


def _array(values: Sequence[Any], column: Column, misfits: Misfits) -> pa.Array:
    kind = column.kind
    if kind is Kind.JSON:
        texts = [None if text == b"null" else text for text in map(bytes, values)]
        return _utf8(texts)
    try:
        if kind is Kind.TEXT:
            return pa.array(values, pa.string())
        if kind is Kind.NUMBER:
            return pa.array(values, pa.float64())
        if kind in (Kind.INTEGER, Kind.BOOLEAN):
            return _exactly(values, _type(kind))
        return pc.cast(pa.array([value or None for value in values], pa.string()), _type(kind))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array(_one_by_one(values, column, misfits), _type(kind))


def _exactly(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Told the type, Arrow would cut what stands behind the point."""
    found = pa.array(values)
    if found.type not in (kind, pa.null()):
        raise TypeError
    return found.cast(kind)


def _utf8(texts: list[bytes | None]) -> pa.Array:
    try:
        return pa.array(texts, pa.string())
    except (pa.ArrowException, UnicodeDecodeError):
        return pa.array([text and text.decode("utf-8", "replace") for text in texts], pa.string())


def _one_by_one(values: Sequence[Any], column: Column, misfits: Misfits) -> list[Any]:
    fitting = []
    for number, value in enumerate(values):
        try:
            fitting.append(None if value is None else _FIT[column.kind](value))
        except (ValueError, TypeError, OverflowError):
            fitting.append(None)
            misfits.setdefault(number, {})[column.name] = msgspec.json.encode(value)
    return fitting


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    return None if value == "" else float(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    if value == "":
        return None
    whole = int(value)
    if isinstance(value, float) and whole != value:
        raise ValueError
    if not -(2**63) <= whole < 2**63:
        raise OverflowError
    return whole


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _date(value: Any) -> date | None:
    if value == "":
        return None
    return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value).date()


def _timestamp(value: Any) -> datetime | None:
    if value == "":
        return None
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=HOME)).astimezone(UTC)


_FIT = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
}
