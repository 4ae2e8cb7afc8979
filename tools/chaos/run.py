"""One run of a DAG in this process, undisturbed or with some trouble."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from tools import whole_dag
from tools.chaos import baseline, jobs
from tools.chaos.apis import behind
from tools.chaos.plan import KINDS, OF_WRITES, TIMEOUT, Case, Request, name_of
from tools.chaos.verdict import Evidence, Verdict, compare
from tools.environment import EXAMPLE_DAGS

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG

    from airflow_provider_covage.sandbox.controls import Controls
    from airflow_provider_covage.sandbox.ledger import RequestEntry
    from airflow_provider_covage.sandbox.sandbox import ServedSandbox

Json = dict[str, Any]

LATER = 1000.0
"""Sandbox seconds after a run when everything that was going to happen has."""

PER_REQUEST = 1.0
"""Sandbox seconds that a request takes: time is counted in requests, so that every run is the same."""


_FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_BENCHES = count()


@dataclass(frozen=True)
class Undisturbed:
    """How a DAG runs when nothing happens.

    Args:
        requests: What it sends, in order.
        evidence: What it brings about.
        tasks: The state of each task instance at its end.
        seconds: How long it takes.
    """

    requests: list[Request]
    evidence: Evidence
    tasks: dict[str, str]
    seconds: float


class Bench:
    """Runs one DAG again and again, each time against a sandbox of its own.

    Airflow's database has to be there.

    Args:
        job: What is run, one of `jobs.JOBS` or the baseline.
        folder: Where files for it may be put.
        dag: The DAG itself; read from the examples unless given.
    """

    def __init__(self, job: str, folder: Path, dag: DAG | None = None) -> None:
        self.dag = dag or jobs.hurried(whole_dag.load(EXAMPLE_DAGS / f"{jobs.dag_id(job)}.py"))
        whole_dag.register(self.dag)
        self._job = job
        self._folder = folder
        self._undisturbed: Undisturbed | None = None
        # Days of its own: the dates of runs make their ids, and two jobs may be of one DAG.
        self._last = _FIRST_DAY + timedelta(days=next(_BENCHES))

    @property
    def undisturbed(self) -> Undisturbed:
        """How the DAG runs when nothing happens.

        Raises:
            RuntimeError: It does not end well even then.
        """
        if self._undisturbed is None:
            self._undisturbed = self._watch()
        return self._undisturbed

    def judge(self, case: Case) -> Verdict:
        """Run the DAG with some trouble and say what became of it.

        Args:
            case: The trouble.

        Returns:
            The verdict.
        """
        expected = self.undisturbed
        verdict = Verdict(name_of(case), planned=len(case))
        began = time.monotonic()
        with slow_sandbox(self._job) as sandbox, connected(sandbox):
            for trouble in case:
                for kind, options in KINDS[trouble.kind]:
                    sandbox.fault(kind, trouble.operation, nth=trouble.nth, **options)
            made = self._run(sandbox.url)
            verdict.seconds = time.monotonic() - began
            verdict.run_state = str(made.state)
            verdict.struck = struck(sandbox, case)
            tasks, verdict.tries = _tasks(made)
            verdict.tasks = deviations(expected.tasks, tasks)
            sandbox.advance(LATER)
            twice = any(trouble.kind in OF_WRITES for trouble in case)
            compare(expected.evidence, Evidence.collect(sandbox, made.run_id, twice=twice), verdict)
            verdict.void = not verdict.struck
            if verdict.void and self._concerns_writes(case):
                verdict.error = "the trouble has not happened: the run is not like the undisturbed one"
            if not verdict.ok:
                verdict.requests = list(told(sandbox))
        return verdict

    def _concerns_writes(self, case: Case) -> bool:
        writes = {(one.operation, one.nth) for one in self.undisturbed.requests if one.writes}
        return any((trouble.operation, trouble.nth) in writes for trouble in case)

    def _watch(self) -> Undisturbed:
        began = time.monotonic()
        with slow_sandbox(self._job) as sandbox, connected(sandbox):
            made = self._run(sandbox.url)
            if made.state != "success":
                raise RuntimeError(f"{self.dag.dag_id} ends as {made.state} even when nothing happens")
            tasks, _ = _tasks(made)
            sandbox.advance(LATER)
            return Undisturbed(
                requests=list(sent(sandbox, _spans(made))),
                evidence=Evidence.collect(sandbox, made.run_id),
                tasks=tasks,
                seconds=time.monotonic() - began,
            )

    def _run(self, url: str) -> DagRun:
        conf = jobs.conf(self._job, self._folder, url)
        # A run of its own: its date makes its id.
        self._last += timedelta(seconds=1)
        # Airflow checks the schemas of the params hundreds of times in a run, which takes a third of it.
        with mock.patch("jsonschema.validate"):
            made: DagRun = self.dag.test(run_after=self._last, logical_date=self._last, run_conf=conf)
        return made


def slow_sandbox(job: str) -> ServedSandbox:
    """Make a sandbox in which time passes with each request, and only then.

    Args:
        job: What is run.

    Returns:
        The sandbox, not yet started.
    """
    sandbox = jobs.api(job).sandbox()

    def tick(entry: RequestEntry) -> None:
        sandbox.advance(PER_REQUEST)

    sandbox.world.ledger.listener = tick
    return sandbox


@contextlib.contextmanager
def connected(sandbox: ServedSandbox) -> Iterator[None]:
    """Let the default connection of an API lead to a sandbox.

    Args:
        sandbox: The sandbox, started.
    """
    api = behind(sandbox)
    made = api.connection(sandbox.url, TIMEOUT)
    # For plain HTTP without a provider: the same host, and as impatient.
    plain = {"conn_type": "http", "host": made["host"], "extra": {"timeout": TIMEOUT}}
    variables = {api.variable: made, f"AIRFLOW_CONN_{baseline.CONN_ID.upper()}": plain}
    with mock.patch.dict(os.environ, {name: json.dumps(value) for name, value in variables.items()}):
        yield


def sent(sandbox: Controls, spans: dict[str, tuple[str, str]] | None = None) -> Iterator[Request]:
    """List the requests that a sandbox has got, each as the nth to its operation.

    Args:
        sandbox: The sandbox.
        spans: When each task instance began and ended, where the requests are to be put down to them.

    Yields:
        The requests, in order.
    """
    api = behind(sandbox)
    operations = {entry["operation"] for entry in sandbox.ledger}
    seen: Counter[str] = Counter()
    for entry in sandbox.requests:
        operation = str(entry["operation"])
        seen[operation] += 1
        writes = operation in operations
        yield Request(
            operation,
            seen[operation],
            task=_sender(entry["time"], spans or {}),
            writes=writes,
            creates=writes and api.creates(operation),
            spared=api.spared(operation),
        )


def struck(sandbox: Controls, case: Case) -> int:
    """Count the troubles that have happened.

    Args:
        sandbox: The sandbox.
        case: The troubles that were set, in order.

    Returns:
        How many have happened.
    """
    hits = iter([fault.hits for fault in sandbox.faults])
    return sum(all(list(islice(hits, len(KINDS[trouble.kind])))) for trouble in case)


def deviations(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Say which task instances did not end as they do when nothing happens.

    Args:
        expected: Their states when nothing happens.
        found: Their states.

    Returns:
        A line for each that is different; where some have failed, for those alone, as the rest follows.
    """
    names = sorted({*expected, *found})
    different = [name for name in names if expected.get(name) != found.get(name)]
    failed = [name for name in different if found.get(name) == "failed"]
    return [f"{name} is {found.get(name)} and has to be {expected.get(name)}" for name in failed or different]


