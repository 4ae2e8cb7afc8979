"""The wheel beside nothing but Airflow, in an environment of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from building import Environment

from airflow_provider_covage import __version__, get_provider_info

STRANGER = Path(__file__).with_name("stranger.py")


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    made = Environment(tmp_path_factory.mktemp("clean") / "venv")
    made.install(str(wheel))
    return made


@pytest.fixture(scope="module")
def found(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a stranger finds in it."""
    notes = tmp_path_factory.mktemp("found") / "notes.json"
    done = environment.run(
        str(STRANGER),
        str(notes),
        AIRFLOW__CORE__UNIT_TEST_MODE="True",
        AIRFLOW_CONN_POSTGRES_WITHOUT_PROVIDER="postgres://127.0.0.1/warehouse",
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(notes.read_text())
    return answer


def install(extra: str) -> str:
    return f"pip install 'airflow-provider-covage[{extra}]'"


def test_nothing_of_the_extras_is_there(found: dict[str, Any]) -> None:
    assert found["absent"] == ["pyarrow", "duckdb", "psycopg2", "psycopg", "pytest"]


def test_every_module_can_be_imported_and_pytests_fixtures_by_pytest_alone(found: dict[str, Any]) -> None:
    assert found["unimportable"] == {
        "airflow_provider_covage.testing.fixtures": "ModuleNotFoundError: No module named 'pytest'"
    }


def test_airflow_lists_the_provider(found: dict[str, Any]) -> None:
    [listed] = [one for one in found["listed"] if one["package_name"] == "airflow-provider-covage"]
    assert listed["version"] == __version__
    [told] = found["info"]
    assert told["versions"] == [__version__]


def test_airflow_has_the_connection_types_with_their_hooks(found: dict[str, Any]) -> None:
    hooks = {one["connection_type"]: one for one in found["hooks"]}
    for wanted in get_provider_info()["connection-types"]:
        hook = hooks[wanted["connection-type"]]
        assert hook["class"] == wanted["hook-class-name"]
        assert hook["conn_id_attribute_name"] == f"{wanted['connection-type']}_conn_id"
        assert hook["hook_name"] == wanted["hook-name"]


def test_hooks_and_the_sandbox_need_nothing_more(found: dict[str, Any]) -> None:
    works, message = found["tested"]
    assert works, message


@pytest.mark.parametrize(
    ("what", "extra"),
    [("files", "parquet"), ("table", "parquet"), ("duckdb", "duckdb"), ("postgres", "postgres")],
)
def test_what_needs_an_extra_says_which_before_anything_is_sent(
    found: dict[str, Any], what: str, extra: str
) -> None:
    said = found["refused"][what]
    assert install(extra) in said
    assert said.endswith("; nothing was sent")
    assert said.startswith(("AirflowFailException: ", "InputError: "))


def test_the_sandbox_says_what_it_lacks_where_airflow_does_not_bring_it(environment: Environment) -> None:
    environment.uninstall("python-multipart")
    done = environment.run("-m", "airflow_provider_covage.sandbox", "--port", "0")
    assert done.returncode == 2
    assert done.stderr == f"error: the sandbox needs python-multipart: {install('sandbox')}\n"
