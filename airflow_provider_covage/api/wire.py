"""What the synchronous and the asynchronous transport have in common, short of I/O."""

from __future__ import annotations

import contextlib
import functools
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, urlsplit

import aiohttp
import urllib3

from airflow_provider_covage import __version__
from airflow_provider_covage.api import answers, errors
from airflow_provider_covage.api.files import Sink
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.api.steps import Send

CHUNK = 64 * 1024
"""Bytes that a download moves at a time."""

_NEVER_ARRIVED = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.ClientSSLError,
    aiohttp.ClientConnectorCertificateError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorSSLError,
    ssl.SSLCertVerificationError,
)


def headers_of(send: Send) -> dict[str, str]:
    """Give the header fields of a request.

    Args:
        send: The step.

    Returns:
        The fields, with the Authorization.
    """
    headers = {"Accept": send.request.accept, "User-Agent": f"airflow-provider-covage/{__version__}"}
    if send.authorization:
        headers["Authorization"] = send.authorization
    if send.request.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return headers


def answer_of(send: Send, status: int, headers: Mapping[str, str]) -> Answer:
    """Make the answer of which only the head is known.

    Args:
        send: The step.
        status: HTTP status.
        headers: Header fields.

    Returns:
        The answer, without body.
    """
    named = {name.lower(): value for name, value in headers.items()}
    return Answer(send.request, status, named, secrets=_secrets_of(send))


def _secrets_of(send: Send) -> tuple[str, ...]:
    request = send.request
    return _secrets_in(request.form, send.authorization, request.url if request.anonymous else None)


@functools.lru_cache(maxsize=8)
def _secrets_in(form: str | None, authorization: str | None, link: str | None) -> tuple[str, ...]:
    if link:
        # The link is all that proves who asks.
        return tuple(value for _, value in parse_qsl(urlsplit(link).query) if len(value) > 3)
    fields = parse_qs(form or "")
    sent = [value for name in ("password", "refresh_token") for value in fields.get(name, [])]
    if authorization:
        sent.append(authorization.partition(" ")[2] or authorization)
    return tuple(
        dict.fromkeys(way for secret in sent for way in (secret, quote_plus(secret), quote(secret)) if way)
    )


def goes_to_sink(send: Send, answer: Answer) -> bool:
    """Say whether a body is the file that was asked for.

    Args:
        send: The step.
        answer: The head of the answer.

    Returns:
        True for a download that succeeded.

    Raises:
        UnreadableAnswerError: An HTML page came in place of the file.
    """
    if send.sink is None or not answer.ok:
        return False
    if "html" in answer.content_type:
        raise answers.unreadable(answer, "an HTML page where a file was expected")
    return True


@contextlib.contextmanager
def filling(sink: Sink, answer: Answer) -> Iterator[Sink]:
    """Keep a sink clean: what a broken download has written is taken back.

    Args:
        sink: The sink.
        answer: The head of the answer.

    Yields:
        The sink, ready for the body.
    """
    sink.begin(answer.headers)
    try:
        yield sink
    except BaseException:
        sink.abort()
        raise


def transport_error(request: Request, error: BaseException) -> errors.CovageError:
    """Tell a request that never arrived from one whose answer is missing.

    The texts of the libraries' errors are not quoted: they can hold the password of a proxy.

    Args:
        request: What was to be sent.
        error: The error of requests, urllib3 or aiohttp.

    Returns:
        The error, not raised.
    """
    chain = _chain(error)
    kinds = ", ".join(dict.fromkeys(type(one).__name__ for one in chain[:4]))
    exchange = answers.exchange_without_answer(request)
    if any(isinstance(one, _NEVER_ARRIVED) for one in chain):
        return errors.ConnectionFailedError(exchange, what=f"could not be sent ({kinds})")
    if isinstance(error, ValueError):
        return errors.InputError(
            exchange.describe(f"cannot be sent: no valid URL, header or proxy ({kinds})")
        )
    return errors.AnswerLostError(exchange, what=f"was sent but got no complete answer ({kinds})")


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        one = todo.pop(0)
        if isinstance(one, BaseException) and one not in chain:
            chain.append(one)
            todo += [one.__cause__, getattr(one, "__dict__", {}).get("reason"), *one.args]
    return chain
