"""What can be told to a sandbox from outside, and read from it: the same from Python and over HTTP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Protocol

from airflow_provider_covage.sandbox.blueprint import Blueprint, Endpoint
from airflow_provider_covage.sandbox.faults import Fault
from airflow_provider_covage.sandbox.outcomes import Rule
from airflow_provider_covage.sandbox.store import Json, Record
from airflow_provider_covage.sandbox.world import BaseWorld


class Services(Protocol):
    """The resources of a sandbox."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """Return what serves each operation."""


class Controls(ABC):
    """The state of a sandbox and everything that steers it. Safe to use from any thread.

    Attributes:
        blueprint: The API of which this is a sandbox.
        world: Its state.
        services: Its resources.
        resources: The kinds of records that can be looked at and steered.
        seed: Adds many records at once; of which kinds there can be some depends on the API.
    """

    blueprint: Blueprint
    world: BaseWorld
    services: Services
    resources: tuple[str, ...]
    seed: Callable[..., None]

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second; can be changed at any time."""
        return self.world.clock.speed

    @speed.setter
    def speed(self, value: float) -> None:
        with self.world.lock:
            self.world.settle()
            self.world.clock.speed = value

    @property
    def ledger(self) -> list[Json]:
        """Every effect so far, in order, with seq, operation, method, path, ids, key, time."""
        with self.world.lock:
            return deepcopy(self.world.ledger.entries)

    @property
    def requests(self) -> list[Json]:
        """Every request so far, in order, with seq, operation, method, path, query, time, status, fault."""
        with self.world.lock:
            return [entry.as_dict() for entry in self.world.ledger.requests]

    @property
    def messages(self) -> list[Json]:
        """What people were sent so far, such as codes to sign with; has to, about, ids, text, time."""
        with self.world.lock:
            self.world.settle()
            return deepcopy(self.world.messages)

    def advance(self, seconds: float) -> float:
        """Move the clock forward by so many sandbox seconds; return the sandbox time then."""
        with self.world.lock:
            self.world.settle()
            self.world.clock.advance(seconds)
            return self.world.settle()

    def outcome(self, resource: str, outcome: str, /, **match: Any) -> Rule:
        """Tell what becomes of the records of a resource whose fields match (exactly or as a glob)."""
        with self.world.lock:
            return self.world.outcomes.add(resource, outcome, match)

    def clear_outcomes(self) -> None:
        """Forget every rule about outcomes."""
        with self.world.lock:
            self.world.outcomes.rules.clear()

    def fault(
        self, kind: str, match: str = "*", *, nth: int = 1, times: int | None = 1, **options: Any
    ) -> Fault:
        """Have a fault happen to the nth request to an operation (a glob); `times` None is forever."""
        return self.set_fault(Fault(kind, match, nth, times, options))

    def set_fault(self, fault: Fault) -> Fault:
        """Have a fault happen that has been described already."""
        with self.world.lock:
            return self.world.faults.add(fault)

    @property
    def faults(self) -> list[Fault]:
        """The faults that are set, with how many requests they have seen and struck."""
        with self.world.lock:
            return list(self.world.faults.set)

    def clear_faults(self) -> None:
        """Forget every fault. What a `lag` hides stays hidden until it is released."""
        with self.world.lock:
            self.world.faults.clear()

    def release(self) -> int:
        """Let everything appear in lists that a `lag` has hidden; return how many records that were."""
        with self.world.lock:
            return self.world.store.release()

    def set_state(self, resource: str, record_id: str, state: str) -> None:
        """Force a state, also an unknown one; what was going to happen to the record no longer does."""
        with self.world.lock:
            now = self.world.settle()
            record = self._find(resource, record_id)
            record.generation += 1
            record.forced = True
            self._force(record, state, now)

    def extra_fields(self, resource: str, fields: Json, record_id: str | None = None) -> None:
        """Add fields that no document knows to one record, or to every record of a resource."""
        with self.world.lock:
            if record_id is not None:
                self._find(resource, record_id).extra.update(fields)
            else:
                self._check(resource)
                self.world.extras.setdefault(resource, {}).update(fields)

    def record(self, resource: str, record_id: str) -> Json:
        """Return one record in full, as the API shows it."""
        with self.world.lock:
            self.world.settle()
            found = self._find(resource, record_id)
            return deepcopy(self._shown(found))

    def records(self, resource: str) -> list[Json]:
        """Return all records of a resource in full, also those that lists do not show."""
        with self.world.lock:
            self.world.settle()
            self._check(resource)
            return [deepcopy(self._shown(record)) for record in self.world.store[resource]]

    def expire_tokens(self, *, refresh: bool = False) -> None:
        """Make the access tokens handed out invalid now, and on demand the refresh tokens."""
        with self.world.lock:
            self.world.tokens.expire(refresh=refresh)

    def reset(self) -> None:
        """Empty all state: records, tokens, rules, faults, ledger, requests."""
        with self.world.lock:
            self.world.reset()
            self._fill()

    def status(self) -> Json:
        """Return a summary: time, speed, dialect, number of records."""
        with self.world.lock:
            now = self.world.settle()
            return {
                "now": now,
                "speed": self.speed,
                "dialect": vars(self.world.dialect),
                "records": {kind: len(self.world.store[kind]) for kind in self.resources},
                "due": len(self.world.store.schedule),
                "faults": [vars(fault) for fault in self.world.faults.set],
                "outcomes": [vars(rule) for rule in self.world.outcomes.rules],
            }

    @abstractmethod
    def _shown(self, record: Record) -> Json:
        """Return a record in full, as the API shows it."""

    @abstractmethod
    def _force(self, record: Record, state: str, now: float) -> None:
        """Give a record a state."""

    @abstractmethod
    def _fill(self) -> None:
        """Put what nobody can make over the API into an empty sandbox."""

    def _check(self, resource: str) -> None:
        if resource not in self.resources:
            raise ValueError(f"unknown resource {resource!r}; known: {', '.join(self.resources)}")

    def _find(self, resource: str, record_id: str) -> Record:
        self._check(resource)
        found = self.world.store[resource].get(str(record_id))
        if found is None:
            raise KeyError(f"no {resource} {record_id!r}")
        return found
