"""Reading lists of the API into a spool: all of it, once, and with a look at whether that is so."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable
from typing import Any

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.bulk import Page, Tally, Walk
from airflow_provider_covage.api.calls import Listing
from airflow_provider_covage.transfers.descent import Descent
from airflow_provider_covage.transfers.spool import Spool

_SECONDS_BETWEEN_LINES = 10.0


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What reading a list has given.

    Args:
        records: Distinct records that came.
        count: How many the API says there are; None where it does not say.
        pages: Pages read, further looks included.
        is_complete: Whether the last look has seen as many distinct records as the API counts.
        gap: What has not come in two looks though it was there all the time, in words; empty when nothing.
    """

    records: int
    count: int | None
    pages: int
    is_complete: bool
    gap: str = ""


class Reader:
    """Reads lists into a spool, and tells how it goes.

    Args:
        transport: Carries out the requests.
        spool: Takes the records.
        name: What is read, for the log.
        log: Where progress is told.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        spool: Spool,
        *,
        name: str,
        log: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._spool = spool
        self._name = name
        self._log = log or logging.getLogger(__name__)
        self._clock = clock

    async def read(
        self,
        listing: Listing,
        check: Callable[[Page], None] | None = None,
        descend: Callable[[], Descent] | None = None,
    ) -> Outcome:
        """Read a list, and once more when records seem to have moved meanwhile.

        Args:
            listing: The list.
            check: Looks at each page before it is kept; what it raises ends the reading.
            descend: Gives what goes with one walk, where that begins at the newest record and may end early.

        Returns:
            What came.

        Raises:
            CovageError: Whatever `errors` knows.
        """
        start = len(self._spool)
        tally = await self._look(listing, check, descend)
        pages = tally.pages
        trouble = self._trouble(tally, start)
        if trouble:
            self._log.warning("%s: %s; looking once more", self._name, trouble)
            again = len(self._spool)
            tally = await self._look(listing, check, descend)
            pages += tally.pages
            trouble = self._trouble(tally, again)
            if trouble:
                self._log.warning("%s: %s, again", self._name, trouble)
            else:
                # What only the first look has seen was deleted in between.
                self._spool.drop(start, again)
        gap = self._gap(tally, start) if trouble else ""
        return Outcome(self._spool.distinct(start), tally.count, pages, not trouble, gap)

    def _trouble(self, tally: Tally, start: int) -> str:
        seen = self._spool.distinct(start)
        if tally.count is None or tally.is_cut:
            return tally.doubts
        if seen != tally.count:
            return f"the API counts {tally.count} records and {seen} came ({tally.doubts or 'no odd page'})"
        # With as many records as counted an odd page does not matter; but where one went and another one was
        # missed, the number is right as well.
        return tally.doubts if tally.has_changed else ""

    def _gap(self, tally: Tally, start: int) -> str:
        if tally.is_cut:
            # What is counted is the whole list.
            return f"{tally.missing} page(s) among others came without records" if tally.missing else ""
        # Records that come or go meanwhile make no gap: the lowest count is held against both looks.
        seen, fewest = self._spool.distinct(start), tally.fewest or 0
        return f"the API counts {fewest} records, {seen} came" if seen < fewest else ""

    async def _look(
        self,
        listing: Listing,
        check: Callable[[Page], None] | None,
        descend: Callable[[], Descent] | None,
    ) -> Tally:
        progress = _Progress(self._name, self._log, self._clock)
        descent = descend() if descend else None

        def take(page: Page) -> None:
            if check:
                check(page)
            if descent:
                descent.check(page)
            self._spool.take(page)
            progress.tell(walk.tally)

        is_enough = descent.is_enough if descent else None
        walk = Walk(self._transport, listing, read=self._spool.read, take=take, is_enough=is_enough)
        tally = await walk.run()
        progress.end(tally)
        return tally


class _Progress:
    """Tells how far a walk is: now and then, and at its end."""

    def __init__(self, name: str, log: Any, clock: Callable[[], float]) -> None:
        self._name = name
        self._log = log
        self._clock = clock
        self._began = self._told = clock()

    def tell(self, tally: Tally) -> None:
        now = self._clock()
        if now - self._told < _SECONDS_BETWEEN_LINES:
            return
        self._told = now
        rate = tally.rows / (now - self._began)
        left = f", {max(0, tally.count - tally.rows) / rate:.0f} s left" if tally.count else ""
        self._log.info(
            "%s: %d of %s records, %d pages, %.0f records/s%s",
            self._name,
            tally.rows,
            "?" if tally.count is None else tally.count,
            tally.pages,
            rate,
            left,
        )

    def end(self, tally: Tally) -> None:
        seconds = max(self._clock() - self._began, 1e-6)
        self._log.info(
            "%s: read %d records on %d pages in %.1f s (%.0f records/s)",
            self._name,
            tally.rows,
            tally.pages,
            seconds,
            tally.rows / seconds,
        )
