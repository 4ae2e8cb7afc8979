"""Which sandbox a request is for.

Building the application takes FastAPI longer than a short test takes, and it is the same for every
sandbox. So all sandboxes of an API in a process share it, and each of their servers says whom it serves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from airflow_provider_covage.sandbox.blueprint import Endpoint
from airflow_provider_covage.sandbox.controls import Controls
from airflow_provider_covage.sandbox.world import BaseWorld


class Stopping:
    """Tells stalled requests that the server stops."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        try:
            await asyncio.wait_for(self.event.wait(), seconds)
        except TimeoutError:
            return


@dataclass(eq=False)
class Serving:
    """A sandbox that is being served."""

    controls: Controls
    stopping: Stopping = field(default_factory=Stopping)

    @cached_property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """What serves each operation."""
        return self.controls.services.endpoints()

    @property
    def world(self) -> BaseWorld:
        """State of the sandbox."""
        return self.controls.world


SERVING: ContextVar[Serving] = ContextVar("sandbox_serving")
"""Whom the present request is for."""
