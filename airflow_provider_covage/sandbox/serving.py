"""Which sandbox a request is for.

Building the application takes FastAPI longer than a short test takes, and it is the same for every
sandbox. So all sandboxes of a process share it, and each of their servers says whom it serves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_covage.sandbox.controls import Controls
from airflow_provider_covage.sandbox.world import World


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


@dataclass(frozen=True)
class Serving:
    """A sandbox that is being served."""

    controls: Controls
    methods: dict[str, Callable[..., Any]]
    stopping: Stopping = field(default_factory=Stopping)

    @property
    def world(self) -> World:
        """State of the sandbox."""
        return self.controls.world


SERVING: ContextVar[Serving] = ContextVar("covage_sandbox_serving")
"""Whom the present request is for."""
