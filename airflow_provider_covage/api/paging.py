"""Going through the pages of a list, whatever form the way to the next one has (C41, C42, P13)."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import Listing, Record
from airflow_provider_covage.api.errors import ApiError, Exchange, UnreadableAnswerError
from airflow_provider_covage.api.links import follow
from airflow_provider_covage.api.request import Answer, Request

log = logging.getLogger(__name__)

R = TypeVar("R")

Decode = Callable[[Answer, str], tuple[dict[str, Any], list[R]]]
"""Reads a page, given the name of its array of records: what is said of all pages, and the records."""


class ForeignPageError(ApiError):
    """The next page is said to be on another host: it is not asked, so no credentials go there."""

    what = "names a next page on another host"


PAGE_FIELDS = ("count", "next_page", "pagination")
"""What a page may say of the whole list, besides its records."""

MOST_EMPTY = 5
"""So many pages in a row without records end a walk, whatever the last of them says of a further one."""


def whole(answer: Answer, within: str) -> tuple[dict[str, Any], list[Record]]:
    """Read all of a page.

    Args:
        answer: The answer.
        within: Name of its array of records, where it is an object.

    Returns:
        What it says of all pages, and its records.

    Raises:
        UnreadableAnswerError: It is neither an array of records nor an object that holds one.
    """
    if answers.is_nothing(answer):
        return {}, []
    content = answers.content_of(answer)
    envelope = content if isinstance(content, dict) else {within: content}
    records = envelope.get(within)
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        raise answers.unreadable(answer, f"neither an array of records nor a page with {within}")
    return envelope, records


class Pages(Generic[R]):
    """The state of one walk through a list: `next_request`, then `take` its answer, until None.

    Args:
        listing: The list.
        base_url: Base URL of the API; a full URL of a next page has to be on its host.
        decode: Reads a page.
    """

    def __init__(self, listing: Listing, base_url: str, decode: Decode[R]) -> None:
        self._decode = decode
        self._first = listing.request
        self._within = listing.within
        self._base_url = base_url
        self._next: Request | None = listing.request
        self._asked: set[tuple[str, str]] = set()
        self._last: object = None
        self.count: int | None = None
        """How many records the API says there are on all pages; None while it has not."""
        self.first_number = 1
        """Number of the first page, where pages have numbers."""
        self._seen = 0
        self._empty = 0
        self._fewest: int | None = None

    @property
    def next_request(self) -> Request | None:
        """The request for the next page, None when the list is at its end."""
        return self._next

    @property
    def is_dry(self) -> bool:
        """Whether so many pages without records have come in a row that the walk is over."""
        return self._empty >= MOST_EMPTY

    def stop(self) -> None:
        """End the walk here, unless another `step` is made."""
        self._next = None

    def ensure_whole(self) -> None:
        """Refuse a list that has ended before all came that the API says there is.

        A record that comes or goes meanwhile is no reason: of the numbers that pages say the lowest counts.

        Raises:
            UnreadableAnswerError: Fewer records came. Nobody can tell from these that a record is not there.
        """
        if self._fewest is None or self._seen >= self._fewest or "page" in self._first.params:
            return
        what = f"got {self._seen} record(s) on all pages of a list that is said to have {self._fewest}"
        raise UnreadableAnswerError(answers.exchange_without_answer(self._first), what=what)

    def take(self, answer: Answer) -> list[R]:
        """Read a page and find out what comes after it.

        Args:
            answer: The answer to `next_request`.

        Returns:
            The records of the page.

        Raises:
            UnreadableAnswerError: The answer is neither an array nor an object that holds one.
            ForeignPageError: The next page is on another host.
        """
        envelope, records = self._decode(answer, self._within)
        pagination = envelope.get("pagination")
        link = pagination if isinstance(pagination, dict) else envelope.get("next_page")
        count = envelope.get("count")
        count = link.get("totalItems", count) if isinstance(link, dict) else count
        return records if self.step(answer.request, records, link, len(records), count) else []

    def note(self, new: int, count: Any) -> None:
        """Count what a page holds that is no step of the walk.

        Args:
            new: How many records it holds.
            count: How many it says there are on all pages; anything but a number where it does not say.
        """
        self._heed(count)
        self._seen += new
        self._empty = 0 if new else self._empty + 1

    def step(self, request: Request, content: object, link: Any, new: int, count: Any) -> bool:
        """Go on by one page that was read elsewhere.

        Args:
            request: The request for the page.
            content: Its records, or whatever is equal for two pages with the same records.
            link: What the page says of the one after it: its number or address, or where this one stands
                among how many (P13).
            new: How many records it holds.
            count: How many it says there are on all pages; anything but a number where it does not say.

        Returns:
            False for a page that has just come already.

        Raises:
            ForeignPageError: The next page is on another host.
            UnreadableAnswerError: The first page does not say its number.
        """
        self._heed(count)
        self._asked.add(_identity(request))
        self._next = self._following(request, link, new) if new or self._goes_on(request, link) else None
        if new and content == self._last:
            log.warning("%s: a page came twice, stopping there", request.path)
            self._next = None
            return False
        self._last = content if new else self._last
        self.note(new, count)
        return True

    def _heed(self, count: Any) -> None:
        if type(count) is int:
            self.count = count
            self._fewest = count if self._fewest is None else min(count, self._fewest)

    def _goes_on(self, request: Request, link: Any) -> bool:
        """Whether a page without records is not the end (C41, P13): more are counted, or nobody counts."""
        if self._empty + 1 >= MOST_EMPTY:
            log.warning("%s: %d pages in a row hold no record, stopping there", request.path, MOST_EMPTY)
            return False
        if self.count is not None:
            return self._seen < self.count
        return not isinstance(link, Mapping) or isinstance(link.get("pageCount"), int)

    def _following(self, asked: Request, link: Any, new: int) -> Request | None:
        if isinstance(link, Mapping):
            link = self._next_number(asked, link, new)
        if link in (None, "", False):
            return None
        request = self._by_number(str(link)) if str(link).isdigit() else self._by_url(asked, str(link))
        if _identity(request) in self._asked:
            log.warning("%s: next_page %s leads back, stopping there", asked.path, link)
            return None
        return request

    def _next_number(self, asked: Request, pagination: Mapping[str, Any], new: int) -> int | None:
        """The number of the next page; whether the first one is 0 or 1 the first answer says (P13)."""
        page, count, total = (pagination.get(name) for name in ("page", "pageCount", "totalItems"))
        if self._seen + new == total or count in (0, 1):
            return None
        if "page" not in asked.params:
            if not isinstance(page, int):
                exchange = answers.exchange_without_answer(asked)
                raise UnreadableAnswerError(exchange, what="got a first page that does not say its number")
            self.first_number = page
        number = int(asked.params.get("page", page)) + 1
        size = pagination.get("itemsPerPage")
        # A walk that begins at a page of the caller's own learns nothing of the first one.
        if "page" in self._first.params and isinstance(size, int) and new < size:
            return None
        return None if isinstance(count, int) and number - self.first_number >= count else number

    def _by_number(self, number: str) -> Request:
        return dataclasses.replace(self._first, params={**self._first.params, "page": number})

    def _by_url(self, asked: Request, link: str) -> Request:
        request = follow(link, start=self._first, base_url=self._base_url)
        if request is None:
            raise ForeignPageError(Exchange("GET", asked.path, messages=(("next_page", link[:200]),)))
        return request


def numbered(first: Request, second: Request, number: int = 2) -> Callable[[int], Request] | None:
    """Find out how to ask for a page by its number, whatever form the links have.

    Args:
        first: The request for the first page.
        second: The one that the first page's link gives.
        number: The number of the second page.

    Returns:
        Gives the request for a page; None where the link does not count pages.
    """
    told = {name for name, value in second.params.items() if _texts(value) == [str(number)]}
    told -= {name for name in told if _texts(first.params.get(name)) == [str(number)]}
    names = [name for name in told if name == "page"] or list(told)
    if len(names) != 1 or second.path != first.path:
        return None
    return lambda number: dataclasses.replace(second, params={**second.params, names[0]: str(number)})


def _texts(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list | tuple) else [value])]


def _identity(request: Request) -> tuple[str, str]:
    return request.path, repr(sorted(request.query))
