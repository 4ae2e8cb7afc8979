"""Which requests meet with trouble, and with which."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

TIMEOUT = 3.0
"""Seconds for one request, by the connection: soon for what stalls, late enough for a busy machine."""

Faults = tuple[tuple[str, Mapping[str, Any]], ...]

KINDS: Mapping[str, Faults] = {
    "close_after": (("close_after", {}),),
    "close_before": (("close_before", {}),),
    "error_after": (("error_after", {}),),
    "truncate": (("truncate", {}),),
    "stall": (("stall", {"seconds": 2 * TIMEOUT}),),
    "html": (("html", {}),),
    "error_before": (("error_before", {}),),
    "unavailable": (("unavailable", {"retry_after": 0}),),
    "rate_limit": (("rate_limit", {"retry_after": 0}),),
    "unauthorized": (("unauthorized", {}),),
    "lag": (("lag", {"calls": 3}),),
    "late": (("close_after", {}), ("lag", {"calls": 3})),
    "twice": (("duplicate", {}),),
    "twice_lost": (("duplicate", {}), ("close_after", {})),
}
"""The kinds of trouble, and the sandbox's faults that make them up.

`late` is the hardest: the answer is lost, and lists do not show the effect in the next three looks. `twice`
is a gateway that delivers a request two times, `twice_lost` one whose answer is lost on top of it.
"""

KILLS = ("kill_task", "kill_worker", "kill_triggerer")
"""Whoever sent a request dies between its effect and its answer: a task's process, or that and the one that
watches over it, or the whole triggerer. For these a complete Airflow is needed.
"""

OF_CREATIONS = frozenset({"lag", "late"})
"""The kinds that only mean something for a request that makes a record."""

OF_WRITES = frozenset({"twice", "twice_lost"})
"""The kinds that only mean something for a request that has an effect."""


@dataclass(frozen=True)
class Request:
    """One request of the undisturbed run: the nth to its operation.

    Args:
        operation: The operation.
        nth: Which of the requests to it, from 1.
        task: The task instance that sent it.
        writes: Whether it had an effect.
        creates: Whether it made a record.
        spared: The kinds of trouble that mean nothing for it.
    """

    operation: str
    nth: int
    task: str = ""
    writes: bool = False
    creates: bool = False
    spared: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.operation}:{self.nth}"

    def cases(self) -> list[Case]:
        """List every trouble that it can meet with, alone.

        Returns:
            One case per kind.
        """
        return [(Trouble(self.operation, self.nth, kind),) for kind in KINDS if self.may_meet(kind)]

    def may_meet(self, kind: str) -> bool:
        """Say whether a kind of trouble means something for it.

        Args:
            kind: The kind.

        Returns:
            Whether it does.
        """
        return (
            (self.creates or kind not in OF_CREATIONS)
            and (self.writes or kind not in OF_WRITES)
            and kind not in self.spared
        )


@dataclass(frozen=True)
class Trouble:
    """What happens to one request.

    Args:
        operation: The operation.
        nth: Which of the requests to it, from 1.
        kind: The kind, of `KINDS` or `KILLS`.
    """

    operation: str
    nth: int
    kind: str

    def __str__(self) -> str:
        return f"{self.operation}:{self.nth}:{self.kind}"


Case = tuple[Trouble, ...]
"""What happens in one run."""


def name_of(case: Case) -> str:
    """Name a case, so that it can be asked for again.

    Args:
        case: The case.

    Returns:
        Such as `quote_item.accept:1:close_after`, with `+` between several.
    """
    return "+".join(map(str, case))


def named(name: str) -> Case:
    """Read the name of a case.

    Args:
        name: What `name_of` gives.

    Returns:
        The case.

    Raises:
        ValueError: It is no such name.
    """
    return tuple(_trouble(part) for part in name.split("+"))


def singles(requests: Sequence[Request]) -> list[Case]:
    """List all cases with one trouble.

    Args:
        requests: The requests of the undisturbed run.

    Returns:
        Every request with every kind, such that every beginning of the list is a fair sample: first each
        request once, those that write before the others, and each of the kinds about as often.
    """
    ranked = sorted(requests, key=lambda request: not request.writes)
    shifted = [_rotated(request.cases(), by=rank) for rank, request in enumerate(ranked)]
    longest = max(map(len, shifted), default=0)
    return [cases[turn] for turn in range(longest) for cases in shifted if turn < len(cases)]


def pairs(requests: Sequence[Request], count: int, seed: int) -> list[Case]:
    """Draw cases with two troubles.

    Args:
        requests: The requests of the undisturbed run.
        count: How many cases.
        seed: Of the draw.

    Returns:
        Different cases: two requests, or (one in three) a request and the next one to the same operation,
        which is sent in its place if anything is.
    """
    return list(islice(_unlike(_draws(requests, random.Random(seed))), count))  # noqa: S311 - no secret


def _draws(requests: Sequence[Request], draw: random.Random) -> Iterator[Case]:
    while requests:
        if draw.random() < 1 / 3:
            request = draw.choice(requests)
            both = [request, dataclasses.replace(request, nth=request.nth + 1)]
        else:
            # All of them are as likely as the writes alone: those are where it is dangerous.
            writes = [request for request in requests if request.writes] or requests
            both = [draw.choice(writes), draw.choice(requests)]
            if both[0] == both[1]:
                continue
        yield tuple(draw.choice(request.cases())[0] for request in both)


def _unlike(cases: Iterable[Case]) -> Iterator[Case]:
    """Leave out repetitions; the end comes when nothing new does."""
    seen: set[Case] = set()
    repeated = 0
    for case in cases:
        if case in seen:
            repeated += 1
            if repeated > 10_000:
                return
            continue
        seen.add(case)
        yield case


def _rotated(cases: list[Case], by: int) -> list[Case]:
    by %= len(cases) or 1
    return [*cases[by:], *cases[:by]]


def _trouble(part: str) -> Trouble:
    operation, _, rest = part.partition(":")
    nth, _, kind = rest.partition(":")
    if kind not in (*KINDS, *KILLS) or not nth.isdigit():
        kinds = ", ".join((*KINDS, *KILLS))
        raise ValueError(f"{part!r} is no case: operation:nth:kind is, with a kind of {kinds}")
    return Trouble(operation, int(nth), kind)
