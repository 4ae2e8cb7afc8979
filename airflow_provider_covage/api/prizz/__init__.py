"""The API of Prizz-Telecom: one module per group of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_covage import lazy

__all__ = ["CALLS", "AsyncPrizzClient", "PrizzClient"]

if TYPE_CHECKING:
    from airflow_provider_covage.api.prizz.client import CALLS, AsyncPrizzClient, PrizzClient
else:
    # The clients need requests and aiohttp, which what is read with every DAG file should not load.
    lazy.lend(__name__, dict.fromkeys(__all__, "client"))
