"""Searching by text (prizz-extranet.txt, "Search")."""

from __future__ import annotations

from typing import Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Listing, listing
from airflow_provider_covage.api.prizz.models import SearchFilters
from airflow_provider_covage.api.prizz.request import path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class Search(PrizzResource[AnyTransport]):
    """Searching by text."""

    @listing
    def query(self, **filters: Unpack[SearchFilters]) -> Listing:
        """Search customer companies, commercial offers, invoices and service contracts.

        Args:
            **filters: `q`, the text; see `prizz.models.SearchFilters`.

        Returns:
            An iterator over what was found, of four shapes that `index` tells apart; identifiers are texts
            here (P12).

        Raises:
            InputError: The text is missing; nothing was sent.
        """
        return self._array(path("search"), body(SearchFilters, filters, of="search.query"))
