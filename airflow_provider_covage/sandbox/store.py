"""Records in memory, found by id or by indexed field, and what is due to happen to them."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from operator import attrgetter
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class StoredFile:
    """A file that was uploaded or exported."""

    name: str
    content: bytes
    content_type: str


@dataclass
class Lag:
    """Why a record is missing from lists: until an instant, for some list calls, or until released."""

    until: float | None = None
    calls: int | None = None


@dataclass(eq=False)
class Record:
    """One object of the API.

    `data` holds its fields, dates as epoch seconds; which of them an answer shows is decided by the
    view that renders it. `generation` changes when what was going to happen to it no longer is.
    """

    kind: str
    id: str
    number: int
    data: Json
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    files: dict[str, StoredFile] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
    generation: int = 0
    forced: bool = False

    @property
    def state(self) -> str:
        """State that the record is in."""
        return str(self.data.get("state", ""))


class Collection:
    """The records of one kind, in the order of their creation."""

    def __init__(self, kind: str, indexed: tuple[str, ...]) -> None:
        self.kind = kind
        self.records: dict[str, Record] = {}
        self.lagging: dict[str, Lag] = {}
        self._numbers = count(1)
        self._index: dict[str, dict[Any, dict[str, Record]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def get(self, record_id: str) -> Record | None:
        """Return the record with this id."""
        return self.records.get(record_id)

    def add(self, record_id: str, data: Json, parent: str | None = None) -> Record:
        """Keep a new record."""
        record = Record(self.kind, record_id, next(self._numbers), data, parent)
        self.records[record_id] = record
        for name, buckets in self._index.items():
            buckets.setdefault(data.get(name), {})[record_id] = record
        return record

    def update(self, record: Record, changes: Mapping[str, Any]) -> None:
        """Change fields of a record, and the indices with them."""
        for name, buckets in self._index.items():
            if name in changes and changes[name] != record.data.get(name):
                buckets[record.data.get(name)].pop(record.id, None)
                buckets.setdefault(changes[name], {})[record.id] = record
        record.data.update(changes)

    def remove(self, record: Record) -> None:
        """Forget a record, and what was going to happen to it."""
        record.generation += 1
        del self.records[record.id]
        self.lagging.pop(record.id, None)
        for name, buckets in self._index.items():
            buckets[record.data.get(name)].pop(record.id, None)

    def matching(self, equal: Mapping[str, Any]) -> list[Record]:
        """Records whose fields have these values, in the order of their creation."""
        indexed = {name: self._index[name].get(equal[name], {}) for name in equal if name in self._index}
        best = min(indexed, key=lambda name: len(indexed[name]), default=None)
        found = list((indexed[best] if best else self.records).values())
        for name, value in equal.items():
            if name != best:
                found = [record for record in found if record.data.get(name) == value]
        if best:
            found.sort(key=attrgetter("number"))
        return found

    def reveal(self, now: float) -> None:
        """Count one list call, and let appear in lists what has been missing for long enough."""
        for record_id, lag in list(self.lagging.items()):
            over = (lag.until is not None and now >= lag.until) or (lag.calls is not None and lag.calls <= 0)
            if over:
                del self.lagging[record_id]
            elif lag.calls is not None:
                lag.calls -= 1


class Schedule:
    """What is going to happen, in order of time. Nothing happens until somebody looks."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, Record, Callable[[Record, float], None]]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, instant: float, record: Record, action: Callable[[Record, float], None]) -> None:
        """Have something happen to a record at an instant, unless its generation has changed by then."""
        heapq.heappush(self._heap, (instant, next(self._numbers), record.generation, record, action))

    def has_due(self, now: float) -> bool:
        """Whether anything was due by now."""
        return bool(self._heap) and self._heap[0][0] <= now

    def run_due(self, now: float) -> None:
        """Let everything happen that was due by now, each at its own instant."""
        while self.has_due(now):
            instant, _, generation, record, action = heapq.heappop(self._heap)
            if record.generation == generation:
                action(record, instant)

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()


class Store:
    """All collections, the schedule, and the numbers that references are made of."""

    def __init__(self, kinds: Mapping[str, tuple[str, ...]]) -> None:
        """Make an empty collection of each kind, with the fields by which it is often looked up."""
        self.schedule = Schedule()
        self.collections = {kind: Collection(kind, names) for kind, names in kinds.items()}
        self.references: Counter[str] = Counter()

    def __getitem__(self, kind: str) -> Collection:
        return self.collections[kind]

    def release(self) -> int:
        """Let every record appear in lists, and say how many had been missing."""
        held = sum(len(collection.lagging) for collection in self.collections.values())
        for collection in self.collections.values():
            collection.lagging.clear()
        return held
