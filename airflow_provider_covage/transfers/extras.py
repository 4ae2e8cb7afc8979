"""Libraries that come with an extra of this package: loaded when they are first used, and missed by name."""

from __future__ import annotations

import importlib
from typing import Any

from airflow_provider_covage.api.errors import InputError


def install(extra: str) -> str:
    """Say how an extra is installed.

    Args:
        extra: Its name, as in `pyproject.toml`.

    Returns:
        The command.
    """
    return f"pip install 'airflow-provider-covage[{extra}]'"


def load(library: str, extra: str) -> Any:
    """Import a library.

    Args:
        library: Its module.
        extra: The extra that brings it.

    Returns:
        The module.

    Raises:
        InputError: It is not installed, or does not load here.
    """
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise InputError(
            f"{library} is needed and cannot be imported ({error}): {install(extra)}; nothing was sent"
        ) from error


class Library:
    """Stands for a module until something of it is used, so that whoever imports it does without.

    Args:
        library: The module.
        extra: The extra that brings it.
    """

    def __init__(self, library: str, extra: str) -> None:
        self.__library = library
        self.__extra = extra

    def __getattr__(self, name: str) -> Any:
        found = getattr(load(self.__library, self.__extra), name)
        # The next time, Python finds it by itself.
        setattr(self, name, found)
        return found
