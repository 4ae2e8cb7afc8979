"""What can go wrong, cut by what the caller has to do about it.

`PermanentError`: trying again changes nothing, a person has to. `TransientError`: the same call may go
through later. `UnknownOutcome`, a transient one, is the dangerous kind: a write whose answer was lost and
which may have taken effect, so the API has to be looked at before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

FieldMessages = tuple[tuple[str, str], ...]
"""The API's own messages, pairs of a dotted field path ("" for the whole request) and a text."""

_MOST_MESSAGES = 40


class CovageError(Exception):
    """Base of everything that this package raises on purpose."""


class PermanentError(CovageError):
    """Trying again without a change is of no use."""


class TransientError(CovageError):
    """The same call may succeed later.

    Args:
        message: What happened.
        retry_after: Seconds that the API asked to wait for, if it did.
    """

    _of_connection: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @property
    def concerns_all(self) -> bool:
        """Whether every other request of the connection would fare the same for the moment."""
        return self._of_connection or self.retry_after is not None


class InputError(PermanentError, ValueError):
    """Bad input, found before anything was sent."""


class LifecycleError(PermanentError):
    """The record is in a state from which what is wanted cannot be reached."""


class ClosedError(LifecycleError):
    """The record is confirmed and cannot be changed any more.

    Args:
        name: The record, in words.
        state: Its state.
        record: The record as it is.
    """

    def __init__(self, name: str, state: str | None, record: dict[str, Any]) -> None:
        super().__init__(f"{name} is {state} and cannot be changed or deleted any more")
        self.record = record


class AmbiguousError(PermanentError):
    """Several records could be the wanted one; the message names them, nothing was guessed."""


class KeyTakenError(PermanentError):
    """What bears the key was made for something else; the message names both, nothing was adopted."""


class Exchange:
    """What an error of one HTTP exchange knows about it.

    Args:
        method: HTTP method.
        path: Path of the request, without host and query.
        status: HTTP status of the answer, None where there was none.
        messages: The API's own messages.
        request_id: The request id that the API sent, for a question to its support.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        messages: FieldMessages = (),
        request_id: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.status = status
        self.messages = messages
        self.request_id = request_id

    def describe(self, what: str) -> str:
        """One line for a log.

        Args:
            what: The kind of failure in a few words.

        Returns:
            Method, path, status, what happened, the API's words and the request id.
        """
        status = f" -> {self.status}" if self.status else ""
        words = "; ".join(f"{field}: {text}" if field else text for field, text in self.messages)
        reference = f" (request id {self.request_id})" if self.request_id else ""
        text = f"{self.method} {self.path}{status} {what}{f': {words}' if words else ''}{reference}"
        return printable(text)


def printable(text: str) -> str:
    """Make one line of what a server has said, that nothing in it can steer the terminal or turn around.

    Args:
        text: The words.

    Returns:
        The words in one line. Control characters, marks that change the direction of writing, and halves of
        surrogate pairs, which JSON can hold and nothing can write down, are replaced.
    """
    line = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)


class _ExchangeError(CovageError):
    """Mixin: an error that belongs to one HTTP exchange."""

    what = "failed"

    def __init__(self, exchange: Exchange, *, what: str | None = None, **kwargs: Any) -> None:
        super().__init__(exchange.describe(what or self.what), **kwargs)
        self.exchange = exchange

    @property
    def method(self) -> str:
        """HTTP method of the request."""
        return self.exchange.method

    @property
    def path(self) -> str:
        """Path of the request."""
        return self.exchange.path

    @property
    def status(self) -> int | None:
        """HTTP status of the answer, None where there was none."""
        return self.exchange.status

    @property
    def messages(self) -> FieldMessages:
        """The API's own messages by field."""
        return self.exchange.messages

    @property
    def request_id(self) -> str | None:
        """The request id that the API sent."""
        return self.exchange.request_id


class ApiError(_ExchangeError, PermanentError):
    """The API answered with a status that repeating will not change."""

    what = "was refused"


class BadRequestError(ApiError):
    """400, 422 and the like: the API does not accept what was sent."""

    what = "was refused as invalid"


class AuthenticationError(ApiError):
    """401 with a fresh token, or the token endpoint does not accept the login."""

    what = "was refused: not authenticated, check the login, the password or the token of the connection"


class ForbiddenError(ApiError):
    """403: the account may not do this."""

    what = "was refused: the account has no right to do this"


