"""Checking a file of sites against the template that the API serves, before it is uploaded."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from airflow_provider_covage.api.errors import InputError

_SEPARATORS = (";", ",", "\t", "|")
_MOST_SLIPS = 20


def check_sites(content: bytes, template: bytes, *, name: str) -> None:
    """Compare a file of sites with the template.

    Args:
        content: The file.
        template: The template, as `fon.template_download` returns it.
        name: What the file is called, for the message.

    Raises:
        InputError: Its encoding, byte order mark, separator, header or rows are not the template's; slips in
            rows are named by line, all at once.
    """
    text, pattern = _decoded(content, template, name), _text_of(template)
    if not pattern.strip():
        raise InputError(f"the template that the API serves is empty, so {name} cannot be compared with it")
    separator = _separator(pattern)
    header = _rows(pattern, separator, "the template")[0][1]
    rows = _rows(text, separator, name)
    if not rows:
        raise InputError(f"{name} is empty; nothing was sent")
    _check_header(rows[0][1], header, text, separator, name)
    slips = [slip for line, row in rows[1:] if (slip := _slip(line, row, header))]
    if len(rows) == 1:
        slips = ["there is no site below the header"]
    if slips:
        more = f" (and {len(slips) - _MOST_SLIPS} more)" if len(slips) > _MOST_SLIPS else ""
        raise InputError(f"{name}: {'; '.join(slips[:_MOST_SLIPS])}{more}; nothing was sent")


def _decoded(content: bytes, template: bytes, name: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{name} is UTF-16: save it as UTF-8; nothing was sent")
    if content.startswith(codecs.BOM_UTF8) and not template.startswith(codecs.BOM_UTF8):
        raise InputError(f"{name} begins with a byte order mark: save it as UTF-8 without; nothing was sent")
    if not _is_utf8(template):
        return content.decode("cp1252", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name} is not UTF-8, see line {line}: save it as UTF-8; nothing was sent"
        ) from None


def _text_of(template: bytes) -> str:
    return template.decode("utf-8-sig") if _is_utf8(template) else template.decode("cp1252", "replace")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> str:
    header = text.partition("\n")[0]
    return max(_SEPARATORS, key=header.count)


def _rows(text: str, separator: str, name: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, line = [], 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        slip = f"{error} (is a quotation mark left open?)"
        raise InputError(f"{name}, line {line}: {slip}; nothing was sent") from None
    return rows


def _check_header(found: Sequence[str], wanted: Sequence[str], text: str, separator: str, name: str) -> None:
    if [column.strip() for column in found] == [column.strip() for column in wanted]:
        return
    other = _separator(text)
    if other != separator and len(found) == 1 < len(wanted):
        raise InputError(f"{name} is separated by {other!r}, the template by {separator!r}; nothing was sent")
    missing = [column for column in wanted if column not in found]
    extra = [column for column in found if column not in wanted]
    details = [
        *([f"missing: {', '.join(missing)}"] if missing else []),
        *([f"not in the template: {', '.join(map(repr, extra))}"] if extra else []),
    ]
    told = "; ".join(details) or f"another order, wanted is {separator.join(wanted)}"
    raise InputError(f"{name}, line 1: the header is not the template's, {told}; nothing was sent")


def _slip(line: int, row: Sequence[str], header: Sequence[str]) -> str | None:
    if not any(value.strip() for value in row):
        return f"line {line} is empty"
    if len(row) != len(header):
        return f"line {line} has {len(row)} columns in place of {len(header)}"
    return None
