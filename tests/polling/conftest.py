"""A poller on a sandbox whose clock moves only when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter

import pytest

from airflow_provider_covage.api.covage import AsyncCovageClient
from airflow_provider_covage.api.covage.client import authentication
from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.polling import POLLING, Poller, Rhythm
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.waiting import Waiter


@pytest.fixture(scope="session")
def covage_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


class Polling:
    """Waits on the sandbox, and what they have cost."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.password = sandbox.connection["password"]
        self.settings = {"max_connections": 4, "timeout": 5.0, "patience": POLLING}
        self.clients = []
        self.poller = Poller(self._connect)
        self.tasks = []

    async def _connect(self):
        given = self.sandbox.connection
        auth = authentication(
            login=given["login"], password=self.password, token_url=given["extra"]["token_url"]
        )
        client = AsyncCovageClient(Settings(base_url=self.sandbox.url, **self.settings), auth)
        self.clients.append(client)
        return client

    def wait(
        self, resource, resource_id, *, poke_interval=0.1, timeout=60, looked=True, created=None, **rhythm
    ):
        """Begin to wait for a record; the task gives the ending."""
        now = time.time()
        watch = WATCHES[resource]
        waiter = Waiter(watch, resource_id, *watch.lifecycle.checked(None, None))
        rhythm = Rhythm(poke_interval, now + timeout, now, **rhythm)
        task = asyncio.create_task(self.poller.wait(waiter, rhythm, now if looked else None, created))
        self.tasks.append(task)
        return task

    def cost(self):
        """How often each operation was asked for so far."""
        return Counter(request["operation"] for request in self.sandbox.requests)

    async def until(self, condition, seconds=20):
        """Let the loops run until something is so."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)


@pytest.fixture
def polling(sandbox):
    """`polling(scenario)` runs an asynchronous scenario with a `Polling`, and closes it."""

    def run(scenario):
        async def main():
            it = Polling(sandbox)
            try:
                return await asyncio.wait_for(scenario(it), 50)
            finally:
                for task in it.tasks:
                    task.cancel()
                await asyncio.gather(*it.tasks, return_exceptions=True)
                with contextlib.suppress(asyncio.CancelledError):
                    await it.poller.close()

        return asyncio.run(main())

    return run


@pytest.fixture
def lines(sandbox):
    """`lines(30)` makes so many quotation lines that wait for their price."""

    def make(number):
        sandbox.seed(quotes=1, lines_per_quote=number)
        made = [line["id"] for line in sandbox.records("quote_item")]
        for line in made:
            sandbox.set_state("quote_item", line, "confirmed")
        return made

    return make
