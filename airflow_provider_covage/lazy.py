"""Packages that load a module only once it is needed: Airflow reads DAG files all the time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any


def lend(package: str, homes: Mapping[str, str]) -> None:
    """Have a package lend names of its modules; type checkers learn of them by an import of their own.

    Args:
        package: The package's `__name__`.
        homes: For each name, the module in the package that has it; loaded when the name is first asked for.
    """
    lender = sys.modules[package]

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(f"{package}.{homes[name]}"), name)
        # The next time, Python finds it by itself.
        setattr(lender, name, found)
        return found

    # What Python asks for a name that a module does not have, and for all that it has.
    lender.__getattr__ = find  # type: ignore[method-assign]
    lender.__dir__ = lambda: sorted({*vars(lender), *homes})  # type: ignore[method-assign]
