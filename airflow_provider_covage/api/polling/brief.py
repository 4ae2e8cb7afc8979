"""What a sweep needs of a page: names, states, and whether a record is still the same; no more is decoded."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from airflow_provider_covage.api.answers import is_html
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.paging import PAGE_FIELDS, whole
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.watching import Listed


class Shown(NamedTuple):
    """What a list has shown of a record, in short: thousands of records are not kept.

    Args:
        state: Its state, empty where the list shows none.
        mark: Equal marks, nothing new.
        names: Under which names it is known.
    """

    state: str
    mark: int
    names: Sequence[str]


class Briefs:
    """Reads pages.

    Args:
        listed: The list that they are of.
    """

    def __init__(self, listed: Listed) -> None:
        self._listed = listed
        self._known: dict[int, Shown] = {}
        self.has_news = False
        """Whether something was decoded that was not known."""
        self._fields = (*listed.state_fields, *listed.names)
        self._record = msgspec.json.Decoder(
            msgspec.defstruct("Brief", [(field, Any, None) for field in self._fields])
        )

    def __call__(self, answer: Answer, within: str) -> tuple[dict[str, Any], list[Shown]]:
        """Read a page.

        Args:
            answer: The answer.
            within: Name of its array of records, where it is an object.

        Returns:
            What it says of all pages, and its records in short.

        Raises:
            UnreadableAnswerError: It is neither an array of records nor an object that holds one.
        """
        try:
            return self._read(answer, within)
        except (msgspec.MsgspecError, KeyError, ValueError, RecursionError):
            # Another form of page; or what only Python's own decoder reads, or can say what is wrong with.
            envelope, records = whole(answer, within)
            return envelope, [self._shown(one, hash(repr(one))) for one in records]

    def remember(self, shown: Iterable[Shown]) -> None:
        """Keep what is going to be shown again: of a record that is still the same nothing is decoded.

        Args:
            shown: What to keep; all else is forgotten.
        """
        self._known = {one.mark: one for one in shown}
        self.has_news = False

    def _read(self, answer: Answer, within: str) -> tuple[dict[str, Any], list[Shown]]:
        if is_html(answer):
            raise ValueError
        # As text: nobody else would notice that something which is skipped is no UTF-8.
        records, *told = astuple(_page(within).decode(answer.body.decode()))
        known = self._known
        shown = [known.get(mark := hash(bytes(one))) or self._decoded(one, mark) for one in records]
        return dict(zip(PAGE_FIELDS, told, strict=True)), shown

    def _decoded(self, record: msgspec.Raw, mark: int) -> Shown:
        self.has_news = True
        values = astuple(self._record.decode(record))
        return self._shown(dict(zip(self._fields, values, strict=True)), mark)

    def _shown(self, record: Record, mark: int) -> Shown:
        return Shown(str(self._listed.state(record) or ""), mark, self._listed.names_of(record))


@functools.cache
def _page(within: str) -> msgspec.json.Decoder[Any]:
    told = [(field, Any, None) for field in PAGE_FIELDS]
    return msgspec.json.Decoder(
        msgspec.defstruct("Page", [("records", list[msgspec.Raw]), *told], rename={"records": within})
    )
