"""PostgreSQL: records come in by COPY, with psycopg 3 or psycopg 2, whichever the connection is of."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from typing_extensions import override

from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.transfers.arrow import compute as pc
from airflow_provider_covage.transfers.arrow import csv, pa
from airflow_provider_covage.transfers.formats import kind_of
from airflow_provider_covage.transfers.sql.standard import TEXTS, Commented, Dialect, UpdateFrom


class Postgres(UpdateFrom, Commented):
    """PostgreSQL and what speaks like it."""

    types = {  # noqa: RUF012 - as in the base class
        Kind.TEXT: "text",
        Kind.INTEGER: "bigint",
        Kind.NUMBER: "double precision",
        Kind.BOOLEAN: "boolean",
        Kind.DATE: "date",
        Kind.TIMESTAMP: "timestamp with time zone",
        Kind.JSON: "jsonb",
    }
    taken = {  # noqa: RUF012 - as in the base class
        **Dialect.taken,
        Kind.TEXT: (*TEXTS, "UUID"),
        # Not `json`, of which two values cannot be compared.
        Kind.JSON: (*TEXTS, "JSONB"),
        Kind.TIMESTAMP: ("TIMESTAMP WITH TIME ZONE",),
    }
    key_type = "text"

    @override
    def schema(self, connection: Any) -> str:
        return str(self.query(connection, "SELECT current_schema()")[0][0])

    @override
    def lock(self, connection: Any, table: str) -> None:
        self.execute(connection, f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

    @override
    def stage(self, connection: Any, name: str, table: str, columns: Sequence[str]) -> None:
        chosen = ", ".join(columns)
        self.execute(
            connection,
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT {chosen} FROM {table} WHERE false",  # noqa: S608
        )

    @override
    def fill(
        self, connection: Any, name: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch]
    ) -> None:
        sql = f"COPY {name} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)"
        with closing(connection.cursor()) as cursor:
            if hasattr(cursor, "copy_expert"):
                cursor.copy_expert(sql, _Pieces(map(_csv, batches)))
            else:
                with cursor.copy(sql) as copy:
                    for batch in batches:
                        copy.write(_csv(batch))
            cursor.execute(f"ANALYZE {name}")

    @override
    def day(self, moment: str) -> str:
        return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"

    @override
    def days_between(self, start: str, end: str) -> str:
        return f"(CAST(EXTRACT(EPOCH FROM ({end} - {start})) AS double precision) / 86400)"


def _csv(batch: pa.RecordBatch) -> bytes:
    """Null is nothing, an empty text is a pair of quotation marks: as COPY reads it."""
    sink = io.BytesIO()
    kinds = [kind_of(field) for field in batch.schema]
    clean = [_without_nul(column, kind) for column, kind in zip(batch.columns, kinds, strict=True)]
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    csv.write_csv(pa.RecordBatch.from_arrays(clean, batch.schema.names), sink, options)
    return sink.getvalue()


def _without_nul(column: pa.Array, kind: Kind) -> pa.Array:
    """PostgreSQL has no character 0, neither in texts nor in `jsonb`."""
    if kind is Kind.TEXT and pc.any(pc.match_substring(column, "\x00")).as_py():
        return pc.replace_substring(column, "\x00", "\ufffd")
    if kind is Kind.JSON and pc.any(pc.match_substring(column, "\\u0000")).as_py():
        return pc.replace_substring_regex(column, r"((?:^|[^\\])(?:\\\\)*)\\u0000", r"\1\\ufffd")
    return column


class _Pieces:
    """What psycopg 2 reads of: a file of which the pieces are made when they are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = piece
        taken, self._left = (self._left, b"") if size < 0 else (self._left[:size], self._left[size:])
        return taken
