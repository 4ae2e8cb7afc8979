"""The trigger behind every deferred Covage sensor."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_provider_covage.api.covage import AsyncCovageClient
from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.errors import PermanentError, TransientError
from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.hooks.covage import CovageHook

_JITTER = 0.1


class CovageStateTrigger(BaseTrigger):
    """Waits until a record has come into a state.

    Fires one event: `{"status", "message", "state", "record"}`, where status is `reached`, `failed` (a
    failure state), `timeout` or `error` (the API refuses to show the record).

    Args:
        covage_conn_id: The Airflow connection; no credentials are among the arguments.
        resource: What is waited for, a key of `WATCHES`.
        resource_id: The record.
        target_states: States waited for.
        failure_states: States that end the wait without success.
        poke_interval: Seconds between two looks.
        started: When the sensor first started, seconds since the epoch.
        timeout: Seconds after `started` when the wait ends.
        exponential_backoff: Whether the interval doubles with each look.
        max_wait: Longest interval in seconds, None for no bound.
        told: Steps on the way that the sensor has told before it deferred.
    """

    def __init__(
        self,
        *,
        covage_conn_id: str,
        resource: str,
        resource_id: str,
        target_states: Collection[str],
        failure_states: Collection[str],
        poke_interval: float,
        started: float,
        timeout: float,
        exponential_backoff: bool = False,
        max_wait: float | None = None,
        told: Collection[str] = (),
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.covage_conn_id = covage_conn_id
        self.resource = resource
        self.resource_id = resource_id
        self.target_states = sorted(target_states)
        self.failure_states = sorted(failure_states)
        self.poke_interval = poke_interval
        self.started = started
        self.timeout = timeout
        self.exponential_backoff = exponential_backoff
        self.max_wait = max_wait
        self.told = list(told)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give what the triggerer needs to make this trigger again.

        Returns:
            Class path and arguments.
        """
        names = (
            "covage_conn_id",
            "resource",
            "resource_id",
            "target_states",
            "failure_states",
            "poke_interval",
            "started",
            "timeout",
            "exponential_backoff",
            "max_wait",
            "told",
        )
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until there is something to tell.

        Yields:
            The one event.
        """
        try:
            client = await CovageHook(self.covage_conn_id).get_async_conn()
        except PermanentError as error:
            yield _event("error", str(error))
            return
        async with client:
            yield await self._wait(client)

    async def _wait(self, client: AsyncCovageClient) -> TriggerEvent:
        waiter = Waiter(
            WATCHES[self.resource],
            self.resource_id,
            frozenset(self.target_states),
            frozenset(self.failure_states),
            self.log,
            set(self.told),
        )
        looks = 0
        while True:
            looks += 1
            try:
                event = await self._look(client, waiter)
            except PermanentError as error:
                return _event("error", str(error))
            if event is not None:
                return event
            left = self.started + self.timeout - time.time()
            if left <= 0:
                return _event("timeout", waiter.timed_out(time.time() - self.started))
            await asyncio.sleep(min(left, self._pause(looks)))

    async def _look(self, client: AsyncCovageClient, waiter: Waiter) -> TriggerEvent | None:
        try:
            seen = await client.transport.follow(waiter.watch.observe(waiter.resource_id))
        except TransientError as error:
            waiter.trouble(error)
            return None
        match waiter.judge(seen):
            case Verdict.REACHED:
                return _event("reached", "", seen.state, seen.outcome)
            case Verdict.FAILED:
                return _event("failed", waiter.failure(seen), seen.state, seen.outcome)
        return None

    def _pause(self, looks: int, spread: Callable[[float, float], float] = random.uniform) -> float:
        """Seconds until the next look, spread a little so that waits do not march in step."""
        pause = self.poke_interval * (2.0 ** min(looks - 1, 30) if self.exponential_backoff else 1.0)
        if self.max_wait is not None:
            pause = min(pause, self.max_wait)
        return max(0.05, pause * spread(1.0 - _JITTER, 1.0))


def _event(status: str, message: str, state: str | None = None, record: Any = None) -> TriggerEvent:
    payload = {"status": status, "message": message, "state": state, "record": record}
    return TriggerEvent(payload)  # type: ignore[no-untyped-call]
