"""Which way requests go: by the proxy of the connection, by that of the environment, or directly."""

from __future__ import annotations

import base64

import pytest
from raw_server import RawServer, reply


@pytest.fixture
def proxy():
    """A proxy for plain HTTP, which answers everything itself."""
    proxy = RawServer()
    proxy.say(reply(200, {"id": "by proxy"}))
    yield proxy
    proxy.stop()


@pytest.fixture(autouse=True)
def _no_exceptions_from_the_proxy(monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def read(api):
    return api.quote.get("b1")


ABSOLUTE = "GET http://api.example.net/api/v1/quote/b1/"


def test_the_proxy_of_the_settings_is_used(connect, proxy):
    client = connect("http://api.example.net", proxies={"http": proxy.url})
    assert client.call(read) == {"id": "by proxy"}
    assert proxy.lines == [ABSOLUTE]


def test_the_login_of_the_proxy_is_sent_to_it(connect, proxy):
    address = proxy.url.replace("http://", "http://user:proxy-pass@")
    connect("http://api.example.net", proxies={"http": address}).call(read)
    sent = proxy.requests[0].headers
    assert sent["proxy-authorization"] == "Basic " + base64.b64encode(b"user:proxy-pass").decode()
    assert sent["authorization"] == "Bearer fixed-token"


def test_a_proxy_for_one_host_only(connect, proxy, server):
    server.say(reply(200, {"id": "directly"}))
    proxies = {"http://api.example.net": proxy.url}
    assert connect("http://api.example.net", proxies=proxies).call(read) == {"id": "by proxy"}
    assert connect(server.url, proxies=proxies).call(read) == {"id": "directly"}


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(connect, proxy, monkeypatch, name):
    monkeypatch.setenv(name, proxy.url)
    assert connect("http://api.example.net").call(read) == {"id": "by proxy"}


@pytest.mark.parametrize("except_for", ["127.0.0.1", "*", "example.net,127.0.0.0/8"])
def test_hosts_that_the_environment_excepts_are_asked_directly(
    connect, proxy, server, monkeypatch, except_for
):
    server.say(reply(200, {"id": "directly"}))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", except_for)
    assert connect(server.url).call(read) == {"id": "directly"}
    assert proxy.requests == []


@pytest.mark.parametrize(
    "proxies", [{}, {"https": "http://proxy.example.net:3128"}], ids=["none", "https only"]
)
def test_settings_that_name_no_proxy_for_a_url_mean_none(connect, proxy, server, monkeypatch, proxies):
    """The proxies of the environment are for connections that say nothing about proxies."""
    server.say(reply(200, {"id": "directly"}))
    monkeypatch.setenv("http_proxy", proxy.url)
    assert connect(server.url, proxies=proxies).call(read) == {"id": "directly"}
    assert proxy.requests == []
