"""Checking what is to be an identifier before it is sent."""

from __future__ import annotations

from typing import Any

from airflow_provider_covage.api.errors import InputError


def check_identifier(owner: str, name: str, value: Any) -> None:
    """Check that templating has given an identifier.

    Args:
        owner: Who needs it, for the message.
        name: The argument.
        value: What it holds.

    Raises:
        InputError: It is empty or no text; nothing was sent.
    """
    if not isinstance(value, str) or not value.strip() or value == "None":
        raise InputError(
            f"{owner}: {name} has to be an identifier, got {value!r}; "
            "did the task that should return it run? Nothing was sent"
        )
