"""Reading what a warehouse misses: what is new, and what in it can have changed."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.bulk import Page
from airflow_provider_covage.api.calls import Call, Listing
from airflow_provider_covage.api.errors import NotFoundError, TransientError
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.tables import Cut, Table, Window
from airflow_provider_covage.api.workers import side_by_side
from airflow_provider_covage.transfers.descent import Descent, WindowIgnoredError, moments
from airflow_provider_covage.transfers.parts import take_out
from airflow_provider_covage.transfers.plan import Plan, widened
from airflow_provider_covage.transfers.reading import Outcome, Reader
from airflow_provider_covage.transfers.rows import NULL
from airflow_provider_covage.transfers.spool import Spool

_NAMES = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Update:
    """One run's reading.

    Args:
        transport: Carries out the requests.
        calls: The API over a `Recorder`.
        table: The list.
        filters: Filters of the user's own.
        folder: An empty folder on the worker's disk.
        keep_incomplete: Whether to go on where records are missing.
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
        keep_incomplete: bool,
        log: Any,
    ) -> None:
        self._transport = transport
        self._calls = calls
        self._table = table
        self._filters = filters
        self._log = log
        self._keep_incomplete = keep_incomplete
        self.is_complete = True
        """Whether every list, or part of one, has stood still and was there in full."""
        self.spool = Spool(_made(folder / "records"), table)
        self.single = Spool(_made(folder / "single"), table)
        self.single_names: tuple[str, ...] = ()
        self._listed = table.listed
        self._read = Spool(_made(folder / "whole"), self._listed) if table.part_of else self.spool
        self._reader = Reader(transport, self._read, name=self._listed.resource, log=log)
        self._in_short: dict[str, None] = {}

    def close(self) -> None:
        """Remove what was read."""
        for spool in (self.spool, self.single, self._read):
            spool.close()

    async def everything(self) -> Outcome:
        """Read the whole list.

        Returns:
            What came.

        Raises:
            TransientError: Records are missing.
        """
        listing = self._table.listing(self._calls, self._filters)
        outcome = await self._list(listing, self._note_what_is_short)
        await self._fill_in()
        part = self._table.part_of
        if part is None:
            return outcome
        take_out(self._read, self.spool, part.within)
        # The API counts what they stand in.
        return dataclasses.replace(outcome, records=self.spool.distinct(), count=None)

    async def changes(self, window: Window, chosen: Plan, keys: Sequence[str]) -> Outcome | None:
        """Read what was created in a window, and again what was created before and is open.

        Args:
            window: The window.
            chosen: How to read again.
            keys: The records to read one by one.

        Returns:
            None; or what came, where the whole list had to be read after all.

        Raises:
            TransientError: Records are missing.
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
        cut = self._table.cut
        assert cut, "a list that can only be read whole has no windows"
        try:
            for one in (window, *chosen.windows):
                await self._window(one, cut)
        except WindowIgnoredError:
            self._log.warning("%s: the API does not heed %s; reading all", self._table.resource, cut.what)
            return await self.everything()
        await self._fill_in()
        await self._one_by_one(keys)
        return None

    async def _window(self, window: Window, cut: Cut) -> None:
        after, before = widened(window, cut.margin)
        position = self._table.position(cut.by)
        if cut.newest_first and after:
            listing = self._table.listing(self._calls, self._filters, newest_first=True)
            descend = functools.partial(Descent, position, after)
            await self._list(listing, self._note_what_is_short, descend)
            return
        listing = self._table.listing(self._calls, {**self._filters, **cut.bounds((after, before))})

        def check(page: Page) -> None:
            self._note_what_is_short(page)
            for moment in moments(page.rows[:1], position):
                if (after and moment < after - cut.margin) or (before and moment > before + cut.margin):
                    raise WindowIgnoredError

        await self._list(listing, check)

    async def _list(
        self,
        listing: Listing,
        check: Callable[[Page], None],
        descend: Callable[[], Descent] | None = None,
    ) -> Outcome:
        outcome = await self._reader.read(listing, check, descend)
        self.is_complete &= outcome.is_complete
        if outcome.gap and not self._keep_incomplete:
            # What goes on after the newest record that is there would never ask for the missing ones again.
            raise TransientError(
                f"{self._listed.resource}: {outcome.gap}, in two looks; nothing was loaded. "
                "If that stays so: keep_incomplete=True loads what comes"
            )
        return outcome

    async def _one_by_one(self, keys: Sequence[str]) -> None:
        names: set[str] | None = None

        def take(answer: Answer) -> None:
            nonlocal names
            shown = set(_NAMES.decode(answer.body))
            names = shown if names is None else names & shown
            self._take_alone(self.single, answer)

        await self._details(keys, take)
        # A detail need not show all that the list shows; what it does not show stays as it is.
        self.single_names = tuple(one.name for one in self._table.columns if one.name in (names or ()))

    def _note_what_is_short(self, page: Page) -> None:
        """Remember the records of which a list shows less than there is to them (P30)."""
        if self._listed.inner:
            name = f"f{self._listed.position(self._listed.inner)}"
            short = [row for row in page.rows if getattr(row, name) == NULL]
            self._in_short.update(dict.fromkeys(str(key) for key in self._read.read.keys(short)))

    async def _fill_in(self) -> None:
        if self._in_short:
            self._log.info(
                "%s: the list leaves out %s of %d record(s); reading these one by one",
                self._table.resource,
                self._listed.inner,
                len(self._in_short),
            )
        # Of two copies of a record the newer one counts.
        await self._details(tuple(self._in_short), functools.partial(self._take_alone, self._read))

    def _take_alone(self, spool: Spool, answer: Answer) -> None:
        body = b"[" + answer.body + b"]"
        spool.take(spool.read(dataclasses.replace(answer, body=body)))

    async def _details(self, keys: Sequence[str], take: Callable[[Answer], None]) -> None:
        waiting = iter(keys)

        async def work() -> None:
            for key in waiting:
                answer = await self._detail(key)
                if answer is not None:
                    take(answer)

        workers = min(self._transport.settings.max_connections, len(keys))
        await side_by_side(workers, work)

    async def _detail(self, key: str) -> Answer | None:
        call = self._listed.detail(self._calls, key)

        def read(answer: Answer) -> Answer:
            call.read(answer)
            return answer

        try:
            return await self._transport.perform(Call(call.request, read))
        except NotFoundError:
            self._log.info(
                "%s %s is not there any more; a full pass will mark it", self._listed.resource, key
            )
            return None


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
