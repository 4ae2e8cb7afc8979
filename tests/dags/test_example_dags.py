"""What holds for every example DAG."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tools.environment import EXAMPLE_DAGS, ROOT, airflow_environment
from tools.whole_dag import load

SHARED = ("covage_order_form.py", "covage_site_lines.py", "covage_sites.py", "covage_star.py")
FILES = [file for file in sorted(EXAMPLE_DAGS.glob("*.py")) if file.name not in SHARED]

READ = """
import runpy, socket, sys, time
from airflow.sdk import DAG, Param, task

def refuse(*arguments, **named):
    raise AssertionError("a DAG file must not use the network when it is read")

socket.socket.connect = socket.getaddrinfo = refuse
before, began = set(sys.modules), time.process_time()
runpy.run_path(sys.argv[1])
heavy = {"pyarrow", "pandas", "fastapi", "airflow_provider_covage.sandbox"} & (set(sys.modules) - before)
print(time.process_time() - began, *sorted(heavy))
"""


def test_there_are_examples():
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_found_under_the_name_of_its_file(file: Path):
    assert load(file).dag_id == file.stem


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_has_a_description_and_retries(file: Path):
    dag = load(file)
    assert dag.description
    assert dag.doc_md
    assert all(task.retries > 0 for task in dag.tasks)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_reading_it_uses_no_network_and_little_else(file: Path, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", READ, str(file)],
        env=airflow_environment(tmp_path, EXAMPLE_DAGS, PYTHONPATH=str(EXAMPLE_DAGS)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    seconds, *heavy = done.stdout.split()
    assert heavy == []
    assert float(seconds) < 1.5, "seconds of CPU on top of what Airflow itself takes"


def test_the_readme_draws_the_main_job_as_it_is():
    dag = load(EXAMPLE_DAGS / "covage_quote_to_order.py")
    tasks = {task.task_id.rpartition(".")[2]: task for task in dag.tasks}
    [drawing] = re.findall(r"```mermaid\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    chains = [re.findall(r"[a-z]+_?[a-z_]+", line) for line in re.sub(r'\[".*?"\]', "", drawing).splitlines()]
    groups = {names[1] for names in chains if names[:1] == ["subgraph"]}
    chains = [names for names in chains if names and names[0] in tasks]

    assert groups == set(dag.task_group.get_task_group_dict()) - {None}
    assert {name for names in chains for name in names} - groups == set(tasks) - {
        "quote_lines",
        "list_traces",
        "order_requests",
    }
    for before, after in (pair for names in chains for pair in pairwise(names) if groups.isdisjoint(pair)):
        assert tasks[before].task_id in tasks[after].get_flat_relative_ids(upstream=True), (before, after)
