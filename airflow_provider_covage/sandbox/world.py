"""What the worlds of all APIs share; what is done in one is in the modules of its resources."""

from __future__ import annotations

import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.responses import Response

from airflow_provider_covage.sandbox.blueprint import Endpoint
from airflow_provider_covage.sandbox.clock import Clock, day, fraction
from airflow_provider_covage.sandbox.errors import ApiError, from_validation, not_found
from airflow_provider_covage.sandbox.faults import Faults
from airflow_provider_covage.sandbox.ledger import CURRENT, Ledger
from airflow_provider_covage.sandbox.outcomes import Outcomes
from airflow_provider_covage.sandbox.store import Json, Lag, Record, Store
from airflow_provider_covage.sandbox.switches import Switches


@dataclass(frozen=True, kw_only=True)
class BaseSettings:
    """How a sandbox is set up, whatever its API."""

    speed: float = 1.0
    page_size: int = 10
    max_page_size: int = 100
    jitter_seed: int = 0


class Tokens(Protocol):
    """The tokens of an API."""

    def check(self, authorization: str | None) -> None:
        """Refuse a request that does not carry a valid token."""

    def expire(self, *, refresh: bool = False) -> None:
        """Make every token invalid that does not live for ever, and on demand what renews them."""


class BaseWorld(ABC):
    """The state of one sandbox, and how its API speaks. Whoever reads or changes it holds `lock`.

    Args:
        settings: How the sandbox is set up.
        kinds: The kinds of records, with the fields by which they are often looked up.
        outcomes: What can become of each resource, the usual outcome first.
    """

    title: str
    """Name of the API for people."""
    dialect: Switches
    tokens: Tokens

    def __init__(
        self,
        settings: BaseSettings,
        kinds: Mapping[str, tuple[str, ...]],
        outcomes: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._settings, self._kinds, self._outcomes = settings, kinds, outcomes
        self.lock = threading.RLock()
        self.clock = Clock(settings.speed)
        self.faults = Faults()
        self.ledger = Ledger()
        self.extras: dict[str, Json] = {}
        self.messages: list[Json] = []
        self.reset()

    def reset(self) -> None:
        """Forget all state: records, tokens, rules, faults, ledger, messages. Clock and settings stay."""
        self.store = Store(self._kinds)
        self.outcomes = Outcomes(self._outcomes)
        self.faults.clear()
        self.ledger.clear()
        self.tokens = self.new_tokens()
        self.extras.clear()
        self.messages.clear()

    @abstractmethod
    def new_tokens(self) -> Tokens:
        """Return the tokens of a sandbox in which nobody has logged in."""

    @abstractmethod
    def refusal(self, error: ApiError) -> Response:
        """Return the answer for an error, as this API words it."""

    @abstractmethod
    def unauthorized(self) -> ApiError:
        """Return the error for a token that is not valid."""

    def before(self, operation: str, endpoint: Endpoint) -> None:
        """Let everything happen that is due before an operation; an `ApiError` keeps it from happening."""
        self.settle()

    @property
    def created(self) -> int:
        """Status of a creation."""
        return 201

    def invalid(self, errors: Sequence[Any]) -> ApiError:
        """Return the error for a request that could not be read."""
        return from_validation(errors)

    def route(self, method: str, path: str) -> str | Response:
        """Return the path that a request is for, or its answer where the path alone decides."""
        return path

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
        return low + (high - low) * fraction(self._settings.jitter_seed, record.kind, record.number)

    def new_id(self, data: Json) -> str:
        """Give a new record an id, which is put among its fields where it has none."""
        record_id = str(uuid.uuid4())
        data.setdefault("id", record_id)
        return record_id

    def add(self, kind: str, data: Json, *, parent: Record | None = None, record_id: str = "") -> Record:
        """Keep a new record; while a `lag` fault strikes, lists do not show it."""
        collection = self.store[kind]
        record_id = record_id or self.new_id(data)
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

    def listed(self, kind: str) -> list[Record]:
        """Return the records of a kind that lists show at present; asking counts as one list call."""
        collection = self.store[kind]
        collection.reveal(self.clock.now())
        return [record for record in collection if record.id not in collection.lagging]

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
