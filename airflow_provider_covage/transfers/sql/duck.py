"""DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from typing_extensions import override

from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.transfers.arrow import pa
from airflow_provider_covage.transfers.sql.standard import TEXTS, Commented, Dialect, UpdateFrom

_ARRIVING = "airflow_provider_covage_arriving"
"""What rows on their way are called within a statement: nobody else's name."""


class DuckDb(UpdateFrom, Commented):
    """DuckDB: reads Arrow as it is. A cursor of it would be a connection of its own, so none is used."""

    types = {  # noqa: RUF012 - as in the base class
        Kind.TEXT: "VARCHAR",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.DATE: "DATE",
        Kind.TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
        Kind.JSON: "JSON",
    }
    taken = {**Dialect.taken, Kind.TEXT: (*TEXTS, "UUID")}  # noqa: RUF012
    key_type = "VARCHAR"

    @override
    def execute(self, connection: Any, sql: str, parameters: Sequence[Any] = ()) -> int:
        counted = connection.execute(sql, list(parameters)).fetchone()
        return int(counted[0]) if counted and isinstance(counted[0], int) else -1

    @override
    def query(self, connection: Any, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return connection.execute(sql, list(parameters)).fetchall()  # type: ignore[no-any-return]

    @override
    def begin(self, connection: Any) -> None:
        connection.execute("BEGIN TRANSACTION")

    @override
    def end(self, connection: Any, *, well: bool) -> None:
        connection.execute("COMMIT" if well else "ROLLBACK")

    @override
    def fill(
        self, connection: Any, name: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch]
    ) -> None:
        # Not by `register`: what a transaction has registered, it holds in memory to its end.
        insert = f"INSERT INTO {name} ({', '.join(columns)}) SELECT * FROM {_ARRIVING}"  # noqa: S608
        for batch in batches:
            connection.from_arrow(pa.Table.from_batches([batch])).query(_ARRIVING, insert)
        # Before 1.5.4 the name stays as a view of the database.
        connection.execute(f"DROP VIEW IF EXISTS {_ARRIVING}")

    @override
    def day(self, moment: str) -> str:
        return f"strftime({moment} AT TIME ZONE 'UTC', '%Y-%m-%d')"

    @override
    def days_between(self, start: str, end: str) -> str:
        return f"(epoch({end} - {start}) / 86400)"
