"""Both clients of the Prizz API behind one face."""

from __future__ import annotations

import asyncio
from typing import Any

from clients import Async, Sync, settings_for

from airflow_provider_covage.api.prizz import AsyncPrizzClient, PrizzClient
from airflow_provider_covage.api.prizz.client import authentication


class PrizzSync(Sync):
    """The client on requests."""

    def __init__(self, url: str, **options: Any) -> None:
        self.client: Any = PrizzClient(settings_for(url, **options), authentication("fixed-token"))


class PrizzAsync(Async):
    """The client on aiohttp, with an event loop of its own."""

    def __init__(self, url: str, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self.client: Any = AsyncPrizzClient(settings_for(url, **options), authentication("fixed-token"))


PRIZZ_KINDS: dict[str, type[PrizzSync | PrizzAsync]] = {"sync": PrizzSync, "async": PrizzAsync}
