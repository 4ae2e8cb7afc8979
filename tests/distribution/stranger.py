"""Run where nothing but Airflow and the package is installed; writes what it finds there into a JSON file.

It imports nothing of the tests: it runs in another environment.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import pkgutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

PACKAGE = "airflow_provider_covage"


def main() -> None:
    """Try everything, then write it down."""
    found = {
        "absent": absent(),
        "unimportable": unimportable(),
        "listed": airflow("providers", "list", "--output", "json"),
        "hooks": airflow("providers", "hooks", "--output", "json"),
        "info": airflow("providers", "get", "airflow-provider-covage", "--full", "--output", "json"),
        "refused": {name: refusal(use) for name, use in WITHOUT_EXTRA.items()},
        "tested": connection_test(),
    }
    Path(sys.argv[1]).write_text(json.dumps(found))


def absent() -> list[str]:
    """Which libraries of the extras, and of the tests, are not there."""
    wanted = ("pyarrow", "duckdb", "psycopg2", "psycopg", "pytest")
    return [name for name in wanted if find_spec(name) is None]


def unimportable() -> dict[str, str]:
    """Which modules cannot be imported, and why."""
    package = importlib.import_module(PACKAGE)
    wrong = {}
    for one in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
        try:
            importlib.import_module(one.name)
        except Exception as error:
            wrong[one.name] = f"{type(error).__name__}: {error}"
    return wrong


def airflow(*arguments: str) -> Any:
    """What a command of Airflow prints."""
    from airflow.__main__ import main as command

    out = io.StringIO()
    with mock.patch.object(sys, "argv", ["airflow", *arguments]), contextlib.redirect_stdout(out):
        command()
    return json.loads(out.getvalue())


def refusal(use: Callable[[], Any]) -> str:
    """What is said about using something, and by which kind of error."""
    try:
        use()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "done"


def to_files() -> None:
    """Read a list into CSV files."""
    from airflow_provider_covage.transfers.covage import CovageToObjectStorageOperator

    transfer = CovageToObjectStorageOperator(task_id="files", resource="quote", path="/nowhere", format="csv")
    transfer.execute({})


def to_table() -> None:
    """Read a list into a table of an embedded database."""
    from airflow_provider_covage.transfers.covage import CovageToSqlOperator

    CovageToSqlOperator(
        task_id="table", resource="quote", sql_conn_id="sqlite:////nowhere", table="quote"
    ).execute({})


def database(where: str) -> Callable[[], Any]:
    """Connect to a database."""

    def connect() -> None:
        from airflow_provider_covage.transfers.sql.database import Database

        Database(where)

    return connect


WITHOUT_EXTRA = {
    "files": to_files,
    "table": to_table,
    "duckdb": database("duckdb:////nowhere"),
    "postgres": database("postgres_without_provider"),
}


def connection_test() -> tuple[bool, str]:
    """What the hook says about a sandbox of this environment."""
    from airflow_provider_covage.hooks.covage import CovageHook
    from airflow_provider_covage.sandbox import Sandbox

    with Sandbox() as sandbox:
        os.environ["AIRFLOW_CONN_COVAGE_DEFAULT"] = sandbox.connection_json
        return CovageHook().test_connection()


if __name__ == "__main__":
    main()
