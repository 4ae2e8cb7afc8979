"""From quote to order against the sandbox, on Airflow, in one command."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table

from tools.demo_report import Evidence, problems, shown, tree
from tools.environment import AIRFLOW, EXAMPLE_DAGS, airflow_environment, fresh_home
from tools.processes import Process, signals_as_interrupt
from tools.sandbox import SandboxServer

Json = dict[str, Any]

# States that nobody needs to see: they last for a moment and lead to the next one.
PASSING = ("scheduled", "queued", "running", "restarting")
WORDS = {
    "success": "[green]done[/]",
    "deferred": "[cyan]waits (deferred)[/]",
    "skipped": "[dim]skipped[/]",
    "failed": "[bold red]failed[/]",
    "upstream_failed": "[red]not run[/]",
    "up_for_retry": "[yellow]is tried again later[/]",
    "up_for_reschedule": "[cyan]waits[/]",
}


class Story:
    """What happened to the tasks, told while it happens and kept for the end.

    Args:
        console: Where it is told.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self.sites: list[Json] = []
        self.run_state = "not ended"
        self._order: list[str] = []
        self._tasks: dict[tuple[str, int], Json] = {}

    def hear(self, event: Json) -> None:
        """Take in an event and tell it.

        Args:
            event: The event.
        """
        match event["event"]:
            case "begin":
                self.sites, self._order = event["sites"], event["tasks"]
            case "end":
                self.run_state = event["state"]
            case "task":
                self._tasks[event["task_id"], event["map_index"]] = event
                if event["state"] not in PASSING:
                    self._tell(event)

    def table(self) -> Table:
        """Draw every task.

        Returns:
            The table.
        """
        table = Table(title="Tasks", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        for heading in ("Task", "For", "State", "Seconds"):
            table.add_column(heading, justify="right" if heading == "Seconds" else "left")
        ranks = {task_id: rank for rank, task_id in enumerate(self._order)}
        for task_id, map_index in sorted(self._tasks, key=lambda key: (ranks.get(key[0], 0), key[1])):
            event = self._tasks[task_id, map_index]
            seconds = "" if event["seconds"] is None else f"{event['seconds']:.1f}"
            table.add_row(task_id, self._label(event), shown(event["state"]), seconds)
        return table

    def _tell(self, event: Json) -> None:
        name = f"{event['task_id']:<30} {self._label(event):<22}"
        said = WORDS.get(event["state"], event["state"])
        self._console.print(f"{self._elapsed()}  {name} {said}", highlight=False, soft_wrap=True)

    def _label(self, event: Json) -> str:
        """Say for what a mapped task runs: what its template says, or else its site."""
        index = event["map_index"]
        if index < 0:
            return ""
        if event["label"] not in (None, str(index)):
            return str(event["label"])
        if event["task_id"].startswith("order_site."):
            return str(self.sites[index]["end_customer_name"])
        return f"no. {index + 1}"

    def _elapsed(self) -> str:
        seconds = int(time.monotonic() - self._began)
        return f"[dim]{seconds // 60}:{seconds % 60:02}[/]"


def main() -> int:
    """Run the demo.

    Returns:
        The exit status: 0 only when every line has been ordered exactly once.
    """
    options = _parser().parse_args()
    console = Console()
    AIRFLOW.mkdir(exist_ok=True)
    with (AIRFLOW / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("make demo is already running for this checkout.")
            return 1
        try:
            with signals_as_interrupt():
                return _demo(console, options.speed)
        except KeyboardInterrupt:
            console.print("\nStopped: nothing is left running.")
            return 130


def _demo(console: Console, speed: float) -> int:
    home = fresh_home("demo")
    log = home / "airflow.log"
    console.print("[bold]From quote to order, on Airflow, with a sandbox of the Covage API[/]")
    with SandboxServer(home / "sandbox.log", speed) as sandbox:
        console.print(f"Sandbox  {sandbox.url}, {speed:g} times faster than life", highlight=False)
        console.print(f"Logs     {home}/*.log\n", highlight=False, soft_wrap=True)
        story = Story(console)
        with console.status("Airflow starts") as status, _airflow(home, log, sandbox) as (airflow, events):
            _follow(events, story, status)
            failed = airflow.wait()
        if failed:
            console.print(f"[bold red]Airflow ended with {failed}[/]; the end of {log}:")
            console.print(airflow.tail(), markup=False, highlight=False, soft_wrap=True)
            return 1
        return _conclude(console, story, Evidence.collect(sandbox), log)


@contextlib.contextmanager
def _airflow(home: Path, log: Path, sandbox: SandboxServer) -> Iterator[tuple[Process, Iterator[Json]]]:
    """Run the DAG in a process of its own; what happens to its tasks comes through a pipe."""
    dags = home / "dags"
    dags.mkdir()
    environment = airflow_environment(
        home,
        dags,
        AIRFLOW_CONN_COVAGE_DEFAULT=json.dumps(sandbox.connection),
        COVAGE_POKE_INTERVAL="0.5",
        # What the example DAGs share; Airflow finds it by itself only in its folder of DAGs, empty here.
        PYTHONPATH=str(EXAMPLE_DAGS),
    )
    read, write = os.pipe()
    with os.fdopen(read) as lines:
        command = [sys.executable, "-m", "tools.demo_dag", "--events", str(write)]
        try:
            process = Process("airflow", command, log, environment, pass_fds=[write])
        finally:
            os.close(write)
        try:
            yield process, map(json.loads, lines)
        finally:
            # Nothing of it is kept, so it need not end in good order, which takes seconds.
            process.kill()


def _follow(events: Iterator[Json], story: Story, status: Status) -> None:
    for event in events:
        status.update("Airflow works")
        story.hear(event)


def _conclude(console: Console, story: Story, evidence: Evidence, log: Path) -> int:
    console.print()
    console.print(story.table(), tree(evidence))
    console.print()
    wrong = problems(evidence, story.sites)
    if story.run_state != "success":
        wrong.append(f"the run of the DAG ended as {story.run_state}; all that Airflow wrote is in {log}")
    if wrong:
        console.print("[bold red]Not as it has to be:[/]")
        for one in wrong:
            console.print(f"  - {one}", markup=False, highlight=False, soft_wrap=True)
        return 1
    count = len(evidence.lines)
    console.print(f"[bold green]{count} sites, each ordered exactly once[/], by the sandbox's own ledger.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--speed", type=float, default=20.0, help="of the sandbox (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
