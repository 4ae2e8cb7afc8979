"""The catalogue: offers, their prices, price lists (prizz-extranet.txt, "Offer" and "Price list")."""

from __future__ import annotations

from typing import Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.prizz.models import (
    CatalogueFilters,
    CombinationFilters,
    ContextFilters,
    IdFilters,
)
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class Offer(PrizzResource[AnyTransport]):
    """Offers of the catalogue."""

    @operation
    def context(self, offer_id: Id, **filters: Unpack[ContextFilters]) -> Call[Record]:
        """Compute the price of an offer with given items.

        Args:
            offer_id: The offer.
            **filters: `items`, and `distance` in metres; see `prizz.models.ContextFilters`.

        Returns:
            The price: `isValid`, `total` and `totalWithoutNrc` (most likely euro cents, P10), `items`.

        Raises:
            InputError: A field is missing or not of its kind; nothing was sent.
        """
        params = body(ContextFilters, filters, of="offer.context")
        return self._read(path("offers", number(offer_id, "offer_id"), "context"), params)

    @listing
    def contexts(self, offer_id: Id, **filters: Unpack[CombinationFilters]) -> Listing:
        """Compute every valid combination of the items of an offer on a price list.

        Args:
            offer_id: The offer.
            **filters: `price_list`, and what is fixed; see `prizz.models.CombinationFilters`.

        Returns:
            An iterator over the combinations, with their items.

        Raises:
            InputError: A field is missing or not of its kind; nothing was sent.
        """
        params = body(CombinationFilters, filters, of="offer.contexts")
        return self._array(path("offers", number(offer_id, "offer_id"), "contexts"), params)

    @listing
    def contexts_shortened(self, offer_id: Id, **filters: Unpack[CombinationFilters]) -> Listing:
        """Compute the same combinations, in short.

        Args:
            offer_id: The offer.
            **filters: As for `contexts`.

        Returns:
            An iterator over the combinations, with the identifiers of their items.

        Raises:
            InputError: A field is missing or not of its kind; nothing was sent.
        """
        params = body(CombinationFilters, filters, of="offer.contexts_shortened")
        return self._array(path("offers", number(offer_id, "offer_id"), "contexts", "shortened"), params)

    @listing
    def list(self, **filters: Unpack[CatalogueFilters]) -> Listing:
        """List offers of the catalogue.

        Args:
            **filters: `ids` or `codes`; see `prizz.models.CatalogueFilters`.

        Returns:
            An iterator over the offers.
        """
        return self._array(path("offers"), body(CatalogueFilters, filters, of="offer.list"))


class PriceList(PrizzResource[AnyTransport]):
    """Price lists; which ones a customer has stands in the framework contracts of its company."""

    @operation
    def get(self, price_list_id: Id) -> Call[Record]:
        """Read a price list.

        Args:
            price_list_id: The price list.

        Returns:
            The price list with its items; prices most likely in euro cents (P10).

        Raises:
            NotFoundError: There is no such price list.
        """
        return self._read(path("price_lists", number(price_list_id, "price_list_id")))

    @listing
    def items(self, **filters: Unpack[IdFilters]) -> Listing:
        """Read several items of price lists.

        Args:
            **filters: `ids`, at least one: they cannot be listed (P15).

        Returns:
            An iterator over the items.

        Raises:
            InputError: No identifier is given; nothing was sent.
        """
        return self._array(path("price_lists_items"), body(IdFilters, filters, of="price_list.items"))

    @listing
    def offers(self, price_list_id: Id) -> Listing:
        """List the offers of a price list.

        Args:
            price_list_id: The price list.

        Returns:
            An iterator over the offers.

        Raises:
            NotFoundError: There is no such price list.
        """
        where = path("price_lists", number(price_list_id, "price_list_id"), "offers")
        return self._array(where, within="offers")

    @listing
    def list(self, **filters: Unpack[IdFilters]) -> Listing:
        """Read several price lists.

        Args:
            **filters: `ids`, at least one: they cannot be listed (P15).

        Returns:
            An iterator over the price lists.

        Raises:
            InputError: No identifier is given; nothing was sent.
        """
        return self._array(path("price_lists"), body(IdFilters, filters, of="price_list.list"))
