"""The double of the Prizz API, the connection that leads to it, and Airflow's part in running an operator."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_prizz import BASE, FakePrizz, context

from airflow_provider_covage.api.errors import TransientError


@pytest.fixture
def prizz(requests_mock: Any, monkeypatch: pytest.MonkeyPatch) -> FakePrizz:
    """The double, behind connection `prizz_default`."""
    connection = {"conn_type": "prizz", "host": BASE, "password": "fixed-token"}
    monkeypatch.setenv("AIRFLOW_CONN_PRIZZ_DEFAULT", json.dumps(connection))
    return FakePrizz(requests_mock)


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
