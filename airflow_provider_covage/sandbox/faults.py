"""Things that go wrong on purpose, and which requests they happen to."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

KINDS: dict[str, tuple[str, ...]] = {
    "close_before": (),
    "close_after": (),
    "error_before": ("status", "body"),
    "error_after": ("status", "body"),
    "rate_limit": ("retry_after", "http_date"),
    "unavailable": ("retry_after", "http_date"),
    "unauthorized": (),
    "stall": ("seconds",),
    "truncate": (),
    "html": ("status",),
    "lag": ("seconds", "calls"),
    "duplicate": ("answer",),
}
"""The kinds of faults with their options."""

ALONGSIDE = ("lag", "duplicate")
"""The kinds that go with any other: what lists do not show yet, and a request that arrives twice."""

CHOICES: dict[str, tuple[str, ...]] = {"body": ("json", "html"), "answer": ("last", "first")}
"""The options that are one of a few words, the default first."""

BEFORE = frozenset({"close_before", "error_before", "rate_limit", "unavailable", "unauthorized"})
"""The kinds that keep a request from taking effect."""

NUMBERS: dict[str, type[int] | type[float]] = {
    "status": int,
    "calls": int,
    "seconds": float,
    "retry_after": int,
}
"""The options that are numbers."""


@dataclass
class Fault:
    """One fault: it happens to the nth matching request and to the following ones, `times` in all."""

    kind: str
    match: str = "*"
    nth: int = 1
    times: int | None = 1
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")
        unknown = set(self.options) - set(KINDS[self.kind])
        if unknown:
            known = ", ".join(KINDS[self.kind]) or "none"
            raise ValueError(f"unknown option of {self.kind}: {', '.join(sorted(unknown))}; known: {known}")
        if self.nth < 1 or (self.times is not None and self.times < 1):
            raise ValueError("nth and times count from 1; times None is forever")
        for name, words in CHOICES.items():
            if self.options.get(name, words[0]) not in words:
                raise ValueError(f"{name} is {' or '.join(words)}")
        for name, number in NUMBERS.items():
            if self.options.get(name) is not None:
                self.options[name] = number(self.options[name])

    def is_due(self, operation: str) -> bool:
        """Count a request to an operation, and say whether the fault should happen to it."""
        if not fnmatchcase(operation, self.match):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.hits < self.times)


class Struck(NamedTuple):
    """What happens to one request."""

    fault: Fault | None
    lag: Fault | None
    duplicate: Fault | None

    @property
    def name(self) -> str | None:
        """Kind of what happens, of several the first."""
        return next((fault.kind for fault in self if fault), None)


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self.set: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        self.set.append(fault)
        return fault

    def striking(self, operation: str) -> Struck:
        """Return what happens to a request: one fault of a kind of its own at most, those set first.

        Faults that are due as well wait for the next request.
        """
        due = [fault for fault in self.set if fault.is_due(operation)]
        by_kind = {kind: next((f for f in due if f.kind == kind), None) for kind in ALONGSIDE}
        struck = Struck(next((fault for fault in due if fault.kind not in ALONGSIDE), None), **by_kind)
        for fault in struck:
            if fault:
                fault.hits += 1
        return struck

    def clear(self) -> None:
        """Forget all faults."""
        self.set.clear()
