"""The Prizz API: one module per group of resources."""

from airflow_provider_covage.api.prizz.client import CALLS, AsyncPrizzClient, PrizzClient

__all__ = ["CALLS", "AsyncPrizzClient", "PrizzClient"]
