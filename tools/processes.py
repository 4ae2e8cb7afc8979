"""Processes that are started here and end with whoever started them, together with all their children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import psutil  # type: ignore[import-untyped]

from tools.environment import ROOT


class Interrupts:
    """Turns the first signal into a KeyboardInterrupt, but never while a process is being started."""

    def __init__(self) -> None:
        self._is_held_back = False
        self.forget()

    def forget(self) -> None:
        """Forget what came before: the next signal is the first."""
        self._is_told = False
        self._is_due = False

    def take(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal.

        Args:
            number: Which one.
            frame: Where it struck.

        Raises:
            KeyboardInterrupt: Now, unless it is held back or one has been raised before.
        """
        if self._is_told:
            return
        self._is_told = True
        if self._is_held_back:
            self._is_due = True
        else:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """Wait with the interrupt until the end of this block."""
        self._is_held_back = True
        try:
            yield
        finally:
            self._is_held_back = False
        if self._is_due:
            self._is_due = False
            raise KeyboardInterrupt


class Watchdog:
    """The process that ends the others when this one is killed; started when it is first needed."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def tell(self, line: str) -> None:
        """Tell it what has begun or ended.

        Args:
            line: `+` or `-`, and the id of a session.
        """
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tools.watchdog"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                text=True,
                bufsize=1,
            )
        if self._child.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.write(line + "\n")

    def dismiss(self) -> None:
        """Let it go: it ends what is still there, and itself."""
        if self._child:
            self._child.communicate()
            self._child = None


_INTERRUPTS = Interrupts()

_WATCHDOG = Watchdog()

_STARTED: list[Process] = []
"""Every process that was started here, the earliest first."""


class Process:
    """A process in a session of its own, so that a Ctrl-C reaches only the one who stops it in good order.

    Args:
        name: What it is called in messages.
        command: The command.
        log: File that its output is added to.
        environment: Its whole environment.
        pass_fds: File descriptors that it inherits.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        environment: dict[str, str],
        pass_fds: Iterable[int] = (),
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output, _INTERRUPTS.held_back():
            self._child = subprocess.Popen(  # noqa: S603
                [str(part) for part in command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
            _STARTED.append(self)
            _WATCHDOG.tell(f"+{self.pid}")

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its session and its group."""
        return self._child.pid

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._child.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            Its exit status.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        return self._child.wait(timeout)

    def ask_to_end(self) -> None:
        """Ask it to end in good order."""
        if self.status is None:
            self._child.terminate()

    def end(self, patience: float = 8) -> None:
        """Make sure that it and all that it has started are gone.

        Args:
            patience: Seconds that it has to end in good order.
        """
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(patience)
        self.kill()

    def kill(self) -> None:
        """End it and all that it has started at once, as a power cut would."""
        kill_session(self.pid)
        self._child.wait()
        _WATCHDOG.tell(f"-{self.pid}")

    def tail(self, lines: int = 30) -> str:
        """Give the end of its log.

        Args:
            lines: How many lines.

        Returns:
            The lines.
        """
        return tail(self.log, lines)


def kill_session(session: int) -> None:
    """End all processes of a session at once.

    Args:
        session: Its id. Not the process group: Airflow gives every task a group of its own.
    """
    for pid in members(session):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def members(session: int) -> list[int]:
    """List the processes of a session.

    Args:
        session: Its id, that of the process that began it.

    Returns:
        Their process ids.
    """
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                found.append(pid)
    return found


def tail(path: Path, lines: int) -> str:
    """Give the end of a text file.

    Args:
        path: The file.
        lines: How many lines.

    Returns:
        The lines; nothing when there is no file.
    """
    try:
        with path.open(errors="replace") as text:
            return "".join(deque(text, maxlen=lines))
    except FileNotFoundError:
        return ""


def end_all(processes: Iterable[Process]) -> None:
    """End several processes: all are asked first, then each is waited for.

    Args:
        processes: The processes.
    """
    everyone = list(processes)
    for process in everyone:
        process.ask_to_end()
    for process in everyone:
        process.end()


def wait_until(
    condition: Callable[[], Any],
    what: str,
    timeout: float = 60,
    interval: float = 0.2,
    alive: Iterable[Process] = (),
) -> Any:
    """Wait for a condition.

    Args:
        condition: Asked again and again until what it gives counts as true.
        what: What is waited for, for the message.
        timeout: Seconds to wait at most.
        interval: Seconds between two questions.
        alive: Processes without which waiting is in vain.

    Returns:
        What the condition gave.

    Raises:
        TimeoutError: It did not come true.
        RuntimeError: One of the processes has ended.
    """
    watched = list(alive)
    deadline = time.monotonic() + timeout
    while True:
        if found := condition():
            return found
        for process in watched:
            if process.status is not None:
                raise RuntimeError(f"{process.name} ended with {process.status}:\n{process.tail()}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout:g} s still waiting for {what}")
        time.sleep(interval)


@contextlib.contextmanager
def signals_as_interrupt() -> Iterator[None]:
    """Take being told to end, or losing the terminal, as a Ctrl-C, and end whatever then still runs.

    Only the first one counts: the second Ctrl-C of somebody in a hurry must not leave processes behind.
    """
    _INTERRUPTS.forget()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _INTERRUPTS.take) for number in numbers}
    try:
        yield
    finally:
        # One whose start was interrupted is known only here.
        end_all(process for process in _STARTED if process.status is None)
        _WATCHDOG.dismiss()
        for number, handler in before.items():
            signal.signal(number, handler)
