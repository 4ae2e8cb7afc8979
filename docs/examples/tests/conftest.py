"""An Airflow of the tests' own, and the sandboxes."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from pathlib import Path

import pytest

DAGS = Path(__file__).parents[1] / "dags"
HOME = tempfile.TemporaryDirectory(prefix="airflow-")

# Airflow reads its settings when it is imported, so they come first.
os.environ["AIRFLOW_HOME"] = HOME.name
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(DAGS)
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
# Airflow 3.2 wants one even where nobody logs in.
os.environ["AIRFLOW__API_AUTH__JWT_SECRET"] = secrets.token_hex()
sys.path.insert(0, str(DAGS))

pytest_plugins = ["airflow_provider_covage.testing"]


@pytest.fixture(scope="session", autouse=True)
def airflow_database():
    """Airflow's tables, made once."""
    from airflow.utils.db import initdb

    initdb()
