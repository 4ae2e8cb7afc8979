"""What the clients of both APIs share: their transport is closed with them."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.transport import Transport


class Closing:
    """Mixin of the synchronous clients, for `with`."""

    transport: Transport

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


class AsyncClosing:
    """Mixin of the asynchronous clients, for `async with`."""

    transport: AsyncTransport

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.close()
