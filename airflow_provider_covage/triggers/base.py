"""The one trigger that all others are: wait for a state through the poller of the connection."""

from __future__ import annotations

import contextlib
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from airflow.triggers.base import BaseTrigger, TaskSuccessEvent, TriggerEvent

from airflow_provider_covage.api.errors import PermanentError
from airflow_provider_covage.api.lifecycle import Verdict, ordered
from airflow_provider_covage.api.polling import Ending, Rhythm
from airflow_provider_covage.api.polling.sharing import Client
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.api.watching import Watch
from airflow_provider_covage.hooks import metrics
from airflow_provider_covage.hooks.links import PortalLink
from airflow_provider_covage.triggers import GRACE
from airflow_provider_covage.triggers.links import link, link_kept
from airflow_provider_covage.triggers.pollers import shared_poller

_JUST_STARTED = 60.0
"""Seconds in which a wait counts as new."""

_STATUS = {Verdict.REACHED: "reached", Verdict.FAILED: "failed", Verdict.WAITING: "timeout"}


class StateTrigger(BaseTrigger):
    """Waits until a record has come into a state.

    Fires one event: `{"status", "message", "state", "record"}`, where status is `reached`, `failed` (a
    failure state), `timeout` or `error` (the API refuses to show the record).

    Args:
        resource: What is waited for, a key of the watches of the API.
        target_states: States waited for; None for the default of the resource.
        failure_states: States that end the wait without success; None for those of the lifecycle.
        poke_interval: Seconds between two looks.
        timeout: Seconds after `started` when the wait ends.
        started: When the sensor first started, seconds since the epoch; None if it starts here.
        looked_at: When the sensor has looked, seconds since the epoch; None to look at once.
        created: When the record was created, seconds since the epoch, as the sensor has seen it; None if not.
        exponential_backoff: Whether the interval doubles with each look.
        max_wait: Longest interval in seconds, None for no bound.
        told: Steps on the way that the sensor has told before it deferred.
        end_from_trigger: Whether success ends the task right here, with the record as its XCom.
        do_xcom_push: Whether the record becomes an XCom then.
        **identifier: The record, under the name that the sensor has for it, such as `quote_id="..."`; of
            that name because Airflow renders templates by name.
    """

    conn_type: ClassVar[str]
    conn_id_name: ClassVar[str]
    portal_link: ClassVar[PortalLink]

    def __init__(
        self,
        *,
        resource: str,
        target_states: Collection[str] | None = None,
        failure_states: Collection[str] | None = None,
        poke_interval: float,
        timeout: float,
        started: float | None = None,
        looked_at: float | None = None,
        created: float | None = None,
        exponential_backoff: bool = False,
        max_wait: float | None = None,
        told: Collection[str] = (),
        end_from_trigger: bool = False,
        do_xcom_push: bool = True,
        **identifier: str,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.resource = resource
        self.target_states = ordered(target_states)
        self.failure_states = ordered(failure_states)
        self.poke_interval = poke_interval
        self.timeout = timeout
        self.started = started
        self.looked_at = looked_at
        self.created = created
        self.exponential_backoff = exponential_backoff
        self.max_wait = max_wait
        self.told = list(told)
        self.end_from_trigger = end_from_trigger
        self.do_xcom_push = do_xcom_push
        ((self._id_name, resource_id),) = identifier.items()
        setattr(self, self._id_name, resource_id)

    @property
    @abstractmethod
    def watch(self) -> Watch:
        """The kind of record."""

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
        names = (
            self.conn_id_name,
            "resource",
            self._id_name,
            "target_states",
            "failure_states",
            "poke_interval",
            "timeout",
            "started",
            "looked_at",
            "created",
            "exponential_backoff",
            "max_wait",
            "told",
            "end_from_trigger",
            "do_xcom_push",
        )
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait until there is something to tell.

        Yields:
            The one event.
        """
        try:
            ending = await self._wait()
        except PermanentError as error:
            yield _event("error", str(error))
            return
        seen = ending.seen
        outcome = seen.outcome if seen else None
        if ending.verdict is Verdict.REACHED and self.end_from_trigger:
            record = {"return_value": outcome} if self.do_xcom_push else {}
            yield TaskSuccessEvent(xcoms=record | await link(self.portal_link, self, outcome))
        else:
            yield _event(_STATUS[ending.verdict], ending.message, seen.state if seen else None, outcome)

    async def _wait(self) -> Ending:
        waiter = Waiter.of(
            self.watch,
            {self._id_name: getattr(self, self._id_name)},
            self.target_states,
            self.failure_states,
            log=self.log,
            told=set(self.told),
        )
        started = self._first_start()
        rhythm = Rhythm(
            self.poke_interval, started + self.timeout, started, self.exponential_backoff, self.max_wait
        )
        conn_id = getattr(self, self.conn_id_name)
        # Begun without a worker, and not at a restart of the triggerer.
        is_new = getattr(self, "task", None) is not None and time.time() - started < _JUST_STARTED
        keeping = link_kept(self.portal_link, self) if is_new else contextlib.nullcontext()
        async with keeping, shared_poller(self.conn_type, conn_id, self.connect) as poller:
            ending = await poller.wait(waiter, rhythm, self.looked_at, self.created)
        seconds, outcome = time.time() - started, _STATUS[ending.verdict]
        metrics.emit(
            metrics.WAIT_TIME,
            api=self.conn_type,
            conn_id=conn_id,
            resource=self.resource,
            outcome=outcome,
            seconds=seconds,
        )
        return ending

    def _first_start(self) -> float:
        if self.started is not None:
            return self.started
        # Airflow keeps the end of a wait that it has started here over restarts of the triggerer.
        ends: datetime | None = getattr(self, "timeout_after", None)
        return min(time.time(), (ends - self._longest()).timestamp()) if ends else time.time()

    def _longest(self) -> timedelta:
        """After how long Airflow ends a wait that it has started here, as its scheduler reckons."""
        longest = timedelta(seconds=self.timeout) + GRACE
        limit: timedelta | None = getattr(getattr(self, "task", None), "execution_timeout", None)
        return longest if limit is None else min(limit, longest)


def _event(status: str, message: str, state: str | None = None, record: Any = None) -> TriggerEvent:
    payload = {"status": status, "message": message, "state": state, "record": record}
    return TriggerEvent(payload)  # type: ignore[no-untyped-call]
