"""Tokens: asked for once, renewed in time, and what happens when there is none to be had."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest
from clients import Async, Sync, password_for, settings_for
from failures import within
from raw_server import CLOSE, STALL, html, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import PasswordAuth, TokenAuth
from airflow_provider_covage.api.covage.client import authentication
from airflow_provider_covage.api.request import Answer, Request

TOKEN_URL = "https://keycloak.example.net/auth/realms/covage/protocol/openid-connect/token"


def token_answer(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "access_token": f"access-{number}",
        "expires_in": 300,
        "refresh_token": f"refresh-{number}",
        "refresh_expires_in": 1800,
        "token_type": "Bearer",
        "scope": "email profile",
        "session_state": "d1b5",
        **fields,
    }


class Keycloak:
    """A token endpoint and a clock, without any I/O."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked: list[Request] = []
        self.answers: list[tuple[int, Any]] = []
        self.auth = PasswordAuth(
            token_url=TOKEN_URL, username="service", password="pass word&+é", clock=lambda: self.now
        )

    @property
    def forms(self) -> list[dict[str, str]]:
        return [{name: value[0] for name, value in parse_qs(one.form or "").items()} for one in self.asked]

    @property
    def grants(self) -> list[str]:
        return [form["grant_type"] for form in self.forms]

    def header(self) -> str:
        """Return the header that a request would be sent with now."""
        steps = self.auth.obtain()
        try:
            request = next(steps)
            while True:
                request = steps.send(self._answer(request))
        except StopIteration as stop:
            return stop.value

    def _answer(self, request: Request) -> Answer:
        self.asked.append(request)
        usual = (200, token_answer(len(self.asked)))
        status, body = self.answers.pop(0) if self.answers else usual
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Answer(request, status, {"content-type": "application/json"}, content)


@pytest.fixture
def keycloak() -> Keycloak:
    return Keycloak()


def test_the_first_token_is_asked_for_with_the_password(keycloak):
    assert keycloak.header() == "Bearer access-1"
    assert keycloak.forms == [
        {
            "grant_type": "password",
            "client_id": "api-client",
            "username": "service",
            "password": "pass word&+é",
        }
    ]
    assert (keycloak.asked[0].method, keycloak.asked[0].url) == ("POST", TOKEN_URL)


def test_a_token_serves_until_shortly_before_its_end(keycloak):
    keycloak.header()
    keycloak.now += 269
    assert keycloak.header() == "Bearer access-1"
    keycloak.now += 2
    assert keycloak.header() == "Bearer access-2"
    assert keycloak.forms[1] == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-1",
        "client_id": "api-client",
    }


def test_a_short_token_is_not_renewed_at_every_request(keycloak):
    keycloak.answers = [(200, token_answer(1, expires_in=20))]
    keycloak.header()
    keycloak.now += 17
    assert keycloak.header() == "Bearer access-1"
    keycloak.now += 2
    assert keycloak.header() == "Bearer access-2"


@pytest.mark.parametrize("status", [400, 401])
def test_a_refresh_token_that_is_refused_leads_back_to_the_password(keycloak, status):
    keycloak.header()
    keycloak.now += 290
    keycloak.answers = [(status, {"error": "invalid_grant", "error_description": "Token is not active"})]
    assert keycloak.header() == "Bearer access-3"
    assert keycloak.grants == ["password", "refresh_token", "password"]


def test_an_expired_refresh_token_is_not_even_tried(keycloak):
    keycloak.header()
    keycloak.now += 1800
    keycloak.header()
    assert keycloak.grants == ["password", "password"]


@pytest.mark.parametrize("fields", [{"refresh_expires_in": 0}, {"refresh_expires_in": None}])
def test_a_refresh_token_without_known_end_is_tried(keycloak, fields):
    keycloak.answers = [(200, token_answer(1, **fields))]
    keycloak.header()
    keycloak.now += 100_000
    keycloak.header()
    assert keycloak.grants == ["password", "refresh_token"]


