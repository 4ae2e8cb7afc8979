"""Loading a whole list: this package beside what one would use instead, on one server, in one run.

    python -m benchmarks.export            about 12 minutes on a quiet machine
    python -m benchmarks.export --quick    about 5
    python -m benchmarks.export --records 20000 --page-size 10 --latency 20 --scheme https

Each contender is a process of its own; the server is another one, and its own limit is measured, too. dlt has
an environment of its own, which is made at the first run. Tells on stderr how far it is, and prints tables in
Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.certificate import make_certificate
from tools.environment import AIRFLOW, ROOT

NAMES = {
    "limit": "the server's own limit",
    "plain": "requests loop, list, Parquet",
    "parquet": "this package, Parquet",
    "duckdb": "this package, DuckDB",
    "http_operator": "HttpOperator, pages in memory",
    "dlt": "dlt rest_api, DuckDB (tuned: Parquet loader, no nesting)",
}
OURS = {"parquet": "Parquet", "duckdb": "DuckDB"}
RIVALS = {"plain": "the loop", "http_operator": "HttpOperator", "dlt": "tuned dlt"}
DLT = AIRFLOW / "benchmark-dlt"
_LONGEST = 900.0
"""Seconds after which a contender is given up."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """What is loaded.

    Args:
        records: Records of the list.
        page_size: Records on a page.
        latency: Milliseconds from a request to its answer.
        scheme: `http` or `https`.
        jobs: Who loads it.
    """

    records: int
    page_size: int
    latency: float
    scheme: str
    jobs: tuple[str, ...] = tuple(NAMES)

    @property
    def title(self) -> str:
        """It in words."""
        return f"{self.records:,} records, {self.page_size} a page, {self.latency:g} ms, {self.scheme}"


QUICK = (Setting(20_000, 10, 0, "http"), Setting(20_000, 10, 20, "https"))
FEW = Setting(1_000, 100, 0, "http", ("plain", "parquet", "duckdb"))
"""Tells how much of the memory does not depend on the number of records."""
SETTINGS = (
    FEW,
    *(Setting(20_000, *rest) for rest in itertools.product((10, 100), (0, 20), ("http", "https"))),
    *(Setting(100_000, 100, *rest) for rest in ((0, "http"), (20, "http"), (0, "https"))),
)

Done = Mapping[str, dict[str, Any]]
"""What the contenders have shown, by the names of their jobs; nothing of one that has failed."""


def main() -> int:
    """Run the benchmark and print a table for each setting, and what they come to.

    Returns:
        The exit status: 0 when everyone has loaded every record.
    """
    options = _options()
    settings = [
        dataclasses.replace(one, jobs=tuple(job for job in one.jobs if job in options.jobs))
        for one in _settings(options)
    ]
    results: dict[Setting, Done] = {}
    with tempfile.TemporaryDirectory(prefix="covage-benchmark-") as folder:
        certificate = make_certificate(Path(folder) / "bundle.pem")
        python = {"dlt": _dlt_python()} if "dlt" in options.jobs else {}
        for number, setting in enumerate(settings, start=1):
            _tell(f"{number} of {len(settings)}: {setting.title}")
            secure = certificate if setting.scheme == "https" else None
            results[setting] = dict(_measure(setting, secure, options.connections, python))
            print(_table(setting.title, results[setting]), flush=True)
    print(_ratios(results))
    print(_memory(results))
    is_well = all(len(done) == len(setting.jobs) for setting, done in results.items())
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Load a list in several ways and compare. Without options: chosen settings."
    )
    parser.add_argument("--quick", action="store_true", help="two settings")
    parser.add_argument(
        "--records", type=int, nargs="+", help="these, and every combination with the next three"
    )
    parser.add_argument("--page-size", type=int, nargs="+", help="records on a page (10 100)")
    parser.add_argument("--latency", type=float, nargs="+", help="milliseconds (0 20)")
    parser.add_argument("--scheme", nargs="+", choices=["http", "https"])
    parser.add_argument("--connections", type=int, default=20, help="most connections of this package")
    parser.add_argument("--jobs", nargs="+", default=list(NAMES), choices=NAMES)
    return parser.parse_args()


def _settings(options: argparse.Namespace) -> Iterable[Setting]:
    if options.quick:
        return QUICK
    if not (options.records or options.page_size or options.latency or options.scheme):
        return SETTINGS
    return [
        Setting(*one)
        for one in itertools.product(
            options.records or [20_000],
            options.page_size or [10, 100],
            options.latency or [0, 20],
            options.scheme or ["http", "https"],
        )
    ]


def _measure(
    setting: Setting, certificate: Path | None, connections: int, python: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for job in setting.jobs:
        began = time.monotonic()
        try:
            with _server(setting, certificate) as url:
                one = _run(job, url, certificate, connections, python.get(job, sys.executable))
                one["opened"] = _opened(url, certificate)
        except RuntimeError as error:
            _tell(f"  {job} failed: {error}")
            continue
        _tell(f"  {job}: {one['seconds']:.1f} s ({time.monotonic() - began:.1f} s with all around it)")
        if one["rows"] == setting.records:
            yield job, one
        else:
            _tell(f"  {job} has loaded {one['rows']} of {setting.records} records: does not count")


def _run(job: str, url: str, certificate: Path | None, connections: int, python: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="covage-benchmark-") as folder:
        command = [python, "-m", "benchmarks.export_contenders", job, "--url", url, "--folder", folder]
        command += ["--connections", str(connections)]
        command += ["--certificate", str(certificate)] if certificate else []
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
        try:
            done = subprocess.run(  # noqa: S603
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_LONGEST
            )
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"not ready after {_LONGEST:.0f} s") from None
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


@contextlib.contextmanager
def _server(setting: Setting, certificate: Path | None) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.export_server", "--records", str(setting.records)]
    command += ["--page-size", str(setting.page_size), "--latency", str(setting.latency / 1000)]
    command += ["--certificate", str(certificate)] if certificate else []
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def _opened(url: str, certificate: Path | None) -> int:
    context = ssl.create_default_context(cafile=str(certificate)) if certificate else None
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(f"{url}/opened") as answer:
        return int(answer.read())


def _table(title: str, done: Done) -> str:
    lines = [
        f"\n### {title}\n",
        "| | s | rows/s | to the loop | to the limit | CPU s | CPU to the loop | peak MB | connections |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for job, one in done.items():
        cells = [
            NAMES[job],
            f"{one['seconds']:.2f}",
            f"{one['rows'] / one['seconds']:,.0f}",
            _times(done, "plain", job),
            _times(done, "limit", job),
            f"{one['cpu']:.2f}",
            _times(done, "plain", job, "cpu"),
            f"{one['memory']:.0f}",
            f"{one['opened']}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _ratios(results: Mapping[Setting, Done]) -> str:
    names = [f"{name} to {rival}" for name in OURS.values() for rival in RIVALS.values()]
    lines = [
        "\n### How many times faster\n",
        f"| | {' | '.join(names)} |",
        f"| ---{' | ---:' * len(names)} |",
    ]
    for setting, done in results.items():
        cells = [_times(done, rival, job) for job in OURS for rival in RIVALS]
        lines.append(f"| {setting.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _memory(results: Mapping[Setting, Done]) -> str:
    """Compare how much more memory many records take than few, where both were loaded alike."""
    few = results.get(FEW, {})
    many = next((one for setting, one in results.items() if setting.records == 100_000), {})
    lines = [
        "\n### Peak memory in MB\n",
        "| | 1,000 records | 100,000 records | more |",
        "| --- | ---: | ---: | ---: |",
    ]
    for job in few.keys() & many.keys():
        small, large = few[job]["memory"], many[job]["memory"]
        lines.append(f"| {NAMES[job]} | {small:.0f} | {large:.0f} | {large - small:.0f} |")
    return "\n".join(lines) if len(lines) > 3 else ""


def _times(done: Done, rival: str, job: str, what: str = "seconds") -> str:
    return f"{done[rival][what] / done[job][what]:.1f}" if rival in done and job in done else "-"


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _dlt_python() -> str:
    python = DLT / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", str(DLT)], check=True)  # noqa: S603
        wanted = ["dlt[duckdb,parquet]", "requests"]
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *wanted], check=True)  # noqa: S603
    return str(python)


if __name__ == "__main__":
    sys.exit(main())
