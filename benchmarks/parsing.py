"""What a package adds to the reading of every DAG file: this one beside other providers of Airflow.

    python -m benchmarks.parsing

Each reading is a process of its own that has loaded what any DAG file loads of `airflow.sdk` and then
imports the operators and sensors of one package. The providers take turns, so that a busy moment of the
machine hits all of them; what other processes take of it does not count. Those that are not installed here
get an environment of their own on top of this one, at the first run. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import venv
from pathlib import Path

import airflow_provider_covage
from airflow_provider_covage import get_provider_info
from tools.environment import AIRFLOW, ROOT, airflow_environment

LAYER = ROOT / ".venvs" / "parsing"
OTHERS = ("apache-airflow-providers-dbt-cloud", "apache-airflow-providers-airbyte")
READING = """
import importlib, sys, time
from airflow.sdk import DAG, Asset, BaseHook, BaseOperator, BaseOperatorLink, BaseSensorOperator, task
there, began = len(sys.modules), time.process_time()
for name in sys.argv[1:]:
    importlib.import_module(name)
print(time.process_time() - began, len(sys.modules) - there)
"""


def main() -> int:
    """Measure and print.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description="What packages add to the reading of a DAG file.")
    parser.add_argument("--processes", type=int, default=15, help="readings of each package (default 15)")
    processes = parser.parse_args().processes
    python = _layer()
    # As pip leaves a package; the sources of this one are used as they are.
    compileall.compile_dir(Path(airflow_provider_covage.__file__).parent, quiet=1)
    readings: dict[str, list[tuple[float, int]]] = {name: [] for name in _packages()}
    for _ in range(processes):
        for name, modules in _packages().items():
            readings[name].append(_read(python, modules))
    _report(readings)
    return 0


def _packages() -> dict[str, list[str]]:
    info = get_provider_info()
    ours = [name for kind in ("operators", "sensors") for one in info[kind] for name in one["python-modules"]]
    ours += [one["python-module"] for one in info["transfers"]]
    return {
        "this package, everything": ours,
        "this package, and a human chooses": [*ours, "airflow_provider_covage.operators.quote.choose"],
        "Airbyte": _modules("airbyte", "operators.airbyte", "sensors.airbyte"),
        "HTTP": _modules("http", "operators.http", "sensors.http"),
        "dbt Cloud": _modules("dbt.cloud", "operators.dbt", "sensors.dbt"),
    }


def _modules(provider: str, *names: str) -> list[str]:
    return [f"airflow.providers.{provider}.{name}" for name in names]


def _layer() -> Path:
    """Make the environment that sees all of this one, and the other providers besides."""
    python = LAYER / "bin" / "python"
    if not (LAYER / ".ready").exists():
        venv.create(LAYER, clear=True)
        (site,) = LAYER.glob("lib/python*/site-packages")
        (here,) = Path(sys.prefix).glob("lib/python*/site-packages")
        # What is installed here may bring paths of its own, such as that of this package.
        (site / "below.pth").write_text(f"import site; site.addsitedir({str(here)!r})\n")
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), *OTHERS], check=True)  # noqa: S603
        (LAYER / ".ready").touch()
    return python


def _read(python: Path, modules: list[str]) -> tuple[float, int]:
    environment = airflow_environment(AIRFLOW, AIRFLOW / "dags")
    command = [str(python), "-c", READING, *modules]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    seconds, added = done.stdout.split()[-2:]
    return float(seconds), int(added)


def _report(readings: dict[str, list[tuple[float, int]]]) -> None:
    print("| what is imported | ms, median | ms, least | modules |")
    print("| --- | ---: | ---: | ---: |")
    for name, taken in readings.items():
        times = [seconds * 1000 for seconds, _ in taken]
        print(f"| {name} | {statistics.median(times):.0f} | {min(times):.0f} | {taken[0][1]} |")


if __name__ == "__main__":
    sys.exit(main())
