"""From the fields of a connection to the settings of a client."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.hooks.covage import CovageHook

TOKEN_URL = "https://keycloak.example.net/auth/realms/covage/protocol/openid-connect/token"
SERVICE = {"login": "service", "password": "secret-pass"}


def settings(hook: CovageHook) -> Any:
    return hook.get_conn().transport.settings


@pytest.mark.parametrize(
    ("fields", "base_url"),
    [
        ({"host": "https://api.example.net"}, "https://api.example.net"),
        ({"host": "https://api.example.net/"}, "https://api.example.net"),
        ({"host": " https://api.example.net "}, "https://api.example.net"),
        ({"host": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"host": "api.example.net"}, "https://api.example.net"),
        ({"host": "api.example.net", "schema": "http"}, "http://api.example.net"),
        ({"host": "api.example.net", "schema": ""}, "https://api.example.net"),
        ({"host": "api.example.net", "schema": "https", "port": 8443}, "https://api.example.net:8443"),
        ({"host": "https://api.example.net", "port": 8443}, "https://api.example.net:8443"),
        ({"host": "https://api.example.net:8443", "port": 9000}, "https://api.example.net:8443"),
        ({"host": "https://api.example.net/covage"}, "https://api.example.net/covage"),
        ({"host": "https://api.example.net/covage/", "port": 8443}, "https://api.example.net:8443/covage"),
        ({"host": "api.example.net/covage"}, "https://api.example.net/covage"),
        ({"host": "https://api.example.net", "schema": "http"}, "https://api.example.net"),
        ({"host": "https://[::1]:8080"}, "https://[::1]:8080"),
        ({"host": "[::1]", "port": 8080}, "https://[::1]:8080"),
        ({"host": "https://[::1]/covage", "port": 8080}, "https://[::1]:8080/covage"),
    ],
)
def test_where_the_api_is(hook_for, fields, base_url):
    assert settings(hook_for(**fields)).base_url == base_url


@pytest.mark.parametrize(
    ("uri", "base_url"),
    [
        ("covage://:t@api.example.net", "https://api.example.net"),
        ("covage://:t@api.example.net:8443/http", "http://api.example.net:8443"),
        ("covage://:t@https%3A%2F%2Fapi.example.net%2Fcovage", "https://api.example.net/covage"),
        ("covage://:t@127.0.0.1:8080/http", "http://127.0.0.1:8080"),
        ("covage://:t@[::1]:8080/http", "http://[::1]:8080"),
    ],
)
def test_where_the_api_is_by_a_connection_uri(hook_for, uri, base_url):
    assert settings(hook_for(uri)).base_url == base_url


def test_a_connection_uri_with_everything(hook_for):
    uri = (
        f"covage://service:secret-pass@api.example.net/https?token_url={quote(TOKEN_URL, safe='')}"
        "&timeout=5&verify=false&page_size=50&max_connections=3&requests_per_second=2.5"
        "&proxies=%7B%22https%22%3A%20%22http%3A%2F%2Fproxy%3A3128%22%7D"
    )
    found = settings(hook_for(uri))
    assert (found.timeout, found.verify, found.page_size) == (5, False, 50)
    assert (found.max_connections, found.requests_per_second) == (3, 2.5)
    assert found.proxies == {"https": "http://proxy:3128"}


@pytest.mark.parametrize("blank", [None, "", " "])
def test_what_stands_for_an_extra_that_is_left_blank(hook_for, blank):
    names = ["timeout", "verify", "proxies", "page_size", "max_connections", "requests_per_second"]
    found = settings(hook_for(extra=dict.fromkeys([*names, "portal_url", "token_url", "client_id"], blank)))
    assert (found.timeout, found.verify, found.proxies) == (30, True, None)
    assert (found.page_size, found.max_connections, found.requests_per_second) == (None, 10, None)


@pytest.mark.parametrize(
    ("extra", "name", "value"),
    [
        ({"timeout": 5}, "timeout", 5),
        ({"timeout": "2.5"}, "timeout", 2.5),
        ({"verify": True}, "verify", True),
        ({"verify": False}, "verify", False),
        ({"verify": "false"}, "verify", False),
        ({"verify": "False"}, "verify", False),
        ({"verify": " no "}, "verify", False),
        ({"verify": 0}, "verify", False),
        ({"verify": "true"}, "verify", True),
        ({"verify": "/etc/hosts"}, "verify", "/etc/hosts"),
        ({"proxies": '{"https": "http://proxy:3128"}'}, "proxies", {"https": "http://proxy:3128"}),
        ({"proxies": {"https": "http://proxy:3128"}}, "proxies", {"https": "http://proxy:3128"}),
        ({"proxies": "{}"}, "proxies", {}),
        ({"page_size": "100"}, "page_size", 100),
        ({"max_connections": "4"}, "max_connections", 4),
        ({"requests_per_second": "0.5"}, "requests_per_second", 0.5),
    ],
)
def test_what_an_extra_says(hook_for, extra, name, value):
    found = getattr(settings(hook_for(extra=extra)), name)
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"host": None}, "no host"),
        ({"host": "  "}, "no host"),
        ({"host": "ftp://api.example.net"}, "no base URL"),
        ({"host": "https://"}, "no base URL"),
        ({"host": "https://user:secret-pass@api.example.net"}, "only scheme, host, port and path"),
        ({"host": "ftp://user:secret-pass@api.example.net"}, "only scheme, host, port and path"),
        ({"host": "user:secret-pass@api.example.net"}, "only scheme, host, port and path"),
        ({"host": "https://api.example.net?key=1"}, "only scheme, host, port and path"),
        ({"host": "https://api.example.net:port"}, "base URL"),
        ({"password": None}, "no password"),
        ({"password": ""}, "no password"),
        ({"login": "service", "password": None}, "no password"),
        (SERVICE, "no token_url"),
        ({**SERVICE, "extra": {"token_url": "keycloak.example.net/token"}}, "https://host"),
        ({"extra": {"timeout": "soon"}}, "extra timeout"),
        ({"extra": {"timeout": 0}}, "timeout has to be more than 0"),
        ({"extra": {"timeout": -5}}, "timeout has to be more than 0"),
        ({"extra": {"page_size": "many"}}, "extra page_size"),
        ({"extra": {"page_size": 0}}, "page_size has to be more than 0"),
        ({"extra": {"proxies": "http://user:secret-pass@proxy:3128"}}, "extra proxies"),
        ({"extra": {"proxies": ["http://proxy:3128"]}}, "extra proxies"),
        ({"extra": {"proxies": {"https": "user:secret-pass@proxy"}}}, "prox"),
        ({"extra": {"verify": "/no/such/bundle.pem"}}, r"verify.*/no/such/bundle\.pem"),
        ({"extra": {"verify": ["x"]}}, "extra verify"),
        ({"extra": {"max_connections": 0}}, "max_connections has to be more than 0"),
        ({"extra": {"requests_per_second": 0}}, "requests_per_second has to be more than 0"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_missing_or_makes_no_sense_is_said_with_the_name_of_the_connection(hook_for, fields, message):
    with pytest.raises(InputError, match=message) as caught:
        hook_for(**fields).get_conn()
    assert str(caught.value).startswith("connection mine: ")
    assert "secret-pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("tokenurl", "did you mean token_url?"), ("time_out", "did you mean timeout?"), ("colour", "not used")],
)
def test_an_unknown_extra_is_a_warning(hook_for, caplog, name, hint):
    caplog.set_level(logging.WARNING)
    hook_for(extra={name: "secret-pass"}).get_conn()
    assert f"connection mine: extra {name}" in caplog.text
    assert hint in caplog.text
    assert "secret-pass" not in caplog.text


def test_known_extras_are_no_warning(hook_for, caplog):
    caplog.set_level(logging.WARNING)
    hook_for(
        **SERVICE, extra={"token_url": TOKEN_URL, "client_id": "c", "portal_url": "https://p"}
    ).get_conn()
    assert caplog.text == ""


def test_without_a_login_the_password_is_the_token(hook_for, requests_mock):
    requests_mock.get("https://api.example.net/api/v1/quote/b1/", json={"id": "b1"})
    hook_for(password="fixed-token", extra={"Authorization": "x", "X-Extra": "y"}).quote.get("b1")
    headers = requests_mock.last_request.headers
    assert headers["Authorization"] == "Bearer fixed-token"
    assert "X-Extra" not in headers


@pytest.mark.parametrize(("extra", "client_id"), [({}, "api-client"), ({"client_id": "mine"}, "mine")])
def test_with_a_login_a_token_is_asked_for(hook_for, requests_mock, extra, client_id):
    token = {"access_token": "abc", "token_type": "Bearer", "expires_in": 300}
    asked = requests_mock.post(TOKEN_URL, json=token)
    requests_mock.get("https://api.example.net/api/v1/quote/b1/", json={"id": "b1"})
    hook_for(**SERVICE, extra={"token_url": TOKEN_URL, **extra}).quote.get("b1")
    form = parse_qs(asked.last_request.text)
    assert form["username"] == ["service"]
    assert form["password"] == ["secret-pass"]
    assert form["client_id"] == [client_id]
    assert requests_mock.last_request.headers["Authorization"] == "Bearer abc"


def test_the_page_size_of_the_connection_is_asked_for(hook_for, requests_mock):
    requests_mock.get("https://api.example.net/api/v1/quote/", json=[])
    list(hook_for(extra={"page_size": 50}).quote.list())
    assert requests_mock.last_request.qs == {"page_size": ["50"]}


def test_the_proxy_of_the_connection_is_used(hook_for, requests_mock):
    requests_mock.get("https://api.example.net/api/v1/quote/b1/", json={"id": "b1"})
    hook_for(extra={"proxies": {"https": "http://proxy:3128"}, "timeout": 7}).quote.get("b1")
    assert requests_mock.last_request.proxies["https"] == "http://proxy:3128"
    assert requests_mock.last_request.timeout == 7


def test_a_connection_that_does_not_exist_is_airflow_s_own_error():
    from airflow_provider_covage.compat import AirflowException

    with pytest.raises(AirflowException, match="no_such_connection"):
        CovageHook("no_such_connection").get_conn()
