"""The file formats: each writes batches to a binary file object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import IO, Any

import msgspec

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.transfers.arrow import csv, pa, parquet

_ROW_GROUP = 16_384
"""Rows of a Parquet file that are compressed together: many are faster to read, few take less memory."""

Write = Callable[["pa.RecordBatch"], None]


@contextmanager
def _parquet(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    group: list[pa.RecordBatch] = []

    def write(batch: pa.RecordBatch) -> None:
        group.append(batch)
        if sum(map(len, group)) >= _ROW_GROUP:
            flush()

    def flush() -> None:
        if group:
            writer.write_table(pa.Table.from_batches(group))
            group.clear()

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        yield write
        flush()


@contextmanager
def _csv(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    with csv.CSVWriter(file, schema) as writer:
        yield writer.write


@contextmanager
def _json_lines(file: IO[bytes], schema: pa.Schema) -> Iterator[Write]:
    nested = [field.name for field in schema if kind_of(field) is Kind.JSON]

    def write(batch: pa.RecordBatch) -> None:
        records = batch.to_pylist()
        for record in records:
            for name in nested:
                if record[name] is not None:
                    record[name] = msgspec.Raw(record[name].encode())
        file.write(b"".join(_JSON.encode(record) + b"\n" for record in records))

    yield write


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


_JSON = msgspec.json.Encoder(enc_hook=_plain)

FORMATS: Mapping[str, tuple[str, Callable[[IO[bytes], pa.Schema], AbstractContextManager[Write]]]] = {
    "parquet": (".parquet", _parquet),
    "jsonl": (".jsonl", _json_lines),
    "csv": (".csv", _csv),
}
"""Suffix and writer of each format."""


def kind_of(field: pa.Field) -> Kind:
    """Give the kind of a column.

    Args:
        field: A field of the schema of a spool.

    Returns:
        Its kind.
    """
    return Kind(field.metadata[b"kind"].decode())


def described(field: pa.Field) -> dict[str, str]:
    """Describe a column for people and programs that read the files.

    Args:
        field: A field of the schema of a spool.

    Returns:
        Its name and type, and what it means where these do not tell.
    """
    about = {"name": field.name, "type": kind_of(field).value}
    meaning = field.metadata.get(b"description")
    return {**about, "description": meaning.decode()} if meaning else about


def check_format(name: Any) -> str:
    """Check the name of a format.

    Args:
        name: What the user gave.

    Returns:
        The name.

    Raises:
        InputError: There is no such format.
    """
    if name not in FORMATS:
        raise InputError(f"format: there is no {name!r}; known: {', '.join(FORMATS)}; nothing was sent")
    return str(name)
