"""Killing tasks and the triggerer of a complete Airflow, each right after a request has taken effect.

One process after the other dies by SIGKILL between the effect of its request and the answer: it knows of
the effect as little as a worker whose machine has lost its power.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from tools.chaos import jobs
from tools.chaos.peers import owner, serving
from tools.chaos.plan import KILLS, TIMEOUT, Case, Request, Trouble, name_of, named
from tools.chaos.report import Progress, Section
from tools.chaos.run import LATER, PER_REQUEST, deviations, slow_sandbox, told
from tools.chaos.verdict import Evidence, Verdict, compare
from tools.environment import EXAMPLE_DAGS, ROOT
from tools.processes import members, wait_until
from tools.stack import IMPATIENT, Stack

if TYPE_CHECKING:
    import psutil  # type: ignore[import-untyped]

    from airflow_provider_covage.sandbox.ledger import RequestEntry

Json = dict[str, Any]

TASK, WORKER, TRIGGERER = KILLS

BY_TASK, BY_TRIGGERER = "a task", "the triggerer"

PATIENCE = 900.0
"""Seconds after which a run is taken to hang, as the machine may be busy."""

TRIGGERER_KILLS = 3
"""How many of its requests the triggerer dies of: each time it is started again, and that takes long."""

APART = 12
"""Of so many reads in a row one is killed in a run: a task that is killed too often runs out of tries."""

_DAG_FILE = '''"""DAG {dag_id}, in a hurry."""

import importlib

from tools.chaos.jobs import hurried

# It says "airflow" and "DAG", without which Airflow does not read the file.
dag = hurried(importlib.import_module("{dag_id}").dag)
'''


class Victim:
    """Kills processes, each in the moment between the effect of its request and the answer.

    Args:
        stack: The Airflow.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._lock = threading.Lock()
        self.wait_for(())

    def wait_for(self, case: Case) -> None:
        """Begin to count anew.

        Args:
            case: After which requests whom to kill; counted are only those of tasks, or of the triggerer.
        """
        with self._lock:
            self._alive = list(case)
            self._seen: Counter[tuple[bool, str]] = Counter()
            self.killed: list[Trouble] = []
            self.requests: list[Request] = []

    def hear(self, entry: RequestEntry, port: int) -> None:
        """Take in a request; the process that sent it is killed if it is the one.

        Args:
            entry: The request.
            port: Where it comes from.
        """
        sender = owner(port, self._processes())
        is_trigger = sender is not None and os.getsid(sender.pid) == self._triggerer
        operation = str(entry.operation)
        with self._lock:
            self._seen[is_trigger, operation] += 1
            nth = self._seen[is_trigger, operation]
            self.requests.append(Request(operation, nth, BY_TRIGGERER if is_trigger else BY_TASK))
            meant = [one for one in self._alive if (one.operation, one.nth) == (operation, nth)]
            for target in meant[:1]:
                if sender is not None and is_trigger == (target.kind == TRIGGERER):
                    self._kill(sender, target)

    def _kill(self, sender: psutil.Process, target: Trouble) -> None:
        doomed = [sender.pid]
        if target.kind == WORKER:
            doomed.append(sender.ppid())
        if target.kind == TRIGGERER:
            doomed = members(self._triggerer)
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._alive.remove(target)
        self.killed.append(target)

    @property
    def _triggerer(self) -> int:
        return self._stack.processes["triggerer"].pid

    def _processes(self) -> Iterator[int]:
        for name in ("scheduler", "triggerer"):
            yield from members(self._stack.processes[name].pid)


