"""Airflow's part in running an operator, and the files that requests for dark fibre take."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.sandbox import Dialect

LOSSES = ["close_after", "truncate", "html", "error_after"]
"""The faults that keep the answer to a request that has taken effect."""


def in_dialects(*names: str) -> pytest.MarkDecorator:
    """Run a test once for each of these dialects, such as `inner_lines_ids`."""
    cases = [
        pytest.param(marks=pytest.mark.covage_sandbox(dialect=Dialect.named(name)), id=name) for name in names
    ]
    return pytest.mark.parametrize((), cases)


def context(try_number: int = 1, *, task_id: str = "act", run_id: str = "manual__1") -> dict[str, Any]:
    """What an operator sees of its task instance."""
    instance = SimpleNamespace(
        dag_id="fibre", run_id=run_id, task_id=task_id, map_index=-1, try_number=try_number
    )
    return {"ti": instance}


def run(operator: type, try_number: int = 1, *, run_id: str = "manual__1", **arguments: Any) -> Any:
    """One try of a task."""
    made = operator(task_id="act", **{"settling_time": 0, **arguments})
    return made.execute(context(try_number, run_id=run_id))


def retried(operator: type, *, first_try: int = 1, tries: int = 3, **arguments: Any) -> Any:
    """Run a task as Airflow does: a new operator for every try, until one ends well or forbids retries."""
    errors = []
    for try_number in range(first_try, first_try + tries):
        try:
            return run(operator, try_number, **arguments)
        except TransientError as error:
            errors.append(str(error))
    raise AssertionError(f"no try ended well: {errors}")


def why_not(act: Callable[[], Any]) -> str:
    """Why a task failed for good."""
    with pytest.raises(AirflowFailException) as failure:
        act()
    return str(failure.value)


def kmz(**members: str) -> bytes:
    """A trace file; `kmz(notes="...")` has a text file in place of the KML."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (members or {"doc.kml": "<kml/>"}).items():
            archive.writestr(name, text)
    return content.getvalue()


def sites(template: bytes, rows: Iterable[Iterable[str]] = (), *, end: str = "\r\n") -> bytes:
    """A file of sites: the template with some rows below it, or with one site that is called x."""
    header = template.decode().split(";")
    text = io.StringIO(newline="")
    rows = list(rows) or [["x"] * len(header)]
    csv.writer(text, delimiter=";", lineterminator=end).writerows(rows)
    return (template.decode().replace("\r\n", end) + text.getvalue()).encode()
