"""The shared stream of Airflow 3.3 with receipts: a mark moves on only once what was told is stored."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from airflow_provider_covage.api.events import Snapshot

try:
    from airflow.triggers.shared_stream import SharedStreamProducer
except ImportError:  # Airflow before 3.3, where nothing is shared: this is not used
    SharedStreamProducer = object  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from airflow.triggers.shared_stream import AdvanceItem


class SnapshotProducer(SharedStreamProducer):
    """Hands out snapshots and, once everybody's events are in Airflow's database, the receipts for them.

    A receipt stores all that its follower has told and not stored yet. So one that came after an event which
    Airflow has not confirmed would count that event as told, though its follower is begun anew to tell it
    again. Who of the followers has failed, Airflow does not say, but they get no later snapshot. Hence no
    receipt counts for a snapshot that was out when something failed; the next one makes up for it.

    Args:
        snapshots: The snapshots.
    """

    def __init__(self, snapshots: AsyncGenerator[Snapshot, None]) -> None:
        self._snapshots = snapshots
        self._newest = 0
        self._barred = 0

    async def open_stream(self) -> AsyncIterator[tuple[Snapshot, tuple[int, Snapshot]]]:
        """Hand out snapshots.

        Yields:
            Each one, for those who follow, and with its number for `advance`.
        """
        async with aclosing(self._snapshots) as snapshots:
            async for snapshot in snapshots:
                snapshot.receipts = []
                self._newest += 1
                yield snapshot, (self._newest, snapshot)

    async def advance(self, batch: Sequence[AdvanceItem]) -> None:
        """Do what was left to be done once the events are stored.

        Args:
            batch: Snapshots that all have moved past.
        """
        for item in batch:
            number, snapshot = item.broker_payload
            if item.outcome.failed or item.outcome.rejected:
                self._barred = self._newest
            elif number > self._barred:
                for receipt in snapshot.receipts:
                    await receipt()