class Stage:
    """A complete Airflow, a sandbox, and one DAG that is run again and again.

    Args:
        job: The DAG, and which way it goes.
        home: Home of the Airflow; made here.
    """

    def __init__(self, job: str, home: Path) -> None:
        self.dag_id = jobs.dag_id(job)
        self.home = home
        home.mkdir(parents=True)
        self._job = job
        self._sandbox = slow_sandbox(job)
        self._open = contextlib.ExitStack()
        self._expected: tuple[Evidence, dict[str, str]] | None = None

    def __enter__(self) -> Stage:
        """Start everything."""
        with contextlib.ExitStack() as opening:
            url = opening.enter_context(serving(self._sandbox, self._hear))
            self._conf = jobs.conf(self._job, self.home, url)
            self._stack = Stack(self.home, self._dags(), None, **self._settings(url))
            self._victim = Victim(self._stack)
            opening.enter_context(self._stack)
            self._stack.api.wait_for_dag(self.dag_id, 120)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        """End everything."""
        self._open.close()

    def watch(self) -> list[Request]:
        """Run the DAG undisturbed.

        Returns:
            What is sent.

        Raises:
            RuntimeError: It does not end well even then.
        """
        verdict = Verdict("undisturbed")
        run_id = self._run((), verdict)
        if verdict.run_state != "success":
            raise RuntimeError(f"{self.dag_id} ends as {verdict.run_state} even when nobody is killed")
        self._expected = Evidence.collect(self._sandbox, run_id), self._states(run_id)[0]
        writes = {entry["operation"] for entry in self._sandbox.ledger}
        return [replace(one, writes=one.operation in writes) for one in self._victim.requests]

    def judge(self, case: Case) -> Verdict:
        """Run the DAG and kill somebody.

        Args:
            case: After which requests whom.

        Returns:
            The verdict.
        """
        assert self._expected
        evidence, states = self._expected
        verdict = Verdict(name_of(case), planned=len(case))
        began = time.monotonic()
        try:
            run_id = self._run(case, verdict)
            verdict.struck = len(self._victim.killed)
            found, verdict.tries = self._states(run_id)
            verdict.tasks = deviations(states, found)
            compare(evidence, Evidence.collect(self._sandbox, run_id), verdict)
            if verdict.struck < verdict.planned:
                missed = [str(target) for target in case if target not in self._victim.killed]
                verdict.error = f"not killed, as the request was not sent: {', '.join(missed)}"
        except (TimeoutError, RuntimeError) as error:
            verdict.error = str(error)
        verdict.seconds = time.monotonic() - began
        if not verdict.ok:
            verdict.requests = list(told(self._sandbox))
        return verdict

    def _run(self, case: Case, verdict: Verdict) -> str:
        """Run the DAG to its end; what has been killed for good is started again."""
        self._sandbox.reset()
        self._victim.wait_for(case)
        run_id = self._stack.api.trigger(self.dag_id, self._conf)
        verdict.log = str(self.home / "logs" / f"dag_id={self.dag_id}" / f"run_id={run_id}")
        try:
            wait_until(lambda: self._has_ended(run_id), f"the end of {run_id}", PATIENCE)
        except TimeoutError as error:
            states = self._stack.api.states(self.dag_id, run_id)
            self._stack.api.call("PATCH", f"/dags/{self.dag_id}/dagRuns/{run_id}", {"state": "failed"})
            raise TimeoutError(f"{error}; {states}") from None
        verdict.run_state = self._stack.api.run_state(self.dag_id, run_id)
        self._sandbox.advance(LATER)
        return run_id

    def _has_ended(self, run_id: str) -> bool:
        if self._stack.processes["triggerer"].status is not None:
            self._stack.start_server("triggerer")
        return self._stack.api.run_state(self.dag_id, run_id) in ("success", "failed")

    def _states(self, run_id: str) -> tuple[dict[str, str], int]:
        found = self._stack.api.task_instances(self.dag_id, run_id)
        states = {f"{one['task_id']}[{one['map_index']}]": str(one["state"]) for one in found}
        return states, max(one["try_number"] for one in found)

    def _hear(self, entry: RequestEntry, port: int) -> None:
        self._sandbox.advance(PER_REQUEST)
        self._victim.hear(entry, port)

    def _dags(self) -> Path:
        dags = self.home / "dags"
        dags.mkdir()
        (dags / f"{self.dag_id}.py").write_text(_DAG_FILE.format(dag_id=self.dag_id))
        return dags

    def _settings(self, url: str) -> dict[str, str]:
        api = jobs.api(self._job)
        return {
            **IMPATIENT,
            # One task at a time, so that requests come in the same order every time.
            "AIRFLOW__CORE__PARALLELISM": "1",
            api.variable: json.dumps(api.connection(url, TIMEOUT)),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, EXAMPLE_DAGS))),
        }


def run(console: Console, options: argparse.Namespace, home: Path, job: str) -> Iterator[Section]:
    """Kill somebody after each request of a DAG.

    Args:
        console: Where it is told.
        options: The command's options.
        home: Folder for the home of the Airflow.
        job: The DAG, and which way it goes.

    Yields:
        The section of the report, which fills while it runs.
    """
    console.print(f"{job}: a complete Airflow, and an undisturbed run first", highlight=False)
    with Stage(job, home / f"{job}-killed") as stage:
        requests = stage.watch()
        section = Section(f"{job}, killed", requests, f"--kills --dag {job}")
        yield section
        known = {request.operation for request in requests}
        asked = [named(name) for name in options.only or []]
        plan = [case for case in asked if {one.operation for one in case} <= known] or _plan(requests)
        plan = plan[: options.kills or None]
        done = {case: options.done.get((section.title, name_of(case))) for case in plan}
        section.verdicts += [verdict for verdict in done.values() if verdict]
        left = [case for case in plan if not done[case]]
        Progress(console, section, len(plan)).follow(map(stage.judge, left))


def _plan(requests: Sequence[Request]) -> list[Case]:
    """Say who is killed after which request: after all writes in one run, after some of the reads in another.

    A task that has been killed reads again, so what comes after it may be another read than the one meant.
    """
    by_task = [request for request in requests if request.task == BY_TASK]
    by_triggerer = [request for request in requests if request.task == BY_TRIGGERER and request.nth == 1]
    writes = [request for request in by_task if request.writes]
    reads = [request for request in by_task if not request.writes]
    cases = [
        _troubles(writes, TASK),
        _troubles(writes, WORKER),
        *(_troubles(reads[first::APART], TASK) for first in range(APART)),
        *([one] for one in _troubles(by_triggerer[:TRIGGERER_KILLS], TRIGGERER)),
    ]
    return [tuple(case) for case in cases if case]


def _troubles(requests: Sequence[Request], kind: str) -> list[Trouble]:
    return [Trouble(request.operation, request.nth, kind) for request in requests]
