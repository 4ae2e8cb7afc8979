"""Going through thousands of waits without holding up the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

_BREATH = 200
"""How many are gone through before other work of the event loop has its turn."""


async def breathing(items: Iterable[T]) -> AsyncIterator[T]:
    """Go through items, and let others have their turn now and then.

    Args:
        items: Those that are there at the beginning are gone through.

    Yields:
        One after the other.
    """
    for number, item in enumerate(tuple(items)):
        if number % _BREATH == 0:
            await asyncio.sleep(0)
        yield item
