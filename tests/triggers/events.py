"""A triggerer as event triggers see one: Airflow's own shared streams, and a state store that is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from airflow.triggers.shared_stream import AckTimeout, SharedStreamManager

from airflow_provider_covage.triggers.covage import CovageEventTrigger


class StateStore:
    """The state store of one asset: JSON values by their names."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.broken = 0

    async def aget(self, key: str, default: Any = None) -> Any:
        self._break()
        return json.loads(self.values[key]) if key in self.values else default

    async def aset(self, key: str, value: Any) -> None:
        self._break()
        self.values[key] = json.dumps(value)

    def _break(self) -> None:
        if self.broken:
            self.broken -= 1
            raise ConnectionError("the API server is away")


class Triggerer:
    """Runs event triggers as Airflow's triggerer does, until it is left.

    Args:
        persists: Whether events get into Airflow's database; for each trigger, if only those of some do.
        ack_timeout: Seconds after which a trigger fails whose event did not get there.
    """

    def __init__(self, *, persists: bool | Collection[int] = True, ack_timeout: float = 300.0) -> None:
        self.streams = SharedStreamManager(ack_timeout=ack_timeout)
        self.told: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.failed: set[int] = set()
        """Triggers that have failed because an event of theirs was not confirmed in time."""
        self._persists = persists
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Triggerer:
        return self

    async def __aexit__(self, *exception: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        ended = await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        left = [one for number, one in enumerate(ended) if number not in self.failed]
        assert all(isinstance(one, asyncio.CancelledError) for one in left), left
        await self.streams.stop_all()

    def start(self, trigger: CovageEventTrigger, store: StateStore | None) -> int:
        """Start a trigger; the number is that of its events."""
        path, arguments = trigger.serialize()
        stored = CovageEventTrigger(**json.loads(json.dumps(arguments)))
        assert path.endswith(CovageEventTrigger.__name__)
        stored.asset_state_store = store
        number = len(self._tasks)
        self._tasks[number] = asyncio.create_task(self._run(number, stored))
        return number

    def changes(self, number: int = 0) -> list[tuple[str, str | None, str]]:
        """What was told so far, one after the other."""
        told = [change for payload in self.told[number] for change in payload["changes"]]
        return [(one["id"], one["old_state"], one["state"]) for one in told]

    async def until(self, condition: Any) -> None:
        """Wait until something is so, while all triggers run."""
        async with asyncio.timeout(20):
            while not condition():
                for number, task in self._tasks.items():
                    if task.done() and number not in self.failed:
                        task.result()
                await asyncio.sleep(0.01)

    async def _run(self, number: int, trigger: CovageEventTrigger) -> None:
        key = trigger.shared_stream_key()
        stream = self.streams.subscribe(trigger_id=number, trigger=trigger, key=key)
        try:
            async with contextlib.aclosing(trigger.filter_shared_stream(stream)) as events:
                async for event in events:
                    seq = self.streams.bind_pending_event(trigger_id=number, key=key)
                    self.told[number].append(json.loads(json.dumps(event.payload)))
                    if self._persists is True or (self._persists and number in self._persists):
                        self.streams.confirm_persisted([seq])
        except AckTimeout:
            self.failed.add(number)
        finally:
            await self.streams.unsubscribe(number, key)
