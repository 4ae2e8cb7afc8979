"""Going through the pages of a list, whatever form the link to the next one has (C41, C42)."""

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
        self._base_url = base_url
        self._next: Request | None = listing.request
        self._asked: set[tuple[str, str]] = set()
        self._last: list[Record] | None = None
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
            UnreadableAnswerError: The answer is neither an array nor an envelope with `results`.
            ForeignPageError: The next page is on another host.
        """
        content = answers.content_of(answer)
        envelope = content if isinstance(content, dict) else {"results": content or []}
        records = envelope.get("results")
        if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
            raise answers.unreadable(answer, "neither an array of records nor a page with results")
        self.count = count if isinstance(count := envelope.get("count"), int) else self.count
        self._asked.add(_identity(answer.request))
        self._next = self._following(answer, envelope.get("next_page")) if records else None
        if records and records == self._last:
            log.warning("%s: a page came twice, stopping there", answer.request.path)
            self._next = None
            return []
        self._last = records
        return records

    def _following(self, answer: Answer, link: Any) -> Request | None:
        if link in (None, "", False):
            return None
        request = self._by_number(str(link)) if str(link).isdigit() else self._by_url(answer, str(link))
        if _identity(request) in self._asked:
            log.warning("%s: next_page %s leads back, stopping there", answer.request.path, link)
            return None
        return request

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
