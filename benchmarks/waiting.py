"""What waiting costs: many waits in one process, this package against a request per wait.

    python -m benchmarks.waiting            about 20 minutes on a quiet machine
    python -m benchmarks.waiting --quick    about 5: 1,000 waits, one round

Every measurement has a server (the sandbox) and a contender in processes of their own. All waits begin at
once, as after a restart of a triggerer. The first round is watched for stalls of the event loop, the next
ones are counted, then some of the records move on and the events are awaited. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib.util
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from benchmarks.waiting_server import TOKEN
from tools.certificate import make_certificate
from tools.environment import ROOT, airflow_environment

PACKAGE, SESSIONS = "package", "session per poll"
HTTP_SENSOR, DBT_CLOUD = "HttpSensorTrigger", "DbtCloudRunJobTrigger"
AGE = 90 * 86_400.0
"""How old the sandbox makes what it is seeded with."""

QUIET = 1.0
PROVIDERS = {HTTP_SENSOR: "airflow.providers.http", DBT_CLOUD: "airflow.providers.dbt.cloud"}


@dataclasses.dataclass(frozen=True)
class Case:
    """One measurement.

    Args:
        contender: Who waits.
        words: What is special about it.
        waits: For how many lines.
        page_size: Largest page that the API grants.
        others: Further lines in the same window.
        is_secure: Whether over https.
        interval: Seconds between two looks; a round has to fit in.
        has_rounds: Whether there is more than the first round, which then counts.
    """

    contender: str
    words: str
    waits: int
    page_size: int = 100
    others: int = 0
    is_secure: bool = False
    interval: float = 10.0
    has_rounds: bool = True


@dataclasses.dataclass(frozen=True)
class Result:
    """What a case has shown; a round is one look at every record.

    Args:
        case: The case.
        requests: Per round.
        opened: Connections opened per round.
        most: Connections at the same time.
        cpu: Seconds per round.
        at_rest: Bytes per wait, between two rounds.
        at_most: Bytes per wait, at the worst moment.
        stall: Longest stall of the event loop in seconds, without the garbage collector.
        longest: The same with it.
        delays: Seconds from a change of state to its event.
        left: Connections that are open after the end.
    """

    case: Case
    requests: float
    opened: float
    most: int
    cpu: float
    at_rest: float
    at_most: float
    stall: float
    longest: float
    delays: list[float]
    left: int


def cases(waits: int) -> Iterator[Case]:
    """Give all cases of one size.

    Args:
        waits: Number of waits.

    Yields:
        The cases.
    """
    interval = 30.0 if waits > 1_000 else 10.0 if waits > 100 else 5.0
    crowd: dict[str, Any] = {"page_size": 10, "others": waits * 10}
    yield Case(PACKAGE, "pages of 100", waits, interval=interval)
    yield Case(PACKAGE, "pages of 10", waits, page_size=10, interval=interval)
    if waits > 1_000:
        # Where a round takes minutes, one has to do.
        yield Case(SESSIONS, "", waits, interval=3600.0, has_rounds=False)
        yield Case(HTTP_SENSOR, "", waits, interval=3600.0, has_rounds=False)
        return
    yield Case(PACKAGE, "asked by id", waits, **crowd)
    yield Case(SESSIONS, "", waits)
    yield Case(HTTP_SENSOR, "", waits)
    if waits == 1_000:
        yield Case(PACKAGE, "pages of 100, https", waits, is_secure=True)
        yield Case(PACKAGE, "asked by id, https", waits, is_secure=True, **crowd)
        yield Case(SESSIONS, "https", waits, is_secure=True)
        yield Case(DBT_CLOUD, "https", waits, is_secure=True)
        yield Case(HTTP_SENSOR, "https", waits, is_secure=True)


class Child:
    """A process that answers commands.

    Args:
        arguments: Module and arguments.
        environment: Its environment, None for that of this process.
    """

    def __init__(self, arguments: Iterable[str], environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - started with arguments of our own
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        self.greeting = self._read()

    def ask(self, do: str, **options: Any) -> Any:
        """Have a command carried out.

        Args:
            do: The command.
            **options: Its options.

        Returns:
            The answer.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, **options}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} has ended with {self._process.wait()}")
        return json.loads(line)


