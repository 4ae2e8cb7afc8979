"""Companies: customers and sellers (prizz-extranet.txt, "Client legal entity" and "Legal entity")."""

from __future__ import annotations

from typing import Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.prizz.models import CompanyFilters, SellerFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class ClientLegalEntity(PrizzResource[AnyTransport]):
    """Customer companies that the token gives access to."""

    @operation
    def get(self, client_legal_entity_id: Id) -> Call[Record]:
        """Read a customer company.

        Args:
            client_legal_entity_id: The company.

        Returns:
            The company, with its contacts and framework contracts.

        Raises:
            NotFoundError: There is no such company.
        """
        return self._read(
            path("client_legal_entities", number(client_legal_entity_id, "client_legal_entity_id"))
        )

    @listing
    def list(self, **filters: Unpack[CompanyFilters]) -> Listing:
        """List customer companies; the `id` of one is wanted by eligibility requests and offers.

        Args:
            **filters: See `prizz.models.CompanyFilters`.

        Returns:
            An iterator over all pages.
        """
        checked = body(CompanyFilters, filters, of="client_legal_entity.list")
        return self._pages(path("client_legal_entities"), checked)


class LegalEntity(PrizzResource[AnyTransport]):
    """Selling companies of the group."""

    @operation
    def get(self, legal_entity_id: Id) -> Call[Record]:
        """Read a selling company.

        Args:
            legal_entity_id: The company.

        Returns:
            The company.

        Raises:
            NotFoundError: There is no such company.
        """
        return self._read(path("legal_entities", number(legal_entity_id, "legal_entity_id")))

    @listing
    def list(self, **filters: Unpack[SellerFilters]) -> Listing:
        """List selling companies.

        Args:
            **filters: See `prizz.models.SellerFilters`.

        Returns:
            An iterator over all pages.
        """
        return self._pages(path("legal_entities"), body(SellerFilters, filters, of="legal_entity.list"))
