"""One request from its first sending to its answer: tokens, redirects, repetitions, errors. No I/O here.

`exchange` is a generator. It yields steps (`Authorise`, `Send`, `Pause`), a transport carries them out and
sends the results back in; what decides is thus written once and driven by both transports.
"""

from __future__ import annotations

import dataclasses
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from airflow_provider_covage.api import answers, errors
from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.calls import Call
from airflow_provider_covage.api.links import follow
from airflow_provider_covage.api.meter import Meter, NoMeter, metered
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.api.steps import Authorise, Flow, Pause, Send

log = logging.getLogger(__name__)

T = TypeVar("T")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_NEVER_SENT = (errors.ConnectionFailedError, errors.TokenUnavailableError, errors.AskedToPauseError)


@dataclasses.dataclass(frozen=True)
class Patience:
    """How often and how long one call is repeated before the error is handed to the caller.

    Args:
        attempts: Sendings in all.
        backoff: Seconds before the first repetition, doubled each time, with jitter.
        longest_pause: A longer wait, asked for by Retry-After, is left to the caller.
    """

    attempts: int = 4
    backoff: float = 0.5
    longest_pause: float = 20.0

    def pause_before(self, attempt: int, error: errors.TransientError) -> float | None:
        """Decide about a repetition.

        Args:
            attempt: Number of sendings so far.
            error: What went wrong with the last one.

        Returns:
            Seconds to wait, None when the call has to be given up.
        """
        if attempt >= self.attempts:
            return None
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= self.longest_pause else None
        pause = self.backoff * 2.0 ** (attempt - 1)
        return min(self.longest_pause, pause) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


