"""What one sweep through the lists of a kind of record has shown."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from airflow_provider_covage.api.errors import CovageError
from airflow_provider_covage.api.watching import Observation


class Sighting(NamedTuple):
    """What the lists show of a record.

    Args:
        resource_id: Its identifier, to look at it with.
        state: The state that its list shows.
        label: The states in all lists; while it stays the same, nothing has happened.
        is_decided: Whether, by a list of another kind, what it belongs to is over, or may be.
        created: When it was created, in seconds since the epoch; None where the list does not tell.
    """

    resource_id: str
    state: str
    label: str
    is_decided: bool
    created: float | None


class Snapshot:
    """All records of a kind, as the lists have shown them at about the same time.

    Args:
        sightings: The records, by the digests of their identifiers.
        look: Looks at one record by its identifier.
        is_whole: Whether these are all records; else some pages could not be read.
    """

    def __init__(
        self,
        sightings: Mapping[str, Sighting],
        look: Callable[[str], Awaitable[Observation]],
        *,
        is_whole: bool = True,
    ) -> None:
        self.sightings = sightings
        self.is_whole = is_whole
        self.taken = time.time()
        self.receipts: list[Callable[[], Awaitable[None]]] | None = None
        """Where those who are told leave what is to be done once all of it is stored; None: nobody cares."""
        self._look = look
        self._looks: dict[str, Observation | CovageError] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look(self, resource_id: str) -> Observation:
        """Look at one record; once for all who have the snapshot.

        Args:
            resource_id: The record.

        Returns:
            What is seen.

        Raises:
            CovageError: It cannot be seen.
        """
        async with self._locks[resource_id]:
            if resource_id not in self._looks:
                try:
                    self._looks[resource_id] = await self._look(resource_id)
                except CovageError as error:
                    self._looks[resource_id] = error
        seen = self._looks[resource_id]
        if isinstance(seen, CovageError):
            raise seen
        return seen
