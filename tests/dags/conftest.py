"""The example DAGs as tests run them: the same DAG, in less of a hurry to wait."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_covage.testing import hurry
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox import Sandbox

Effects = Callable[..., Counter[str]]


@pytest.fixture
def quote_to_order() -> Any:
    """DAG `covage_quote_to_order`, looking and trying again soon."""
    dag = load(EXAMPLE_DAGS / "covage_quote_to_order.py")
    hurry(dag)
    return dag


@pytest.fixture
def effects(sandbox: Sandbox) -> Effects:
    """`effects()` counts what has taken effect, by operation; `effects("accept")` some operations only."""

    def count(*verbs: str) -> Counter[str]:
        operations = [entry["operation"] for entry in sandbox.ledger]
        return Counter(name for name in operations if not verbs or name.partition(".")[2] in verbs)

    return count


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A small trace file."""
    path = tmp_path / "trace.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", "<kml xmlns='http://www.opengis.net/kml/2.2'><Document/></kml>")
    return path
