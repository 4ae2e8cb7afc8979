"""From the bytes of a page to rows: only what the documents know becomes a Python object.

Nested values stay the JSON that they were sent as. A field that no document knows is learned when it first
shows up; from then on it is read as quickly as the others.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.bulk import Page
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.tables import Kind, Table

NULL = msgspec.Raw(b"null")


class RowReader:
    """Decodes pages; the rows of a page are of type `row`, one attribute for each of `fields`.

    Args:
        table: What the documents know of the records.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._learned: list[str] = []
        self._build()

    def __call__(self, answer: Answer) -> Page:
        """Decode an answer.

        Args:
            answer: The answer to the request for a page.

        Returns:
            The page.

        Raises:
            UnreadableAnswerError: It is neither an array of records nor an envelope with `results`.
        """
        body = answer.body
        if not body.strip():
            return Page(())
        try:
            return self._decode(body)
        except msgspec.ValidationError:
            self._learn(answer, body)
        except msgspec.DecodeError:
            body = _mended(answer)
            self._learn(answer, body)
        return self._decode(body)

    @property
    def learned(self) -> tuple[str, ...]:
        """Names of the fields that no document knows and that have come."""
        return tuple(self._learned)

    def _build(self) -> None:
        known = [(column.name, column.kind is Kind.JSON) for column in self._table.columns]
        fields = known + [(name, True) for name in self._learned]
        self.fields = tuple(name for name, _ in fields)
        names = [f"f{position}" for position in range(len(fields))]
        self.row = msgspec.defstruct(
            "Row",
            [
                (name, msgspec.Raw, NULL) if is_raw else (name, Any, None)
                for name, (_, is_raw) in zip(names, fields, strict=True)
            ],
            rename={
                name: field for name, field in zip(names, self.fields, strict=True) if not _is_odd(field)
            },
            forbid_unknown_fields=True,
            # Rows hold no references to each other; not looking at them is what makes decoding fast.
            gc=False,
        )
        envelope = msgspec.defstruct(
            "Envelope",
            [("results", list[self.row]), ("count", Any, None), ("next_page", Any, None)],  # type: ignore[name-defined]
        )
        self._envelope = msgspec.json.Decoder(envelope)
        self._array = msgspec.json.Decoder(list[self.row])  # type: ignore[name-defined]
        self._key = f"f{self.fields.index(self._table.key)}"

    def _decode(self, body: bytes) -> Page:
        if any(map(_is_odd, self._learned)):
            return self._slowly(body)
        if body.lstrip()[:1] == b"[":
            return self._page(self._array.decode(body), None, None)
        content: Any = self._envelope.decode(body)
        count = content.count if type(content.count) is int else None
        return self._page(content.results, count, content.next_page)

    def _slowly(self, body: bytes) -> Page:
        """Build rows one by one: a name with a quotation mark in it cannot be told to the decoder."""
        is_array = body.lstrip()[:1] == b"["
        content = _ANY_ENVELOPE.decode(b'{"results":%s}' % body if is_array else body)
        unknown = {name for record in content.results for name in record}.difference(self.fields)
        if unknown:
            raise msgspec.ValidationError(f"unknown fields {sorted(unknown)}")
        scalars = {column.name for column in self._table.columns if column.kind is not Kind.JSON}
        rows = [
            self.row(
                *(
                    msgspec.json.decode(record.get(name, NULL)) if name in scalars else record.get(name, NULL)
                    for name in self.fields
                )
            )
            for record in content.results
        ]
        return self._page(rows, content.count if type(content.count) is int else None, content.next_page)

    def _page(self, rows: Sequence[Any], count: int | None, link: Any) -> Page:
        return Page(rows, hash(tuple(map(str, self.keys(rows)))), count, link)

    def keys(self, rows: Sequence[Any]) -> list[Any]:
        """Give the keys of rows.

        Args:
            rows: Rows of any page.

        Returns:
            Their keys; None for a row without.
        """
        return [getattr(row, self._key) for row in rows]

    def _learn(self, answer: Answer, body: bytes) -> None:
        try:
            if body.lstrip()[:1] == b"[":
                records = _ANY_ARRAY.decode(body)
            else:
                records = _ANY_ENVELOPE.decode(body).results
        except msgspec.MsgspecError:
            raise answers.unreadable(answer, "neither an array of records nor a page with results") from None
        found = {name: None for record in records for name in record if name not in self.fields}
        if found:
            self._learned += found
            self._build()


class _AnyEnvelope(msgspec.Struct):
    results: list[dict[str, msgspec.Raw]]
    count: Any = None
    next_page: Any = None


_ANY_ENVELOPE = msgspec.json.Decoder(_AnyEnvelope)
_ANY_ARRAY = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def _is_odd(name: str) -> bool:
    return '"' in name or "\\" in name or not name.isprintable()


def _mended(answer: Answer) -> bytes:
    """Write anew what Python reads and the strict decoder does not: NaN, halves of surrogate pairs."""
    content = _without_nan(answers.content_of(answer))
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def _without_nan(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _without_nan(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
