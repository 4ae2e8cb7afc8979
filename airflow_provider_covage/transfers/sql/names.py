"""Names in SQL: checked, and always quoted."""

from __future__ import annotations

import re
from typing import Any

from airflow_provider_covage.api.errors import InputError

_NAME = re.compile(r"[^\W\d][\w$]*")
_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps; longer ones would be cut there without a word."""


def is_plain(name: str) -> bool:
    """Say whether a name can be one in any database, once quoted.

    Args:
        name: The name.

    Returns:
        Whether it is letters, digits, `_` and `$`, begins with none of the digits and is not too long.
    """
    return bool(_NAME.fullmatch(name)) and len(name.encode()) <= _LONGEST


def table_parts(table: Any) -> tuple[str, ...]:
    """Take the name of a table apart.

    Args:
        table: `table` or `schema.table`, without quotes.

    Returns:
        The parts.

    Raises:
        InputError: It is no such name.
    """
    parts = tuple(table.split(".")) if isinstance(table, str) else ()
    if not 1 <= len(parts) <= 2 or not all(is_plain(part) for part in parts):
        raise InputError(
            f"table: {table!r} is no name of a table; wanted is table or schema.table, each of letters, "
            f"digits and _, not beginning with a digit, at most {_LONGEST} bytes; nothing was sent"
        )
    return parts
