"""SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from typing_extensions import override

from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.transfers.arrow import pa
from airflow_provider_covage.transfers.sql.standard import Dialect, Types, UpdateFrom


class Sqlite(UpdateFrom):
    """SQLite: points in time are ISO 8601 texts in UTC, which its functions read."""

    types = {  # noqa: RUF012 - as in the base class
        Kind.TEXT: "TEXT",
        Kind.INTEGER: "INTEGER",
        Kind.NUMBER: "REAL",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.DATE: "DATE",
        Kind.TIMESTAMP: "TIMESTAMP",
        Kind.JSON: "TEXT",
    }
    taken = {  # noqa: RUF012 - as in the base class
        **Dialect.taken,
        Kind.INTEGER: ("INT", *Dialect.taken[Kind.INTEGER]),
        Kind.BOOLEAN: ("BOOL", "INT"),
        Kind.DATE: ("DATE", "TEXT"),
        Kind.TIMESTAMP: ("TIMESTAMP", "DATETIME", "TEXT"),
    }
    key_type = "TEXT"

    @override
    def begin(self, connection: Any) -> None:
        connection.isolation_level = None
        self.execute(connection, "PRAGMA busy_timeout = 60000")
        self.execute(connection, "BEGIN IMMEDIATE")

    @override
    def end(self, connection: Any, *, well: bool) -> None:
        self.execute(connection, "COMMIT" if well else "ROLLBACK")

    @override
    def columns(self, connection: Any, table: Sequence[str]) -> Types:
        *schema, name = table
        arguments = ", ".join([self.placeholder] * len(table))
        rows = self.query(
            connection,
            f"SELECT name, type FROM pragma_table_info({arguments})",  # noqa: S608 - placeholders only
            (name, *schema),
        )
        return {str(column): str(kind).upper() for column, kind in rows}

    @override
    def differs(self, one: str, other: str) -> str:
        return f"{one} IS NOT {other}"

    @override
    def day(self, moment: str) -> str:
        return f"substr({moment}, 1, 10)"

    @override
    def days_between(self, start: str, end: str) -> str:
        return f"(julianday({end}) - julianday({start}))"

    @override
    def view(self, name: str, query: str) -> list[str]:
        return [f"DROP VIEW IF EXISTS {name}", f"CREATE VIEW {name} AS {query}"]

    @override
    def moment(self, value: datetime) -> str:
        return value.isoformat(sep=" ", timespec="microseconds")

    @override
    def _values(self, column: pa.Array) -> list[Any]:
        if pa.types.is_timestamp(column.type):
            return [value and self.moment(value) for value in column.to_pylist()]
        if pa.types.is_date(column.type):
            return [value and value.isoformat() for value in column.to_pylist()]
        return column.to_pylist()  # type: ignore[no-any-return]