class Measurement:
    """The course of one case.

    Args:
        case: The case.
        server: The sandbox.
        contender: Who waits.
    """

    def __init__(self, case: Case, server: Child, contender: Child) -> None:
        self._case = case
        self._server = server
        self._contender = contender

    def take(self, rounds: int) -> Result:
        """Measure.

        Args:
            rounds: How many to count.

        Returns:
            What it has shown.
        """
        case, before = self._case, self._contender.greeting
        ids = self._server.ask("waiting")
        if case.contender == HTTP_SENSOR:
            self._server.ask("hide")  # it knows no states, only what is not there yet
        begun, counted = before, self._count(before)
        self._contender.ask("start", ids=ids, watch=True)
        self._until_quiet(0.0)
        after = rest = self._contender.ask("rest")
        if case.has_rounds:
            begun, counted = rest, self._count(rest)
            self._until_quiet(rounds * case.interval)
            after = self._contender.ask("rest")
        recounted = self._count(after)
        self._contender.ask("watch", watch=True)
        delays = self._change(ids) if case.has_rounds else []
        last = self._contender.ask("stop")
        if last["failed"]:
            raise RuntimeError(f"{case}: {last['failed']} waits have failed")
        time.sleep(QUIET)
        took = {name: recounted[name] - counted[name] for name in ("requests", "looks", "opened")}
        done = took["looks"] / case.waits
        return Result(
            case,
            requests=took["requests"] / done,
            opened=took["opened"] / done,
            most=recounted["most"],
            cpu=(after["cpu"] - begun["cpu_from_here"]) / done,
            at_rest=(rest["memory"] - before["memory"]) / case.waits,
            # What imports have freed is used again before the process grows.
            at_most=max(rest["memory"] - before["memory"], last["peak"] - before["peak"]) / case.waits,
            stall=last["stall"],
            longest=last["longest"],
            delays=delays,
            left=self._server.ask("count")["open"],
        )

    def _count(self, used: dict[str, Any]) -> dict[str, Any]:
        counted: dict[str, Any] = self._server.ask("count")
        asked = counted["requests"]
        looks = used["looks"] if self._case.contender == PACKAGE else asked.get("quote_item.get", 0)
        return {**counted, "requests": asked.get("all", 0), "looks": looks}

    def _until_quiet(self, least: float) -> None:
        """Wait until a round is over."""
        began = changed = time.monotonic()
        seen = -1
        while True:
            asked = self._server.ask("count")["requests"].get("all", 0)
            now = time.monotonic()
            if asked != seen:
                seen, changed = asked, now
            if asked and now - began >= least and now - changed >= QUIET:
                return
            if now - began > least + 3 * self._case.interval:
                raise RuntimeError(f"{self._case}: the rounds do not fit into {self._case.interval} s")
            time.sleep(0.1)

    def _change(self, ids: list[str]) -> list[float]:
        if self._case.contender == HTTP_SENSOR:
            changed = dict.fromkeys(ids, self._server.ask("show"))
        else:
            some = random.sample(ids, max(10, len(ids) // 50))
            changed = {}
            for line in some:
                time.sleep(self._case.interval / len(some))
                changed[line] = self._server.ask("change", id=line)
        deadline = time.monotonic() + 3 * self._case.interval
        while changed.keys() - (arrived := self._contender.ask("arrived", watch=True)).keys():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self._case}: {len(changed.keys() - arrived.keys())} events are missing")
            time.sleep(0.5)
        if arrived.keys() - changed.keys():
            raise RuntimeError(f"{self._case}: events of records that have not moved")
        return [arrived[line] - moment for line, moment in changed.items()]


def measure(case: Case, rounds: int, folder: Path) -> Result:
    """Measure one case.

    Args:
        case: The case.
        rounds: How many rounds to count.
        folder: For what Airflow writes.

    Returns:
        What it has shown.
    """
    certificate = make_certificate(folder / "bundle.pem") if case.is_secure else None
    secure = ["--certificate", str(certificate)] if certificate else []
    sizes = {"waits": case.waits, "others": case.others, "page-size": case.page_size}
    given = [word for name, value in sizes.items() for word in (f"--{name}", str(value))]
    born = time.time() - AGE
    with Child(["benchmarks.waiting_server", *given, *secure]) as server:
        url = server.greeting["url"]
        environment = _environment(url, certificate, folder)
        arguments = ["--url", url, "--token", TOKEN, "--interval", str(case.interval), "--created", str(born)]
        with Child(["benchmarks.waiting_contenders", case.contender, *arguments], environment) as contender:
            return Measurement(case, server, contender).take(rounds)


def _environment(url: str, certificate: Path | None, folder: Path) -> dict[str, str]:
    connections: dict[str, Any] = {
        "covage_default": {"conn_type": "covage", "host": url, "password": TOKEN},
        "http_default": {"conn_type": "http", "host": url},
        "dbt_cloud_default": {"conn_type": "dbt_cloud", "host": urlsplit(url).netloc, "password": TOKEN},
    }
    settings = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    if certificate:
        connections["covage_default"]["extra"] = {"verify": str(certificate)}
        settings["SSL_CERT_FILE"] = str(certificate)  # what aiohttp trusts unless told otherwise
    settings |= {f"AIRFLOW_CONN_{name.upper()}": json.dumps(one) for name, one in connections.items()}
    return airflow_environment(folder, folder, **settings)


COLUMNS: dict[str, Callable[[Result], str]] = {
    "waits": lambda one: f"{one.case.waits:,}",
    "who": lambda one: ", ".join(filter(None, (one.case.contender, one.case.words))),
    "requests": lambda one: f"{one.requests:,.0f}",
    "connections opened": lambda one: f"{one.opened:,.0f}",
    "at once": lambda one: f"{one.most:,}",
    "CPU s": lambda one: f"{one.cpu:.3f}",
    "kB per wait": lambda one: f"{one.at_rest / 1000:.1f}",
    "at most": lambda one: f"{one.at_most / 1000:.1f}",
    "stall ms": lambda one: f"{one.stall * 1000:,.0f} ({one.longest * 1000:,.0f})",
    "delay s": lambda one: (
        f"{statistics.median(one.delays):.1f} of {one.case.interval:.0f}" if one.delays else "-"
    ),
}


def table(results: Sequence[Result]) -> str:
    """Put results into a table.

    Args:
        results: The results.

    Returns:
        Markdown.
    """
    rows = [[*COLUMNS, "CPU to a session per poll"], ["---", "---", *["---:"] * (len(COLUMNS) - 1)]]
    rows += [[*(show(one) for show in COLUMNS.values()), _ratio(one, results)] for one in results]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _ratio(result: Result, results: Iterable[Result]) -> str:
    """How many times less CPU it takes than a session per poll, with as many waits and the same scheme."""
    kind = result.case.waits, result.case.is_secure
    for one in results:
        if one.case.contender == SESSIONS and (one.case.waits, one.case.is_secure) == kind:
            return f"{one.cpu / result.cpu:.1f} times less"
    return "-"


def main() -> int:
    """Measure and print.

    Returns:
        The exit status: 0 unless a case has failed or left connections behind.
    """
    parser = argparse.ArgumentParser(description="Measure what waiting costs.")
    parser.add_argument(
        "--waits", type=int, nargs="+", default=[100, 1_000, 10_000], help="at most 10000 each"
    )
    parser.add_argument("--rounds", type=int, default=2, help="how many to count (default: 2)")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--quick", action="store_true", help=f"1,000 waits, one round, no {HTTP_SENSOR}")
    options = parser.parse_args()
    if options.quick:
        options.waits, options.rounds = [1_000], 1
    absent = [name for name, module in PROVIDERS.items() if not _is_installed(module)]
    absent += [HTTP_SENSOR] if options.quick else []
    if absent:
        _tell(f"without {', '.join(absent)}")
    todo = [
        case
        for waits in options.waits
        for case in cases(waits)
        if options.only in f"{case.contender}, {case.words}" and case.contender not in absent
    ]
    results, failed = [], 0
    for number, case in enumerate(todo, start=1):
        _tell(f"{number} of {len(todo)}: {case.waits:,} waits, {case.contender} {case.words}")
        try:
            with tempfile.TemporaryDirectory(prefix="covage-benchmark-") as folder:
                results.append(measure(case, options.rounds, Path(folder)))
        except RuntimeError as error:
            failed += 1
            _tell(f"failed: {error}")
        else:
            _tell(table(results[-1:]).splitlines()[-1])
    print(table(results))
    return int(failed or any(one.left for one in results))


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
