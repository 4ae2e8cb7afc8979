"""The API of Covage: one module per group of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_covage import lazy

__all__ = ["CALLS", "AsyncCovageClient", "CovageApi", "CovageClient"]

if TYPE_CHECKING:
    from airflow_provider_covage.api.covage.client import CALLS, AsyncCovageClient, CovageApi, CovageClient
else:
    # The clients need requests and aiohttp, which what is read with every DAG file should not load.
    lazy.lend(__name__, dict.fromkeys(__all__, "client"))
