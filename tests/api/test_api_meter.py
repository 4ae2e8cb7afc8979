"""What a meter is told of the requests of a client."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from clients import password_for, settings_for
from raw_server import reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage import CALLS
from airflow_provider_covage.api.covage.client import CovageApi
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.meter import Paused, Sent
from airflow_provider_covage.api.prizz.client import CALLS as PRIZZ_CALLS

GOOD = reply(200, {"id": "b1"})


class Notes:
    """A meter that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Sent | Paused] = []

    def sent(self, one: Sent) -> None:
        self.told.append(one)

    def paused(self, one: Paused) -> None:
        self.told.append(one)

    @property
    def results(self) -> list[tuple[str, str, int]]:
        return [(one.operation, one.result, one.attempt) for one in self.told if isinstance(one, Sent)]

    @property
    def pauses(self) -> list[tuple[str, str, bool]]:
        return [(one.operation, one.reason, one.repeats) for one in self.told if isinstance(one, Paused)]


@pytest.fixture
def notes() -> Notes:
    return Notes()


def test_each_request_is_told_with_its_operation(connect, server, notes):
    server.say(GOOD)
    client = connect(server.url, meter=notes)
    client.call(lambda api: api.quote.get("b1"))
    client.call(lambda api: api.quote_item.update("b1", "l1", note="x"))
    assert notes.results == [("quote.get", "200", 1), ("quote_item.update", "200", 1)]
    assert [one.method for one in notes.told] == ["GET", "PATCH"]
    assert all(one.seconds > 0 and one.began > 1e9 for one in notes.told)


def test_repetitions_are_told_with_their_reason(connect, server, notes):
    server.say(reply(503), reply(429), GOOD)
    connect(server.url, meter=notes).call(lambda api: api.quote.get("b1"))
    assert notes.results == [("quote.get", "503", 1), ("quote.get", "429", 2), ("quote.get", "200", 3)]
    assert notes.pauses == [("quote.get", "503", True), ("quote.get", "429", True)]


def test_a_request_that_never_arrives_has_no_status(connect, closed_port, notes):
    client = connect(f"http://127.0.0.1:{closed_port}", meter=notes, patience=Patience(attempts=1))
    with pytest.raises(errors.ConnectionFailedError):
        client.call(lambda api: api.quote.get("b1"))
    assert notes.results == [("quote.get", "not_sent", 1)]


def test_a_refusal_is_told_once(connect, server, notes):
    server.say(reply(403))
    with pytest.raises(errors.ForbiddenError):
        connect(server.url, meter=notes).call(lambda api: api.quote.create())
    assert notes.results == [("quote.create", "403", 1)]


def test_all_pages_of_a_list_count_as_the_list(connect, sandbox, notes):
    client = connect(sandbox.url, password_for(sandbox), meter=notes, page_size=1)
    for _ in range(3):
        client.call(lambda api: api.quote.create())
    notes.told.clear()
    assert len(client.records(lambda api: api.quote.list())) == 3
    assert {operation for operation, _, _ in notes.results} == {"quote.list"}
    assert len(notes.results) >= 3


def test_logins_are_told_apart_from_what_they_are_for(connect, sandbox, notes):
    client = connect(sandbox.url, password_for(sandbox), meter=notes)
    client.call(lambda api: api.quote.create())
    assert notes.results == [("token.login", "200", 1), ("quote.create", "201", 1)]


def test_a_fresh_token_is_the_same_attempt(connect, server, notes):
    token = reply(200, {"access_token": "a", "refresh_token": "r", "expires_in": 300})
    server.say(
        lambda it: token if it.target == "/token" else (GOOD if len(server.requests) > 2 else reply(401))
    )
    client = connect(server.url, password_for_server(server), meter=notes)
    client.call(lambda api: api.quote.get("b1"))
    assert notes.results == [
        ("token.login", "200", 1),
        ("quote.get", "401", 1),
        ("token.refresh", "200", 1),
        ("quote.get", "200", 1),
    ]


def password_for_server(server: Any) -> Any:
    class Account:
        token_url = f"{server.url}/token"

    return password_for(Account)


def test_a_rate_limit_of_ones_own_is_told(connect, server, notes):
    server.say(GOOD)
    client = connect(server.url, meter=notes, requests_per_second=1000)
    for _ in range(3):
        client.call(lambda api: api.quote.get("b1"))
    assert len(notes.results) == 3
    assert {(reason, repeats) for _, reason, repeats in notes.pauses} <= {("rate", False)}


def test_what_goes_wrong_in_a_meter_does_not_reach_the_call(connect, server):
    class Broken:
        def sent(self, one: Sent) -> None:
            raise RuntimeError("no statsd today")

        paused = sent

    server.say(reply(503), GOOD)
    assert connect(server.url, meter=Broken()).call(lambda api: api.quote.get("b1")) == {"id": "b1"}


def test_threads_may_share_a_meter(server, notes):
    from clients import Sync, token

    server.say(GOOD)
    client = Sync(settings_for(server.url, meter=notes), token())
    ask = lambda: [client.call(lambda api: api.quote.get("b1")) for _ in range(5)]  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert notes.results == [("quote.get", "200", 1)] * 20


@pytest.mark.parametrize("calls", [CALLS, PRIZZ_CALLS], ids=["covage", "prizz"])
def test_operations_are_named_as_they_are_called(calls: CovageApi[Any]):
    """The name of an operation comes from the class of its resource; the client has its own name for that."""
    for attribute, resource in vars(calls).items():
        for verb, found in vars(type(resource)).items():
            if hasattr(found, "_build"):
                assert found._name == f"{attribute}.{verb}"
