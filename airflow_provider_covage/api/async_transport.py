"""Carrying out exchanges many at a time, on aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any, TypeVar

import aiohttp
import yarl

from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.calls import Call, Collect, Listing, Procedure, ProcedureStep, Record
from airflow_provider_covage.api.errors import CovageError
from airflow_provider_covage.api.exchange import exchange, obtain_token
from airflow_provider_covage.api.files import Upload
from airflow_provider_covage.api.paging import Pages, R, whole
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


class AsyncTransport:
    """Carries out calls over one pooled `aiohttp` session; bound to the event loop of its first use.

    An upload is held in memory here; triggers and bulk reading have none.

    Args:
        settings: How to reach the API.
        auth: How to authenticate.
    """

    def __init__(self, settings: Settings, auth: Auth) -> None:
        self.settings = settings
        self._terms = settings.terms(auth)
        self._token_lock = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None
        self._context: ssl.SSLContext | bool | None = None
        self._proxies: dict[str, str | None] = {}

    async def perform(self, call: Call[T]) -> T:
        """Carry out a call.

        Args:
            call: The call.

        Returns:
            Its result.

        Raises:
            CovageError: Whatever `errors` knows.
        """
        return await drive(exchange(call, self._terms), self._carry_out)

    async def iterate(self, listing: Listing) -> AsyncIterator[Record]:
        """Go through all pages of a list; pages are asked for when their first record is.

        Args:
            listing: The list.

        Yields:
            One record after the other.

        Raises:
            UnreadableAnswerError: After the last one: there are fewer than the API counts.
        """
        pages = Pages(listing, self.settings.base_url, whole)
        while pages.next_request is not None:
            for record in await self.next_page(pages):
                yield record
        pages.ensure_whole()

    async def next_page(self, pages: Pages[R]) -> list[R]:
        """Ask for one page of a list.

        Args:
            pages: The walk through the list; it is not at its end.

        Returns:
            The records of the page.
        """
        assert pages.next_request is not None
        return await self.perform(Call(pages.next_request, pages.take))

    async def follow(self, procedure: Procedure[T]) -> T:
        """Carry out a procedure.

        Args:
            procedure: The procedure, not yet begun.

        Returns:
            Its result.
        """
        return await drive(procedure, self._step)

    async def close(self) -> None:
        """Close the session's connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _step(self, step: ProcedureStep) -> Any:
        if isinstance(step, Call):
            return await self.perform(step)
        if isinstance(step, Collect):
            return [record async for record in self.iterate(step.listing)]
        async with contextlib.aclosing(self.iterate(step.listing)) as records:  # type: ignore[type-var]
            async for record in records:
                if step.fits(record):
                    return record
        return None

    async def _carry_out(self, step: Step) -> Answer | str | None:
        match step:
            case Send():
                return await self._send(step)
            case Pause(seconds):
                await asyncio.sleep(seconds)
                return None
            case Authorise():
                async with self._token_lock:
                    return await drive(obtain_token(self._terms), self._carry_out)

    async def _send(self, send: Send) -> Answer:
        request = send.request
        url = self.settings.url(request)
        try:
            async with self._opened().request(
                request.method,
                yarl.URL(url, encoded=request.url is not None),
                params=request.query,
                json=request.json,
                data=await _body(request),
                headers=headers_of(send),
                proxy=self._proxy(request, url),
                ssl=await self._trust(),
                allow_redirects=False,
            ) as response:
                answer = answer_of(send, response.status, response.headers)
                return await self._read(send, answer, response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise transport_error(request, error) from None

    async def _read(self, send: Send, answer: Answer, response: aiohttp.ClientResponse) -> Answer:
        if not goes_to_sink(send, answer):
            # A short body has come with its head: a timer would cost more than reading it.
            is_here = response.content.is_eof()
            async with contextlib.nullcontext() if is_here else asyncio.timeout(self.settings.timeout):
                return dataclasses.replace(answer, body=await response.read())
        assert send.sink is not None
        with filling(send.sink, answer) as sink:
            async for chunk in response.content.iter_chunked(CHUNK):
                await asyncio.to_thread(sink.write, chunk)
            return dataclasses.replace(answer, stored=await asyncio.to_thread(sink.commit))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = self.settings.timeout
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.settings.max_connections),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=timeout, sock_read=timeout),
            )
            # By itself it sends a GET or DELETE again when a kept connection breaks; here that is decided in
            # `exchange`, where a DELETE is a write like any other.
            self._session._retry_connection = False
        return self._session

    def _proxy(self, request: Request, url: str) -> str | None:
        # Reading the environment costs more than the request itself, and the host is one of two.
        host = request.url or self.settings.base_url
        if host not in self._proxies:
            self._proxies[host] = self.settings.proxy_for(url)
        return self._proxies[host]

    async def _trust(self) -> ssl.SSLContext | bool:
        if self._context is None:
            # Reading a bundle takes tens of milliseconds: not on the event loop.
            self._context = await asyncio.to_thread(self.settings.trust)
        return self._context


async def drive(steps: Generator[S, Any, T], carry_out: Callable[[S], Awaitable[Any]]) -> T:
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
                result = await carry_out(step)
            except CovageError as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def _content(upload: Upload) -> bytes:
    with upload.open() as content:
        return b"".join(iter(lambda: content.read(CHUNK), b""))


async def _body(request: Request) -> Any:
    if request.parts is None:
        return request.form
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, part in request.parts:
        if isinstance(part, str):
            form.add_field(name, part)
        else:
            content = await asyncio.to_thread(_content, part)
            form.add_field(name, content, filename=part.name, content_type=part.content_type)
    return form
