"""Several requests at a time, by workers that share what there is to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


async def side_by_side(number: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Have the same work done by several workers.

    Args:
        number: How many.
        work: What each of them does; takes from what they share until nothing is left.

    Raises:
        BaseException: The error of the first worker that fails; the others are ended before.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(number):
                group.create_task(work())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
