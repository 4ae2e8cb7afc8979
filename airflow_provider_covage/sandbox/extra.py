"""What the sandboxes need beyond what every Airflow brings."""

from __future__ import annotations

from importlib.util import find_spec

INSTALL = "pip install 'airflow-provider-covage[sandbox]'"


def check_installed() -> None:
    """Make sure that all of it is there. Raises `ModuleNotFoundError` if not."""
    if find_spec("python_multipart") is None:
        raise ModuleNotFoundError(f"the sandbox needs python-multipart: {INSTALL}", name="python_multipart")
