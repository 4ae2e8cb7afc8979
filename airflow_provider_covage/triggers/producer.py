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

    Args:
        snapshots: The snapshots.
    """

    def __init__(self, snapshots: AsyncGenerator[Snapshot, None]) -> None:
        self._snapshots = snapshots

    async def open_stream(self) -> AsyncIterator[tuple[Snapshot, Snapshot]]:
        """Hand out snapshots.

        Yields:
            Each one, for those who follow and for `advance`.
        """
        async with aclosing(self._snapshots) as snapshots:
            async for snapshot in snapshots:
                snapshot.receipts = []
                yield snapshot, snapshot

    async def advance(self, batch: Sequence[AdvanceItem]) -> None:
        """Do what was left to be done once the events are stored.

        Args:
            batch: Snapshots that all have moved past.
        """
        for item in batch:
            # Where one of them has failed, nobody's mark moves: the next receipt covers this one, too.
            if item.outcome.failed or item.outcome.rejected:
                continue
            for receipt in item.broker_payload.receipts:
                await receipt()
