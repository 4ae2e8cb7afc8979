"""Reading a whole list fast: many pages at a time as soon as the first one tells how many there are.

What a page holds is decoded by the caller; here it is only asked for, counted and watched. A list can change
while it is read, so records may move from one page to another: `Tally` tells what looked like that.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.calls import Call, Listing
from airflow_provider_covage.api.errors import NotFoundError
from airflow_provider_covage.api.paging import Pages, numbered, whole
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.api.workers import side_by_side


@dataclasses.dataclass(frozen=True)
class Page:
    """One page of a list.

    Args:
        rows: Its records, in whatever form the reader gives them.
        mark: The same for two pages with the same records, and hardly ever for others.
        count: How many records the API says the whole list has; None where it does not say.
        link: What the page says of the one after it: see `Pages.step`.
    """

    rows: Sequence[Any]
    mark: int = 0
    count: int | None = None
    link: Any = None


@dataclasses.dataclass
class Tally:
    """What was seen on a walk through a list.

    Args:
        pages: Pages that came.
        rows: Records on them, those that came twice counted twice.
        count: How many records the API said there are, the last time that it did.
        fewest: The lowest of the counts that it said.
        missing: Pages that were empty, or not there, where records were promised.
        short: Pages before the last one with fewer records than the first one.
        repeated: Pages with the very records of another one.
        has_changed: Whether the count was not the same on all pages.
        is_cut: Whether the walk was ended before the end of the list.
    """

    pages: int = 0
    rows: int = 0
    count: int | None = None
    fewest: int | None = None
    missing: int = 0
    short: int = 0
    repeated: int = 0
    has_changed: bool = False
    is_cut: bool = False

    @property
    def doubts(self) -> str:
        """What looked as if records had moved, in words; empty when nothing did."""
        seen = {"missing": self.missing, "short": self.short, "repeated": self.repeated}
        told = [f"{number} {name} page(s)" for name, number in seen.items() if number]
        return ", ".join([*told, *(["a count that changed"] if self.has_changed else [])])


class Walk:
    """One walk through all pages of a list.

    Args:
        transport: Carries out the requests; its `max_connections` bounds how many at a time.
        listing: The list.
        read: Decodes an answer.
        take: Takes each page, in the order in which they come.
        is_enough: Says after which page the walk may end; pages are then read one after the other.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        listing: Listing,
        *,
        read: Callable[[Answer], Page],
        take: Callable[[Page], None],
        is_enough: Callable[[Page], bool] | None = None,
    ) -> None:
        self.tally = Tally()
        self._transport = transport
        self._first = listing.request
        self._read = read
        self._take = take
        self._is_enough = is_enough
        self._pages = Pages(listing, transport.settings.base_url, whole)
        self._marks: set[int] = set()

    async def run(self) -> Tally:
        """Read the list to its end.

        Returns:
            What was seen.

        Raises:
            CovageError: Whatever `errors` knows; nothing is left running then.
        """
        page = await self._ask(self._first)
        self._step(self._first, page)
        second = self._pages.next_request
        if second is not None and page.count is not None and page.rows and self._is_enough is None:
            start = self._pages.first_number
            by_number = numbered(self._first, second, start + 1)
            if by_number:
                end = start + -(-page.count // len(page.rows))
                await self._by_numbers(by_number, len(page.rows), range(start + 1, end))
        while (request := self._pages.next_request) is not None:
            if self._is_enough is not None and self._is_enough(page):
                self.tally.is_cut = True
                break
            page = await self._ask(request)
            self._step(request, page)
        return self.tally

    async def _by_numbers(self, by_number: Callable[[int], Request], size: int, pages: range) -> None:
        if not pages:
            return
        numbers, last = iter(pages), pages.stop - 1
        # What comes after these says the last of them.
        self._pages.stop()
        workers = min(self._transport.settings.max_connections, len(pages))
        await side_by_side(workers, lambda: self._work(numbers, by_number, size, last))

    async def _work(
        self, numbers: Iterator[int], by_number: Callable[[int], Request], size: int, last: int
    ) -> None:
        for number in numbers:
            request = by_number(number)
            page = await self._ask(request)
            if number == last:
                # There may be one more by now.
                self._step(request, page)
            else:
                self._pages.note(len(page.rows), page.count)
                self._count(page)
                self.tally.missing += not page.rows
                self.tally.short += 0 < len(page.rows) < size
            if self._pages.is_dry:
                collections.deque(numbers, maxlen=0)

    def _step(self, request: Request, page: Page) -> None:
        self._pages.step(request, page.mark, page.link, len(page.rows), page.count)
        self._count(page)
        if not page.rows:
            self.tally.missing += request is not self._first or self._pages.next_request is not None

    def _count(self, page: Page) -> None:
        tally = self.tally
        tally.pages += 1
        tally.rows += len(page.rows)
        if page.count is not None:
            tally.has_changed |= tally.count not in (None, page.count)
            tally.count = page.count
            tally.fewest = page.count if tally.fewest is None else min(page.count, tally.fewest)
        if page.rows:
            tally.repeated += page.mark in self._marks
            self._marks.add(page.mark)
            self._take(page)

    async def _ask(self, request: Request) -> Page:
        try:
            return await self._transport.perform(Call(request, self._read))
        except NotFoundError:
            if request is self._first:
                raise
            # Some services answer so where a list has become shorter than the link to the page.
            return Page(())
