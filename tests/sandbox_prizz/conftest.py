"""A sandbox whose clock stands still."""

from __future__ import annotations

import pytest
from prizz_api import TOKEN, Api

from airflow_provider_covage.sandbox import PrizzDialect, PrizzSandbox


@pytest.fixture(scope="session")
def prizz_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0, "api_token": TOKEN}


@pytest.fixture
def sandbox(prizz_sandbox):
    return prizz_sandbox


@pytest.fixture
def api(sandbox):
    client = Api(sandbox)
    yield client
    client.http.close()


@pytest.fixture
def start():
    """`start("errors_problem", speed=1)` starts a sandbox of another kind and returns its client."""
    clients = []

    def start(*dialect, **options):
        if dialect:
            options["dialect"] = PrizzDialect.named(*dialect)
        sandbox = PrizzSandbox(**{"speed": 0, "api_token": TOKEN, **options}).start()
        clients.append(Api(sandbox))
        return clients[-1]

    yield start
    for client in clients:
        client.http.close()
        client.sandbox.stop()