def test_without_refresh_token_the_password_is_used_again(keycloak):
    keycloak.answers = [(200, {"access_token": "a", "token_type": "Bearer", "expires_in": 300})]
    keycloak.header()
    keycloak.now += 290
    keycloak.header()
    assert keycloak.grants == ["password", "password"]


def test_a_refused_token_is_replaced_once_however_many_were_refused_with_it(keycloak):
    header = keycloak.header()
    assert keycloak.auth.reject(header)
    assert keycloak.header() == "Bearer access-2"
    assert keycloak.auth.reject(header)
    assert keycloak.header() == "Bearer access-2"
    assert len(keycloak.asked) == 2


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_password_is_permanent(keycloak, status):
    keycloak.answers = [(status, {"error": "invalid_grant", "error_description": "Invalid user credentials"})]
    with pytest.raises(errors.AuthenticationError, match="Invalid user credentials") as caught:
        keycloak.header()
    assert isinstance(caught.value, errors.PermanentError)
    assert caught.value.path == "/auth/realms/covage/protocol/openid-connect/token"


ODD: dict[str, Any] = {
    "HTML": b"<!DOCTYPE html><title>Log in</title>",
    "empty": b"",
    "not JSON": b"token=1",
    "not UTF-8": b"\xff\xfe",
    "an array": [1],
    "a text": "token",
    "null": None,
    "no access token": {"expires_in": 300, "token_type": "Bearer"},
    "access token null": token_answer(access_token=None),
    "access token empty": token_answer(access_token=""),
    "no token type": {"access_token": "a", "expires_in": 300},
    "an error with 200": {"error": "invalid_grant"},
    "life in words": token_answer(expires_in="soon"),
    "life as an object": token_answer(expires_in={}),
    "refresh life in words": token_answer(refresh_expires_in="never"),
    "refresh life as an array": token_answer(refresh_expires_in=[]),
}


@pytest.mark.parametrize("body", ODD.values(), ids=list(ODD))
def test_what_is_no_token_is_an_error_of_ours_or_does_no_harm(keycloak, body):
    keycloak.answers = [(200, body)]
    try:
        header = keycloak.header()
    except errors.UnreadableAnswerError as error:
        assert "token" in str(error)  # noqa: PT017 - one of two good endings
    else:
        assert header == "Bearer access-1" or header == "Bearer a"


@pytest.mark.parametrize("life", [300.0, "300"])
def test_numbers_may_come_as_text(keycloak, life):
    keycloak.answers = [(200, token_answer(1, expires_in=life, refresh_expires_in=life))]
    assert keycloak.header() == "Bearer access-1"
    keycloak.now += 100
    assert keycloak.header() == "Bearer access-1"


def test_a_fixed_token_is_sent_as_it_is():
    auth = TokenAuth("abc")
    with pytest.raises(StopIteration) as stop:
        next(auth.obtain())
    assert stop.value.value == "Bearer abc"
    assert auth.reject("Bearer abc") is False


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"login": "a", "password": ""}, "no password"),
        ({"login": "a", "password": None}, "no password"),
        ({"login": None, "password": None}, "no password"),
        ({"login": "a", "password": "secret-pass"}, "no token_url"),
        (
            {"login": "a", "password": "secret-pass", "token_url": "keycloak.example.net/token"},
            "https://host",
        ),
    ],
)
def test_credentials_that_are_not_complete_are_refused(given, message):
    with pytest.raises(errors.InputError, match=message) as caught:
        authentication(**given)
    assert "secret-pass" not in str(caught.value)


def test_a_password_alone_is_a_bearer_token():
    assert isinstance(authentication(login="", password="t"), TokenAuth)


def tokens_asked_for(sandbox: Any) -> int:
    return [one["operation"] for one in sandbox.requests].count("auth.token")


