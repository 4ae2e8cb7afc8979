"""`make demo`, as a person runs it: to the end, and interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import uuid

import psutil
import pytest

from tools.environment import ROOT
from tools.processes import wait_until

pytestmark = pytest.mark.timeout(240)

MARK = "COVAGE_TESTS_MARK"


@pytest.fixture
def demo():
    """`demo()` starts the demo; whatever it starts carries the mark of this test."""
    mark = str(uuid.uuid4())
    foreign = {"AIRFLOW_HOME": "/nowhere", "AIRFLOW__CORE__DAGS_FOLDER": "/nowhere"}
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.demo"],
            cwd=ROOT,
            env={**os.environ, **foreign, MARK: mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    def left():
        return [one for one in psutil.process_iter() if bears(one, mark)]

    start.left = left
    yield start
    for process in started:
        process.kill()
        process.communicate()
    wait_until(lambda: not left(), "the end of the demo", 60)


def bears(process, mark):
    with contextlib.suppress(psutil.Error):
        return process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
    return False


def read_until(process, word):
    for line in process.stdout:
        if word in line:
            return
    pytest.fail(f"the demo ended without {word!r}")


@pytest.mark.parametrize(
    ("moment", "number"),
    [("Logs", signal.SIGINT), ("create_quote", signal.SIGTERM)],
)
def test_it_can_be_interrupted_and_leaves_nothing_running(demo, moment, number):
    process = demo()
    read_until(process, moment)
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said
    assert demo.left() == []


def test_it_orders_every_site_and_says_so(demo):
    process = demo()
    said, _ = process.communicate(timeout=180)

    assert process.returncode == 0, said
    assert "3 sites, each ordered exactly once" in said
    assert said.count("PO_") == 3
    assert demo.left() == []
