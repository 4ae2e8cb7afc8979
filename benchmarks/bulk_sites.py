"""What ordering a file of sites costs: wall time and API requests of DAG `covage_bulk_sites`.

    python -m benchmarks.bulk_sites --sites 200

The whole DAG runs in this process, one task after the other, against a sandbox in a thread of it, on a
database of its own. The sandbox's clock runs fast, so that next to no request is one of waiting.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from airflow_provider_covage.sandbox import Dialect, Sandbox
from tools.addresses import ADDRESS
from tools.environment import EXAMPLE_DAGS, airflow_environment
from tools.whole_dag import load, prepare_database, run

POKE_INTERVAL = 0.05


def main() -> int:
    """Run the benchmark and print what it has shown.

    Returns:
        The exit status: 0 when every site was ordered.
    """
    parser = argparse.ArgumentParser(description="Order a file of sites and count.")
    parser.add_argument("--sites", type=int, default=20, help="number of sites, at most 1000 (default: 20)")
    parser.add_argument("--speed", type=float, default=1000.0, help="speed of the sandbox (default: 1000)")
    parser.add_argument("--page-size", type=int, default=10, help="records per page (default: 10)")
    parser.add_argument(
        "--dialect", nargs="*", default=[], choices=Dialect.names(), metavar="NAME", help="how the API speaks"
    )
    options = parser.parse_args()
    if not 1 <= options.sites <= 1000:  # Airflow maps a task at most 1024 times
        parser.error("--sites is a number from 1 to 1000")
    dialect = Dialect.named(*options.dialect)
    sandbox = Sandbox(speed=options.speed, page_size=options.page_size, dialect=dialect)
    with tempfile.TemporaryDirectory(prefix="covage-benchmark-") as folder:
        return _measure(options.sites, sandbox, Path(folder))


def _measure(number: int, sandbox: Sandbox, folder: Path) -> int:
    with sandbox:
        _prepare(sandbox, folder)
        sites = _file_of_sites(number, folder / "sites.csv")
        with contextlib.redirect_stdout(sys.stderr):  # what Airflow writes
            seconds, state = _order(sites)
        operations = [str(request["operation"]) for request in sandbox.requests]
        orders = len(sandbox.records("order"))
    print(_table(number, operations))
    print(f"run {state}, {orders} orders, {seconds:.1f} s in all, {seconds / number:.2f} s per site")
    return 0 if state == "success" and orders == number else 1


def _prepare(sandbox: Sandbox, folder: Path) -> None:
    """Make this process an Airflow of its own; what counts is the environment at Airflow's first import."""
    dags = folder / "dags"
    dags.mkdir()
    environment = airflow_environment(
        folder,
        dags,
        AIRFLOW_CONN_COVAGE_DEFAULT=sandbox.connection_json,
        AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR",
        COVAGE_POKE_INTERVAL=str(POKE_INTERVAL),
    )
    os.environ.clear()
    os.environ.update(environment)
    sys.path.insert(0, str(EXAMPLE_DAGS))


def _file_of_sites(number: int, path: Path) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["end_customer_name", "eligibility_id", *ADDRESS])
        rows.writerows(
            [f"Customer {one}", f"address-{one}", *ADDRESS.values()] for one in range(1, number + 1)
        )
    return path


def _order(sites: Path) -> tuple[float, str]:
    from airflow.sdk import timezone

    prepare_database()
    dag = load(EXAMPLE_DAGS / "covage_bulk_sites.py")
    began = time.monotonic()
    made = run(dag, {"sites": str(sites)}, timezone.utcnow())
    return time.monotonic() - began, str(made.state.value)


def _table(number: int, operations: Iterable[str]) -> str:
    counted = Counter(operations)
    lines = [f"{'operation':<28}{'requests':>10}{'per site':>10}"]
    for operation, count in [*counted.most_common(), ("all", counted.total())]:
        lines.append(f"{operation:<28}{count:>10}{count / number:>10.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