class Pacer:
    """Keeps a client below a number of requests per second, and quiet while the API asks for a pause.

    Args:
        per_second: The most requests in a second; None for no limit.
        clock: Seconds that only go forward.
    """

    def __init__(self, per_second: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1.0 / per_second if per_second else 0.0
        self._clock = clock
        self._free_at = 0.0
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    @property
    def quiet(self) -> float:
        """Seconds for which nothing should be sent, 0 in general."""
        # Mostly nothing was ever asked for, and this stands before every request.
        return max(0.0, self._quiet_until - self._clock()) if self._quiet_until else 0.0

    def hold(self, seconds: float) -> None:
        """Have nothing sent for a while, as the API asks.

        Args:
            seconds: How long from now.
        """
        with self._lock:
            self._quiet_until = max(self._quiet_until, self._clock() + seconds)

    def reserve(self) -> float:
        """Take the next place in the queue.

        Returns:
            Seconds to wait before sending.
        """
        if not self._interval:
            return 0.0
        with self._lock:
            now = self._clock()
            start = max(now, self._free_at)
            self._free_at = start + self._interval
            return start - now


@dataclasses.dataclass(frozen=True)
class Terms:
    """What all exchanges of a client have in common.

    Args:
        base_url: Base URL of the API.
        auth: How to authenticate.
        patience: How often to repeat.
        pacer: How fast to send.
        settled: Names of the readings of which the other one has turned out to be right.
        meter: Is told of each request.
    """

    base_url: str
    auth: Auth
    patience: Patience = dataclasses.field(default_factory=Patience)
    pacer: Pacer = dataclasses.field(default_factory=lambda: Pacer(None))
    settled: set[str] = dataclasses.field(default_factory=set)
    meter: Meter = dataclasses.field(default_factory=NoMeter, repr=False)


def exchange(call: Call[T], terms: Terms) -> Flow[T]:
    """Send a request until there is an answer to be had, and read it.

    A read is repeated on every transient failure. A write is repeated only when it certainly was not
    processed; otherwise its outcome is unknown and the caller has to look.

    Args:
        call: The request and how to read its answer.
        terms: What all exchanges of the client have in common.

    Yields:
        Steps for the transport.

    Returns:
        The result of the call.

    Raises:
        ApiError: The API refuses the request.
        UnknownOutcome: A write whose answer was lost.
        TransientError: A read, or a write that never arrived, still fails after the last repetition.
    """
    return (yield from metered(_exchange(call, terms), terms.meter, call.request.operation))


def _exchange(call: Call[T], terms: Terms) -> Flow[T]:
    attempt = 0
    while True:
        attempt += 1
        try:
            answer = yield from _answered(call, terms)
            return call.read(answer)
        except errors.TransientError as error:
            if error.retry_after and not isinstance(error, errors.AskedToPauseError):
                terms.pacer.hold(error.retry_after)
            if call.request.is_write and not _never_processed(error):
                raise errors.UnknownOutcome(_exchange_of(error, call.request), error) from error
            pause = terms.patience.pause_before(attempt, error)
            if pause is None or (call.sink and not call.sink.can_restart):
                raise
            log.info("%s; repeating in %.1f s (%d of %d)", error, pause, attempt + 1, terms.patience.attempts)
            step = Pause(pause, before_repeating=error)
        yield step


def obtain_token(terms: Terms) -> Flow[str]:
    """Get the Authorization header.

    Args:
        terms: What all exchanges of the client have in common.

    Yields:
        Steps for the transport.

    Returns:
        The value of the header.

    Raises:
        ApiError: The login is not accepted, or there is no token endpoint.
        TransientError: The token endpoint cannot be reached or fails.
    """
    return (yield from metered(_obtain(terms.auth), terms.meter))


def _obtain(auth: Auth) -> Flow[str]:
    steps = auth.obtain()
    try:
        request = next(steps)
        while True:
            answer = yield Send(request)
            assert isinstance(answer, Answer)
            request = steps.send(answer)
    except StopIteration as stop:
        return str(stop.value)


def _answered(call: Call[T], terms: Terms) -> Flow[Answer]:
    """Send once: with a fresh token when the first is refused, following what may be followed."""
    answer = yield from _understood(call, terms)
    followed = 0
    while answer.status in _REDIRECTS:
        followed += 1
        answer = yield from _authorised(call, _redirected(answer, followed, terms), terms)
    if not answer.ok:
        raise answers.failure(answer)
    return answer


def _understood(call: Call[T], terms: Terms) -> Flow[Answer]:
    """Send in the documents' first reading, and in the other one when that is not understood."""
    other = call.other
    if other and other.name in terms.settled:
        return (yield from _authorised(call, other.request, terms))
    answer = yield from _authorised(call, call.request, terms)
    if other is None or answer.status not in other.statuses:
        return answer
    second = yield from _authorised(call, other.request, terms)
    if not second.ok:
        return answer if second.status in other.statuses else second
    log.info("%s: the API takes the other reading of the documents, kept for this client", other.name)
    terms.settled.add(other.name)
    return second


def _authorised(call: Call[T], request: Request, terms: Terms) -> Flow[Answer]:
    yield from _quiet(request, terms)
    if request.anonymous:
        return (yield from _paced(Send(request, None, call.sink), terms.pacer))
    header = yield from _header(terms.auth)
    answer = yield from _paced(Send(request, header, call.sink), terms.pacer)
    if answer.status == 401 and terms.auth.reject(header):
        header = yield from _header(terms.auth)
        answer = yield from _paced(Send(request, header, call.sink), terms.pacer)
    return answer


def _header(auth: Auth) -> Flow[str]:
    if header := auth.at_hand:
        return header
    try:
        return str((yield Authorise()))
    except errors.TransientError as error:
        raise errors.TokenUnavailableError(
            f"no access token: {error}", retry_after=error.retry_after
        ) from error


def _quiet(request: Request, terms: Terms) -> Flow[None]:
    """Keep the pause that the API has asked for in an answer to another request."""
    quiet = terms.pacer.quiet
    if quiet > terms.patience.longest_pause:
        raise errors.AskedToPauseError(
            f"{request.method} {request.path} was not sent: the API asked for {quiet:.0f} s more of a pause",
            retry_after=quiet,
        )
    if quiet > 0:
        yield Pause(quiet)


def _paced(send: Send, pacer: Pacer) -> Flow[Answer]:
    wait = pacer.reserve()
    if wait > 0:
        yield Pause(wait)
    answer = yield send
    assert isinstance(answer, Answer)
    return answer


def _redirected(answer: Answer, followed: int, terms: Terms) -> Request:
    location = answer.headers.get("location", "")
    what = f"was redirected to {answer.without_secrets(location.partition('?')[0]) or '(nowhere)'}"
    target = follow(location, start=answer.request, base_url=terms.base_url)
    if answer.request.anonymous:
        what = "was redirected, which is not followed: where to is not for the log"
    elif answer.request.is_write:
        what += ", and a redirected write is not sent again: check the host of the connection"
    elif target is None:
        what += ", which is not followed because the credentials would go along: check host and token_url"
    elif not location or followed > _MOST_REDIRECTS:
        what += ", once too often"
    else:
        return target
    raise errors.RedirectError(answers.exchange_of(answer), what=what)


def _never_processed(error: errors.TransientError) -> bool:
    if isinstance(error, _NEVER_SENT):
        return True
    return isinstance(error, errors.TransientApiError) and error.status in errors.NEVER_PROCESSED


def _exchange_of(error: errors.TransientError, request: Request) -> errors.Exchange:
    found = getattr(error, "exchange", None)
    return found if isinstance(found, errors.Exchange) else answers.exchange_without_answer(request)