def told(sandbox: Controls) -> Iterator[str]:
    """Put what was sent into words.

    Args:
        sandbox: The sandbox.

    Yields:
        A line for each request.
    """
    for entry in sandbox.requests:
        fault = f"  <- {entry['fault']}" if entry["fault"] else ""
        yield f"{entry['time']} {entry['operation']} {entry['path']} {entry['status']}{fault}"


def _tasks(made: DagRun) -> tuple[dict[str, str], int]:
    """Give the state of each task instance, and the most tries of one."""
    from airflow.utils.session import create_session

    with create_session() as session:
        found = made.get_task_instances(session=session)
        states = {_label(one): str(one.state) for one in found}
        return states, max(one.try_number for one in found)


def _spans(made: DagRun) -> dict[str, tuple[str, str]]:
    """Say when each task instance began and ended, as the sandbox writes dates."""
    from airflow.utils.session import create_session

    with create_session() as session:
        return {
            _label(one): (_date(one.start_date), _date(one.end_date))
            for one in made.get_task_instances(session=session)
            if one.start_date and one.end_date
        }


def _date(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _sender(date: str, spans: dict[str, tuple[str, str]]) -> str:
    # One task after the other: whichever began last before the request has sent it.
    begun = [(began, label) for label, (began, ended) in spans.items() if began <= date <= ended]
    return max(begun)[1] if begun else ""


def _label(instance: Any) -> str:
    index = instance.map_index
    return f"{instance.task_id}[{index}]" if index >= 0 else str(instance.task_id)
