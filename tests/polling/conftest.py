"""A poller on a sandbox whose clock moves only when it is told to."""

from __future__ import annotations

from collections import Counter

import pytest
from polling_waits import Waits, run_with

from airflow_provider_covage.api.covage import AsyncCovageClient
from airflow_provider_covage.api.covage.client import authentication
from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.polling import POLLING
from airflow_provider_covage.api.settings import Settings


@pytest.fixture(scope="session")
def covage_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


class Polling(Waits):
    """Waits on the sandbox of Covage, and what they have cost."""

    watches = WATCHES

    def __init__(self, sandbox):
        super().__init__(sandbox)
        self.password = sandbox.connection["password"]
        self.settings = {"max_connections": 4, "timeout": 5.0, "patience": POLLING}
        self.clients = []

    async def connect(self):
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
        return self.begin(
            resource,
            resource_id,
            interval=poke_interval,
            timeout=timeout,
            looked=looked,
            created=created,
            **rhythm,
        )

    def cost(self):
        """How often each operation was asked for so far."""
        return Counter(request["operation"] for request in self.sandbox.requests)


@pytest.fixture
def polling(sandbox):
    """`polling(scenario)` runs an asynchronous scenario with a `Polling`, and closes it."""
    return lambda scenario: run_with(lambda: Polling(sandbox), scenario)


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
