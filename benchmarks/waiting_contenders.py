"""The ways to wait that `benchmarks.waiting` compares, each in a process of its own, as in a triggerer.

Its environment is that of an Airflow with the connections `covage_default` and `http_default`. Answers each
line of its input (a command as JSON) with a line of JSON; ends with its input.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable
from pkgutil import resolve_name
from typing import Any, TextIO

import aiohttp
import psutil  # type: ignore[import-untyped]
from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_provider_covage.api.polling.wait import Wait
from airflow_provider_covage.triggers.covage import CovageStateTrigger

PATH = "/api/v1/quote_item/{}/"
TICK = 0.005
TIMEOUT = 7 * 86_400.0
ACCOUNT = 1
REACHED = ("reached", "success")


class SessionPerPollTrigger(BaseTrigger):
    """One request per wait and round, each in a session of its own, as the trigger of dbt Cloud has it.

    Args:
        url: Address of the line.
        token: Bearer token.
        poke_interval: Seconds between two looks.
    """

    def __init__(self, url: str, token: str, poke_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url
        self.token = token
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give what it is made of.

        Returns:
            Class path and arguments.
        """
        return f"{__name__}.SessionPerPollTrigger", {
            "url": self.url,
            "token": self.token,
            "poke_interval": self.poke_interval,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll until the line has its price.

        Yields:
            The one event.
        """
        while True:
            record = await self._look()
            if record["state"] == "ready":
                yield TriggerEvent({"status": "reached", "record": record})  # type: ignore[no-untyped-call]
                return
            await asyncio.sleep(self.poke_interval)

    async def _look(self) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(self.url) as response,
        ):
            response.raise_for_status()
            return await response.json()


Make = Callable[[int, str, argparse.Namespace], BaseTrigger]
"""Makes the trigger for a line; takes its place among those waited for, its identifier, and the options."""


def _package(number: int, line: str, options: argparse.Namespace) -> BaseTrigger:
    # As after a restart of the triggerer: all have been looked at by their sensors some time ago.
    looked_at = time.time() - options.interval
    return CovageStateTrigger(
        covage_conn_id="covage_default",
        resource="quote_item",
        quote_item_id=line,
        poke_interval=options.interval,
        timeout=TIMEOUT,
        started=looked_at,
        looked_at=looked_at,
        created=options.created,
    )


def _session_per_poll(number: int, line: str, options: argparse.Namespace) -> BaseTrigger:
    return SessionPerPollTrigger(options.url + PATH.format(line), options.token, options.interval)


def _dbt_cloud(number: int, line: str, options: argparse.Namespace) -> BaseTrigger:
    trigger = resolve_name("airflow.providers.dbt.cloud.triggers.dbt:DbtCloudRunJobTrigger")
    return trigger(  # type: ignore[no-any-return]
        conn_id="dbt_cloud_default",
        run_id=number,
        end_time=time.time() + TIMEOUT,
        poll_interval=options.interval,
        account_id=ACCOUNT,
    )


def _http_sensor(number: int, line: str, options: argparse.Namespace) -> BaseTrigger:
    trigger = resolve_name("airflow.providers.http.triggers.http:HttpSensorTrigger")
    return trigger(  # type: ignore[no-any-return]
        endpoint=PATH.format(line).lstrip("/"),
        headers={"Authorization": f"Bearer {options.token}"},
        poke_interval=options.interval,
    )


CONTENDERS: dict[str, Make] = {
    "package": _package,
    "session per poll": _session_per_poll,
    "DbtCloudRunJobTrigger": _dbt_cloud,
    "HttpSensorTrigger": _http_sensor,
}


class Looks:
    """How often this package has looked at a record, be it by its identifier or in the list."""

    taken = 0

    @classmethod
    def count(cls) -> None:
        """Count from now on."""
        looked = Wait._looked

        def counting(wait: Wait, now: float) -> None:
            cls.taken += 1
            looked(wait, now)

        Wait._looked = counting  # type: ignore[assignment]


class Stalls:
    """How long others had to wait for the event loop, as a tick notices it.

    What the machine gave to other processes meanwhile does not count.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._collecting = 0.0
        self._collected = 0.0
        self.own = 0.0
        """The longest one in seconds, without full runs of Python's garbage collector."""
        self.longest = 0.0
        """The longest one in seconds, with them: they take longer, the more a process has imported."""
        gc.callbacks.append(self._note_collection)

    def watch(self, is_watching: bool) -> None:
        """Begin or end to watch; watching itself takes CPU.

        Args:
            is_watching: Which.
        """
        if self._task:
            self._task.cancel()
        self._task = asyncio.create_task(self._tick()) if is_watching else None

    async def _tick(self) -> None:
        while True:
            before, used, collected = time.perf_counter(), time.thread_time(), self._collected
            await asyncio.sleep(TICK)
            late = time.perf_counter() - before - TICK
            stall = min(late, time.thread_time() - used)
            self.longest = max(self.longest, stall)
            self.own = max(self.own, stall - (self._collected - collected))

    def _note_collection(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._collected += time.thread_time() - self._collecting


class Contender:
    """All waits of one contender.

    Args:
        options: The command line.
        answers: Where answers go.
    """

    def __init__(self, options: argparse.Namespace, answers: TextIO) -> None:
        self._options = options
        self._answers = answers
        self._stalls = Stalls()
        self._tasks: list[asyncio.Task[None]] = []
        self._arrived: dict[str, float] = {}

    async def run(self) -> None:
        """Answer commands until the input ends."""
        self._say(self._used(tidy=True))
        while command := await asyncio.to_thread(sys.stdin.readline):
            self._say(await self._answer(json.loads(command)))

    async def _answer(self, command: dict[str, Any]) -> Any:
        self._stalls.watch(command.get("watch", False))
        match command["do"]:
            case "start":
                await self._start(command["ids"])
            case "arrived":
                return self._arrived
            case "stop":
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._used(tidy=command["do"] == "rest")

    async def _start(self, ids: list[str]) -> None:
        make = CONTENDERS[self._options.contender]
        for number, line in enumerate(ids):
            if number % 100 == 0:
                await asyncio.sleep(0)
            trigger = make(number, line, self._options)
            self._tasks.append(asyncio.create_task(self._wait(line, trigger)))

    async def _wait(self, line: str, trigger: BaseTrigger) -> None:
        async for event in trigger.run():
            if isinstance(event.payload, dict) and event.payload["status"] not in REACHED:
                raise RuntimeError(str(event.payload))
            if line in self._arrived:
                raise RuntimeError(f"a second event for {line}")
            self._arrived[line] = time.time()

    def _used(self, *, tidy: bool = False) -> dict[str, float]:
        cpu = time.process_time()
        if tidy:
            gc.collect()  # takes longer than a round does
        ended = [task for task in self._tasks if task.done() and not task.cancelled()]
        return {
            "looks": Looks.taken,
            "cpu": cpu,
            "cpu_from_here": time.process_time(),
            "memory": psutil.Process().memory_info().rss,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "stall": self._stalls.own,
            "longest": self._stalls.longest,
            "failed": sum(task.exception() is not None for task in ended),
        }

    def _say(self, answer: Any) -> None:
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()


def main() -> None:
    """Run one contender."""
    parser = argparse.ArgumentParser(description="Wait for many lines in one of several ways.")
    parser.add_argument("contender", choices=CONTENDERS)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--interval", type=float, required=True, help="seconds between two looks")
    parser.add_argument("--created", type=float, help="when the lines were created, seconds since the epoch")
    options = parser.parse_args()
    # What libraries print is not an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
        os.dup2(nothing.fileno(), sys.stderr.fileno())
    Looks.count()
    with contextlib.suppress(BrokenPipeError):
        asyncio.run(Contender(options, answers).run())


if __name__ == "__main__":
    main()
