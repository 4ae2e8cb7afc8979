"""Going through the pages of a list, whatever form the way to the next one has (C41, C42, P13)."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import Listing, Record
from airflow_provider_covage.api.errors import ApiError, Exchange
from airflow_provider_covage.api.links import follow
from airflow_provider_covage.api.request import Answer, Request

log = logging.getLogger(__name__)


class ForeignPageError(ApiError):
    """The next page is said to be on another host: it is not asked, so no credentials go there."""

    what = "names a next page on another host"


class Pages:
    """The state of one walk through a list: `next_request`, then `take` its answer, until None.

    Args:
        listing: The list.
        base_url: Base URL of the API; a full URL of a next page has to be on its host.
    """

    def __init__(self, listing: Listing, base_url: str) -> None:
        self._first = listing.request
        self._within = listing.within
        self._base_url = base_url
        self._next: Request | None = listing.request
        self._asked: set[tuple[str, str]] = set()
        self._last: list[Record] | None = None
        self._first_number: int | None = None
        self._pages = 0
        self._seen = 0
        self.count: int | None = None
        """How many records the API says there are on all pages; None while it has not."""

    @property
    def next_request(self) -> Request | None:
        """The request for the next page, None when the list is at its end."""
        return self._next

    def take(self, answer: Answer) -> list[Record]:
        """Read a page and find out what comes after it.

        Args:
            answer: The answer to `next_request`.

        Returns:
            The records of the page.

        Raises:
            UnreadableAnswerError: The answer is neither an array nor an object that holds one.
            ForeignPageError: The next page is on another host.
        """
        content = answers.content_of(answer)
        envelope = content if isinstance(content, dict) else {self._within: content or []}
        records = envelope.get(self._within)
        if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
            raise answers.unreadable(answer, f"neither an array of records nor a page with {self._within}")
        self.count = count if isinstance(count := envelope.get("count"), int) else self.count
        self._asked.add(_identity(answer.request))
        self._next = self._following(answer, envelope, len(records)) if records else None
        self._pages += 1
        self._seen += len(records)
        if records and records == self._last:
            log.warning("%s: a page came twice, stopping there", answer.request.path)
            self._next = None
            return []
        self._last = records
        return records

    def _following(self, answer: Answer, envelope: dict[str, Any], new: int) -> Request | None:
        if isinstance(envelope.get("pagination"), dict):
            return self._counted(answer, envelope["pagination"], new)
        link = envelope.get("next_page")
        if link in (None, "", False):
            return None
        request = self._by_number(str(link)) if str(link).isdigit() else self._by_url(answer, str(link))
        if _identity(request) in self._asked:
            log.warning("%s: next_page %s leads back, stopping there", answer.request.path, link)
            return None
        return request

    def _counted(self, answer: Answer, pagination: dict[str, Any], new: int) -> Request | None:
        """The next page by its number; whether the first one is 0 or 1 the first answer says (P13)."""
        page, count, total = (pagination.get(name) for name in ("page", "pageCount", "totalItems"))
        if self._seen + new == total or count in (0, 1):
            return None
        if self._first_number is None:
            if not isinstance(page, int):
                raise answers.unreadable(answer, "a first page that does not say its number")
            self._first_number = page
        number = self._first_number + self._pages + 1
        first = self._first_number
        if "page" in self._first.params:
            # A walk that begins at a page of the caller's own learns nothing of the first one.
            first = 1
            if isinstance(size := pagination.get("itemsPerPage"), int) and new < size:
                return None
        return None if isinstance(count, int) and number - first >= count else self._by_number(str(number))

    def _by_number(self, number: str) -> Request:
        return dataclasses.replace(self._first, params={**self._first.params, "page": number})

    def _by_url(self, answer: Answer, link: str) -> Request:
        request = follow(link, start=self._first, base_url=self._base_url)
        if request is None:
            raise ForeignPageError(
                Exchange("GET", answer.request.path, messages=(("next_page", link[:200]),))
            )
        return request


def _identity(request: Request) -> tuple[str, str]:
    return request.path, repr(sorted(request.query))
