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
        self._around = table.envelope
        self._any_envelope = self._enveloped(dict[str, msgspec.Raw])
        self._learned: list[str] = []
        self._build()

    def __call__(self, answer: Answer) -> Page:
        """Decode an answer.

        Args:
            answer: The answer to the request for a page.

        Returns:
            The page.

        Raises:
            UnreadableAnswerError: It is neither an array of records nor an envelope with one.
        """
        if answers.is_nothing(answer):
            return Page(())
        body = _on_one_line(answer.body)
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
        self._envelope = self._enveloped(self.row)
        self._array = msgspec.json.Decoder(list[self.row])  # type: ignore[name-defined]
        self._key = f"f{self.fields.index(self._table.key)}"

    def _enveloped(self, row: Any) -> msgspec.json.Decoder[Any]:
        """Make the decoder of a page of rows of a type."""
        records: Any = list[row]
        beside = [(name, Any, None) for name in self._around.beside]
        return msgspec.json.Decoder(msgspec.defstruct("Envelope", [(self._around.records, records), *beside]))

    def _within(self, content: Any) -> Any:
        """Take the records out of an envelope."""
        return getattr(content, self._around.records)

    def _decode(self, body: bytes) -> Page:
        if any(map(_is_odd, self._learned)):
            return self._slowly(body)
        if body.lstrip()[:1] == b"[":
            return self._page(self._array.decode(body))
        content = self._envelope.decode(body)
        return self._page(self._within(content), content)

    def _slowly(self, body: bytes) -> Page:
        """Build rows one by one: a name with a quotation mark in it cannot be told to the decoder."""
        content = None if body.lstrip()[:1] == b"[" else self._any_envelope.decode(body)
        records = _ANY_ARRAY.decode(body) if content is None else self._within(content)
        unknown = {name for record in records for name in record}.difference(self.fields)
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
            for record in records
        ]
        return self._page(rows, content)

    def _page(self, rows: Sequence[Any], content: Any = None) -> Page:
        """Make a page of rows and of the envelope that they came in, if they came in one."""
        beside = [getattr(content, name, None) for name in self._around.beside]
        return Page(rows, hash(tuple(map(str, self.keys(rows)))), *self._around.place(*beside))

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
                records = self._within(self._any_envelope.decode(body))
        except msgspec.MsgspecError:
            what = f"neither an array of records nor a page with {self._around.records}"
            raise answers.unreadable(answer, what) from None
        found = {name: None for record in records for name in record if name not in self.fields}
        if found:
            self._learned += found
            self._build()


_ANY_ARRAY = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def _is_odd(name: str) -> bool:
    return '"' in name or "\\" in name or not name.isprintable()


def _on_one_line(body: bytes) -> bytes:
    """Take the line breaks out of JSON that was made for people: nested values are kept as they are."""
    if b"\n" not in body.rstrip():
        return body
    try:
        return msgspec.json.format(body, indent=-1)
    except (msgspec.DecodeError, RecursionError):
        return body


def _mended(answer: Answer) -> bytes:
    """Write anew what Python reads and the strict decoder does not: NaN, halves of surrogate pairs."""
    content = _without_nan(answers.exact_content_of(answer))
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def _without_nan(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _without_nan(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
