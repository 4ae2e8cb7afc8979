"""Certificates: checked by default, by a bundle of one's own, or not at all."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from raw_server import PLAIN, RawServer, reply

from airflow_provider_covage.api import errors


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path_factory.mktemp("tls") / "bundle.pem"
    file.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return file


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
