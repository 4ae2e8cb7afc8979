"""Walking through all lists of a kind of record, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.calls import Record
from airflow_provider_covage.api.events.mark import digest
from airflow_provider_covage.api.events.snapshot import Sighting
from airflow_provider_covage.api.polling.walk import Walk, Walker
from airflow_provider_covage.api.watching import Watch, created

_NOT_SHOWN = "?"
"""Stands for the state of what a list does not show."""


class Sweep:
    """One walk through the lists; after trouble it can be gone on with where it stands.

    Args:
        watch: The kind of record.
        walkers: One for each of its lists.
        filters: Filters of the first list, which is that of the records themselves.
        since: Where the window of the lists begins, in seconds since the epoch.
    """

    def __init__(
        self, watch: Watch, walkers: Sequence[Walker[Record]], filters: Mapping[str, Any], since: float
    ) -> None:
        self.since = since
        self.sightings: dict[str, Sighting] = {}
        """What was seen, by the digests of the records' identifiers."""
        self.pages = 0
        """How many pages have been read."""
        self.unreadable = 0
        """How many records the list shows without identifier or state."""
        self._watch = watch
        self._walkers = walkers
        self._filters = filters
        self._others: list[dict[str, str]] = [{} for _ in walkers[1:]]
        # Backwards: what the other lists show is part of what is seen of a record.
        self._position = len(walkers) - 1
        self._walk: Walk[Record] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all pages have been read."""
        return self._position < 0

    async def go_on(self, transport: AsyncTransport) -> None:
        """Read one page.

        Args:
            transport: Carries out the request.
        """
        if self._walk is None:
            filters = {} if self._position else self._filters
            self._walk = await self._walkers[self._position].begin(transport, self.since, **filters)
            records = self._walk.records
        else:
            records = await transport.next_page(self._walk.pages)
        self.pages += 1
        for record in records:
            if self._position:
                self._note_other(record)
            else:
                self._note(record)
        if self._walk.pages.next_request is None:
            self._walk = None
            self._position -= 1

    def _note_other(self, record: Record) -> None:
        states, listed = self._others[self._position - 1], self._watch.lists[self._position]
        for name in listed.names_of(record):
            states[name] = str(listed.state(record) or _NOT_SHOWN)

    def _note(self, record: Record) -> None:
        names = self._watch.lists[0].names_of(record)
        state = self._watch.lists[0].state(record)
        if not names or not state:
            self.unreadable += 1
            return
        states = [self._other(position, names[0], record) for position in range(1, len(self._walkers))]
        self.sightings[digest(str(record.get("id") or names[0]))] = Sighting(
            resource_id=names[0],
            state=str(state),
            label="+".join([str(state), *states]),
            is_decided=any(self._is_decided(*one) for one in enumerate(states, start=1)),
            created=created(record),
        )

    def _other(self, position: int, resource_id: str, record: Record) -> str:
        key = self._watch.lists[position].key(resource_id, record)
        return self._others[position - 1].get(key or "", _NOT_SHOWN)

    def _is_decided(self, position: int, state: str) -> bool:
        other = self._watch.lists[position].lifecycle
        # Where it is not shown, only a look tells.
        return state == _NOT_SHOWN or other is None or state in other.target | other.failure
