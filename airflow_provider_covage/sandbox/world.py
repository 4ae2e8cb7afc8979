"""Everything that one sandbox knows; what is done with it is in the modules of the resources."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_covage.sandbox.auth import Account, Tokens
from airflow_provider_covage.sandbox.clock import Clock, Timing, day, fraction
from airflow_provider_covage.sandbox.dialect import Dialect
from airflow_provider_covage.sandbox.errors import ApiError, not_found
from airflow_provider_covage.sandbox.faults import Faults
from airflow_provider_covage.sandbox.ledger import CURRENT, Ledger
from airflow_provider_covage.sandbox.outcomes import Outcomes
from airflow_provider_covage.sandbox.store import Json, Lag, Record, Store


@dataclass(frozen=True)
class Settings:
    """How a sandbox is set up."""

    account: Account = field(default_factory=Account)
    speed: float = 1.0
    timing: Timing = field(default_factory=Timing)
    dialect: Dialect = field(default_factory=Dialect)
    page_size: int = 10
    max_page_size: int = 100
    jitter_seed: int = 0


class World:
    """The state of one sandbox. Whoever reads or changes it holds `lock`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.dialect = settings.dialect
        self.timing = settings.timing
        self.lock = threading.RLock()
        self.clock = Clock(settings.speed)
        self.store = Store()
        self.outcomes = Outcomes()
        self.faults = Faults()
        self.ledger = Ledger()
        self.tokens = Tokens(settings.account)
        self.extras: dict[str, Json] = {}

    def reset(self) -> None:
        """Forget all state: records, tokens, rules, faults, ledger. Clock and settings stay."""
        self.store = Store()
        self.outcomes = Outcomes()
        self.faults.clear()
        self.ledger.clear()
        self.tokens = Tokens(self.settings.account)
        self.extras.clear()

    def settle(self) -> float:
        """Let everything happen that is due, and return the present instant."""
        now = self.clock.now()
        if self.store.schedule.has_due(now):
            request = CURRENT.set(None)  # what happens now is not the doing of the present request
            self.store.schedule.run_due(now)
            CURRENT.reset(request)
        return now

    def today(self) -> float:
        """Return the present date."""
        return self.clock.date(self.clock.now())

    def between(self, low: float, high: float, record: Record) -> float:
        """Return a duration in a range that is always the same for the nth record of its kind."""
        return low + (high - low) * fraction(self.settings.jitter_seed, record.kind, record.number)

    def add(self, kind: str, data: Json, *, parent: Record | None = None, record_id: str = "") -> Record:
        """Keep a new record; while a `lag` fault strikes, lists do not show it."""
        collection = self.store[kind]
        record_id = record_id or str(uuid.uuid4())
        data.setdefault("id", record_id)
        record = collection.add(record_id, data, parent.id if parent else None)
        if parent:
            parent.children.append(record.id)
        request = CURRENT.get()
        if request and request.lag:
            collection.lagging[record.id] = Lag(request.lag.until, request.lag.calls)
        return record

    def find(self, kind: str, record_id: str, parent: Record | None = None) -> Record:
        """Return a record, or raise the 404: also for the id of another kind or of another parent."""
        record = self.store[kind].get(record_id)
        if record is None or (parent is not None and record.parent != parent.id):
            raise not_found()
        return record

    def children(self, record: Record, kind: str) -> list[Record]:
        """Return the lines of a basket or session."""
        collection = self.store[kind]
        return [collection.records[child] for child in record.children]

    def update(self, record: Record, **changes: Any) -> None:
        """Change fields of a record."""
        self.store[record.kind].update(record, changes)

    def reference(self, prefix: str, digits: int) -> str:
        """Return the next reference such as `QO_20260423_00000001`."""
        self.store.references[prefix] += 1
        return f"{prefix}_{day(self.today())}_{self.store.references[prefix]:0{digits}d}"

    def conflict(self, detail: str) -> ApiError:
        """Return the error for what the state forbids; its status is not documented (C56)."""
        return ApiError(int(self.dialect.conflict), {"detail": detail})
