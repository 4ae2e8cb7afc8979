"""The part of the demo that runs Airflow: one DAG, and what happens to its tasks as lines of JSON.

A process of its own, so that what Airflow writes goes to a file and can be ended at any moment.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO

from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load, prepare_database, run

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance
    from airflow.sdk import DAG

DAG_FILE = EXAMPLE_DAGS / "covage_quote_to_order.py"

Json = dict[str, Any]


class Watcher(threading.Thread):
    """Tells every change of a task instance's state; read from the database, as Airflow's own pages do.

    Args:
        dag: Of which DAG.
        out: Where to write the lines.
    """

    def __init__(self, dag: DAG, out: TextIO) -> None:
        super().__init__(daemon=True)
        self._dag_id = dag.dag_id
        self._waiting = {task_id for task_id, task in dag.task_dict.items() if _can_wait(task)}
        self._out = out
        self._seen: dict[tuple[str, int], tuple[str | None, int]] = {}
        self._over = threading.Event()

    def run(self) -> None:
        """Look again and again, once more after the end."""
        over = False
        while not over:
            over = self._over.wait(0.1)
            self._look()

    def finish(self) -> None:
        """Take the last look."""
        self._over.set()
        self.join()

    def _look(self) -> None:
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session
        from sqlalchemy import select

        with create_session() as session:
            query = select(TaskInstance).where(TaskInstance.dag_id == self._dag_id)
            for instance in session.scalars(query):
                key = (instance.task_id, instance.map_index)
                state = self._state(instance)
                if state and self._seen.get(key) != (state, instance.try_number):
                    self._seen[key] = (state, instance.try_number)
                    emit(self._out, _event(instance, state))

    def _state(self, instance: TaskInstance) -> str | None:
        """Give the state; without servers, Airflow calls a task queued while its trigger waits."""
        has_begun = instance.start_date and not instance.end_date
        is_waiting = instance.state == "queued" and has_begun and instance.task_id in self._waiting
        return "deferred" if is_waiting else instance.state


def main() -> int:
    """Run the DAG.

    Returns:
        The exit status: 0 also when the run has failed; that is told as an event.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, required=True, help="file descriptor for the lines of JSON")
    with os.fdopen(parser.parse_args().events, "w", buffering=1) as out:
        _run(out)
    return 0


def emit(out: TextIO, event: Json) -> None:
    """Write an event.

    Args:
        out: Where to.
        event: The event.
    """
    out.write(json.dumps(event, default=str) + "\n")


def _run(out: TextIO) -> None:
    from airflow.sdk import timezone

    prepare_database()
    dag = load(DAG_FILE)
    read_sites: Any = dag.task_dict["read_sites"]
    sites = read_sites.python_callable(params=dag.params.dump())
    emit(out, {"event": "begin", "tasks": list(dag.task_dict), "sites": sites})
    watcher = Watcher(dag, out)
    watcher.start()
    made = run(dag, None, timezone.utcnow())
    watcher.finish()
    emit(out, {"event": "end", "state": made.state, "run_id": made.run_id})


def _can_wait(task: Any) -> bool:
    """Say whether a task, mapped or not, may wait in a trigger."""
    return bool(getattr(task, "partial_kwargs", {}).get("deferrable", getattr(task, "deferrable", False)))


def _event(instance: TaskInstance, state: str) -> Json:
    return {
        "event": "task",
        "task_id": instance.task_id,
        "map_index": instance.map_index,
        "label": instance.rendered_map_index,
        "state": state,
        "try": instance.try_number,
        "seconds": instance.duration,
    }


if __name__ == "__main__":
    sys.exit(main())
