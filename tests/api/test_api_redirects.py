"""Redirects: followed for reads on the same host, refused for everything else."""

from __future__ import annotations

import pytest
from clients import password_for
from raw_server import RawServer, reply

from airflow_provider_covage.api import errors


@pytest.fixture
def elsewhere():
    other = RawServer()
    other.say(reply(200, {"id": "from elsewhere"}))
    yield other
    other.stop()


def moved(where: str, status: int = 302) -> bytes:
    return reply(status, Location=where)


def read(client):
    return client.quote.get("b1")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_to_the_same_host(connect, server, status):
    server.say(moved("/api/v1/quote/b2/?full=1", status), reply(200, {"id": "b2"}))
    assert connect(server.url).call(read) == {"id": "b2"}
    assert server.lines == ["GET /api/v1/quote/b1/", "GET /api/v1/quote/b2/?full=1"]
    assert server.requests[1].headers["authorization"] == "Bearer fixed-token"


@pytest.mark.parametrize("where", ["{url}/api/v1/quote/b2/", "../b2/", "//127.0.0.1:{port}/api/v1/quote/b2/"])
def test_every_form_of_a_location_on_the_same_host_is_understood(connect, server, where):
    server.say(moved(where.format(url=server.url, port=server.port)), reply(200, {"id": "b2"}))
    assert connect(server.url).call(read) == {"id": "b2"}
    assert server.lines[1] == "GET /api/v1/quote/b2/"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "write",
    [
        lambda client: client.quote.create(external_id="A1"),
        lambda client: client.quote.confirm("b1"),
        lambda client: client.product_order.delete("s1"),
    ],
    ids=["POST", "PATCH", "DELETE"],
)
def test_a_redirected_write_is_not_sent_again(connect, server, write, status):
    server.say(moved("/api/v1/elsewhere/", status), reply(200, {"id": "x"}))
    with pytest.raises(errors.RedirectError, match=r"redirected to /api/v1/elsewhere/.*check the host"):
        connect(server.url).call(write)
    assert len(server.requests) == 1


@pytest.mark.parametrize("where", ["{other}/api/v1/quote/b1/", "//localhost:{port}/api/v1/quote/b1/"])
def test_the_token_goes_to_no_other_host_or_port(connect, server, elsewhere, where):
    server.say(moved(where.format(other=elsewhere.url, port=elsewhere.port)))
    with pytest.raises(errors.RedirectError, match="credentials would go along"):
        connect(server.url).call(read)
    assert elsewhere.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "where",
    [
        "https://127.0.0.1@evil.invalid/",
        "https://evil.invalid\\@127.0.0.1/",
        "\\\\evil.invalid/x",
        "/\\evil.invalid/x",
        "////evil.invalid/x",
        "@evil.invalid/x",
        "javascript:alert(1)",
        "https://[/",
        "http://127.0.0.1:99999/",
        "",
    ],
)
def test_hostile_locations_lead_nowhere_else(connect, server, where):
    server.say(moved(where), reply(404))
    with pytest.raises(errors.ApiError):
        connect(server.url).call(read)
    assert all(line.startswith("GET /") for line in server.lines)
    assert len(server.requests) <= 2


def test_a_circle_of_redirects_ends(connect, server):
    server.say(moved("/api/v1/quote/b1/"))
    with pytest.raises(errors.RedirectError, match="once too often"):
        connect(server.url).call(read)
    assert len(server.requests) <= 10


def test_a_redirected_download_is_followed_and_stored(connect, server, tmp_path):
    server.say(moved("/files/1"), reply(200, b"PDF", kind="application/pdf"))
    target = tmp_path / "offer.pdf"
    assert connect(server.url).call(lambda client: client.export.download("t1", to=target)) == target
    assert target.read_bytes() == b"PDF"


@pytest.mark.parametrize("status", [302, 307, 308])
def test_a_login_is_not_sent_where_a_redirect_leads(connect, server, elsewhere, sandbox, status):
    server.say(moved(f"{elsewhere.url}/token", status))
    auth = password_for(sandbox, token_url=f"{server.url}/token")
    with pytest.raises(errors.ApiError) as caught:
        connect(sandbox.url, auth).call(read)
    assert elsewhere.requests == []
    assert caught.value.status == status
