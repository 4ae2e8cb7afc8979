"""Several workers side by side, each with an Airflow of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TextIO, cast

from tools.chaos.plan import Case, Request, name_of
from tools.chaos.verdict import Verdict
from tools.chaos.worker import LOG
from tools.environment import EXAMPLE_DAGS, airflow_environment
from tools.processes import Process, end_all, wait_until

Json = dict[str, Any]

START = 300.0
"""Seconds that a worker may take to be ready: it runs the DAG once, on a machine that may be busy."""

PATIENCE = 240.0
"""Seconds after which a run is taken to hang."""


class WorkerError(RuntimeError):
    """A worker cannot go on; the text has its last words."""


class Worker:
    """One worker process; started anew when a run has brought it down.

    Args:
        dag_id: The DAG that it runs.
        home: Home of its Airflow; made here.
        keep: Whether to keep the logs of all runs, not only of those that went wrong.
    """

    def __init__(self, dag_id: str, home: Path, *, keep: bool) -> None:
        self._dag_id = dag_id
        self._keep = ["--keep"] if keep else []
        self.home = home
        self.process: Process | None = None
        self.requests: list[Request] = []
        self.seconds = 0.0

    def start(self) -> None:
        """Start, and learn what the undisturbed run sends.

        Raises:
            WorkerError: It does not come up, or the undisturbed run does not end well.
        """
        dags = self.home / "dags"
        dags.mkdir(parents=True, exist_ok=True)
        # What the example DAGs share; Airflow finds it by itself only in its folder of DAGs, empty here.
        environment = airflow_environment(self.home, dags, PYTHONPATH=str(EXAMPLE_DAGS))
        cases_out, cases_in = os.pipe()
        verdicts_out, verdicts_in = os.pipe()
        command = [sys.executable, "-m", "tools.chaos.worker", self._dag_id]
        command += ["--cases", str(cases_out), "--verdicts", str(verdicts_in), *self._keep]
        try:
            log = self.home / LOG
            self.process = Process("worker", command, log, environment, [cases_out, verdicts_in])
        finally:
            os.close(cases_out)
            os.close(verdicts_in)
        self._cases: TextIO = os.fdopen(cases_in, "w", buffering=1)
        self._verdicts: TextIO = os.fdopen(verdicts_out)
        said = self._read(START)
        self.requests = [Request(**one) for one in said["requests"]]
        self.seconds = said["seconds"]

    def judge(self, case: Case) -> Verdict:
        """Have a case run.

        Args:
            case: The case.

        Returns:
            Its verdict; a run that does not end has one, too.
        """
        try:
            if self.process is None:
                self.start()
            self._cases.write(json.dumps(name_of(case)) + "\n")
            return Verdict(**self._read(PATIENCE))
        except (WorkerError, OSError, TimeoutError) as error:
            self.end()
            return Verdict(name_of(case), planned=len(case), log=str(self.home), error=str(error))

    def end(self) -> None:
        """End the process, if there is one."""
        if self.process is None:
            return
        self.process.kill()
        self.process = None
        for pipe in (self._cases, self._verdicts):
            with contextlib.suppress(OSError):
                pipe.close()

    def _read(self, patience: float) -> Json:
        ready, _, _ = select.select([self._verdicts], [], [], patience)
        line = self._verdicts.readline() if ready else ""
        if line:
            return cast(Json, json.loads(line))
        assert self.process
        if ready:
            # Its pipe is closed, so it is about to be gone.
            wait_until(lambda: self.process is None or self.process.status is not None, "its end", 30)
        what = f"ended with {self.process.status}" if ready else f"has not answered for {patience:g} s"
        raise WorkerError(f"the worker {what}; the end of {self.process.log}:\n{self.process.tail(15)}")


class Pool:
    """Workers for one DAG.

    Args:
        dag_id: The DAG.
        home: Folder for their homes.
        count: How many.
        keep: Whether to keep the logs of all runs, not only of those that went wrong.
    """

    def __init__(self, dag_id: str, home: Path, count: int, *, keep: bool = False) -> None:
        homes = [home / f"{dag_id}-{number}" for number in range(1, count + 1)]
        self._workers = [Worker(dag_id, one, keep=keep) for one in homes]

    def __enter__(self) -> Self:
        """Start the first one; the others start when there is work."""
        try:
            self._workers[0].start()
        except BaseException:
            self._workers[0].end()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """End them all."""
        end_all(worker.process for worker in self._workers if worker.process)
        for worker in self._workers:
            worker.end()

    @property
    def requests(self) -> list[Request]:
        """What the undisturbed run sends."""
        return self._workers[0].requests

    @property
    def seconds(self) -> float:
        """How long the undisturbed run takes."""
        return self._workers[0].seconds

    def judge(self, cases: Sequence[Case]) -> Iterator[Verdict]:
        """Have all cases run.

        Args:
            cases: The cases.

        Yields:
            The verdicts as they come.
        """
        todo: queue.SimpleQueue[Case | None] = queue.SimpleQueue()
        done: queue.SimpleQueue[Verdict] = queue.SimpleQueue()
        for case in [*cases, *[None] * len(self._workers)]:
            todo.put(case)

        def work(worker: Worker) -> None:
            while (case := todo.get()) is not None:
                done.put(worker.judge(case))

        for worker in self._workers:
            # Daemons: whoever interrupts does not wait for them, and ends their processes.
            threading.Thread(target=work, args=[worker], daemon=True).start()
        for _ in cases:
            yield done.get()
