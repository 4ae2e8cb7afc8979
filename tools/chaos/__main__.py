"""Disturb every request, kill every task, and count what was lost and what came twice."""

from __future__ import annotations

import argparse
import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from tools.chaos import baseline, jobs, kills
from tools.chaos.plan import Case, Request, name_of, named, pairs, singles
from tools.chaos.pool import Pool, WorkerError
from tools.chaos.report import Progress, Section, conclude, read, tell, write
from tools.environment import AIRFLOW, fresh_home
from tools.processes import signals_as_interrupt

USUAL_SINGLES = 40
USUAL_PAIRS = 10


def main() -> int:
    """Run what was asked for.

    Returns:
        The exit status: 0 only when nothing was lost, doubled or failed.
    """
    options = _options()
    # Without a terminal: wide enough for the tables.
    console = Console(width=None if sys.stdout.isatty() else 130)
    AIRFLOW.mkdir(exist_ok=True)
    with (AIRFLOW / "chaos.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("make chaos is already running for this checkout.")
            return 1
        try:
            with signals_as_interrupt():
                return _run(console, options)
        except KeyboardInterrupt:
            console.print("\nStopped: nothing is left running.")
            return 130
        except (WorkerError, RuntimeError, TimeoutError) as error:
            console.print(f"[bold red]It could not be run:[/] {error}", highlight=False)
            return 1


def _run(console: Console, options: argparse.Namespace) -> int:
    home = fresh_home("chaos")
    sections: list[Section] = []
    try:
        for section in _sections(console, options, home):
            sections.append(section)
    finally:
        ended_well = conclude(console, sections)
        if options.json:
            write(options.json, sections)
    return 0 if ended_well else 1


def _sections(console: Console, options: argparse.Namespace, home: Path) -> Iterator[Section]:
    """Run the parts that were asked for, one after the other."""
    if options.faults:
        for dag_id in options.dags:
            yield from _disturbed(console, options, home, dag_id)
    if options.kills is not None:
        for dag_id in options.dags:
            yield from kills.run(console, options, home, dag_id)
    if options.baseline is not None:
        yield from _disturbed(console, options, home, baseline.DAG_ID)


def _disturbed(console: Console, options: argparse.Namespace, home: Path, dag_id: str) -> Iterator[Section]:
    """Run one DAG with all trouble of the plan."""
    console.print(f"{dag_id}: an undisturbed run first", highlight=False)
    with Pool(dag_id, home, options.workers, keep=bool(options.only)) as pool:
        is_baseline = dag_id == baseline.DAG_ID
        again = "--baseline" if is_baseline else f"--dag {dag_id}"
        section = Section(dag_id, pool.requests, again, counts=not is_baseline)
        # Before the first verdict: what is there is told also when it is interrupted.
        yield section
        console.print(f"{dag_id}: {len(pool.requests)} requests, {pool.seconds:.0f} s", highlight=False)
        cases = _cases(options, pool.requests, options.baseline or None if is_baseline else options.singles)
        done = {case: options.done.get((dag_id, name_of(case))) for case in cases}
        section.verdicts += [verdict for verdict in done.values() if verdict]
        left = [case for case in cases if not done[case]]
        Progress(console, section, len(cases)).follow(pool.judge(left))
        if options.only:
            _show(console, section)


def _cases(options: argparse.Namespace, requests: list[Request], most: int | None) -> list[Case]:
    if options.only:
        known = {request.operation for request in requests}
        return [case for case in map(named, options.only) if {one.operation for one in case} <= known]
    return [*singles(requests)[:most], *pairs(requests, options.pairs, options.seed)]


def _show(console: Console, section: Section) -> None:
    """Show what was sent in the runs that were asked for one by one."""
    for verdict in section.verdicts:
        if not section.counts and not verdict.ok:
            tell(console, section, verdict)
        console.print(f"{verdict.case}: {verdict.run_state}, log {verdict.log}", soft_wrap=True)
        for line in verdict.requests:
            console.print(f"  {line}", highlight=False, soft_wrap=True, markup=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos", description=__doc__)
    parser.add_argument("--dag", choices=[*jobs.JOBS, "all"], default="all", help="default: all")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--subset", type=int, metavar="N", help=f"N requests disturbed ({USUAL_SINGLES})")
    size.add_argument("--full", action="store_true", help="every request with every kind of trouble")
    size.add_argument("--only", action="append", metavar="CASE", help="such as quote.create:1:close_after")
    parser.add_argument("--pairs", type=int, metavar="N", help=f"N times two in a row ({USUAL_PAIRS})")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="for --pairs (default: 1)")
    parser.add_argument("--workers", type=int, default=1, metavar="W", help="side by side (default: 1)")
    parser.add_argument(
        "--kills", nargs="?", type=int, const=0, metavar="N", help="kill tasks on a complete Airflow instead"
    )
    parser.add_argument(
        "--baseline", nargs="?", type=int, const=0, metavar="N", help="disturb HttpOperators instead"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the raw results there")
    parser.add_argument(
        "--resume", action="store_true", help="take over what went well according to the file of --json"
    )
    return _completed(parser, parser.parse_args())


def _completed(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    """Fill in what was not said."""
    try:
        for name in options.only or []:
            named(name)
    except ValueError as error:
        parser.error(str(error))
    options.done = read(options.json) if options.resume else {}
    options.dags = jobs.JOBS if options.dag == "all" else (options.dag,)
    said = options.full or options.subset is not None or options.pairs is not None
    options.faults = said or (options.kills is None and options.baseline is None)
    usual = (0, 0) if said or not options.faults else (USUAL_SINGLES, USUAL_PAIRS)
    # None is all of them.
    options.singles = None if options.full else usual[0] if options.subset is None else options.subset
    options.pairs = usual[1] if options.pairs is None else options.pairs
    return options


if __name__ == "__main__":
    sys.exit(main())
