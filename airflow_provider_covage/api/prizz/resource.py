"""What the resources of the Prizz API share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_covage.api import answers as common
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, Resource
from airflow_provider_covage.api.files import FileTarget, sink
from airflow_provider_covage.api.prizz import answers
from airflow_provider_covage.api.request import Request


class PrizzResource(Resource[AnyTransport]):
    """Base of all resources of the Prizz API."""

    def _pages(self, path: str, filters: Mapping[str, Any]) -> Listing:
        """A list that comes in pages of `items`."""
        return Listing(Request("GET", path, params={"itemsPerPage": self._page_size, **filters}), "items")

    def _array(self, path: str, params: Mapping[str, Any] | None = None, within: str = "items") -> Listing:
        """A list that comes whole: a bare array, or an object that holds one."""
        return Listing(Request("GET", path, params=params or {}), within)

    def _read(self, path: str, params: Mapping[str, Any] | None = None) -> Call[Record]:
        return Call(Request("GET", path, params=params or {}), answers.record)

    def _write(self, path: str, json: Any = None, params: Mapping[str, Any] | None = None) -> Call[Record]:
        return Call(Request("POST", path, params=params or {}, json=json), answers.record)

    def _pdf(self, path: str, to: FileTarget | None, name: str) -> Call[Any]:
        return Call(Request("GET", path, accept="application/pdf, */*"), common.stored, sink(to, name))
