"""What a sweep needs of a page: names, states, and whether a record is still the same; no more is decoded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from airflow_provider_covage.api.answers import is_html
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.paging import whole
from airflow_provider_covage.api.request import Answer


class Shown(NamedTuple):
    """What a list has shown of a record, in short: thousands of records are not kept.

    Args:
        state: Its state, empty where the list shows none.
        mark: Equal marks, nothing new.
        names: Under which names it is known.
    """

    state: str
    mark: int
    names: tuple[str | None, ...]


class Briefs:
    """Reads pages.

    Args:
        names: Fields by which a record is known.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._fields = ("state", *names)
        self._record = msgspec.json.Decoder(
            msgspec.defstruct("Brief", [(field, str | None, None) for field in self._fields])
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
        except (KeyError, ValueError, RecursionError):
            # Another form of page; or what only Python's own decoder reads, or can say what is wrong with.
            envelope, records = whole(answer, within)
            return envelope, [_shown(self._texts(one), hash(repr(one))) for one in records]

    def _read(self, answer: Answer, within: str) -> tuple[dict[str, Any], list[Shown]]:
        if is_html(answer):
            raise ValueError
        # As text: nobody else would notice that something which is skipped is no UTF-8.
        envelope = _ENVELOPE.decode(answer.body.decode())
        records = _ARRAY.decode(envelope.pop(within))
        shown = [_shown(astuple(self._record.decode(one)), hash(bytes(one))) for one in records]
        return {name: msgspec.json.decode(value) for name, value in envelope.items()}, shown

    def _texts(self, record: Record) -> tuple[str | None, ...]:
        values = map(record.get, self._fields)
        return tuple(None if value is None else str(value) for value in values)


def _shown(values: tuple[str | None, ...], mark: int) -> Shown:
    return Shown(values[0] or "", mark, values[1:])


_ENVELOPE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
