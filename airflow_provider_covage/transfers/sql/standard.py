"""What databases differ in. The base class is standard SQL, for whatever has an Airflow SQL connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, ClassVar

from typing_extensions import override

from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.transfers.arrow import pa

Types = Mapping[str, str]
"""Type of each column of a table, in capitals, as the database says it."""

TEXTS = ("TEXT", "VARCHAR", "CHARACTER VARYING", "STRING", "NVARCHAR", "CLOB", "LONGTEXT")
"""Beginnings of the types that hold texts."""


class Dialect:
    """Standard SQL, row by row.

    Args:
        placeholder: How the driver marks a parameter.
        quoted: Format of a quoted name.
    """

    types: ClassVar[Mapping[Kind, str]] = {
        Kind.TEXT: "VARCHAR(4000)",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE PRECISION",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.DATE: "DATE",
        Kind.TIMESTAMP: "TIMESTAMP",
        Kind.JSON: "TEXT",
    }
    taken: ClassVar[Mapping[Kind, tuple[str, ...]]] = {
        Kind.TEXT: TEXTS,
        # Not `integer`: more than 21 million euros, in cents, do not fit in.
        Kind.INTEGER: ("BIGINT", "INT8", "HUGEINT", "NUMERIC", "DECIMAL", "NUMBER"),
        Kind.NUMBER: ("DOUBLE", "FLOAT", "REAL", "NUMERIC", "DECIMAL", "NUMBER"),
        Kind.BOOLEAN: ("BOOL", "BIT", "TINYINT"),
        Kind.DATE: ("DATE",),
        Kind.TIMESTAMP: ("TIMESTAMP", "DATETIME"),
        Kind.JSON: (*TEXTS, "JSON", "VARIANT"),
    }
    """Beginnings of the types that an existing column of a kind may have."""
    key_type = "VARCHAR(255)"
    """Type of a key that is a text."""

    def __init__(self, placeholder: str = "?", quoted: str = '"{}"') -> None:
        self.placeholder = placeholder
        self._quoted = quoted

    def quote(self, *parts: str) -> str:
        """Quote a name.

        Args:
            *parts: Its parts: checked names, or names of the API.

        Returns:
            The name as it stands in SQL.
        """
        mark = self._quoted[-1]
        return ".".join(self._quoted.format(part.replace(mark, mark * 2)) for part in parts)

    def execute(self, connection: Any, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out a statement.

        Args:
            connection: The DB-API connection.
            sql: The statement.
            parameters: Values for its placeholders.

        Returns:
            How many rows it has changed, as far as the driver says.
        """
        with closing(connection.cursor()) as cursor:
            cursor.execute(sql, parameters) if parameters else cursor.execute(sql)
            return int(cursor.rowcount)

    def query(self, connection: Any, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask for rows.

        Args:
            connection: The DB-API connection.
            sql: The query.
            parameters: Values for its placeholders.

        Returns:
            All rows.
        """
        with closing(connection.cursor()) as cursor:
            cursor.execute(sql, parameters) if parameters else cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def begin(self, connection: Any) -> None:
        """Begin a transaction; drivers do that by themselves.

        Args:
            connection: The DB-API connection.
        """

    def end(self, connection: Any, *, well: bool) -> None:
        """End a transaction.

        Args:
            connection: The DB-API connection.
            well: Whether what it has done is to last.
        """
        connection.commit() if well else connection.rollback()

    def columns(self, connection: Any, table: Sequence[str]) -> Types:
        """Describe a table.

        Args:
            connection: The DB-API connection.
            table: Parts of its name.

        Returns:
            Its columns, with an empty type where that is not known; none where there is no such table.
        """
        # Where to look up types differs too much: the names alone will do.
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute(f"SELECT * FROM {self.quote(*table)} WHERE 1 = 0")  # noqa: S608 - a checked name
                return {str(column[0]): "" for column in cursor.description}
        except Exception as error:
            if not any("Error" in one.__name__ for one in type(error).__mro__):
                raise
            connection.rollback()
            return {}

    def schema(self, connection: Any) -> str:
        """Give the schema that a name without one means.

        Args:
            connection: The DB-API connection.

        Returns:
            Its name; empty where that is not known.
        """
        return ""

    def lock(self, connection: Any, table: str) -> None:
        """Let no other merge into a table before the transaction ends, where that can be said.

        Args:
            connection: The DB-API connection.
            table: Its quoted name.
        """

    def stage(self, connection: Any, name: str, table: str, columns: Sequence[str]) -> None:
        """Make an empty table of the connection's own, with the types of another one.

        Args:
            connection: The DB-API connection.
            name: Its quoted name.
            table: Quoted name of the other one.
            columns: Quoted names of its columns.
        """
        chosen = ", ".join(columns)
        self.execute(
            connection,
            f"CREATE TEMPORARY TABLE {name} AS SELECT {chosen} FROM {table} WHERE 1 = 0",  # noqa: S608
        )

    def fill(
        self, connection: Any, name: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch]
    ) -> None:
        """Load batches into a table.

        Args:
            connection: The DB-API connection.
            name: Its quoted name.
            columns: Quoted names of its columns, in the order of those of the batches.
            batches: What is loaded.
        """
        marks = ", ".join([self.placeholder] * len(columns))
        sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names are quoted
        with closing(connection.cursor()) as cursor:
            for batch in batches:
                values = [self._values(column) for column in batch.columns]
                cursor.executemany(sql, list(zip(*values, strict=True)))

    def _values(self, column: pa.Array) -> list[Any]:
        return column.to_pylist()  # type: ignore[no-any-return]

    def differs(self, one: str, other: str) -> str:
        """Say that two values differ, null being equal to null.

        Args:
            one: An expression.
            other: Another one.

        Returns:
            The condition.
        """
        return (
            f"({one} <> {other} OR ({one} IS NULL AND {other} IS NOT NULL)"
            f" OR ({one} IS NOT NULL AND {other} IS NULL))"
        )

    def update(self, table: str, stage: str, key: str, columns: Sequence[str], also: str, sets: str) -> str:
        """Write the statement that takes over what has changed.

        Args:
            table: Quoted name of the target.
            stage: Quoted name of the table with the new values.
            key: Quoted name of the key.
            columns: Quoted names of the columns to take over.
            also: Condition on the target's row that makes it count as changed, too.
            sets: Further assignments.

        Returns:
            The statement; its parameters are those of `sets`.
        """
        same = f"{stage}.{key} = {table}.{key}"
        taken = [f"{one} = (SELECT {stage}.{one} FROM {stage} WHERE {same})" for one in columns]  # noqa: S608
        changed = [self.differs(f"{table}.{one}", f"{stage}.{one}") for one in columns]
        return (
            f"UPDATE {table} SET {', '.join([sets, *taken])} WHERE EXISTS (SELECT 1 FROM {stage} "  # noqa: S608
            f"WHERE {same} AND ({' OR '.join([also, *changed])}))"
        )

    def day(self, moment: str) -> str:
        """Give the day of a point in time, in UTC, as text.

        Args:
            moment: An expression.

        Returns:
            An expression: `YYYY-MM-DD`.
        """
        return f"CAST(CAST({moment} AS DATE) AS VARCHAR(10))"

    def days_between(self, start: str, end: str) -> str:
        """Give the days from one point in time to another.

        Args:
            start: An expression.
            end: Another one.

        Returns:
            An expression: a number, with fractions where the database can.
        """
        return f"(CAST({end} AS DATE) - CAST({start} AS DATE))"

    def view(self, name: str, query: str) -> list[str]:
        """Write the statements that make a view, or make it another one.

        Args:
            name: Its quoted name.
            query: What it shows.

        Returns:
            The statements.
        """
        return [f"CREATE OR REPLACE VIEW {name} AS {query}"]

    def describe(self, table: str, column: str, text: str) -> list[str]:
        """Write the statements that say what a column means, where the database keeps that.

        Args:
            table: Quoted name of its table.
            column: Its name.
            text: What it means.

        Returns:
            The statements.
        """
        return []

    def moment(self, value: datetime) -> Any:
        """Give a point in time as the driver takes it.

        Args:
            value: With its offset.

        Returns:
            The parameter.
        """
        return value


class Commented(Dialect):
    """Databases that keep comments on columns."""

    @override
    def describe(self, table: str, column: str, text: str) -> list[str]:
        literal = text.replace("'", "''")
        return [f"COMMENT ON COLUMN {table}.{self.quote(column)} IS '{literal}'"]


class UpdateFrom(Dialect):
    """Databases that can update one table from another, and describe their tables by the standard."""

    @override
    def columns(self, connection: Any, table: Sequence[str]) -> Types:
        schema = self.placeholder if len(table) > 1 else "current_schema()"
        rows = self.query(
            connection,
            "SELECT column_name, data_type FROM information_schema.columns "  # noqa: S608 - no value in it
            f"WHERE table_name = {self.placeholder} AND table_schema = {schema} ORDER BY ordinal_position",
            tuple(reversed(table)),
        )
        return {str(name): str(kind).upper() for name, kind in rows}

    @override
    def differs(self, one: str, other: str) -> str:
        return f"{one} IS DISTINCT FROM {other}"

    @override
    def update(self, table: str, stage: str, key: str, columns: Sequence[str], also: str, sets: str) -> str:
        taken = [f"{one} = {stage}.{one}" for one in columns]
        changed = [self.differs(f"{table}.{one}", f"{stage}.{one}") for one in columns]
        return (
            f"UPDATE {table} SET {', '.join([sets, *taken])} FROM {stage} "  # noqa: S608 - names are quoted
            f"WHERE {stage}.{key} = {table}.{key} AND ({' OR '.join([also, *changed])})"
        )
