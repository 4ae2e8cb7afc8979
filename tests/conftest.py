"""What all tests share: an Airflow of their own, a sandbox of the API, and whole DAGs run in the process.

The settings stand before the first import of Airflow, which reads them when it is imported.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

# The helpers in tools/ are no package that is installed.
sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.environment import furnish

HOME = Path(tempfile.mkdtemp(prefix="covage-tests-"))
DAGS = HOME / "dags"
DAGS.mkdir()
furnish(HOME)

for name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[name]
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    # Empty: dag.test() reads the whole folder again at every call.
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="True",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    # The sandbox is on this machine: a proxy of the environment would only be in the way.
    NO_PROXY="127.0.0.1,localhost",
    no_proxy="127.0.0.1,localhost",
)

from collections.abc import Callable, Generator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from datetime import datetime  # noqa: E402
from typing import TYPE_CHECKING, Any, TypeVar  # noqa: E402

import pytest  # noqa: E402

from airflow_provider_covage.compat import HAS_RETRY_POLICIES as IS_3_3  # noqa: E402
from tools import whole_dag  # noqa: E402

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from airflow_provider_covage.sandbox import Sandbox
    from airflow_provider_covage.testing.standing import ConnectionInEnvironment

pytest_plugins = ["airflow_provider_covage.testing"]

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

IN_CI = os.environ.get("CI") == "true"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "since_3_3: about what older versions of Airflow do not have")
    # Told to end, tests end as with Ctrl-C: fixtures stop what they have started.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


_LONG = ("e2e", "chaos", "tools", "dags", "warehouse", "more", "kit", "distribution")
"""Folders of the tests that take longest; they begin first, or one worker would be busy with them alone."""


collect_ignore = (
    []
    if IS_3_3
    else [
        "operators/test_operator_retries.py",
        "sensors/test_sensor_without_worker.py",
        "triggers/test_event_resources.py",
        "triggers/test_event_trigger.py",
    ]
)
"""Files that are about nothing but what an older Airflow does not have, and import it."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not IS_3_3:
        # Not skipped: there is nothing to run.
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("since_3_3")])
        items[:] = [item for item in items if not item.get_closest_marker("since_3_3")]
    folder = {name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: folder.get(item.path.parent.name, len(_LONG)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip_in_ci((yield))


def _no_skip_in_ci(report: Report) -> Report:
    """In CI a test that did not run is a test that failed; elsewhere pytest prints why."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, and in CI nothing may be: {reason}"
    return report


@pytest.fixture
def sandbox(covage_sandbox: Sandbox) -> Sandbox:
    """The sandbox of most tests, by a short name."""
    return covage_sandbox


@pytest.fixture
def connection(covage_connection: ConnectionInEnvironment) -> ConnectionInEnvironment:
    """`connection(timeout=1)` has connection `covage_default` differ."""
    return covage_connection


@dataclass(frozen=True)
class Run:
    """A DAG run that has ended."""

    dag_id: str
    run_id: str
    logical_date: datetime
    state: str
    states: dict[tuple[str, int], str | None]
    """State of each task instance, by task id and map index (-1: not mapped)."""
    tries: dict[tuple[str, int], int]

    def of(self, task_id: str) -> list[str | None]:
        """Return the states of a task's instances, in the order of their map index."""
        return [self.states[key] for key in sorted(self.states) if key[0] == task_id]

    def xcom(self, task_id: str, map_index: int = -1, key: str = "return_value") -> Any:
        """Return what a task instance has left."""
        from airflow.models.xcom import XComModel
        from airflow.utils.session import create_session

        with create_session() as session:
            found = session.execute(
                XComModel.get_many(
                    run_id=self.run_id,
                    dag_ids=self.dag_id,
                    task_ids=task_id,
                    map_indexes=map_index,
                    key=key,
                )
            ).scalar_one_or_none()
            return None if found is None else XComModel.deserialize_value(found)


@pytest.fixture(scope="session")
def airflow_db() -> None:
    """The metadata database, made once per session."""
    whole_dag.prepare_database()


@pytest.fixture
def run_dag(airflow_db: None) -> Callable[..., Run]:
    """`run_dag(dag, conf=None, logical_date=None)` runs a whole DAG in this process.

    Tasks and triggers run one after the other in the test's process. The same logical date gives the
    same run id. A failed task raises nothing: look at the states.
    """

    from airflow.sdk import timezone
    from airflow.utils.session import create_session

    def run(dag: DAG, conf: dict[str, Any] | None = None, logical_date: datetime | None = None) -> Run:
        date = logical_date or timezone.utcnow()
        made = whole_dag.run(dag, conf, date)
        with create_session() as session:
            instances = made.get_task_instances(session=session)
            return Run(
                dag_id=dag.dag_id,
                run_id=made.run_id,
                logical_date=date,
                state=str(made.state.value),
                states={(one.task_id, one.map_index): one.state for one in instances},
                tries={(one.task_id, one.map_index): one.try_number for one in instances},
            )

    return run
