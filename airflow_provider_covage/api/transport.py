"""Carrying out exchanges one after the other, on requests."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import IO, Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests_toolbelt import MultipartEncoder
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.calls import Call, Collect, Listing, Procedure, ProcedureStep, Record
from airflow_provider_covage.api.errors import CovageError
from airflow_provider_covage.api.exchange import exchange, obtain_token
from airflow_provider_covage.api.files import Upload
from airflow_provider_covage.api.paging import Pages, whole
from airflow_provider_covage.api.quiet import quiet
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.steps import Authorise, Pause, Send, Step
from airflow_provider_covage.api.wire import (
    CHUNK,
    answer_of,
    filling,
    goes_to_sink,
    headers_of,
    transport_error,
)

S = TypeVar("S")
T = TypeVar("T")


class Transport:
    """Carries out calls one after the other, over one pooled `requests` session; threads may share it.

    Args:
        settings: How to reach the API.
        auth: How to authenticate.
    """

    def __init__(self, settings: Settings, auth: Auth) -> None:
        self.settings = settings
        self._terms = settings.terms(auth)
        self._token_lock = threading.Lock()
        self._session = _session(settings)
        self._is_checked = False

    def perform(self, call: Call[T]) -> T:
        """Carry out a call.

        Args:
            call: The call.

        Returns:
            Its result.

        Raises:
            CovageError: Whatever `errors` knows.
        """
        return drive(exchange(call, self._terms), self._carry_out)

    def iterate(self, listing: Listing) -> Iterator[Record]:
        """Go through all pages of a list; pages are asked for when their first record is.

        Args:
            listing: The list.

        Yields:
            One record after the other.

        Raises:
            UnreadableAnswerError: After the last one: there are fewer than the API counts.
        """
        pages = Pages(listing, self.settings.base_url, whole)
        while (request := pages.next_request) is not None:
            yield from self.perform(Call(request, pages.take))
        pages.ensure_whole()

    def follow(self, procedure: Procedure[T]) -> T:
        """Carry out a procedure.

        Args:
            procedure: The procedure, not yet begun.

        Returns:
            Its result.
        """
        return drive(procedure, self._step)

    def close(self) -> None:
        """Close the session's connections."""
        self._session.close()

    def _step(self, step: ProcedureStep) -> Any:
        if isinstance(step, Call):
            return self.perform(step)
        if isinstance(step, Collect):
            return list(self.iterate(step.listing))
        return next((record for record in self.iterate(step.listing) if step.fits(record)), None)

    def _carry_out(self, step: Step) -> Answer | str | None:
        match step:
            case Send():
                return self._send(step)
            case Pause(seconds):
                time.sleep(seconds)
                return None
            case Authorise():
                with self._token_lock:
                    return drive(obtain_token(self._terms), self._carry_out)

    def _send(self, send: Send) -> Answer:
        try:
            with (
                quiet(send.request),
                _body(send.request) as (body, headers),
                self._request(send, body, headers) as response,
            ):
                answer = answer_of(send, response.status_code, response.headers)
                return self._read(send, answer, response)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise transport_error(send.request, error) from None

    def _request(self, send: Send, body: Any, headers: dict[str, str]) -> requests.Response:
        request = send.request
        url = self.settings.url(request)
        proxy = self.settings.proxy_for(url)
        prepared = self._session.prepare_request(
            requests.Request(
                request.method,
                url,
                params=request.query,
                json=request.json,
                data=body,
                headers=headers_of(send) | headers,
            )
        )
        return self._session.send(
            prepared,
            allow_redirects=False,
            stream=True,
            timeout=self.settings.timeout,
            verify=self._trusted(url),
            proxies={"http": proxy, "https": proxy} if proxy else {},
        )

    def _trusted(self, url: str) -> bool | str:
        if not self._is_checked and url.startswith("https:"):
            self.settings.trust()
            self._is_checked = True
        return self.settings.ca_bundle or self.settings.verify

    def _read(self, send: Send, answer: Answer, response: requests.Response) -> Answer:
        if not goes_to_sink(send, answer):
            return dataclasses.replace(answer, body=self._whole(response))
        assert send.sink is not None
        with filling(send.sink, answer) as sink:
            for chunk in response.iter_content(CHUNK):
                sink.write(chunk)
            return dataclasses.replace(answer, stored=sink.commit())

    def _whole(self, response: requests.Response) -> bytes:
        # The library's time-out is one per piece: a server that drips would hold the task for ever.
        until = time.monotonic() + self.settings.timeout
        pieces = []
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            pieces.append(chunk)
            if time.monotonic() > until:
                raise requests.ReadTimeout
        return b"".join(pieces)


def drive(steps: Generator[S, Any, T], carry_out: Callable[[S], Any]) -> T:
    """Run a generator of steps to its end.

    Args:
        steps: Yields steps, is sent their results or thrown their errors.
        carry_out: Carries out one step.

    Returns:
        What the generator returns.
    """
    try:
        step = next(steps)
        while True:
            try:
                result = carry_out(step)
            except CovageError as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        # Even when told not to follow, it would make the next request of a Location, whatever that holds.
        return None


class _SecureConnection(HTTPSConnection):
    """Tells what fails before there is a connection: nothing of the request has been sent then."""

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, urllib3.exceptions.SSLError) as error:
            raise urllib3.exceptions.NewConnectionError(self, type(error).__name__) from error


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS = {"http": HTTPConnectionPool, "https": _SecurePool}


def _session(settings: Settings) -> requests.Session:
    session = _Session()
    # Proxies and bundles of the environment are in the settings; ~/.netrc must not replace the token.
    session.trust_env = False
    size = settings.max_connections
    adapter = _Adapter(pool_connections=size, pool_maxsize=size, max_retries=0, pool_block=True)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Part:
    """The rest of a file from where it stands, read in pieces: what the encoder needs of a file."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        start = content.tell()
        self.len = content.seek(0, os.SEEK_END) - start
        content.seek(start)

    def read(self, size: int = -1) -> bytes:
        piece = self._content.read(min(size, CHUNK) if size >= 0 else CHUNK)
        self.len -= len(piece)
        return piece


@contextlib.contextmanager
def _body(request: Request) -> Iterator[tuple[Any, dict[str, str]]]:
    if request.parts is None:
        yield request.form, {}
        return
    with contextlib.ExitStack() as opened:
        body = MultipartEncoder([(name, _encodable(content, opened)) for name, content in request.parts])
        yield body, {"Content-Type": body.content_type}


def _encodable(content: str | Upload, opened: contextlib.ExitStack) -> Any:
    if isinstance(content, str):
        return content
    return content.name, _Part(opened.enter_context(content.open())), content.content_type
