"""What is told while it runs, and at the end."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tools.chaos.plan import Request
from tools.chaos.verdict import Verdict

Json = dict[str, Any]

EVERY = 60.0
"""Seconds between two lines about the progress where there is no terminal to write it over and over."""


@dataclass
class Section:
    """A part of the report: one DAG, disturbed in one way.

    Args:
        title: What it is about.
        requests: What the undisturbed run sends.
        again: Options that repeat a case of it, before `--only`.
        counts: Whether what goes wrong here is a failure of the package.
        verdicts: One for each run.
    """

    title: str
    requests: list[Request]
    again: str
    counts: bool = True
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def bad(self) -> list[Verdict]:
        """The runs after which something is not as it has to be."""
        return [verdict for verdict in self.verdicts if verdict.bad]

    def as_json(self) -> Json:
        """Give everything that is known.

        Returns:
            Title, requests and verdicts.
        """
        return {
            "title": self.title,
            "requests": [dataclasses.asdict(request) for request in self.requests],
            "verdicts": [dataclasses.asdict(verdict) | {"ok": verdict.ok} for verdict in self.verdicts],
        }


@dataclass
class _Sums:
    kinds: list[str]
    runs: int
    missing: int
    doubled: int
    wrong: int
    left: int
    failed: int
    tries: int
    void: int

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> _Sums:
        several = list(verdicts)
        kinds = dict.fromkeys(part.rpartition(":")[2] for one in several for part in one.case.split("+"))
        found = [one for one in several if one.bad or not one.void]
        return cls(
            kinds=list(kinds),
            runs=len(found),
            missing=sum(len(one.missing) for one in found),
            doubled=sum(len(one.doubled) for one in found),
            wrong=sum(len(one.wrong) for one in found),
            left=sum(len(one.left) for one in found),
            failed=sum(one.failed for one in found),
            tries=max((one.tries for one in found), default=0),
            void=len(several) - len(found),
        )

    def cells(self) -> list[str]:
        bad = [_red(number) for number in (self.missing, self.doubled, self.wrong, self.failed)]
        return [str(self.runs), *bad, str(self.left), str(self.tries), str(self.void)]


class Progress:
    """Tells how far it is, and at once what goes wrong.

    Args:
        console: Where to.
        section: What is run.
        total: How many runs there will be.
    """

    def __init__(self, console: Console, section: Section, total: int) -> None:
        self._console = console
        self._section = section
        self._total = total
        self._before = len(section.verdicts)
        self._began = self._told = time.monotonic()

    def follow(self, verdicts: Iterable[Verdict]) -> None:
        """Take in all verdicts.

        Args:
            verdicts: The verdicts as they come.
        """
        with self._console.status(self._line()) as status:
            for verdict in verdicts:
                self._section.verdicts.append(verdict)
                if verdict.bad and self._section.counts:
                    tell(self._console, self._section, verdict)
                status.update(self._line())
                self._now_and_then()

    def _now_and_then(self) -> None:
        if not self._console.is_terminal and time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            self._console.print(self._line(), highlight=False)

    def _line(self) -> str:
        done, bad = len(self._section.verdicts), len(self._section.bad)
        passed = time.monotonic() - self._began
        here = done - self._before
        left = f", about {_minutes(passed / here * (self._total - done))} left" if here else ""
        return f"{self._section.title}: {done} of {self._total} runs, {bad} not as they have to be{left}"


def tell(console: Console, section: Section, verdict: Verdict) -> None:
    """Tell of a run after which something is not as it has to be, and how to repeat it.

    Args:
        console: Where to.
        section: Where it belongs.
        verdict: Its verdict.
    """
    console.print(f"[bold red]{escape(verdict.case)}[/]", highlight=False)
    for problem in verdict.problems:
        console.print(f"  - {escape(problem)}", highlight=False, soft_wrap=True)
    console.print(f"  log    {verdict.log}", highlight=False, soft_wrap=True)
    console.print(f"  again  python -m tools.chaos {section.again} --only {verdict.case}", soft_wrap=True)


def conclude(console: Console, sections: Iterable[Section]) -> bool:
    """Draw the tables and say how it went.

    Args:
        console: Where to.
        sections: All that was run.

    Returns:
        Whether everything that counts is as it has to be.
    """
    done = list(sections)
    for section in done:
        console.print(_table(section))
    counting = [section for section in done if section.counts]
    for section in (section for section in done if not section.counts):
        console.print(f"{_sums(section.verdicts)}: {section.title}, to compare with", highlight=False)
    verdicts = [verdict for section in counting for verdict in section.verdicts]
    if verdicts:
        colour = "red" if any(verdict.bad for verdict in verdicts) else "green"
        names = ", ".join(section.title for section in counting)
        console.print(f"[bold {colour}]{_sums(verdicts)}[/]: {names}", highlight=False, soft_wrap=True)
    return not any(section.bad for section in counting)


def write(path: Path, sections: Iterable[Section]) -> None:
    """Write the raw results.

    Args:
        path: The file.
        sections: All that was run.
    """
    path.write_text(json.dumps([section.as_json() for section in sections], indent=1) + "\n")


def read(path: Path | None) -> dict[tuple[str, str], Verdict]:
    """Read the raw results of an earlier run.

    Args:
        path: The file, which need not be there.

    Returns:
        Its good verdicts, by title of the section and name of the case.
    """
    if path is None or not path.exists():
        return {}
    return {
        (section["title"], one["case"]): Verdict(**one)
        for section in json.loads(path.read_text())
        for one in section["verdicts"]
        if one.pop("ok")
    }


def _table(section: Section) -> Table:
    table = Table(title=section.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for heading in ("Request", "Sent by", "Trouble"):
        table.add_column(heading, overflow="fold")
    for heading in ("Runs", "Missing", "Doubled", "Wrong", "Failed", "Left", "Tries", "Void"):
        table.add_column(heading, justify="right")
    for request, sender, verdicts in _rows(section):
        sums = _Sums.of(verdicts)
        kinds = sums.kinds[0] if len(sums.kinds) == 1 else f"{len(sums.kinds)} kinds"
        table.add_row(request, escape(sender), kinds, *sums.cells())
    table.add_section()
    table.add_row("in all", "", "", *_Sums.of(section.verdicts).cells())
    return table


def _sums(verdicts: Iterable[Verdict]) -> str:
    sums = _Sums.of(verdicts)
    return (
        f"{sums.runs} runs, {sums.missing} effects missing, {sums.doubled} doubled, "
        f"{sums.wrong} wrong in the end, {sums.failed} runs failed, {sums.left} drafts left, "
        f"at most {sums.tries} tries of a task; {sums.void} runs did not send what was to be disturbed"
    )


def _rows(section: Section) -> Iterator[tuple[str, str, list[Verdict]]]:
    """Yield a line for each request with a trouble of its own, in order, and one for all others."""
    by_request: dict[str, list[Verdict]] = {}
    several = []
    for verdict in section.verdicts:
        if "+" in verdict.case:
            several.append(verdict)
        else:
            by_request.setdefault(verdict.case.rpartition(":")[0], []).append(verdict)
    for request in section.requests:
        if verdicts := by_request.pop(str(request), []):
            yield str(request), request.task, verdicts
    for name, verdicts in by_request.items():
        yield name, "", verdicts
    if several:
        yield "several in a row", "", several


def _red(number: int) -> str:
    return f"[bold red]{number}[/]" if number else "0"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
