"""Warehouses as users have them: PostgreSQL, DuckDB and SQLite, folders on disk and on S3."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.tables import Table
from airflow_provider_covage.sandbox import PrizzSandbox
from airflow_provider_covage.sandbox.covage import paging
from airflow_provider_covage.transfers.reading import Outcome, Reader
from airflow_provider_covage.transfers.source import Source
from airflow_provider_covage.transfers.spool import Spool
from tools.postgres import Postgres

SCHEMA_COUNT = iter(range(10_000))


@pytest.fixture(scope="session")
def covage_sandbox_options() -> dict[str, Any]:
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


@pytest.fixture(scope="session")
def prizz_sandbox_options() -> dict[str, Any]:
    """Likewise."""
    return {"speed": 0}


@pytest.fixture
def prizz(prizz_sandbox: PrizzSandbox) -> PrizzSandbox:
    """The sandbox of Prizz-Telecom, by a short name."""
    return prizz_sandbox


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., tuple[Outcome, dict[Any, Any]]]:
    """`reading(COVAGE, QUOTE)` reads a list by the API's default connection; gives the outcome, and the
    records by their key."""

    def run(
        source: Source, table: Table, *, check: Any = None, filters: Any = None
    ) -> tuple[Outcome, dict[Any, Any]]:
        async def go(spool: Spool) -> Outcome:
            async with source.connect(f"{source.name}_default") as client:
                calls = source.calls(client.transport.settings.page_size)
                log = logging.getLogger("reading")
                reader = Reader(client.transport, spool, name=table.resource, log=log)
                return await reader.read(table.listing(calls, filters or {}), check)

        with Spool(tmp_path, table) as spool:
            outcome = asyncio.run(go(spool))
            records = [record for batch in spool.batches() for record in batch.to_pylist()]
        assert len({record[table.key] for record in records}) == len(records)
        return outcome, {record[table.key]: record for record in records}

    return run


@pytest.fixture
def empty_pages(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`empty_pages("2", times=1)`: the API gives that page of its lists without records, though it counts and
    links as ever; without `times` always."""
    paged, state = paging.paged, {"numbers": (), "times": 0.0}

    def emptied(world: Any, request: Any, *rest: Any) -> Any:
        page: Any = paged(world, request, *rest)
        if request.query_params.get("page", "1") in state["numbers"] and state["times"]:
            state["times"] -= 1
            page["results"] = []
        return page

    def empty(*numbers: str, times: float = math.inf) -> None:
        state.update(numbers=numbers, times=times)

    monkeypatch.setattr(paging, "paged", emptied)
    return empty


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, started once."""
    with Postgres() as server:
        yield server


class ObjectStore:
    """An S3 server on this machine.

    Attributes:
        connection_json: The Airflow connection, as the environment variable `AIRFLOW_CONN_...` takes it.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        extra = {"endpoint_url": address, "region_name": "eu-west-3"}
        self.connection_json = json.dumps(
            {"conn_type": "aws", "login": "key", "password": "secret", "extra": json.dumps(extra)}
        )

    def make(self, bucket: str) -> None:
        """Make a bucket, unless it is there."""
        request = urllib.request.Request(f"{self._address}/{bucket}", method="PUT")
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="session")
def s3() -> Iterator[ObjectStore]:
    """A real S3 server, started once; it ends with its standard input."""
    code = (
        "import sys; from moto.server import ThreadedMotoServer\n"
        "server = ThreadedMotoServer('127.0.0.1', 0, verbose=False); server.start()\n"
        "print(server.get_host_and_port()[1], flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield ObjectStore(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        process.stdin.close()


class Warehouse:
    """A database to load into, and a way to look into it that is not the package's own."""

    def __init__(self, kind: str, conn_id: str, connect: Callable[[], Any]) -> None:
        self.kind = kind
        self.conn_id = conn_id
        self._connect = connect

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        connection = self._connect()
        try:
            return [tuple(row) for row in connection.execute(sql).fetchall()]
        finally:
            connection.close()

    def execute(self, sql: str) -> None:
        connection = self._connect()
        try:
            connection.execute(sql)
            connection.commit()
        finally:
            connection.close()


@pytest.fixture
def warehouse_of(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Warehouse]:
    """`warehouse_of("postgres")` is an empty warehouse of that kind."""

    def make(kind: str) -> Warehouse:
        if kind == "postgres":
            return _in_postgres(request.getfixturevalue("postgres"), monkeypatch)
        if kind == "duckdb":
            import duckdb

            file = tmp_path / "warehouse.duckdb"
            return Warehouse(kind, f"duckdb:///{file}", lambda: duckdb.connect(str(file)))
        file = tmp_path / "warehouse.db"
        if kind == "sqlite":
            return Warehouse(kind, f"sqlite:///{file}", lambda: sqlite3.connect(file))
        # The same through Airflow's own hook and connection.
        monkeypatch.setenv("AIRFLOW_CONN_LITE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
        return Warehouse(kind, "lite", lambda: sqlite3.connect(file))

    return make


def _in_postgres(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    import psycopg

    def connect() -> Any:
        return psycopg.connect(
            host="127.0.0.1",
            port=server.port,
            user=server.user,
            dbname=server.database,
            options=f"-c search_path={schema} -c timezone=UTC",
        )

    schema = f"test_{os.getpid()}_{next(SCHEMA_COUNT)}"
    options = json.dumps(f"-c search_path={schema}")
    monkeypatch.setenv(
        "AIRFLOW_CONN_PG",
        json.dumps(
            {
                "conn_type": "postgres",
                "host": "127.0.0.1",
                "port": server.port,
                "login": server.user,
                "schema": server.database,
                "extra": json.dumps({"options": json.loads(options)}),
            }
        ),
    )
    warehouse = Warehouse("postgres", "pg", connect)
    warehouse.execute(f"CREATE SCHEMA {schema}")
    return warehouse


@pytest.fixture(params=["sqlite", "duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest, warehouse_of: Callable[[str], Warehouse]) -> Warehouse:
    """An empty warehouse of each kind."""
    return warehouse_of(request.param)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are repeated as often as ever, but at once."""
    decide = Patience.pause_before

    def pause_before(self: Patience, attempt: int, error: Any) -> float | None:
        return None if decide(self, attempt, error) is None else 0.0

    monkeypatch.setattr(Patience, "pause_before", pause_before)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[str], list[str]]]:
    """`logs("looking once more")` gives the lines that hold a text."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        yield lambda text: [
            line for line in (*(_line(one) for one in entries), *caplog.messages) if text in line
        ]
    structlog.configure(wrapper_class=before)


def _line(entry: Any) -> str:
    given = entry.get("positional_args") or ()
    return str(entry["event"]) % tuple(given) if given else str(entry["event"])
