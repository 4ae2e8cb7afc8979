import socket
from urllib.parse import urlsplit

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/quote/a%2Fb/",
        "/quote/..%2Fquote_item/",
        "/quote/..%2F..%2Fv1%2Fquote/",
        "/quote/%2e%2e/",
        "/quote/{basket}%2Fconfirm/",
        "/quote/{basket}%2F/",
        "/quote_item/export%2Fcsv/",
        "/quote/é/",
        "/quote/a b/",
        "/quote/{basket}%00/",
        "/quote/{basket}%0a/",
        "/quote/%FF/",
    ],
)
def test_whatever_is_encoded_is_part_of_the_id(api, path):
    basket = api.basket()
    answer = api.get(path.format(basket=basket))
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_an_encoded_id_is_decoded(api, sandbox):
    basket = api.basket()
    assert api.get(f"/quote/%{ord(basket[0]):02X}{basket[1:]}/").status_code == 200


def test_an_encoded_slash_confirms_nothing(api, sandbox):
    basket, _ = api.line()
    assert api.patch(f"/quote/{basket}%2Fconfirm/").status_code == 404
    assert api.state(f"/quote/{basket}/") == "acknowledged"
    assert [entry["operation"] for entry in sandbox.ledger] == ["quote.create", "quote_item.create"]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/v1/quote/../", 404),
        ("/api/v1/quote//", 404),
        ("//api/v1/quote/", 404),
        ("/api/v1/./quote/", 404),
        ("/api/v1/qu%6Fte/", 404),
        ("/api/v1/quote/#x", 200),
        ("/api/v1/quote/?x=%2F", 200),
        ("/API/V1/quote/", 404),
    ],
)
def test_nothing_is_done_to_a_path_but_to_route_on_it(sandbox, target, status):
    """Over a bare socket: an ordinary client would tidy these paths up."""
    token, address = sandbox.world.settings.account.bearer_token, urlsplit(sandbox.url)
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(head.encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_paths_with_and_without_slash_are_the_same_by_default(api):
    basket = api.ok(api.post("/quote", {}))["id"]
    assert api.ok(api.get(f"/quote/{basket}")) == api.ok(api.get(f"/quote/{basket}/"))


def test_wrong_methods_are_told_which_ones_are_right(api):
    answer = api.call("PUT", "/quote/")
    assert (answer.status_code, list(answer.json())) == (405, ["detail"])
    assert answer.headers["Allow"]
