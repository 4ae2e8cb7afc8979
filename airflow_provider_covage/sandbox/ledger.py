"""What arrived and what took effect: the evidence that a test of a client needs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from airflow_provider_covage.sandbox.clock import utc
from airflow_provider_covage.sandbox.store import Json, Lag

KEPT_REQUESTS = 50_000


@dataclass
class RequestEntry:
    """One request that arrived. Neither headers nor bodies are kept, so no secret can be in it."""

    seq: int
    operation: str | None
    method: str
    path: str
    query: str
    time: str
    status: int | None = None
    fault: str | None = None
    lag: Lag | None = field(default=None, repr=False)

    def as_dict(self) -> Json:
        """Return the entry as it is shown; `status` stays null while nothing has been answered."""
        shown = asdict(self)
        del shown["lag"]
        return shown


CURRENT: ContextVar[RequestEntry | None] = ContextVar("sandbox_request", default=None)
"""The request that is being handled."""


class Ledger:
    """Effects and requests, each numbered in the order in which it happened."""

    def __init__(self) -> None:
        self.entries: list[Json] = []
        self.requests: deque[RequestEntry] = deque(maxlen=KEPT_REQUESTS)
        self._effects = count(1)
        self._arrivals = count(1)
        self.listener: Callable[[RequestEntry], None] | None = None

    def arrived(self, operation: str | None, method: str, path: str, query: str = "") -> RequestEntry:
        """Note a request, before anything is done about it."""
        entry = RequestEntry(next(self._arrivals), operation, method, path, query, utc(time.time()))
        self.requests.append(entry)
        return entry

    def answered(self, entry: RequestEntry, status: int | None) -> None:
        """Note what a request was answered; no status is no answer."""
        entry.status = status
        if self.listener:
            self.listener(entry)

    def effect(self, ids: dict[str, Any], key: str | None = None) -> None:
        """Note that the request being handled has taken effect on these ids."""
        request = CURRENT.get()
        self.entries.append(
            {
                "seq": next(self._effects),
                "operation": request.operation if request else None,
                "method": request.method if request else None,
                "path": request.path if request else None,
                "ids": ids,
                "key": key or None,
                "time": utc(time.time()),
            }
        )

    def clear(self) -> None:
        """Forget everything and count from one again."""
        self.entries.clear()
        self.requests.clear()
        self._effects, self._arrivals = count(1), count(1)
