"""The user that the token belongs to (prizz-extranet.txt, "User")."""

from __future__ import annotations

from typing import Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.prizz.models import PageFilters
from airflow_provider_covage.api.prizz.request import path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class User(PrizzResource[AnyTransport]):
    """The user that the token belongs to."""

    @operation
    def me(self) -> Call[Record]:
        """Read the user that the token belongs to.

        Returns:
            The user.

        Raises:
            AuthenticationError: The token is not accepted.
        """
        return self._read(path("user"))

    @listing
    def api_tokens(self, **filters: Unpack[PageFilters]) -> Listing:
        """List the API tokens of the user.

        Args:
            **filters: See `prizz.models.PageFilters`.

        Returns:
            An iterator over all pages. Each `token` is a secret: keep it out of logs and XComs (P26).
        """
        return self._pages(path("users", "api_tokens"), body(PageFilters, filters, of="user.api_tokens"))
