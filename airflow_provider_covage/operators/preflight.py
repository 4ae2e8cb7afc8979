"""Checking before a confirmation what the confirmation will check, and saying it all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airflow_provider_covage.api.errors import InputError


def refuse_gaps(
    what: str, lines: Sequence[Mapping[str, Any]], gaps_of: Callable[[Mapping[str, Any]], list[str]]
) -> None:
    """Refuse a confirmation that would fail.

    Args:
        what: The basket or the session.
        lines: Its lines.
        gaps_of: Says what one line misses.

    Raises:
        InputError: There is no line, or a line misses something; every gap of every line is named.
    """
    if not lines:
        raise InputError(f"{what} has no line to confirm; nothing was sent")
    faulty = {_name(line): gaps for line in lines if (gaps := gaps_of(line))}
    if faulty:
        told = "; ".join(f"line {name}: {', '.join(gaps)}" for name, gaps in faulty.items())
        raise InputError(
            f"{what} cannot be confirmed, nothing was sent. {told}. "
            "Change these lines first (or set preflight=False where the API does not show what it has)"
        )


def _name(line: Mapping[str, Any]) -> str:
    words = [
        line.get("reference") or line.get("order_reference"),
        line.get("id"),
        line.get("end_customer_name"),
    ]
    return " ".join(str(word) for word in words if word)
