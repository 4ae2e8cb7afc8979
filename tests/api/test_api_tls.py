"""Certificates: checked by default, by a bundle of one's own, or not at all."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from raw_server import PLAIN, RawServer, reply

from airflow_provider_covage.api import errors
from tools.certificate import make_certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "bundle.pem")


@pytest.fixture
def secure(certificate: Path) -> Iterator[RawServer]:
    """A server that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = RawServer(context)
    server.say(reply(200, {"id": "b1"}))
    yield server
    server.stop()


asks = pytest.mark.parametrize(
    "ask", [lambda api: api.quote.get("b1"), lambda api: api.quote.create()], ids=["read", "write"]
)


@asks
def test_an_unknown_certificate_is_not_accepted(connect, secure, ask):
    with pytest.raises(errors.ConnectionFailedError, match="Cert"):
        connect(secure.url).call(ask)
    assert secure.requests == []


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("verify", ["bundle", False])
def test_a_bundle_vouches_and_false_does_not_ask(connect, secure, certificate, verify):
    chosen = str(certificate) if verify else False
    assert connect(secure.url, verify=chosen).call(lambda api: api.quote.get("b1")) == {"id": "b1"}


def test_the_bundle_of_the_environment_counts(connect, secure, certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert connect(secure.url).call(lambda api: api.quote.get("b1")) == {"id": "b1"}


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_false_is_false_whatever_the_environment_says(connect, secure, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/hosts")
    assert connect(secure.url, verify=False).call(lambda api: api.quote.get("b1")) == {"id": "b1"}


@pytest.mark.parametrize("name", ["missing.pem", "empty.pem"])
def test_a_bundle_that_cannot_be_used_is_said_as_such(connect, secure, tmp_path, name):
    (tmp_path / "empty.pem").touch()
    with pytest.raises(errors.CovageError, match=name):
        connect(secure.url, verify=str(tmp_path / name)).call(lambda api: api.quote.get("b1"))
    assert secure.requests == []


def test_plain_http_to_a_port_that_speaks_tls(connect, secure):
    with pytest.raises(errors.TransientError):
        connect(secure.url.replace("https:", "http:")).call(lambda api: api.quote.get("b1"))


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@asks
def test_tls_that_breaks_after_the_request_has_arrived_leaves_doubt(connect, secure, ask):
    """Plain HTTP in the middle of it looks like a port without TLS, but the request is on its way."""
    secure.say(PLAIN)
    with pytest.raises(errors.TransientError) as caught:
        connect(secure.url, verify=False).call(ask)
    assert not isinstance(caught.value, errors.ConnectionFailedError)
    if secure.requests[0].method == "POST":
        assert isinstance(caught.value, errors.UnknownOutcome)
        assert len(secure.requests) == 1
