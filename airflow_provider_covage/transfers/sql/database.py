"""A database: an Airflow SQL connection, or a file of an embedded one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from airflow_provider_covage.api.errors import InputError, PermanentError, TransientError
from airflow_provider_covage.transfers.extras import install, load
from airflow_provider_covage.transfers.lineage import Place
from airflow_provider_covage.transfers.sql.duck import DuckDb
from airflow_provider_covage.transfers.sql.sqlite import Sqlite
from airflow_provider_covage.transfers.sql.standard import Dialect

EMBEDDED = ("sqlite", "duckdb")
"""Databases that need no connection of Airflow's: the URI of their file is enough."""

_PATIENCE = 60.0
"""Seconds to wait for another process that has an embedded database open."""

_FOR_GOOD = frozenset({"ProgrammingError", "DataError", "NotSupportedError"})


class Database:
    """An open connection and what its database speaks.

    Args:
        where: Id of an Airflow connection whose hook is a `DbApiHook`; or `sqlite:////path/of/file`,
            `duckdb:////path/of/file`, the latter with settings such as `?memory_limit=256MB`.

    Raises:
        InputError: There is no such connection, or it is not one of an SQL database.
        TransientError: It cannot be connected to.
    """

    def __init__(self, where: str) -> None:
        self.name = where
        hook = None if "://" in where else _hook(where)
        self.hook = hook
        with self._named():
            self.connection = _embedded(where) if hook is None else hook.get_conn()
        self.dialect = _dialect(hook.conn_type if hook else where.partition(":")[0], hook)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def place(self, table: Sequence[str]) -> Place:
        """Name a table as OpenLineage and Airflow do.

        Args:
            table: Parts of its name.

        Returns:
            The place.
        """
        if self.hook is None:
            scheme, path = self.name.partition("://")[0], urlsplit(self.name).path[1:]
            return Place(scheme, "/".join((path, *table)), "/".join((f"{scheme}:///{path}", *table)))
        connection = self.hook.get_connection(self.hook.get_conn_id())
        port = f":{connection.port}" if connection.port else ""
        server = f"{connection.conn_type}://{connection.host or ''}{port}"
        schema = self.dialect.schema(self.connection) if len(table) == 1 else ""
        names = [name for name in (connection.schema, schema, *table) if name]
        return Place(server, ".".join(names), "/".join((server, *names)))

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out a statement.

        Args:
            sql: The statement; values only as placeholders.
            parameters: The values.

        Returns:
            How many rows it has changed, as far as the driver says.
        """
        return self.dialect.execute(self.connection, sql, parameters)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask for rows.

        Args:
            sql: The query; values only as placeholders.
            parameters: The values.

        Returns:
            All rows.
        """
        return self.dialect.query(self.connection, sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of it or nothing.

        Yields:
            Nothing.

        Raises:
            PermanentError: The database refuses it.
            TransientError: It failed, or the connection was lost. Nothing has changed.
        """
        with self._named():
            self.dialect.begin(self.connection)
            try:
                yield
                self.dialect.end(self.connection, well=True)
            except BaseException:
                self._give_up()
                raise

    def _give_up(self) -> None:
        try:
            self.dialect.end(self.connection, well=False)
        except Exception:
            # Where the connection is lost, the database has given up by itself; the first error is told.
            self.connection.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            kinds = {one.__name__ for one in type(error).__mro__}
            if "Error" not in kinds and not isinstance(error, OSError):
                raise  # none of the database's
            told = f"database {self.name}: {' '.join(str(error).split())}; it is as it was before"
            raise (PermanentError(told) if kinds & _FOR_GOOD else TransientError(told)) from error


def _hook(conn_id: str) -> Any:
    from airflow.sdk import BaseHook

    from airflow_provider_covage.compat import AirflowException

    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowException as error:
        raise InputError(f"sql_conn_id {conn_id}: {error}; nothing was sent") from error
    try:
        hook = connection.get_hook()  # type: ignore[no-untyped-call]
    except (AirflowException, ImportError) as error:
        remedy = f": {install('postgres')}" if connection.conn_type == "postgres" else ""
        raise InputError(f"sql_conn_id {conn_id}: {error}{remedy}; nothing was sent") from error
    if not hasattr(hook, "insert_rows"):
        raise InputError(
            f"sql_conn_id {conn_id} is a connection of type {connection.conn_type}, not of an SQL database; "
            "nothing was sent"
        )
    return hook


def _embedded(uri: str) -> Any:
    parts = urlsplit(uri)
    path = parts.path[1:]
    if parts.scheme not in EMBEDDED or parts.netloc or not path:
        raise InputError(
            f"sql_conn_id: {uri!r} is neither the id of a connection nor the file of an embedded database, "
            "such as sqlite:////data/warehouse.db or duckdb:////data/warehouse.duckdb; nothing was sent"
        )
    if parts.scheme == "sqlite":
        import sqlite3

        return sqlite3.connect(path)
    return _duckdb(path, dict(parse_qsl(parts.query)))


def _duckdb(path: str, settings: dict[str, Any]) -> Any:
    """Open a file that one process at a time may write: others are waited for."""
    duckdb = load("duckdb", "duckdb")
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return duckdb.connect(path, config=settings)
        except duckdb.IOException as error:
            if "lock" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(0.2)


def _dialect(conn_type: str, hook: Any) -> Dialect:
    match conn_type:
        case "sqlite":
            return Sqlite()
        case "duckdb":
            return DuckDb()
        case "postgres":
            from airflow_provider_covage.transfers.sql.postgres import Postgres

            return Postgres("%s")
    return Dialect(hook.placeholder, getattr(hook, "escape_word_format", '"{}"'))
