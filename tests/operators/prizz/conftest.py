"""The double of the Prizz API, the connection that leads to it, and Airflow's part in running an operator."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fake_prizz import BASE, FakePrizz

from airflow_provider_covage.api.errors import TransientError


@pytest.fixture
def prizz(requests_mock: Any, monkeypatch: pytest.MonkeyPatch) -> FakePrizz:
    """The double, behind connection `prizz_default`."""
    connection = {"conn_type": "prizz", "host": BASE, "password": "fixed-token"}
    monkeypatch.setenv("AIRFLOW_CONN_PRIZZ_DEFAULT", json.dumps(connection))
    return FakePrizz(requests_mock)


def context(try_number: int = 1, *, task_id: str = "act", map_index: int = -1) -> Any:
    """What an operator sees of its task instance and its run."""
    instance = SimpleNamespace(
        dag_id="orders", run_id="manual__1", task_id=task_id, map_index=map_index, try_number=try_number
    )
    return {"ti": instance, "dag_run": SimpleNamespace(run_after=datetime(2026, 11, 22, 8, tzinfo=UTC))}


@pytest.fixture
def run() -> Any:
    """`run(Operator, try_number=1, **arguments)` runs one try; no pauses between looks."""

    def run(operator: Any, try_number: int = 1, *, task_id: str = "act", **arguments: Any) -> Any:
        made = operator(task_id=task_id, settling_time=0, **arguments)
        return made.execute(context(try_number, task_id=task_id))

    return run


@pytest.fixture
def run_with_retries(run: Any) -> Any:
    """The same, with a new operator for every try until one ends well or forbids retries."""

    def run_with_retries(operator: Any, *, tries: int = 3, **arguments: Any) -> Any:
        errors = []
        for try_number in range(1, tries + 1):
            try:
                return run(operator, try_number, **arguments)
            except TransientError as error:
                errors.append(str(error))
        raise AssertionError(f"no try ended well: {errors}")

    return run_with_retries
