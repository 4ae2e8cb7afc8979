"""Passwords and tokens: in no error, no log, no repr, whatever goes wrong."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from clients import settings_for
from failures import LOST, PERMANENT, TURNED_AWAY, within
from raw_server import Received, Reply, Script, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import PasswordAuth, TokenAuth
from airflow_provider_covage.api.covage import AsyncCovageClient, CovageClient
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.request import Request
from airflow_provider_covage.api.steps import Send

PASSWORD, ACCESS, REFRESH, PROXY = "pw-of-service", "access-abc", "refresh-xyz", "pw-of-proxy"
SECRETS = (PASSWORD, ACCESS, REFRESH, PROXY, base64.b64encode(f"user:{PROXY}".encode()).decode())

TOKEN = reply(
    200,
    {
        "access_token": ACCESS,
        "token_type": "Bearer",
        "expires_in": 300,
        "refresh_token": REFRESH,
        "refresh_expires_in": 1800,
    },
)
FAILURES: dict[str, Reply] = {
    **{name: row[0] for name, row in (LOST | TURNED_AWAY).items() if name != "nested too deep"},
    **{f"{status}": reply(status, {"detail": "No."}) for status in PERMANENT},
    "redirect": reply(302, Location="https://elsewhere.example.net/"),
}
ONCE = {"patience": Patience(attempts=1)}
asks = pytest.mark.parametrize(
    "ask", [lambda api: api.quote.get("b1"), lambda api: api.quote.create()], ids=["read", "write"]
)


def service(url: str) -> PasswordAuth:
    return PasswordAuth(token_url=f"{url}/token", username="service", password=PASSWORD)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Go through an error and everything that is shown with it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def shown(error: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    """Return everything that a log could hold of an error."""
    parts = [text for one in chain(error) for text in (str(one), repr(one), repr(one.args), repr(vars(one)))]
    return "\n".join([*parts, *traceback.format_exception(error), caplog.text])


def check(client: Any, ask: Callable[[Any], Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(errors.CovageError) as caught:
        client.call(ask)
    text = shown(caught.value, caplog)
    assert [secret for secret in SECRETS if secret in text] == []


def answering(token: Script, api: Script) -> Script:
    def script(request: Received) -> Reply:
        chosen = token if request.target == "/token" else api
        return chosen(request) if callable(chosen) else chosen

    return script


@asks
@pytest.mark.parametrize("said", FAILURES.values(), ids=list(FAILURES))
def test_when_the_api_fails(connect, server, ask, said, caplog):
    server.say(answering(TOKEN, said))
    check(connect(server.url, service(server.url), **within(said), **ONCE), ask, caplog)


@pytest.mark.parametrize("said", FAILURES.values(), ids=list(FAILURES))
def test_when_the_token_endpoint_fails(connect, server, said, caplog):
    server.say(answering(said, reply(200, {"id": "b1"})))
    client = connect(server.url, service(server.url), **within(said), **ONCE)
    check(client, lambda api: api.quote.create(), caplog)


def test_when_a_refresh_fails(connect, server, caplog):
    server.say(TOKEN, reply(401), reply(500))
    check(connect(server.url, service(server.url)), lambda api: api.quote.get("b1"), caplog)


def echo(request: Received) -> Reply:
    """Answer with what was sent, as test servers and pages for developers do."""
    headers = dict(request.headers)
    return reply(400, {"headers": headers, "body": request.body.decode()})


def test_when_the_api_repeats_what_it_was_sent(connect, server, caplog):
    server.say(answering(TOKEN, echo))
    check(connect(server.url, service(server.url)), lambda api: api.quote.get("b1"), caplog)


def test_when_the_token_endpoint_repeats_what_it_was_sent(connect, server, caplog):
    server.say(answering(echo, reply(200)))
    check(connect(server.url, service(server.url)), lambda api: api.quote.get("b1"), caplog)


@asks
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("said", [None, reply(407), reply(502)], ids=["nobody", "407", "502"])
def test_when_the_proxy_fails(connect, server, closed_port, ask, scheme, said, caplog):
    server.say(said or reply(500))
    port = server.port if said else closed_port
    proxies = {scheme: f"http://user:{PROXY}@127.0.0.1:{port}"}
    check(connect(f"{scheme}://api.example.net", TokenAuth(ACCESS), proxies=proxies), ask, caplog)


@pytest.mark.parametrize(
    "proxy",
    [
        f"user:{PROXY}@proxy",
        f"http://user:{PROXY}@",
        f"http://user:{PROXY}@proxy:port",
        f"socks9://u:{PROXY}@p",
    ],
    ids=["no scheme", "no host", "no port", "unknown scheme"],
)
def test_when_the_url_of_the_proxy_makes_no_sense(connect, proxy, caplog):
    client = connect("https://api.example.invalid", TokenAuth(ACCESS), proxies={"https": proxy})
    check(client, lambda api: api.quote.get("b1"), caplog)


@pytest.mark.parametrize("end", ["\n", "\r\nX-Evil: 1", "\u20ac"], ids=["newline", "two headers", "euro"])
def test_when_the_token_of_the_connection_cannot_be_a_header(connect, server, end, caplog):
    server.say(reply(200, {"id": "b1"}))
    check(connect(server.url, TokenAuth(ACCESS + end)), lambda api: api.quote.get("b1"), caplog)
    assert server.requests == []


def test_when_all_goes_well_nothing_is_logged(connect, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.say(TOKEN, reply(200, {"id": "b1"}))
    connect(server.url, service(server.url)).call(lambda api: api.quote.get("b1"))
    assert [secret for secret in SECRETS if secret in caplog.text] == []


def test_nothing_of_the_package_shows_a_secret_when_it_is_printed():
    settings = settings_for("https://api.example.net", proxies={"https": f"http://user:{PROXY}@proxy:1"})
    auth = service("https://keycloak.example.net")
    request = next(auth.obtain())
    things = [
        settings,
        auth,
        TokenAuth(ACCESS),
        CovageClient(settings, auth),
        CovageClient(settings, auth).transport,
        AsyncCovageClient(settings, auth),
        settings.terms(auth),
        request,
        Send(Request("GET", "/"), authorization=f"Bearer {ACCESS}"),
        Send(request),
    ]
    assert PASSWORD in str(request.form)
    for thing in things:
        for text in (str(thing), repr(thing)):
            assert [secret for secret in SECRETS if secret in text] == []


def test_a_token_does_not_go_to_a_proxy_or_another_host_by_netrc(connect, server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.say(reply(200, {"id": "b1"}))
    connect(server.url, TokenAuth(ACCESS)).call(lambda api: api.quote.get("b1"))
    assert server.requests[0].headers["authorization"] == f"Bearer {ACCESS}"
