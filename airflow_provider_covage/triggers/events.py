"""The trigger behind assets: changes of state become asset events."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Hashable, Mapping
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.events import Scope, Snapshot, Stream, Teller
from airflow_provider_covage.api.lifecycle import States
from airflow_provider_covage.api.polling.sharing import Client
from airflow_provider_covage.api.watching import Watch
from airflow_provider_covage.triggers.mark_store import MarkStore
from airflow_provider_covage.triggers.pollers import shared_poller

if TYPE_CHECKING:
    from airflow.triggers.shared_stream import SharedStreamProducer

WINDOW = timedelta(days=90)
"""How old a record may be to be followed, unless told otherwise."""


class EventTrigger(BaseEventTrigger):
    """Tells changes of state of all records of a kind, for an `AssetWatcher`.

    One sweep through the list is one event at most, with all its changes: Airflow starts one run for events
    that come close together, and hands it the first of them only. The payload is `{"resource", "changes"}`,
    a change is `{"id", "old_state", "state", "record"}`, with the record as a sensor returns it and
    `old_state` None for a record that is new.

    On Airflow 3.3 triggers of the same connection, resource, filters, window and interval share one stream,
    and what was told is kept in the state store of the asset, written once the event is in Airflow's
    database: a restart loses nothing and repeats nothing, unless it happens in the second between the two.
    Before 3.3 each trigger sweeps for itself and what happens while no triggerer runs is not told.

    Args:
        resource: What is followed.
        states: Only changes into these states are told; None for all.
        filters: Filters of the resource's list, named as in the API, such as `{"project_id": "FLASH"}`.
        poke_interval: Seconds between two sweeps. What comes and goes between two of them is not seen.
        window: How old a record may be, in seconds or as a timedelta, where the list can be cut by date.
        catch_up: Whether at the very first start all that is there counts as changed.
        max_changes: Most changes in one event; the others are told with the next one.
    """

    conn_type: ClassVar[str]
    conn_id_name: ClassVar[str]
    watches: ClassVar[Mapping[str, Watch]]

    def __init__(
        self,
        *,
        resource: str,
        states: Collection[str] | None = None,
        filters: Mapping[str, Any] | None = None,
        poke_interval: float = 300.0,
        window: timedelta | float = WINDOW,
        catch_up: bool = False,
        max_changes: int = 100,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.resource = resource
        self.states = _states(states)
        self.filters = dict(filters or {})
        self.poke_interval = float(poke_interval)
        self.window = window.total_seconds() if isinstance(window, timedelta) else float(window)
        self.catch_up = catch_up
        self.max_changes = max_changes
        self._check()

    @abstractmethod
    async def connect(self) -> Client:
        """Make a client of the connection.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give what the triggerer needs to make this trigger again.

        Returns:
            Class path and arguments.
        """
        names = ("resource", "states", "filters", "poke_interval", "window", "catch_up", "max_changes")
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {name: getattr(self, name) for name in (self.conn_id_name, *names)}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Follow alone, where this Airflow shares no streams.

        Yields:
            One event for each sweep that has shown changes.
        """
        async with aclosing(self._snapshots()) as snapshots, aclosing(self._events(snapshots)) as events:
            async for event in events:
                yield event

    def shared_stream_key(self) -> Hashable:
        """Say who can share a stream.

        Returns:
            What the stream depends on.
        """
        return (
            f"{type(self).__module__}.{type(self).__qualname__}",
            getattr(self, self.conn_id_name),
            self.resource,
            json.dumps(self.filters, sort_keys=True),
            self.window,
            self.poke_interval,
        )

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[Snapshot]:
        """Sweep for all who share a stream, where this Airflow gives no receipts.

        Args:
            kwargs: Arguments of one of them.

        Yields:
            What each sweep has shown.
        """
        async with aclosing(cls(**kwargs)._snapshots()) as snapshots:
            async for snapshot in snapshots:
                yield snapshot

    @classmethod
    def create_shared_stream_producer(cls, kwargs: dict[str, Any]) -> SharedStreamProducer:
        """Sweep for all who share a stream, with receipts for what was stored.

        Args:
            kwargs: Arguments of one of them.

        Returns:
            What makes the stream.
        """
        from airflow_provider_covage.triggers.producer import SnapshotProducer

        return SnapshotProducer(cls(**kwargs)._snapshots())

    async def filter_shared_stream(self, shared_stream: AsyncIterator[Any]) -> AsyncIterator[TriggerEvent]:
        """Find this trigger's own changes in the stream.

        Args:
            shared_stream: What each sweep has shown.

        Yields:
            One event for each sweep that has shown changes.
        """
        async with aclosing(self._events(shared_stream)) as events:
            async for event in events:
                yield event

    async def _events(self, snapshots: AsyncIterator[Snapshot]) -> AsyncGenerator[TriggerEvent, None]:
        store = MarkStore(getattr(self, "asset_state_store", None), self._mark_name(), self.log)
        mark = await store.load()
        if mark is None:
            past = "all that is there" if self.catch_up else "changes from now on"
            self.log.info("%s: first start, telling %s", self, past)
        else:
            self.log.info("%s: going on where %s records are known", self, len(mark))
        teller = Teller(
            self.watch,
            None if self.states is None else States(self.states),
            mark,
            catch_up=self.catch_up,
            most=self.max_changes,
            log=self.log,
        )
        async for snapshot in snapshots:
            changes = await teller.tell(snapshot)
            if changes:
                self._log_changes(changes)
                payload = {"resource": self.resource, "changes": changes}
                yield TriggerEvent(payload)  # type: ignore[no-untyped-call]
            # Not before the event is out: the mark never says more than was told.
            receipt = _Receipt(store, teller)
            if snapshot.receipts is None:
                await receipt()
            else:
                snapshot.receipts.append(receipt)

    async def _snapshots(self) -> AsyncGenerator[Snapshot, None]:
        conn_id = getattr(self, self.conn_id_name)
        scope = Scope(self.window, self.poke_interval, self.filters)
        async with shared_poller(self.conn_type, conn_id, self.connect) as poller:
            stream = Stream(self.watch, scope, poller.shared, conn_id)
            async with aclosing(stream.snapshots()) as snapshots:
                async for snapshot in snapshots:
                    yield snapshot

    @property
    def watch(self) -> Watch:
        """The kind of record."""
        return self.watches[self.resource]

    def _mark_name(self) -> str:
        # Neither interval nor window: whoever changes these goes on from the same mark.
        told = [getattr(self, self.conn_id_name), self.resource, self.states, self.filters]
        key = hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=6).hexdigest()
        return f"{self.conn_type}.{self.resource}.{key}"

    def _log_changes(self, changes: list[dict[str, Any]]) -> None:
        told = [f"{one['id']} {one['old_state'] or 'new'} -> {one['state']}" for one in changes[:10]]
        more = f" and {len(changes) - len(told)} more" if len(changes) > len(told) else ""
        self.log.info("told of %s: %s%s", self.watch.lifecycle.name, "; ".join(told), more)

    def _check(self) -> None:
        name = type(self).__name__
        known = sorted(resource for resource, watch in self.watches.items() if watch.lists)
        if self.resource not in known:
            raise InputError(f"{name}: resource is one of {', '.join(known)}, got {self.resource!r}")
        if self.poke_interval <= 0 or self.window <= 0 or self.max_changes < 1:
            raise InputError(f"{name}: poke_interval, window and max_changes have to be positive")
        if clash := {"creation_date_gt", "creation_date_lt", "sort"} & self.filters.keys():
            raise InputError(f"{name}: {', '.join(sorted(clash))} is no filter here; window is the bound")
        try:
            self.watch.lists[0].listing(**self.filters)
        except TypeError:
            given = ", ".join(sorted(self.filters))
            raise InputError(f"{name}: the list of {self.resource} has no filter {given}") from None


class _Receipt:
    def __init__(self, store: MarkStore, teller: Teller) -> None:
        self._store = store
        self._mark = teller.mark
        self._number, self._values = teller.mark.take_changes()

    async def __call__(self) -> None:
        if self._values and await self._store.save(self._values):
            self._mark.stored(self._number)


def _states(states: Collection[str] | None) -> list[str] | None:
    if states is None:
        return None
    if isinstance(states, str) or not all(isinstance(state, str) for state in states):
        raise InputError(f"states are given as a list of names, got {states!r}")
    if not states:
        raise InputError("no state to tell changes into; leave states out for all")
    return sorted(set(states))
