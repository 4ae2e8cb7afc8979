"""The API of Covage: one module per group of resources."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_covage.api.covage.client import CALLS, AsyncCovageClient, CovageApi, CovageClient

__all__ = ["CALLS", "AsyncCovageClient", "CovageApi", "CovageClient"]


def __getattr__(name: str) -> Any:
    # The clients need requests and aiohttp, which what is read with every DAG file should not load.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.client"), name)
