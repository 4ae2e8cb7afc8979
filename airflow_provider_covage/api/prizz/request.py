"""Paths of the Prizz API: identifiers are whole numbers, names are texts, and no slash at the end."""

from __future__ import annotations

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.request import segment

Id = int | str
"""An identifier: a whole number, or its digits as templates give them."""


def path(*segments: Id) -> str:
    """Build a path under `/external-api/v2/`.

    Args:
        *segments: Fixed words, names and identifiers; each stays one segment, whatever it contains.

    Returns:
        The quoted path.

    Raises:
        InputError: A name is empty or could leave its place in the path.
    """
    return "/external-api/v2/" + "/".join(segment(str(one)) for one in segments)


def number(value: Id, name: str) -> str:
    """Check an identifier for use in a path.

    Args:
        value: The identifier.
        name: What it identifies, for the message.

    Returns:
        Its digits.

    Raises:
        InputError: It is no whole number; nothing was sent.
    """
    is_number = isinstance(value, int | str) and not isinstance(value, bool)
    digits = str(value).strip() if is_number else ""
    if not (digits.isascii() and digits.isdigit()):
        raise InputError(
            f"{name} has to be a whole number, got {value!r}; "
            "did the task that should return it run? Nothing was sent"
        )
    return digits
