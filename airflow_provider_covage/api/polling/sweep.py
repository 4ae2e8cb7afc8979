"""Looking at many records through their list: what that costs, and which of them have moved.

A sweep never says that a wait is over. It tells those that have not moved from those that have to be looked
at by their identifier, where the documents' doubts about lists and states are dealt with.
"""

from __future__ import annotations

import bisect
import dataclasses
import logging
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Protocol, TypeVar

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.paging import Pages
from airflow_provider_covage.api.polling.brief import Briefs, Shown
from airflow_provider_covage.api.polling.walk import PAGE_SIZE, Walker
from airflow_provider_covage.api.watching import Listed

log = logging.getLogger(__name__)

_FEWEST = 3
"""From this many records on it is worth one request to learn how long a list is."""

_FORGET_AFTER = 3600.0
"""Seconds after which the length of a list is learned anew."""

_ROUNDING = 1.0
"""Seconds, so that a window of just so many pages is not taken for one of a page more."""

_MARGIN = 60.0
"""Seconds that a window begins before the creation of its oldest record."""


class Sought(Protocol):
    """What a sweep needs to know of one that is looked for."""

    created: float
    """When its record was created, in seconds since the epoch; a little earlier does no harm."""

    @property
    def keys(self) -> Sequence[str | None]:
        """Under which name each list of its kind shows it."""


S = TypeVar("S", bound=Sought)


@dataclasses.dataclass
class Sweep:
    """One list, and what has been learned about it.

    Args:
        listed: The list.
        position: Its place among the lists of its kind, which is that of its name in `keys`.
        lists: How many lists of its kind there are; it takes all of them to tell who has not moved.
    """

    listed: Listed
    position: int
    lists: int = 1
    _page: int = dataclasses.field(default=PAGE_SIZE, init=False)
    _rate: float | None = dataclasses.field(default=None, init=False)
    _learned: float = dataclasses.field(default=0.0, init=False)
    _briefs: Briefs = dataclasses.field(init=False)
    _walker: Walker[Shown] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self._briefs = Briefs(self.listed)
        self._walker = Walker(self.listed, self._briefs)

    def choose(self, waits: Iterable[S], now: float) -> list[S]:
        """Choose those that the list shows at less cost than asking for each.

        Args:
            waits: Those that are due.
            now: Seconds since the epoch.

        Returns:
            Those to look for in the list, the latest created first; none when it does not pay.
        """
        position = self.position
        known = [one for one in waits if one.keys[position] is not None]
        known.sort(key=attrgetter("created"), reverse=True)
        if now - self._learned > _FORGET_AFTER:
            self._rate = None
        if self._rate is None:
            return known if len({tuple(one.keys) for one in known}) >= _FEWEST else []
        best, gain = 0, 0
        ages = [now - one.created for one in known]
        for pages in range(1, len(known)):
            number = bisect.bisect_right(ages, now - self._begin(pages, now))
            if number - pages * self.lists > gain:
                best, gain = number, number - pages * self.lists
            if number == len(known):
                break
        return known[:best]

    async def find(
        self,
        transport: AsyncTransport,
        wanted: Collection[Sought],
        now: float,
        beside: Collection[Sought] = (),
    ) -> Mapping[str, Shown]:
        """Go through the list as long as that costs less than asking for those that are still missing.

        Args:
            transport: Carries out the requests.
            wanted: Those to look for.
            now: Seconds since the epoch.
            beside: Others, shown as well where that costs no page more.

        Returns:
            What the pages have shown, by the names of the records.
        """
        position = self.position
        missing = {one.keys[position] for one in wanted}
        since = self._since(wanted, now, beside) - _MARGIN
        found: dict[str, Shown] = {}
        walk = await self._walker.begin(transport, since)
        seen = 0
        for number in range(1, len(wanted) + 1):
            records = walk.records
            seen += len(records)
            shown = {name: one for one in records for name in one.names}
            missing -= shown.keys()
            found |= shown
            self._learn(walk.pages, len(records), seen, self._span(since, now), now)
            left = math.ceil(max(0, (walk.pages.count or 0) - seen) / self._page)
            is_over = walk.pages.next_request is None or not missing
            if is_over or left * self.lists >= len(missing) or number * self.lists >= len(wanted):
                break
            walk.records = await transport.next_page(walk.pages)
        if self._briefs.has_news:
            sought = (one.keys[position] for one in (*wanted, *beside))
            self._briefs.remember(found[key] for key in sought if key in found)
        return found

    def _since(self, wanted: Collection[Sought], now: float, beside: Collection[Sought]) -> float:
        # Whoever is left out of the window is asked for alone, again and again.
        oldest = min([one.created for one in wanted])
        pages = max(1, math.ceil((self._rate or 0.0) * self._span(oldest, now) / self._page))
        begin = self._begin(pages, now)
        return min([oldest, *[one.created for one in beside if one.created >= begin]])

    def _begin(self, pages: int, now: float) -> float:
        """Tell since when records may have been created that so many pages show."""
        per_second = (self._rate or 0.0) / self._page
        window = self.listed.window
        if window is None or not per_second:
            # All or nothing: the whole list is asked for, whenever its records were created.
            return -math.inf if per_second <= pages else math.inf
        return now + _MARGIN + window.slack - _ROUNDING - pages / per_second

    def _learn(self, pages: Pages[Shown], on_page: int, seen: int, span: float, now: float) -> None:
        if pages.next_request is not None:
            self._page = max(1, on_page)
        count = pages.count if pages.count is not None else seen
        self._rate, self._learned = count / span, now

    def _span(self, since: float, now: float) -> float:
        window = self.listed.window
        return max(1.0, now - since + _MARGIN + window.slack) if window else 1.0
