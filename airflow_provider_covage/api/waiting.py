"""Judging one look after the other while waiting, and saying each thing once. No I/O here."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Self

from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.api.lifecycle import States, Verdict

if TYPE_CHECKING:
    from airflow_provider_covage.api.errors import TransientError
    from airflow_provider_covage.api.watching import Observation, Watch

_NOTHING = "not seen yet"


@dataclasses.dataclass(slots=True)
class Waiter:
    """One wait for one record.

    Args:
        watch: The kind of record.
        resource_id: The record.
        targets: States waited for.
        failures: States that end the wait without success.
        log: Where progress is told; one line per change.
        told: Steps on the way that were told already.
    """

    watch: Watch
    resource_id: str
    targets: States
    failures: States
    log: Any = dataclasses.field(default_factory=lambda: logging.getLogger(__name__))
    told: set[str] = dataclasses.field(default_factory=set)
    _seen: str | None = dataclasses.field(default=_NOTHING, init=False)
    _trouble: str | None = dataclasses.field(default=None, init=False)

    @classmethod
    def of(
        cls,
        watch: Watch,
        identifier: Mapping[str, Any],
        targets: Collection[str] | None,
        failures: Collection[str] | None,
        **kwargs: Any,
    ) -> Self:
        """Make one of what a sensor was told.

        Args:
            watch: The kind of record.
            identifier: The record, by the name of the sensor's argument.
            targets: States waited for, None for the default.
            failures: States that end the wait without success, None for the default.
            **kwargs: What else a waiter takes.

        Returns:
            The waiter.

        Raises:
            InputError: The identifier is none, or no state is left to wait for.
        """
        ((name, resource_id),) = identifier.items()
        if isinstance(resource_id, int) and not isinstance(resource_id, bool):
            resource_id = str(resource_id)
        check_identifier(f"waiting for a {watch.lifecycle.name}", name, resource_id)
        return cls(watch, resource_id, *watch.lifecycle.checked(targets, failures), **kwargs)

    @property
    def name(self) -> str:
        """What is waited for, in words."""
        return f"{self.watch.lifecycle.name} {self.resource_id}"

    @property
    def is_troubled(self) -> bool:
        """Whether it could not be read the last time."""
        return self._trouble is not None

    def judge(self, seen: Observation) -> Verdict:
        """Say what an observation means and tell the log what is new.

        Args:
            seen: The observation.

        Returns:
            The verdict.
        """
        self.readable()
        self.resource_id = seen.resource_id or self.resource_id
        for step in seen.steps:
            if step not in self.told:
                self.told.add(step)
                self.log.info("%s: %s", self.name, step)
        verdict = self.watch.lifecycle.judge(seen.state, self.targets, self.failures)
        if seen.state != self._seen:
            self._seen = seen.state
            self._tell(seen, verdict)
        return verdict

    def readable(self) -> None:
        """Note that it can be read; tells the log when that was different."""
        if self._trouble:
            self.log.info("%s can be read again", self.name)
            self._trouble = None

    def failure(self, seen: Observation) -> str:
        """Put a failed wait into words.

        Args:
            seen: The last observation.

        Returns:
            What failed, and what the API said about it.
        """
        reasons = f": {'; '.join(seen.reasons)}" if seen.reasons else ""
        return f"{self.name} is {seen.state}, so it will not be {self._wanted}{reasons}"

    def timed_out(self, seconds: float) -> str:
        """Put a wait without end into words.

        Args:
            seconds: How long it has lasted.

        Returns:
            What was waited for, and what was seen last.
        """
        state = "of unknown state" if self._seen in (None, "", _NOTHING) else self._seen
        trouble = f"; last trouble: {self._trouble}" if self._trouble else ""
        return f"{self.name} is {state} after {seconds:.0f} s and not yet {self._wanted}{trouble}"

    def trouble(self, error: TransientError) -> None:
        """Tell the log about a look that failed for the moment; once per kind of failure.

        Args:
            error: Why the record could not be read.
        """
        kind = type(error).__name__
        if self._trouble is None or not self._trouble.startswith(kind):
            self.log.warning("%s cannot be read for the moment, waiting on: %s", self.name, error)
        self._trouble = f"{kind}: {error}"

    @property
    def _wanted(self) -> str:
        return " or ".join(sorted(self.targets))

    def _tell(self, seen: Observation, verdict: Verdict) -> None:
        if verdict is Verdict.UNKNOWN:
            self.log.warning(
                "%s is in state %r, which no document knows; waiting for %s",
                self.name,
                seen.state,
                self._wanted,
            )
        elif verdict is Verdict.WAITING and seen.state in self.watch.lifecycle.draft:
            next_step = self.watch.lifecycle.next_step
            self.log.warning("%s is still a draft; nothing moves before you %s", self.name, next_step)
        else:
            self.log.info("%s is %s (%s)", self.name, seen.state, verdict.value)
