"""Reading answers: what the API sends, and what it or a proxy before it sends instead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from airflow_provider_covage.api import errors, storable
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.request import Answer, Request

_LONGEST_WAIT = 86400.0
"""Seconds of the longest wait that a server is believed to mean."""

_REQUEST_ID_HEADERS = ("x-request-id", "x-correlation-id", "request-id", "x-trace-id")


def record(answer: Answer) -> Record:
    """Read an answer that holds one record.

    Args:
        answer: A successful answer.

    Returns:
        The record.

    Raises:
        UnreadableAnswerError: The body is empty, is no JSON or is no object.
    """
    content = content_of(answer)
    if not isinstance(content, dict):
        raise unreadable(answer, f"expected one record, got {_kind(content)}")
    return content


def optional_record(answer: Answer) -> Record | None:
    """Read an answer that may hold a record and may be empty (C48, C50).

    Args:
        answer: A successful answer.

    Returns:
        The record, None for an empty body or one that is no object.

    Raises:
        UnreadableAnswerError: There is a body and it is not JSON.
    """
    content = content_of(answer)
    return content if isinstance(content, dict) else None


def stored(answer: Answer) -> Any:
    """Read an answer whose body went to a sink.

    Args:
        answer: A successful answer.

    Returns:
        Where the body is, or the body itself.

    Raises:
        UnreadableAnswerError: The answer is an HTML page in place of a file.
    """
    return answer.stored


def is_nothing(answer: Answer) -> bool:
    """Tell an answer that says that there is nothing from one whose body is lost.

    Args:
        answer: A successful answer.

    Returns:
        Whether its status is 204; else it has a body.

    Raises:
        UnreadableAnswerError: The body is empty, though its status promises one.
    """
    if answer.status == 204:
        return True
    if not answer.body.strip():
        raise unreadable(answer, "no body")
    return False


def content_of(answer: Answer) -> Any:
    """Decode a JSON body so that it can be kept: in messages of Airflow, in databases, in files.

    Args:
        answer: Any answer.

    Returns:
        The decoded content, None for an empty body; see `storable.loads` for what cannot be kept.

    Raises:
        UnreadableAnswerError: It is an HTML page, is cut off, or is no JSON at all.
    """
    return _decoded(answer, storable.loads)


def exact_content_of(answer: Answer) -> Any:
    """Decode a JSON body as it is, for those who see to what cannot be kept themselves.

    Args:
        answer: Any answer.

    Returns:
        The content as Python's own decoder reads it, None for an empty body.

    Raises:
        UnreadableAnswerError: It is an HTML page, is cut off, or is no JSON at all.
    """
    return _decoded(answer, json.loads)


def _decoded(answer: Answer, loads: Callable[[bytes], Any]) -> Any:
    if answer.status == 204 or not answer.body.strip():
        return None
    if is_html(answer):
        raise unreadable(answer, f"an HTML page{_title(answer)} where JSON was expected")
    try:
        return loads(answer.body)
    except RecursionError:
        raise unreadable(answer, "JSON that is nested too deep") from None
    except UnicodeDecodeError:
        raise unreadable(answer, "a body that is not UTF-8 where JSON was expected") from None
    except json.JSONDecodeError as error:
        cut = error.pos >= len(error.doc.rstrip()) or "Unterminated" in error.msg
        what = "JSON that is cut off" if cut else "a body that is not JSON"
        raise unreadable(answer, f"{what} ({len(answer.body)} bytes, {error.msg} at {error.pos})") from None
    except ValueError:
        raise unreadable(answer, "JSON with a number that is too long to be one") from None


def is_html(answer: Answer) -> bool:
    """Tell an HTML page by its type or its first characters.

    Args:
        answer: Any answer.

    Returns:
        Whether the body is an HTML page.
    """
    start = answer.body[:200].lstrip().lower()
    return "html" in answer.content_type or start.startswith((b"<!doctype html", b"<html"))


def unreadable(answer: Answer, what: str) -> errors.UnreadableAnswerError:
    """Make the error for an answer that is not what the API sends.

    Args:
        answer: The answer.
        what: What it is instead.

    Returns:
        The error, not raised.
    """
    return errors.UnreadableAnswerError(exchange_of(answer), what=f"got {answer.without_secrets(what)}")


def failure(answer: Answer) -> errors.ApiError | errors.TransientApiError:
    """Make the error for an answer whose status is no success.

    Args:
        answer: The answer.

    Returns:
        The error, not raised, with the API's own messages.
    """
    return errors.for_status(exchange_of(answer), retry_after(answer))


def retry_after(answer: Answer) -> float | None:
    """Read the Retry-After header.

    Args:
        answer: Any answer.

    Returns:
        Seconds from now, a day at most, whether it was given in seconds or as a date; None where absent or
        unreadable.
    """
    value = answer.headers.get("retry-after")
    if not value:
        return None
    try:
        return min(max(0.0, Retry().parse_retry_after(value)), _LONGEST_WAIT)
    except (InvalidHeader, ValueError, OverflowError):
        return None


def exchange_of(answer: Answer) -> errors.Exchange:
    """Collect what an error needs to know of an exchange.

    Args:
        answer: The answer.

    Returns:
        Method, path, status, messages and request id.
    """
    return errors.Exchange(
        answer.request.method,
        answer.request.path,
        status=answer.status,
        messages=() if answer.ok else _messages(answer),
        request_id=next(filter(None, map(answer.headers.get, _REQUEST_ID_HEADERS)), None),
    )


def exchange_without_answer(request: Request) -> errors.Exchange:
    """Collect what an error needs to know of a request that got no answer.

    Args:
        request: The request.

    Returns:
        Method and path.
    """
    return errors.Exchange(request.method, request.path)


def _messages(answer: Answer) -> errors.FieldMessages:
    return tuple(
        (answer.without_secrets(field), answer.without_secrets(text)) for field, text in _words(answer)
    )


def _words(answer: Answer) -> errors.FieldMessages:
    if is_html(answer):
        return (("", f"an HTML page{_title(answer)}"),)
    try:
        return errors.messages_in(storable.loads(answer.body))
    except (ValueError, RecursionError):
        text = answer.body[:200].decode("utf-8", "replace").strip()
        return (("", text),) if text else ()


def _title(answer: Answer) -> str:
    text = answer.body[:4096].decode("utf-8", "replace")
    found = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return f' "{" ".join(found.group(1).split())[:100]}"' if found else ""


def _kind(content: Any) -> str:
    return "nothing" if content is None else f"a JSON {type(content).__name__}"
