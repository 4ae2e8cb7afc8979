"""Processes that end with whoever started them, whenever that is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from tools import processes
from tools.processes import Process, end_all, members, signals_as_interrupt, wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
# A child in a process group of its own, as Airflow's tasks are, which takes no notice of SIGTERM.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)
time.sleep(600)
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def start(*command):
        started.append(Process("test", command or SLEEP, tmp_path / "log", dict(os.environ)))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def test_a_process_ends_when_it_is_asked_to(start):
    process = start()
    process.end()
    assert process.status == -signal.SIGTERM
    assert not psutil.pid_exists(process.pid)


def test_one_that_does_not_listen_ends_with_its_children(start):
    process = start(sys.executable, "-c", STUBBORN)
    both = wait_until(lambda: len(members(process.pid)) == 2 and members(process.pid), "its child", 20)
    process.end(patience=0.2)
    wait_until(lambda: not any(map(psutil.pid_exists, both)), "the end of both", 20)


def test_several_are_ended_together(start):
    several = [start() for _ in range(3)]
    end_all(several)
    assert [process.status for process in several] == [-signal.SIGTERM] * 3


def test_waiting_ends_when_the_one_that_is_needed_has_ended(start):
    process = start(sys.executable, "-c", "print('last words'); raise SystemExit(3)")
    with pytest.raises(RuntimeError, match=r"test ended with 3:\nlast words"):
        wait_until(lambda: False, "nothing", 60, alive=[process])


def test_waiting_ends_in_time():
    with pytest.raises(TimeoutError, match="still waiting for rain"):
        wait_until(lambda: False, "rain", 0.2, 0.05)


INTERRUPTED = """
import os, signal, subprocess, sys
from pathlib import Path
from tools import processes

class Popen(subprocess.Popen):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        print(self.pid, flush=True)
        os.kill(os.getpid(), signal.SIGINT)  # the worst moment: it runs, and nobody knows
        os.kill(os.getpid(), signal.SIGTERM)

subprocess.Popen = Popen
try:
    with processes.signals_as_interrupt():
        processes.Process("test", [sys.executable, "-c", "import time; time.sleep(600)"],
                          Path(sys.argv[1]), dict(os.environ))
        print("not interrupted")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_while_one_is_started_leaves_nothing_behind(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "log")],
        cwd=processes.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    *pids, said = done.stdout.split()
    assert said == "interrupted"
    assert pids
    assert not any(psutil.pid_exists(int(pid)) for pid in pids)


KILLED = """
import os, signal, sys
from pathlib import Path
from tools.processes import Process

for _ in range(2):
    process = Process("test", [sys.executable, "-c", "import time; time.sleep(600)"],
                      Path(sys.argv[1]), dict(os.environ))
    print(process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_when_the_starter_is_killed_all_that_it_started_ends(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "log")],
        cwd=processes.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    wait_until(lambda: not any(map(psutil.pid_exists, pids)), "their end", 20)


def test_signals_are_as_before_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), signals_as_interrupt():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