class NotFoundError(ApiError):
    """404 or 410: there is no such thing (or not for this account)."""

    what = "found nothing"


class ConflictError(ApiError):
    """409 or 412: the state of the record does not allow it."""

    what = "conflicts with the state of the record"


class UnsuccessfulError(BadRequestError):
    """The answer has a successful status and says itself that it did not work (P5).

    Args:
        exchange: The exchange, with the API's own words.
        record: The answer.
    """

    what = "did not succeed"

    def __init__(self, exchange: Exchange, record: dict[str, Any]) -> None:
        super().__init__(exchange)
        self.record = record


class RedirectError(ApiError):
    """A redirect that is not followed: of a write, to another host, or in a circle."""

    what = "was redirected"


class TransientApiError(_ExchangeError, TransientError):
    """The API answered, but with a status that time may mend (408, 425, 5xx)."""

    what = "failed on the server"


class RateLimitedError(TransientApiError):
    """429: too many requests. `retry_after` holds the seconds that the API asked for."""

    what = "was refused: too many requests"
    _of_connection = True


class ConnectionFailedError(_ExchangeError, TransientError):
    """The request certainly never arrived: refused, unknown host, no TLS."""

    what = "could not be sent"
    _of_connection = True


class TokenUnavailableError(TransientError):
    """The token endpoint cannot be reached or fails: the request itself was not sent."""

    _of_connection = True


class AskedToPauseError(TransientError):
    """The API has asked for a pause that is not over: the request was not sent."""

    _of_connection = True


class AnswerLostError(_ExchangeError, TransientError):
    """The request was sent and the connection broke or timed out before the answer was complete."""

    what = "got no complete answer"


class UnreadableAnswerError(_ExchangeError, TransientError):
    """The answer is not what the API sends: truncated JSON, an HTML page, another type."""

    what = "got an unreadable answer"


class MalformedRecordError(TransientError):
    """A record is not of the shape that the documents say."""


class UnknownOutcome(_ExchangeError, TransientError):  # noqa: N818 - an outcome, not an error of the client
    """A write whose answer was lost: it may or may not have taken effect.

    Args:
        exchange: The exchange in question.
        cause: The failure that hid the outcome.
    """

    def __init__(self, exchange: Exchange, cause: TransientError) -> None:
        super().__init__(
            exchange,
            what=f"may or may not have taken effect, look before sending it again ({cause})",
            retry_after=cause.retry_after,
        )
        self.cause = cause


_PERMANENT: Mapping[int, type[ApiError]] = {
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: NotFoundError,
    412: ConflictError,
}
_TRANSIENT = frozenset({408, 425, 429})
NEVER_PROCESSED = frozenset({425, 429})
"""Statuses that say that the request was turned away before it was looked at."""


def for_status(exchange: Exchange, retry_after: float | None) -> ApiError | TransientApiError:
    """Choose the error for a status that is no success.

    Args:
        exchange: The exchange, with its status.
        retry_after: Seconds from the Retry-After header, if there was one.

    Returns:
        The error, not raised.
    """
    status = exchange.status or 0
    if status == 429:
        return RateLimitedError(exchange, retry_after=retry_after)
    if status in _TRANSIENT or status >= 500:
        return TransientApiError(exchange, retry_after=retry_after)
    return _PERMANENT.get(status, BadRequestError)(exchange)


def messages_in(content: Any) -> FieldMessages:
    """Flatten an error body into messages by field.

    The format of error bodies is not documented (C55), so any nesting of objects, arrays and texts is read.

    Args:
        content: The decoded JSON of the answer.

    Returns:
        Pairs of dotted field path and message; the path is "" for `detail` and the like.
    """
    return tuple(_flatten(content, ""))[:_MOST_MESSAGES]


_GENERAL = frozenset({"detail", "non_field_errors", "message", "error_description", "title", "__all__"})


def _flatten(content: Any, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(content, Mapping):
        if isinstance(content.get("loc"), list) and "msg" in content:
            yield ".".join(str(part) for part in content["loc"]), str(content["msg"])
            return
        for key, value in content.items():
            field = path if key in _GENERAL else f"{path}.{key}" if path else str(key)
            yield from _flatten(value, field)
    elif isinstance(content, list):
        for position, value in enumerate(content):
            nested = isinstance(value, Mapping | list)
            yield from _flatten(value, f"{path}[{position}]" if nested and path else path)
    elif content not in (None, ""):
        yield path, str(content)
