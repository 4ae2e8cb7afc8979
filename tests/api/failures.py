"""Every kind of bad answer, and the error that it becomes."""

from __future__ import annotations

from raw_server import CLOSE, RESET, STALL, Reply, chunked, html, reply

from airflow_provider_covage.api import errors

LOST: dict[str, tuple[Reply, type[errors.TransientError], int | None]] = {
    "reset": (RESET, errors.AnswerLostError, None),
    "closed without a word": (CLOSE, errors.AnswerLostError, None),
    "no answer in time": (STALL, errors.AnswerLostError, None),
    "connection lost in the body": (reply(200, {"id": "b1"}, length=500), errors.AnswerLostError, None),
    "connection lost in a chunk": (chunked(b'{"id": "b1"', 500), errors.AnswerLostError, None),
    "connection lost between chunks": (chunked(b'{"id": "b1"'), errors.AnswerLostError, None),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", errors.AnswerLostError, None),
    "truncated JSON": (reply(200, b'{"id": "b1", "sta'), errors.UnreadableAnswerError, 200),
    "HTML with 200": (html(200), errors.UnreadableAnswerError, 200),
    "HTML without type": (reply(200, b"\n <html>", kind=""), errors.UnreadableAnswerError, 200),
    "HTML with 502": (html(502, "Bad gateway"), errors.TransientApiError, 502),
    "empty body": (reply(200), errors.UnreadableAnswerError, 200),
    "an array": (reply(200, [1, 2]), errors.UnreadableAnswerError, 200),
    "a text": (reply(200, "done"), errors.UnreadableAnswerError, 200),
    "null": (reply(200, b"null"), errors.UnreadableAnswerError, 200),
    "not UTF-8": (reply(200, b'{"id": "\xe9t\xe9"}'), errors.UnreadableAnswerError, 200),
    "not JSON": (reply(200, b"id=b1"), errors.UnreadableAnswerError, 200),
    "nested too deep": (reply(200, b"[" * 200_000), errors.UnreadableAnswerError, 200),
    "408": (reply(408), errors.TransientApiError, 408),
    "500": (reply(500, {"detail": "oops"}), errors.TransientApiError, 500),
    "502": (reply(502), errors.TransientApiError, 502),
    "503": (reply(503), errors.TransientApiError, 503),
    "504": (reply(504), errors.TransientApiError, 504),
    "599": (reply(599), errors.TransientApiError, 599),
}
"""Answers from which nobody can tell what a write has done."""

TURNED_AWAY = {
    "425": (reply(425), errors.TransientApiError),
    "429": (reply(429, {"detail": "Request was throttled."}), errors.RateLimitedError),
}
"""Answers that say that the request was not processed."""

PERMANENT: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    402: errors.BadRequestError,
    403: errors.ForbiddenError,
    404: errors.NotFoundError,
    405: errors.BadRequestError,
    409: errors.ConflictError,
    410: errors.NotFoundError,
    412: errors.ConflictError,
    413: errors.BadRequestError,
    415: errors.BadRequestError,
    422: errors.BadRequestError,
}


def within(said: object) -> dict[str, float]:
    """Return the time-out to ask with: a short one only where nothing will come."""
    return {"timeout": 0.3} if said is STALL else {}
