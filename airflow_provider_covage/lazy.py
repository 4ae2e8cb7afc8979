"""Packages that load a module only once it is needed: Airflow reads DAG files all the time."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def names_from(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the `__getattr__` of a package. Type checkers learn of the names by an import of their own.

    Args:
        package: The package's `__name__`.
        homes: For each name that the package lends, the module in it that has it.

    Returns:
        What Python calls for a name that the package does not have (yet).
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(f"{package}.{homes[name]}")
        found = getattr(module, name)
        # The next time, Python finds it by itself.
        setattr(importlib.import_module(package), name, found)
        return found

    return find
