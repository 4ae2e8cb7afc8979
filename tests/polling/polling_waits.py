"""Waits on a sandbox of either API, and a loop for them to live in."""

import asyncio
import contextlib
import time

from airflow_provider_covage.api.polling import Poller, Rhythm
from airflow_provider_covage.api.waiting import Waiter


class Waits:
    """Waits on the sandbox through one poller; of an API by its `connect` and its `watches`."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.poller = Poller(self.connect)
        self.tasks = []

    def begin(
        self, resource, resource_id, *, targets=None, interval=0.1, timeout=60, looked, created, **rhythm
    ):
        """Begin to wait for a record; the task gives the ending."""
        now, watch = time.time(), self.watches[resource]
        waiter = Waiter(watch, str(resource_id), *watch.lifecycle.checked(targets, None))
        rhythm = Rhythm(interval, now + timeout, now, **rhythm)
        task = asyncio.create_task(self.poller.wait(waiter, rhythm, now if looked else None, created))
        self.tasks.append(task)
        return task

    async def until(self, condition, seconds=20):
        """Let the loops run until something is so."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)


def run_with(waits, scenario):
    """Run an asynchronous scenario with waits that are made inside its loop, and end them."""

    async def main():
        it = waits()
        try:
            return await asyncio.wait_for(scenario(it), 50)
        finally:
            for task in it.tasks:
                task.cancel()
            await asyncio.gather(*it.tasks, return_exceptions=True)
            with contextlib.suppress(asyncio.CancelledError):
                await it.poller.close()

    return asyncio.run(main())
