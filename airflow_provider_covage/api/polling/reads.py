"""Reading for many at once: what several procedures ask for in the same round is asked once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from airflow_provider_covage.api.async_transport import AsyncTransport, drive
from airflow_provider_covage.api.calls import Call, Collect, Listing, Procedure, ProcedureStep, Record
from airflow_provider_covage.api.request import Request

T = TypeVar("T")


class Reads:
    """The reads of one round; made for it and thrown away with it.

    The first step of a procedure asks for the record itself, and nobody else does. What comes after it (the
    session of an order line, the list in which a reference is looked up) is kept for the others.

    Args:
        transport: Carries them out.
    """

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport
        self._calls: dict[str, asyncio.Future[Any]] = {}
        self._lists: dict[str, _SharedList] = {}

    async def follow(self, procedure: Procedure[T]) -> T:
        """Carry out a procedure that only reads.

        Args:
            procedure: The procedure, not yet begun.

        Returns:
            Its result.
        """
        own = True

        async def carry_out(step: ProcedureStep) -> Any:
            nonlocal own
            if isinstance(step, Call):
                is_own, own = own, False
                return await (self._transport.perform(step) if is_own else self._shared(step))
            own = False
            records = self._list(step.listing)
            if isinstance(step, Collect):
                return [record async for record in records]
            return await _first(records, step.fits)

        return await drive(procedure, carry_out)

    async def close(self) -> None:
        """End the reads that nobody waits for any more."""
        for call in self._calls.values():
            call.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)

    async def _shared(self, call: Call[T]) -> T:
        key = _identity(call.request)
        if key not in self._calls:
            self._calls[key] = asyncio.ensure_future(self._transport.perform(call))
        return await asyncio.shield(self._calls[key])

    def _list(self, listing: Listing) -> AsyncIterator[Record]:
        key = _identity(listing.request)
        if key not in self._lists:
            self._lists[key] = _SharedList(self._transport.iterate(listing))
        return self._lists[key].records()


class _SharedList:
    """Pages that several walk through, each asked for when the first of them gets there."""

    def __init__(self, source: AsyncIterator[Record]) -> None:
        self._source = source
        self._seen: list[Record] = []
        self._end: BaseException | None = None
        self._lock = asyncio.Lock()

    async def records(self) -> AsyncIterator[Record]:
        position = 0
        while True:
            if position == len(self._seen):
                async with self._lock:
                    if position == len(self._seen):
                        await self._go_on()
            if position == len(self._seen):
                return
            yield self._seen[position]
            position += 1

    async def _go_on(self) -> None:
        if self._end is None:
            try:
                self._seen.append(await anext(self._source))
            except StopAsyncIteration as error:
                self._end = error
            except Exception as error:
                self._end = error
        if self._end is not None and not isinstance(self._end, StopAsyncIteration):
            raise self._end


async def _first(records: AsyncIterator[Record], fits: Callable[[Record], bool]) -> Record | None:
    async for record in records:
        if fits(record):
            return record
    return None


def _identity(request: Request) -> str:
    return f"{request.method} {request.path} {request.query}"
