"""The hook of Prizz: connection, form, test, and what it tells Airflow."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from typing import Any

import pytest

from airflow_provider_covage import get_provider_info
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.prizz import CALLS, AsyncPrizzClient, PrizzClient
from airflow_provider_covage.hooks.connection import PrizzExtra
from airflow_provider_covage.hooks.prizz import PrizzHook

BASE = "https://my.example.net"
USER = f"{BASE}/external-api/v2/user"


@pytest.fixture
def prizz(monkeypatch):
    """`prizz(password=..., extra={...})` makes the hook of such a connection."""

    def prizz(**fields: Any) -> PrizzHook:
        given = {"conn_type": "prizz", "host": BASE, "password": "s3cret-token", **fields}
        monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(given))
        return PrizzHook("mine")

    return prizz


def test_the_client_is_the_same_at_every_call(prizz):
    hook = prizz()
    assert isinstance(hook.get_conn(), PrizzClient)
    assert hook.get_conn() is hook.get_conn()


@pytest.mark.parametrize("name", [name for name in vars(CALLS) if name != "transport"])
def test_the_hook_has_every_resource_of_the_client(prizz, name):
    hook = prizz()
    assert getattr(hook, name) is getattr(hook.get_conn(), name)


@pytest.mark.parametrize(
    ("extra", "header"),
    [
        ({}, "Token s3cret-token"),
        ({"token_prefix": ""}, "Token s3cret-token"),
        ({"token_prefix": "bearer"}, "Bearer s3cret-token"),
        ({"token_prefix": "Token", "secret_header": "x"}, "Token s3cret-token"),
    ],
)
def test_the_token_is_sent_after_its_word_and_no_extra_as_a_header(prizz, requests_mock, extra, header):
    requests_mock.get(USER, json={"id": 1})
    prizz(extra=extra).user.me()
    assert requests_mock.last_request.headers["Authorization"] == header
    assert "secret_header" not in requests_mock.last_request.headers


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"password": None}, "no password: the API token"),
        ({"password": "Token s3cret-token"}, "the password is the token alone"),
        ({"password": "Bearer s3cret-token"}, "the password is the token alone"),
        ({"extra": {"token_prefix": "Basic"}}, "token_prefix is Token or Bearer, got 'Basic'"),
        ({"host": ""}, "no host"),
        ({"extra": {"timeout": "soon"}}, "timeout"),
    ],
)
def test_what_is_wrong_with_a_connection_is_said_without_the_token(prizz, changes, message):
    hook = prizz(**changes)
    with pytest.raises(InputError, match=f"connection mine.*{message}") as one:
        hook.get_conn()
    assert "s3cret" not in str(one.value)
    worked, told = hook.test_connection()
    assert not worked
    assert re.search(message, told)


def test_extras_reach_the_client(prizz, requests_mock):
    requests_mock.get(f"{BASE}/external-api/v2/services", json={"pagination": {}, "items": []})
    list(prizz(extra={"page_size": "50"}).service.list())
    assert requests_mock.last_request.qs == {"itemsperpage": ["50"]}


def test_a_token_that_works_names_its_user(prizz, requests_mock):
    requests_mock.get(
        USER, json={"id": 7, "firstname": "Ada", "lastname": "Martin", "email": "ada@example.com"}
    )
    worked, told = prizz().test_connection()
    assert worked
    assert told == f"Connected to {BASE}: the token is that of Ada Martin ada@example.com"
    assert [one.url for one in requests_mock.request_history] == [USER]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_host_that_cannot_be_reached_is_told_apart(prizz):
    worked, told = prizz(host=f"http://127.0.0.1:{closed_port()}").test_connection()
    assert not worked
    assert "The host cannot be reached" in told


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"status_code": 401, "json": {"message": "bad s3cret-token"}},
            r"token was not accepted.*token_prefix",
        ),
        ({"status_code": 404}, "not as the Prizz API does"),
        ({"text": "<html></html>"}, "not as the Prizz API does"),
        (
            {"status_code": 302, "headers": {"Location": "https://login.example.net/"}},
            "not as the Prizz API does",
        ),
        ({"status_code": 403}, "no right"),
        ({"status_code": 503}, "failed on the server"),
    ],
)
def test_what_does_not_work_is_put_into_words(prizz, requests_mock, said, message):
    requests_mock.get(USER, **said)
    worked, told = prizz().test_connection()
    assert not worked
    assert re.search(message, told)
    assert "s3cret" not in told
    assert requests_mock.call_count == 1


def test_asynchronous_clients_can_have_a_patience_of_their_own(prizz):
    async def made() -> tuple[AsyncPrizzClient, AsyncPrizzClient]:
        hook = prizz()
        return await hook.get_async_conn(), await hook.get_async_conn(patience=Patience(attempts=1))

    usual, hasty = asyncio.run(made())
    assert usual.transport.settings.patience.attempts > 1
    assert hasty.transport.settings.patience.attempts == 1


def described() -> dict[str, Any]:
    return next(one for one in get_provider_info()["connection-types"] if one["connection-type"] == "prizz")


def test_the_provider_info_describes_the_hook():
    found = described()
    assert found["connection-type"] == PrizzHook.conn_type
    assert found["hook-name"] == PrizzHook.hook_name
    assert found["hook-class-name"] == f"{PrizzHook.__module__}.{PrizzHook.__name__}"
    assert set(found["conn-fields"]) == set(PrizzExtra.model_fields)
    # Airflow's form shows stars for a default of what is called a token, and saves the stars.
    assert "default" not in found["conn-fields"]["token_prefix"]["schema"]


@pytest.mark.filterwarnings("ignore:ProvidersManager.hooks is deprecated")
def test_airflow_finds_the_connection_type():
    from airflow.providers_manager import ProvidersManager

    hook = ProvidersManager().hooks["prizz"]
    assert hook is not None
    assert hook.connection_id_attribute_name == "prizz_conn_id"


def test_the_form_of_older_versions_of_airflow_says_the_same():
    newer = described()["ui-field-behaviour"]
    assert PrizzHook.get_ui_field_behaviour() == {
        "hidden_fields": newer["hidden-fields"],
        "relabeling": newer["relabeling"],
        "placeholders": newer["placeholders"],
    }
