"""Reading what a warehouse misses: what is new, and what in it can have changed."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.bulk import Page
from airflow_provider_covage.api.calls import Call
from airflow_provider_covage.api.errors import NotFoundError
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.tables import Table
from airflow_provider_covage.transfers.plan import MARGIN, Plan, Window, widened
from airflow_provider_covage.transfers.reading import Outcome, Reader
from airflow_provider_covage.transfers.spool import Spool

_NAMES = msgspec.json.Decoder(dict[str, msgspec.Raw])


class WindowIgnoredError(Exception):
    """The list holds records from outside the window asked for: the API knows no such filter (C43)."""


class Update:
    """One run's reading.

    Args:
        transport: Carries out the requests.
        calls: The API over a `Recorder`.
        table: The list.
        filters: Filters of the user's own.
        folder: An empty folder on the worker's disk.
        log: Where it is told.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        calls: Any,
        table: Table,
        filters: Mapping[str, Any],
        *,
        folder: Path,
        log: Any,
    ) -> None:
        self._transport = transport
        self._calls = calls
        self._table = table
        self._filters = filters
        self._log = log
        (folder / "single").mkdir()
        self.spool = Spool(folder, table)
        self.single = Spool(folder / "single", table)
        self.single_names: tuple[str, ...] = ()
        self._reader = Reader(transport, self.spool, name=table.resource, log=log)

    def close(self) -> None:
        """Remove what was read."""
        self.spool.close()
        self.single.close()

    async def everything(self) -> Outcome:
        """Read the whole list.

        Returns:
            What came.
        """
        return await self._reader.read(self._table.listing(self._calls, self._filters))

    async def changes(self, window: Window, chosen: Plan, keys: Sequence[str]) -> Outcome | None:
        """Read what was created in a window, and again what was created before and is open.

        Args:
            window: The window.
            chosen: How to read again.
            keys: The records to read one by one.

        Returns:
            None; or what came, where the whole list had to be read after all.
        """
        if chosen.requests:
            self._log.info(
                "%s: reading again what is open from before: %d window(s), %d records one by one, "
                "about %d requests",
                self._table.resource,
                len(chosen.windows),
                len(keys),
                chosen.requests,
            )
        try:
            for one in (window, *chosen.windows):
                await self._window(one)
        except WindowIgnoredError:
            self._log.warning(
                "%s: the API does not heed %s; reading all",
                self._table.resource,
                self._table.created_after,
            )
            return await self.everything()
        await self._one_by_one(keys)
        return None

    async def _window(self, window: Window) -> None:
        after, before = widened(window)
        bounds = {self._table.created_after: after, self._table.created_before: before}
        listing = self._table.listing(self._calls, {**self._filters, **bounds})
        position = next(n for n, one in enumerate(self._table.columns) if one.name == self._table.created)

        def check(page: Page) -> None:
            for moment in _moments(getattr(row, f"f{position}") for row in page.rows[:1]):
                if (after and moment < after - MARGIN) or (before and moment > before + MARGIN):
                    raise WindowIgnoredError

        await self._reader.read(listing, check)

    async def _one_by_one(self, keys: Sequence[str]) -> None:
        waiting = iter(keys)
        names: set[str] | None = None

        async def work() -> None:
            nonlocal names
            for key in waiting:
                answer = await self._detail(key)
                if answer is not None:
                    shown = set(_NAMES.decode(answer.body))
                    names = shown if names is None else names & shown
                    body = b"[" + answer.body + b"]"
                    self.single.take(self.single.read(dataclasses.replace(answer, body=body)))

        workers = min(self._transport.settings.max_connections, len(keys))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(work())
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        # A detail need not show all that the list shows; what it does not show stays as it is.
        self.single_names = tuple(one.name for one in self._table.columns if one.name in (names or ()))

    async def _detail(self, key: str) -> Answer | None:
        call = self._table.detail(self._calls, key)

        def read(answer: Answer) -> Answer:
            call.read(answer)
            return answer

        try:
            return await self._transport.perform(Call(call.request, read))
        except NotFoundError:
            self._log.info("%s %s is not there any more; a full pass will mark it", self._table.resource, key)
            return None


def _moments(values: Iterator[Any]) -> Iterator[datetime]:
    for value in values:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            continue
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)
