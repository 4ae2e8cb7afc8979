"""The sandbox stands apart: the client and its double must not have a mistake in common."""

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "airflow_provider_covage" / "sandbox"
MODULES = sorted(FOLDER.rglob("*.py"))
LIBRARIES = {"fastapi", "starlette", "uvicorn", "pydantic"}
OWN = "airflow_provider_covage.sandbox"


def imported(module):
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(FOLDER)))
def test_nothing_else_of_the_package_is_imported(module):
    for name in imported(module):
        top = name.partition(".")[0]
        own = name == OWN or name.startswith(f"{OWN}.")
        assert own or top in LIBRARIES or top in sys.stdlib_module_names, name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(FOLDER)))
def test_modules_stay_small(module):
    assert len(module.read_text().splitlines()) <= 350
