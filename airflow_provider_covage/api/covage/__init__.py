"""The API of Covage: one module per group of resources."""

from airflow_provider_covage.api.covage.client import CALLS, AsyncCovageClient, CovageApi, CovageClient

__all__ = ["CALLS", "AsyncCovageClient", "CovageApi", "CovageClient"]
