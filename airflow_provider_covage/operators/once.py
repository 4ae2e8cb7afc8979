"""Doing a thing once: look, act, and when the answer is lost, look again before anything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from airflow_provider_covage.api.errors import ClosedError, TransientError, UnknownOutcome

T = TypeVar("T")

_LOOKS = 2


class Once:
    """The order of steps of every operator that changes something.

    Args:
        settling_time: Seconds between two looks; lists may lag behind what has happened.
        came_before: Whether an earlier try of the task may have acted, in which case one look is not enough.
        log: Where to tell what was found.
    """

    def __init__(self, *, settling_time: float, came_before: bool, log: Any) -> None:
        self._settling_time = settling_time
        self._came_before = came_before
        self._log = log

    def __call__(self, what: str, *, look: Callable[[bool], T | None], act: Callable[[], T]) -> T:
        """Have a thing done exactly once, as far as looking can tell.

        Nothing is sent when it is there already, and nothing is sent again within this try: when the
        answer is lost and two looks do not find it, the error is handed to Airflow, whose next try begins
        with two looks of its own.

        Args:
            what: The thing, for the log: "quotation basket with external_id X".
            look: Finds it on the API, None when it is not there; raises when it can never be. It is told
                whether an earlier sending of the same may have taken effect.
            act: Brings it about.

        Returns:
            What `look` has found or `act` has made.

        Raises:
            UnknownOutcome: The answer was lost and the thing was not found (yet).
            CovageError: Whatever `look` or `act` raises.
        """
        found = self._looks(look, doubt=self._came_before, times=_LOOKS if self._came_before else 1)
        if found is not None:
            self._log.info("%s: already there, adopted; nothing is sent", what)
            return found
        try:
            return act()
        except UnknownOutcome as lost:
            self._log.warning("%s: %s", what, lost)
            time.sleep(self._settling_time)
            found = self._looks(look, doubt=True, times=_LOOKS)
            if found is None:
                self._log.warning(
                    "%s: not found in %d looks; the next try looks again before it sends", what, _LOOKS
                )
                raise
            self._log.info("%s: found, the lost request had taken effect", what)
            return found

    def _looks(self, look: Callable[[bool], T | None], *, doubt: bool, times: int) -> T | None:
        """Look some times, settling in between; None only when every look could see and saw nothing."""
        trouble: TransientError | None = None
        for number in range(times):
            if number:
                time.sleep(self._settling_time)
            try:
                found = look(doubt)
            except TransientError as error:
                trouble = error
                continue
            if found is not None:
                return found
        if trouble is not None:
            raise trouble
        return None

    def repeatedly(self, what: str, *, check: Callable[[], T], act: Callable[[], T]) -> T:
        """Do a thing that may safely be done twice (an update, an upload that replaces).

        Args:
            what: The thing, for the log.
            check: Reads the record; raises a `LifecycleError` when it may not be changed any more. For a
                task that comes back, this means that all is done: the record is returned as it is.
            act: Does it.

        Returns:
            What `act` returns, or the record that `check` found closed.

        Raises:
            CovageError: Whatever `check` or the last `act` raises.
        """
        for left in reversed(range(_LOOKS + 1)):
            try:
                check()
            except ClosedError as closed:
                if not self._came_before:
                    raise
                self._log.info("%s: %s; an earlier try has seen to it, nothing is sent", what, closed)
                return closed.record  # type: ignore[return-value]
            try:
                return act()
            except UnknownOutcome as lost:
                if not left:
                    raise
                self._log.warning("%s: %s; it may be done twice, so it is sent again", what, lost)
                time.sleep(self._settling_time)
        raise AssertionError("unreachable")