def test_a_token_that_expires_on_the_way_costs_one_more_token_and_nothing_else(connect, sandbox):
    client = connect(sandbox.url, password_for(sandbox))
    client.call(lambda api: api.quote.create(external_id="A1"))
    sandbox.expire_tokens()
    client.call(lambda api: api.quote.create(external_id="A2"))
    assert [one["key"] for one in sandbox.ledger] == ["A1", "A2"]
    assert tokens_asked_for(sandbox) == 2
    assert [one["status"] for one in sandbox.requests] == [200, 201, 401, 200, 201]


def test_an_upload_that_is_refused_for_its_token_is_sent_again_as_a_whole(connect, sandbox, trace):
    client = connect(sandbox.url, password_for(sandbox))
    basket = client.call(lambda api: api.quote.create())["id"]
    line = client.call(
        lambda api: api.quote_item.create(basket, product_offering_qualification_item_id="e1")
    )["id"]
    sandbox.expire_tokens()
    client.call(lambda api: api.quote_item.upload_trace(basket, line, file=trace))
    assert client.call(lambda api: api.quote_item.download_trace(basket, line)) == trace


def test_both_tokens_gone_leads_back_to_the_password(connect, sandbox):
    client = connect(sandbox.url, password_for(sandbox))
    client.records(lambda api: api.quote.list())
    sandbox.expire_tokens(refresh=True)
    client.records(lambda api: api.quote.list())
    assert tokens_asked_for(sandbox) == 3


def test_401_with_a_fresh_token_too_is_permanent(connect, sandbox):
    sandbox.fault("unauthorized", "quote.*", times=None)
    with pytest.raises(errors.AuthenticationError):
        connect(sandbox.url, password_for(sandbox)).call(lambda api: api.quote.create())
    assert tokens_asked_for(sandbox) == 2
    assert sandbox.ledger == []


def test_a_fixed_token_that_is_refused_is_not_tried_twice(connect, sandbox):
    with pytest.raises(errors.AuthenticationError):
        connect(sandbox.url, TokenAuth("wrong")).call(lambda api: api.quote.create())
    assert len(sandbox.requests) == 1


def test_a_wrong_password_is_said_as_such_and_not_tried_again(connect, sandbox):
    with pytest.raises(errors.AuthenticationError, match="did not accept the login"):
        connect(sandbox.url, password_for(sandbox, password="wrong")).call(lambda api: api.quote.create())
    assert [one["operation"] for one in sandbox.requests] == ["auth.token"]


def test_a_wrong_client_id_is_said_as_such(connect, sandbox):
    with pytest.raises(errors.AuthenticationError, match="Invalid client"):
        connect(sandbox.url, password_for(sandbox, client_id="mine")).call(lambda api: api.quote.get("b1"))


NO_TOKEN: dict[str, Any] = {
    "500": reply(500),
    "503": reply(503, Retry_After="0"),
    "429": reply(429, Retry_After="0"),
    "closed": CLOSE,
    "silent": STALL,
    "HTML": html(),
    "no token": reply(200, {}),
}
writes = pytest.mark.parametrize(
    "ask", [lambda api: api.quote.get("b1"), lambda api: api.quote.create()], ids=["read", "write"]
)


@writes
@pytest.mark.parametrize("said", NO_TOKEN.values(), ids=list(NO_TOKEN))
def test_without_token_nothing_is_sent_and_everything_is_known(connect, server, sandbox, ask, said):
    server.say(said)
    auth = password_for(sandbox, token_url=f"{server.url}/token")
    with pytest.raises(errors.TokenUnavailableError, match="no access token"):
        connect(sandbox.url, auth, **within(said)).call(ask)
    assert sandbox.requests == []
    assert len(server.requests) == 3


@writes
def test_a_token_endpoint_where_nobody_listens(connect, closed_port, sandbox, ask):
    auth = password_for(sandbox, token_url=f"http://127.0.0.1:{closed_port}/token")
    with pytest.raises(errors.TokenUnavailableError):
        connect(sandbox.url, auth).call(ask)
    assert sandbox.requests == []


