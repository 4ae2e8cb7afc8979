"""The synchronous and the asynchronous client behind one face, so that one test covers both."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from airflow_provider_covage.api.auth import Auth, PasswordAuth, TokenAuth
from airflow_provider_covage.api.covage import AsyncCovageClient, CovageClient
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.settings import Settings

Ask = Callable[[Any], Any]
"""Takes a client and calls one of its methods."""


class Sync:
    """The client on requests."""

    def __init__(self, settings: Settings, auth: Auth) -> None:
        self.client = CovageClient(settings, auth)

    def call(self, ask: Ask) -> Any:
        return ask(self.client)

    def records(self, ask: Ask, most: int | None = None) -> list[Any]:
        """Return the first records of a list, no more than `most` of which are asked for."""
        return list(itertools.islice(ask(self.client), most))

    def follow(self, procedure: Any) -> Any:
        return self.client.transport.follow(procedure)

    def close(self) -> None:
        self.client.close()


class Async:
    """The client on aiohttp, with an event loop of its own."""

    def __init__(self, settings: Settings, auth: Auth) -> None:
        self._runner = asyncio.Runner()
        self.client = AsyncCovageClient(settings, auth)

    def call(self, ask: Ask) -> Any:
        async def called() -> Any:
            return await ask(self.client)

        return self._runner.run(called())

    def records(self, ask: Ask, most: int | None = None) -> list[Any]:
        """Return the first records of a list, no more than `most` of which are asked for."""

        async def read() -> list[Any]:
            records = ask(self.client)
            found: list[Any] = []
            while most is None or len(found) < most:
                try:
                    found.append(await anext(records))
                except StopAsyncIteration:
                    break
            await records.aclose()
            return found

        return self._runner.run(read())

    def follow(self, procedure: Any) -> Any:
        return self._runner.run(self.client.transport.follow(procedure))

    def close(self) -> None:
        self._runner.run(self.client.close())
        self._runner.close()


KINDS: dict[str, type[Sync | Async]] = {"sync": Sync, "async": Async}


def settings_for(url: str, **options: Any) -> Settings:
    """Return settings for tests: three sendings, no pauses between them."""
    defaults = {"base_url": url, "timeout": 10.0, "patience": Patience(attempts=3, backoff=0)}
    return Settings(**{**defaults, **options})


def token() -> Auth:
    return TokenAuth("fixed-token")


def password_for(sandbox: Any, **options: Any) -> PasswordAuth:
    """Return the service account of a sandbox."""
    account = {"token_url": sandbox.token_url, "username": "sandbox", "password": "sandbox"}
    return PasswordAuth(**{**account, **options})
