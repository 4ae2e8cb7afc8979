"""Who is due when: thousands of waits, most of which are planned again together."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable

from airflow_provider_covage.api.polling.wait import Wait

_EARLY = 0.1
"""Share of its pause by which a wait may be looked at too early, so that many are looked at together."""


class Agenda:
    """Waits in the order in which they are due.

    A list that is sorted again after each round: a heap would have to be told of each wait alone.
    """

    def __init__(self) -> None:
        # The number stands before the wait, which cannot be compared.
        self._entries: list[tuple[float, int, Wait]] = []
        self._numbers = itertools.count()

    @property
    def first(self) -> Wait | None:
        """The one that is due first, None when there is nobody."""
        return self._entries[0][2] if self._entries else None

    @property
    def due(self) -> float:
        """When the first one is due, in seconds since the epoch; infinite when there is nobody."""
        return self._entries[0][0] if self._entries else float("inf")

    def add(self, wait: Wait) -> None:
        """Note when one is due.

        Args:
            wait: The wait.
        """
        bisect.insort(self._entries, (wait.due, next(self._numbers), wait))

    def add_all(self, waits: Iterable[Wait]) -> None:
        """Note when many are due; those that are over are left out.

        Args:
            waits: The waits.
        """
        self._entries += [(wait.due, next(self._numbers), wait) for wait in waits if not wait.ending.done()]
        self._entries.sort()

    def take(self, now: float) -> list[Wait]:
        """Take out those that are due, and those that are soon.

        Args:
            now: Seconds since the epoch.

        Returns:
            Each of them once.
        """
        taken: dict[Wait, None] = {}
        passed = 0
        for due, _, wait in self._entries:
            # One that was planned anew, or is over, has left its former place behind.
            if due == wait.due and not wait.ending.done():
                if due > now + _EARLY * wait.pause:
                    break
                taken[wait] = None
            passed += 1
        del self._entries[:passed]
        return list(taken)
