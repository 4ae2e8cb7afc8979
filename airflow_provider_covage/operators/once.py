"""Doing a thing once: look, act, and when the answer is lost, look again before anything else."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from airflow_provider_covage.api.errors import (
    ApiError,
    BadRequestError,
    ClosedError,
    ConflictError,
    CovageError,
    LifecycleError,
    NotFoundError,
    TransientError,
    UnknownOutcome,
)

if TYPE_CHECKING:
    from airflow_provider_covage.operators.memory import Memory

T = TypeVar("T")

_LOOKS = 2

_REFUSALS = (BadRequestError, ConflictError, NotFoundError)
"""What the API may answer to the second of two deliveries of one request."""


class How(enum.Enum):
    """How a thing has come about."""

    SENT = "sent"
    ALREADY_THERE = "already_there"
    LOST_ANSWER = "lost_answer"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Recall(Generic[T]):
    """How a task finds what it has made without looking for it.

    Args:
        note: Gives the identifiers to note of what was made or adopted.
        read: Reads it by what was noted; None when it is not (any more) what is wanted.
    """

    note: Callable[[T], Mapping[str, str]]
    read: Callable[[Mapping[str, str]], T | None]


class Once:
    """The order of steps of every operator that changes something.

    Args:
        settling_time: Seconds between two looks; lists may lag behind what has happened.
        came_before: Whether an earlier try of the task may have acted, in which case one look is not enough.
        log: Where to tell what was found.
        memory: The task's note.
        count: Told how a thing has come about.
    """

    def __init__(
        self,
        *,
        settling_time: float,
        came_before: bool,
        log: Any,
        memory: Memory,
        count: Callable[[How], None],
    ) -> None:
        self._settling_time = settling_time
        self._came_before = came_before
        self._log = log
        self._memory = memory
        self._count = count

    def __call__(
        self,
        what: str,
        *,
        look: Callable[[bool], T | None],
        act: Callable[[], T],
        recall: Recall[T] | None = None,
    ) -> T:
        """Have a thing done exactly once, as far as looking can tell.

        Nothing is sent when it is there already, and nothing is sent again within this try: when the
        answer is lost and two looks do not find it, the error is handed to Airflow, whose next try begins
        with two looks of its own.

        Args:
            what: The thing, for the log: "quotation basket with external_id X".
            look: Finds it on the API, None when it is not there; raises when it can never be. It is told
                whether an earlier sending of the same may have taken effect.
            act: Brings it about.
            recall: The short cut of a task that comes back; without one it looks.

        Returns:
            What `look` has found or `act` has made.

        Raises:
            UnknownOutcome: The answer was lost and the thing was not found (yet).
            CovageError: Whatever `look` or `act` raises.
        """
        there = self._recalled(what, recall) if recall and self._came_before else None
        if there is None:
            there = self._looks(look, doubt=self._came_before, times=_LOOKS if self._came_before else 1)
        if there is None:
            found, how = self._sent(what, look, act)
        else:
            found, how = there, How.ALREADY_THERE
            self._log.info("%s: already there%s, adopted; nothing is sent", what, _as(found))
        self._count(how)
        if recall:
            self._memory.write(recall.note(found))
        return found

    def settle(self) -> None:
        """Wait until lists may have caught up."""
        time.sleep(self._settling_time)

    def _sent(self, what: str, look: Callable[[bool], T | None], act: Callable[[], T]) -> tuple[T, How]:
        """Bring it about; when the answer does not tell what became of it, look."""
        try:
            return act(), How.SENT
        except UnknownOutcome as lost:
            self._log.warning("%s: %s", what, lost)
            self.settle()
            found = self._looks(look, doubt=True, times=_LOOKS)
            if found is None:
                self._log.warning(
                    "%s: not found in %d looks; the next try looks again before it sends", what, _LOOKS
                )
                raise
            self._log.info("%s: found%s, the lost request had taken effect", what, _as(found))
            return found, How.LOST_ANSWER
        except _REFUSALS as refused:
            found = self._done_all_the_same(what, look, refused)
            if found is None:
                raise
            self._log.warning(
                "%s: %s; it is done all the same, as the request was delivered twice or another copy of the "
                "task was faster",
                what,
                refused,
            )
            return found, How.REFUSAL

    def _done_all_the_same(self, what: str, look: Callable[[bool], T | None], refused: ApiError) -> T | None:
        """Look whether a refusal only says that it has happened; the refusal is what is told otherwise."""
        try:
            return look(False)
        except CovageError as error:
            self._log.warning("%s: %s; and then: %s", what, refused, error)
            return None

    def _recalled(self, what: str, recall: Recall[T]) -> T | None:
        """Go straight to what an earlier try has noted; None leads to the usual look."""
        noted = self._memory.read()
        if noted is None:
            return None
        try:
            found = recall.read(noted)
        except CovageError as error:
            self._log.info("%s: what was noted cannot be read (%s); looked up as usual", what, error)
            return None
        if found is None:
            self._log.info("%s: what was noted, %s, is something else; looked up as usual", what, noted)
        return found

    def _looks(self, look: Callable[[bool], T | None], *, doubt: bool, times: int) -> T | None:
        """Look some times, settling in between; None only when every look could see and saw nothing."""
        trouble: TransientError | None = None
        for number in range(times):
            if number:
                self.settle()
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

    def repeatedly(
        self,
        what: str,
        *,
        check: Callable[[], T],
        act: Callable[[], T],
        lacks: Callable[[Mapping[str, Any]], list[str]] = lambda record: [],
    ) -> T:
        """Do a thing that may safely be done twice (an update, an upload that replaces).

        Args:
            what: The thing, for the log.
            check: Reads the record; raises a `ClosedError` when it may not be changed any more. For a task
                that comes back, this means that all is done, unless the record shows otherwise.
            act: Does it.
            lacks: Names what a closed record shows that speaks against its having been done.

        Returns:
            What `act` returns, or the record that `check` found closed.

        Raises:
            LifecycleError: The record is closed, and shows that this was not done before.
            CovageError: Whatever `check` or the last `act` raises.
        """
        for left in reversed(range(_LOOKS + 1)):
            try:
                check()
            except ClosedError as closed:
                if not self._came_before:
                    raise
                if missing := lacks(closed.record):
                    raise _never_done(what, closed, missing) from None
                self._log.info("%s: %s; an earlier try has seen to it, nothing is sent", what, closed)
                self._count(How.ALREADY_THERE)
                return closed.record  # type: ignore[return-value]
            try:
                done = act()
            except UnknownOutcome as lost:
                if not left:
                    raise
                self._log.warning("%s: %s; it may be done twice, so it is sent again", what, lost)
                self.settle()
            else:
                self._count(How.SENT)
                return done
        raise AssertionError("unreachable")


def _never_done(what: str, closed: ClosedError, missing: list[str]) -> LifecycleError:
    return LifecycleError(
        f"{what}: {closed}, and this was not done before: its {', its '.join(missing)}. Nothing was sent. "
        "Have the operator of the network change it; where it is to stay so, mark the task as successful"
    )


def _as(found: Any) -> str:
    """The identifier of what was found, for a log line, where it is a record that has one."""
    return f" as {found['id']}" if isinstance(found, Mapping) and found.get("id") else ""
