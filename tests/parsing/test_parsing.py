"""Airflow reads every DAG file again and again: what the operators and sensors may load with it, no more.

How long it takes is measured by `benchmarks/parsing.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from airflow_provider_covage import get_provider_info

PACKAGE = "airflow_provider_covage"

READ_BY_A_DAG_FILE = """
import importlib, json, sys
from airflow.sdk import DAG, Asset, BaseHook, BaseOperator, BaseOperatorLink, BaseSensorOperator, task
loaded = set(sys.modules)
stages = []
for names in json.loads(sys.argv[1]):
    for name in names:
        module, _, attribute = name.partition(":")
        found = importlib.import_module(module)
        attribute and getattr(found, attribute)
    stages.append(sorted(sys.modules.keys() - loaded))
    loaded |= sys.modules.keys()
json.dump(stages, sys.stdout)
"""

BESIDES_OPERATORS_AND_SENSORS = {
    "compat",
    "lazy",
    "triggers",
    "api",
    "api.agreement",
    "api.errors",
    "api.identifiers",
    "api.lifecycle",
    "api.working_days",
    "api.covage",
    "api.covage.accepted",
    "api.covage.lookup",
    "api.covage.recognition",
    "api.covage.sites",
    "api.prizz",
    "api.prizz.lifecycle",
    "api.prizz.lookup",
    "hooks",
    "hooks.links",
}
"""What of this package is not meant for DAG files, but read with them. A client, a body or a hook is not."""

OF_AIRFLOW = {"airflow.sdk.definitions.retry_policy"}

READ_TOGETHER = [f"{PACKAGE}.operators", f"{PACKAGE}.sensors", f"{PACKAGE}.transfers"]


def for_dag_files() -> list[str]:
    """Return all modules that a DAG file imports from, as Airflow is told of them."""
    info = get_provider_info()
    modules = [
        name for kind in ("operators", "sensors") for one in info[kind] for name in one["python-modules"]
    ]
    return modules + [one["python-module"] for one in info["transfers"]]


@pytest.fixture(scope="module")
def stages() -> list[list[str]]:
    wanted = [for_dag_files(), [f"{PACKAGE}.operators.quote:CovageChooseOfferOperator"]]
    command = [sys.executable, "-c", READ_BY_A_DAG_FILE, json.dumps(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[list[str]] = json.loads(done.stdout)
    return found


def foreign(modules: list[str]) -> set[str]:
    """Return the packages that are neither ours nor Python's own."""
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {PACKAGE}


def test_all_operators_and_sensors_load_nothing_that_airflow_has_not_loaded(stages: list[list[str]]) -> None:
    assert foreign(stages[0]) <= {"airflow"}
    assert {name for name in stages[0] if name.partition(".")[0] == "airflow"} <= OF_AIRFLOW


def test_neither_hooks_nor_clients_nor_bodies_are_loaded_before_a_task_runs(stages: list[list[str]]) -> None:
    ours = {name for name in stages[0] if name.startswith(f"{PACKAGE}.")}
    others = {name for name in ours if not name.startswith(tuple(READ_TOGETHER))}
    assert others <= {f"{PACKAGE}.{name}" for name in BESIDES_OPERATORS_AND_SENSORS}


def test_choosing_an_offer_loads_airflows_own_form_only_where_it_is_used(stages: list[list[str]]) -> None:
    assert f"{PACKAGE}.operators.quote.choose" not in stages[0]
    assert "airflow.providers.standard.operators.hitl" in stages[1]
    assert foreign(stages[1]) <= {"airflow", "asgiref", "pydantic"}