@writes
def test_a_token_endpoint_that_comes_back_is_used(connect, sandbox, ask):
    sandbox.fault("error_before", "auth.token", status=503, times=2)
    basket = connect(sandbox.url, password_for(sandbox)).call(lambda api: api.quote.create())
    assert basket["state"] == "acknowledged"
    assert tokens_asked_for(sandbox) == 3


def test_a_token_endpoint_that_asks_for_patience_is_left_to_the_caller(connect, server, sandbox):
    server.say(reply(429, Retry_After="3600"))
    auth = password_for(sandbox, token_url=f"{server.url}/token")
    with pytest.raises(errors.TokenUnavailableError) as caught:
        connect(sandbox.url, auth).call(lambda api: api.quote.create())
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize("status", [403, 404, 405])
def test_a_wrong_token_url_is_permanent(connect, server, sandbox, status):
    server.say(reply(status))
    auth = password_for(sandbox, token_url=f"{server.url}/token")
    with pytest.raises(errors.ApiError) as caught:
        connect(sandbox.url, auth).call(lambda api: api.quote.create())
    assert (caught.value.path, caught.value.status) == ("/token", status)
    assert sandbox.requests == []


def test_a_token_lost_in_the_middle_of_a_write_leaves_no_doubt(connect, sandbox):
    """The write was refused with 401, and then there was no new token: it certainly did nothing."""
    client = connect(sandbox.url, password_for(sandbox))
    client.call(lambda api: api.quote.create(external_id="A1"))
    sandbox.expire_tokens(refresh=True)
    sandbox.fault("error_before", "auth.token", status=500, times=None)
    with pytest.raises(errors.TokenUnavailableError):
        client.call(lambda api: api.quote.create(external_id="A2"))
    assert [one["key"] for one in sandbox.ledger] == ["A1"]


def test_the_token_is_not_sent_to_the_token_endpoint(connect, server, sandbox):
    server.say(reply(200, token_answer()))
    auth = password_for(sandbox, token_url=f"{server.url}/token")
    with pytest.raises(errors.AuthenticationError):
        connect(sandbox.url, auth).call(lambda api: api.quote.get("b1"))
    assert all("authorization" not in request.headers for request in server.requests)
    assert {request.headers["content-type"] for request in server.requests} == {
        "application/x-www-form-urlencoded"
    }


@pytest.mark.parametrize("expired", [False, True])
def test_many_threads_share_one_token(sandbox, expired):
    sync = Sync(settings_for(sandbox.url), password_for(sandbox))
    if expired:
        sync.records(lambda api: api.quote.list())
        sandbox.expire_tokens()
    with ThreadPoolExecutor(12) as threads:
        made = threads.map(lambda number: sync.client.quote.create(external_id=f"A{number}"), range(24))
        assert len({basket["id"] for basket in made}) == 24
    sync.close()
    assert tokens_asked_for(sandbox) == 1 + expired
    assert len(sandbox.ledger) == 24


@pytest.mark.parametrize("expired", [False, True])
def test_many_tasks_share_one_token(sandbox, expired):
    client = Async(settings_for(sandbox.url), password_for(sandbox))
    if expired:
        client.records(lambda api: api.quote.list())
        sandbox.expire_tokens()

    async def create(api: Any) -> list[Any]:
        return await asyncio.gather(*(api.quote.create(external_id=f"A{number}") for number in range(24)))

    assert len({basket["id"] for basket in client.call(create)}) == 24
    client.close()
    assert tokens_asked_for(sandbox) == 1 + expired
    assert len(sandbox.ledger) == 24


def test_threads_that_wait_for_a_token_in_vain_all_get_to_know(sandbox):
    sync = Sync(settings_for(sandbox.url), password_for(sandbox, password="wrong"))

    def failure(_: int) -> type[Exception]:
        with pytest.raises(errors.CovageError) as caught:
            sync.client.quote.get("b1")
        return caught.type

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(failure, range(8))) == {errors.AuthenticationError}
    sync.close()
