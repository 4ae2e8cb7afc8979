"""Beginning a walk through a list: its window, and the largest page that the API grants."""

from __future__ import annotations

import dataclasses
from typing import Any, Generic

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.errors import BadRequestError
from airflow_provider_covage.api.paging import Decode, Pages, R
from airflow_provider_covage.api.watching import Listed

PAGE_SIZE = 100
"""Records per page that a walk asks for unless the connection says otherwise; the API may grant fewer."""


@dataclasses.dataclass
class Walk(Generic[R]):
    """A walk through a list that has begun.

    Args:
        pages: Where it stands.
        records: The records of the page read last.
    """

    pages: Pages[R]
    records: list[R]


class Walker(Generic[R]):
    """Begins walks through one list, and remembers whether it may ask for a size of page.

    Args:
        listed: The list.
        decode: Reads a page.
    """

    def __init__(self, listed: Listed, decode: Decode[R]) -> None:
        self._listed = listed
        self._decode = decode
        self._asks_page_size = True

    async def begin(self, transport: AsyncTransport, since: float, **filters: Any) -> Walk[R]:
        """Ask for the first page.

        Args:
            transport: Carries out the request.
            since: Records created after this moment, in seconds since the epoch, where the list can tell.
            **filters: Further filters of the list.

        Returns:
            The walk, its first page read.
        """
        try:
            return await self._begun(transport, since, filters)
        except BadRequestError:
            if not self._asks_page_size:
                raise
            # Asking Covage for a size is not documented (C41), nor is Prizz's largest one (P13).
            self._asks_page_size = False
            return await self._begun(transport, since, filters)

    async def _begun(self, transport: AsyncTransport, since: float, filters: dict[str, Any]) -> Walk[R]:
        settings = transport.settings
        window = self._listed.window.filters(since) if self._listed.window else {}
        listing = self._listed.listing(**window, **filters)
        if self._listed.page_size:
            size = settings.page_size or (PAGE_SIZE if self._asks_page_size else None)
            params = {**listing.request.params, self._listed.page_size: size}
            listing = dataclasses.replace(
                listing, request=dataclasses.replace(listing.request, params=params)
            )
        pages = Pages(listing, settings.base_url, self._decode)
        return Walk(pages, await transport.next_page(pages))
