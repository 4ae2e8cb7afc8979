"""The DAGs of the how-to guides and their tests, as somebody runs them who has nothing but the package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.mark.timeout(320)
def test_the_tests_of_the_guides_pass():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "PYTEST_"))}
    own = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run(
        [*own, "--rootdir", str(EXAMPLES), str(EXAMPLES / "tests")],
        env=kept,
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_dag_of_the_guides_can_be_copied_alone():
    # A file that imports another one's DAG is taken for the home of both.
    files = {file.stem: file.read_text() for file in (EXAMPLES / "dags").glob("*.py")}
    imported = {name for text in files.values() for name in re.findall(r"^(?:from|import) (\w+)", text, re.M)}
    assert "airflow_provider_covage" in imported
    assert imported & set(files) == set()
