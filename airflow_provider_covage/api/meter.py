"""Telling of each request to whoever counts them. No I/O here, and nothing of any metrics system."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.steps import Flow, Pause, Send

log = logging.getLogger(__name__)

LOGIN = "token.login"
REFRESH = "token.refresh"
OTHER = "other"
"""What a request is counted as that no operation has built, and trouble that is of no known kind."""

T = TypeVar("T")

_KINDS: dict[type[errors.CovageError], str] = {
    errors.ConnectionFailedError: "not_sent",
    errors.AnswerLostError: "answer_lost",
    errors.UnreadableAnswerError: "unreadable",
    errors.TokenUnavailableError: "no_token",
    errors.InputError: "bad_input",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """One request that was sent, and what came of it.

    Args:
        operation: `<resource>.<verb>`, or `token.login` and `token.refresh`; never an address.
        method: HTTP method.
        result: The status of the answer as text; without an answer the kind of trouble: `not_sent`,
            `answer_lost`, `unreadable`, `bad_input` or `other`.
        began: When it was sent, in seconds since 1970.
        seconds: How long it took until the whole answer was there.
        attempt: Number of the call's sending, from 1; a second sending of one attempt (a fresh token, a
            redirect) has the same.
    """

    operation: str
    method: str
    result: str
    began: float
    seconds: float
    attempt: int


@dataclasses.dataclass(frozen=True, slots=True)
class Paused:
    """A wait inside a call.

    Args:
        operation: As of `Sent`.
        reason: Why: the status or the kind of trouble before a repetition, `rate` for the connection's
            `requests_per_second`.
        seconds: How long it is going to take.
        repeats: Whether the request is sent again after it.
    """

    operation: str
    reason: str
    seconds: float
    repeats: bool


class Meter(Protocol):
    """Is told of each request of a client, in whichever thread or event loop that has it; must not wait."""

    def sent(self, one: Sent) -> None:
        """Learn of a request.

        Args:
            one: The request.
        """

    def paused(self, one: Paused) -> None:
        """Learn of a wait.

        Args:
            one: The wait.
        """


class NoMeter:
    """Counts nothing."""

    def sent(self, one: Sent) -> None:
        """Learn of a request.

        Args:
            one: The request.
        """

    def paused(self, one: Paused) -> None:
        """Learn of a wait.

        Args:
            one: The wait.
        """


def metered(flow: Flow[T], meter: Meter, operation: str = "") -> Flow[T]:
    """Pass the steps of a flow on, and tell of the requests and waits among them.

    Args:
        flow: The flow.
        meter: Is told.
        operation: What requests are counted as that do not say it themselves.

    Yields:
        The steps of the flow.

    Returns:
        What the flow returns.
    """
    attempt = 1
    result: Answer | str | None = None
    error: errors.CovageError | None = None
    while True:
        try:
            step = flow.throw(error) if error else flow.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        result = error = None
        if isinstance(step, Pause):
            _tell_of_pause(meter, step, operation)
            attempt += step.before_repeating is not None
        began, clock = time.time(), time.perf_counter()
        try:
            result = yield step
        except errors.CovageError as caught:
            error = caught
        if isinstance(step, Send):
            came = str(result.status) if isinstance(result, Answer) else kind_of(error)
            name = step.request.operation or operation or OTHER
            seconds = time.perf_counter() - clock
            _tell(meter.sent, Sent(name, step.request.method, came, began, seconds, attempt))


def kind_of(error: BaseException | None) -> str:
    """Name the kind of an error, shortly and always by one of the same few words.

    Args:
        error: Any error of a call.

    Returns:
        The status of its answer as text, else the kind of trouble.
    """
    for kind, name in _KINDS.items():
        if isinstance(error, kind):
            return name
    status = getattr(error, "status", None)
    return str(status) if status else OTHER


def _tell_of_pause(meter: Meter, step: Pause, operation: str) -> None:
    repeats = step.before_repeating is not None
    reason = kind_of(step.before_repeating) if repeats else "rate"
    _tell(meter.paused, Paused(operation or OTHER, reason, step.seconds, repeats))


def _tell(listen: Callable[[Any], None], one: Sent | Paused) -> None:
    try:
        listen(one)
    except Exception as error:
        # Whatever is wrong with the metrics, it never reaches the call.
        log.debug("%s: could not be counted (%s)", one.operation, type(error).__name__)
