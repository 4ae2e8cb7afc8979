"""A process that runs one DAG with whatever trouble it is told, case by case; lines of JSON both ways."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from tools import whole_dag
from tools.chaos import baseline
from tools.chaos.plan import named
from tools.chaos.run import Bench
from tools.chaos.verdict import Verdict

LOG = "worker.log"
"""Name of the file in the home that the output goes to, all of Airflow's log in it."""


def main() -> int:
    """Say what the undisturbed run sends, then answer each case with its verdict.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("dag")
    parser.add_argument("--cases", type=int, required=True, help="file descriptor to read cases from")
    parser.add_argument("--verdicts", type=int, required=True, help="file descriptor to write verdicts to")
    parser.add_argument(
        "--keep", action="store_true", help="keep the logs of all cases, not of the bad ones only"
    )
    options = parser.parse_args()
    whole_dag.prepare_database()
    with os.fdopen(options.cases) as cases, os.fdopen(options.verdicts, "w", buffering=1) as verdicts:
        bench = _bench(options.dag)
        requests = [dataclasses.asdict(request) for request in bench.undisturbed.requests]
        verdicts.write(json.dumps({"requests": requests, "seconds": bench.undisturbed.seconds}) + "\n")
        for line in cases:
            verdict = _judged(bench, json.loads(line), keep=options.keep)
            verdicts.write(json.dumps(dataclasses.asdict(verdict)) + "\n")
    return 0


def _judged(bench: Bench, name: str, *, keep: bool) -> Verdict:
    """Run a case, and put what Airflow has logged meanwhile into a file of its own, if anybody needs it."""
    home = Path(os.environ["AIRFLOW_HOME"])
    before = os.fstat(sys.stdout.fileno()).st_size
    verdict = bench.judge(named(name))
    sys.stdout.flush()
    with (home / LOG).open("rb") as log:
        log.seek(before)
        if keep or not verdict.ok:
            verdict.log = str(home / f"{name}.log")
            Path(verdict.log).write_bytes(log.read())
    os.ftruncate(sys.stdout.fileno(), before)
    return verdict


def _bench(dag_id: str) -> Bench:
    folder = Path(os.environ["AIRFLOW_HOME"])
    if dag_id == baseline.DAG_ID:
        return Bench(dag_id, folder, baseline.dag())
    return Bench(dag_id, folder)


if __name__ == "__main__":
    sys.exit(main())
