"""One whole DAG on real Airflow in this process, without servers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.testing.hurrying import share_api

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG


def prepare_database() -> None:
    """Make Airflow's database, or bring it up to date.

    It is in no hurry to reach the disk: whoever runs DAGs this way does not need it after a power cut.
    """
    from airflow.utils.db import initdb
    from sqlalchemy import Engine, event

    share_api()
    event.listen(Engine, "connect", _without_waiting_for_the_disk)
    initdb()


def _without_waiting_for_the_disk(connection: Any, _: Any) -> None:
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


def load(file: Path) -> DAG:
    """Read the DAG of a file.

    Args:
        file: A file with one DAG.

    Returns:
        The DAG.

    Raises:
        ImportError: The file cannot be imported; the text says why.
    """
    bag = _bags().DagBag(dag_folder=str(file))
    if bag.import_errors:
        raise ImportError("\n".join(bag.import_errors.values()))
    dag: DAG
    (dag,) = bag.dags.values()
    return dag


def register(dag: DAG) -> None:
    """Put a DAG into the database, where Airflow wants to find it before it runs it.

    Args:
        dag: The DAG, which need not be in the folder of DAGs.
    """
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.utils.session import create_session

    with create_session() as session:
        DagBundlesManager().sync_bundles_to_db(session=session)  # type: ignore[no-untyped-call]
    bags = _bags()
    bag = bags.DagBag(dag_folder=os.devnull)
    bag.bag_dag(dag)
    bags.sync_bag_to_db(bag, "dags-folder", None)


def _bags() -> Any:
    """What reads DAGs and brings them into the database."""
    try:
        from airflow.dag_processing import dagbag
    except ImportError:  # Airflow 3.1
        from airflow.models import dagbag  # type: ignore[no-redef]
    return dagbag


def run(dag: DAG, conf: Mapping[str, Any] | None, logical_date: datetime) -> DagRun:
    """Run a DAG to its end, one task after the other, triggers included.

    Args:
        dag: The DAG.
        conf: The run's configuration.
        logical_date: The run's date; the same one gives the same run id.

    Returns:
        The run. A failed task raises nothing.
    """
    register(dag)
    # Both dates: they make the run id.
    run_conf = dict(conf) if conf else None
    made: DagRun = dag.test(run_after=logical_date, logical_date=logical_date, run_conf=run_conf)
    return made
