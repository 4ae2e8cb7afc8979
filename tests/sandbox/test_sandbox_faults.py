import socket
import threading
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests

CREATE = "POST /api/v1/quote/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 0\r\n\r\n"


def raw(sandbox, request=CREATE):
    """Send a request over a bare socket and return every byte up to the end of the connection."""
    token = sandbox.world.settings.account.bearer_token
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(request.format(token).encode())
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


def effects(sandbox):
    return [entry["operation"] for entry in sandbox.ledger]


def test_close_before_answers_nothing_and_does_nothing(api, sandbox):
    sandbox.fault("close_before", "quote.create")
    assert raw(sandbox) == b""
    assert effects(sandbox) == []
    assert sandbox.requests[0]["fault"] == "close_before"
    assert sandbox.requests[0]["status"] is None


def test_close_after_answers_nothing_but_has_taken_effect(api, sandbox):
    sandbox.fault("close_after", "quote.create")
    assert raw(sandbox) == b""
    assert effects(sandbox) == ["quote.create"]
    sandbox.fault("close_after", "quote.create")
    with pytest.raises(requests.ConnectionError):
        api.post("/quote/")
    assert api.ok(api.get("/quote/"))["count"] == 2


def test_a_request_with_a_large_body_can_be_cut_off_too(api, sandbox, trace):
    basket, line = api.line()
    sandbox.fault("close_before", "quote_item.upload_trace")
    with pytest.raises(requests.ConnectionError):
        api.upload(f"/quote/{basket}/quote_item/{line}/trace/upload/", trace + bytes(3_000_000))
    assert effects(sandbox)[2:] == []


def test_truncate_sends_less_than_it_promises(api, sandbox):
    sandbox.fault("truncate", "quote.create")
    head, _, body = raw(sandbox).partition(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert head.startswith(b"HTTP/1.1 201")
    assert 0 < len(body) < int(length.split(b":")[1])
    assert effects(sandbox) == ["quote.create"]
    sandbox.fault("truncate", "quote.create")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.post("/quote/")


def test_truncate_works_without_any_body(api, sandbox):
    session = api.session()
    sandbox.fault("truncate", "product_order.delete")
    with pytest.raises(requests.RequestException):
        api.delete(f"/product_order/{session}/")
    assert effects(sandbox) == ["product_order.create", "product_order.delete"]


@pytest.mark.parametrize(
    ("kind", "options", "status", "effect"),
    [
        ("error_before", {}, 502, False),
        ("error_before", {"status": 500}, 500, False),
        ("error_after", {}, 503, True),
        ("error_after", {"status": 504, "body": "json"}, 504, True),
        ("unauthorized", {}, 401, False),
        ("rate_limit", {}, 429, False),
        ("unavailable", {}, 503, False),
    ],
)
def test_errors_before_and_after_the_effect(api, sandbox, kind, options, status, effect):
    sandbox.fault(kind, "quote.create", **options)
    answer = api.post("/quote/")
    assert (answer.status_code, list(answer.json())) == (status, ["detail"])
    assert effects(sandbox) == ["quote.create"] * effect
    assert sandbox.requests[0]["status"] == status
    assert api.post("/quote/").status_code == 201


@pytest.mark.parametrize(("kind", "status"), [("error_before", 502), ("error_after", 503), ("html", 200)])
def test_pages_where_json_is_expected(api, sandbox, kind, status):
    options = {} if kind == "html" else {"body": "html"}
    sandbox.fault(kind, "quote.create", **options)
    answer = api.post("/quote/")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert effects(sandbox) == ["quote.create"] * (kind != "error_before")


@pytest.mark.parametrize("kind", ["rate_limit", "unavailable"])
def test_retry_after_in_seconds_and_as_a_date(api, sandbox, kind):
    sandbox.fault(kind, "quote.list", retry_after=7)
    sandbox.fault(kind, "quote.list", retry_after=60, http_date=True)
    assert api.get("/quote/").headers["Retry-After"] == "7"
    assert api.get("/quote/").headers["Retry-After"] != "7"


def test_a_date_lies_ahead(api, sandbox):
    sandbox.fault("rate_limit", "quote.list", retry_after=60, http_date=True)
    later = parsedate_to_datetime(api.get("/quote/").headers["Retry-After"])
    assert 55 < later.timestamp() - time.time() < 65


def test_a_stalled_request_has_taken_effect_before_it_is_answered(api, sandbox):
    sandbox.fault("stall", "quote.create", seconds=0.05)
    assert api.post("/quote/").status_code == 201
    sandbox.fault("stall", "quote.create", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        api.http.post(f"{api.root}/quote/", timeout=0.2)
    assert effects(sandbox) == ["quote.create"] * 2


def test_stalls_end_when_the_sandbox_stops(start):
    api = start()
    api.sandbox.fault("stall", "quote.*", times=None, seconds=600)
    answers = []

    def call():
        try:
            answers.append(api.http.post(f"{api.root}/quote/", timeout=30).status_code)
        except requests.ConnectionError:
            answers.append(None)

    threads = [threading.Thread(target=call) for _ in range(5)]
    for thread in threads:
        thread.start()
    while len(api.sandbox.ledger) < 5:
        time.sleep(0.005)
    begun = time.monotonic()
    api.sandbox.stop()
    assert time.monotonic() - begun < 1
    for thread in threads:
        thread.join(5)
    assert len(answers) == 5


def test_nth_and_times_count_matching_requests(api, sandbox):
    api.basket()
    sandbox.fault("error_before", "quote.create", nth=2, times=2)
    statuses = []
    for _ in range(5):
        api.get("/quote/")
        statuses.append(api.post("/quote/").status_code)
    assert statuses == [201, 502, 502, 201, 201]
    assert [(fault.seen, fault.hits) for fault in sandbox.faults] == [(5, 2)]


def test_a_fault_can_last_until_it_is_cleared(api, sandbox):
    sandbox.fault("error_before", "quote*", times=None)
    assert [api.get(path).status_code for path in ("/quote/", "/quote_item/", "/order/")] == [502, 502, 200]
    sandbox.clear_faults()
    assert api.get("/quote/").status_code == 200


def test_the_token_endpoint_can_fail_too(sandbox):
    form = {"grant_type": "password", "client_id": "api-client", "username": "sandbox", "password": "sandbox"}
    sandbox.fault("error_before", "auth.token", status=500)
    sandbox.fault("close_before", "auth.*")
    assert requests.post(sandbox.token_url, data=form, timeout=5).status_code == 500
    with pytest.raises(requests.ConnectionError):
        requests.post(sandbox.token_url, data=form, timeout=5)
    assert requests.post(sandbox.token_url, data=form, timeout=5).status_code == 200


def test_of_several_faults_the_first_one_comes_first(api, sandbox):
    sandbox.fault("error_before", "quote.list", status=500)
    sandbox.fault("error_before", "*", status=501)
    assert [api.get("/quote/").status_code for _ in range(3)] == [500, 501, 200]


@pytest.mark.parametrize(
    ("options", "reveal"),
    [
        ({"calls": 2}, lambda api: [api.get("/quote/") for _ in range(2)]),
        ({"seconds": 30}, lambda api: api.sandbox.advance(30)),
        ({}, lambda api: api.sandbox.release()),
    ],
)
def test_what_lags_is_missing_from_lists_but_can_be_read(api, sandbox, options, reveal):
    first = api.basket(external_id="A")
    sandbox.fault("lag", "quote.create", **options)
    hidden = api.basket(external_id="B")
    assert api.ok(api.get(f"/quote/{hidden}/"))["external_id"] == "B"
    reveal(api)
    found = [basket["id"] for basket in api.ok(api.get("/quote/"))["results"]]
    assert found == [first, hidden]
    assert [basket["id"] for basket in api.ok(api.get("/quote/", external_id="B"))["results"]] == [hidden]


def test_a_lag_is_seen_by_every_kind_of_list_call(api, sandbox):
    api.basket(external_id="A")
    sandbox.fault("lag", "quote.create", times=None)
    api.basket(external_id="B")
    assert api.ok(api.get("/quote/"))["count"] == 1
    assert api.ok(api.get("/quote/", external_id="B"))["count"] == 0
    assert [fault.kind for fault in sandbox.faults] == ["lag"]
    assert sandbox.requests[1]["fault"] == "lag"
    assert (sandbox.release(), sandbox.release()) == (1, 0)


def test_a_lag_hides_only_what_its_request_creates(api, sandbox):
    api.confirmed_order()
    sandbox.world.clock.advance(15)
    sandbox.fault("lag", "quote.create")
    api.basket()
    assert [api.ok(api.get(path))["count"] for path in ("/order/", "/quote/")] == [1, 0]


def test_a_lag_goes_with_any_other_fault(api, sandbox):
    sandbox.fault("lag", "quote_item.accept")
    sandbox.fault("close_after", "quote_item.accept")
    _, line = api.priced_line()
    with pytest.raises(requests.ConnectionError):
        api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"})
    assert api.state(f"/quote_item/{line}/") == "accepted"
    assert [api.ok(api.get(path))["count"] for path in ("/product_order/", "/product_order_item/")] == [0, 0]
    sandbox.release()
    assert [api.ok(api.get(path))["count"] for path in ("/product_order/", "/product_order_item/")] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("explode", {}, "unknown fault"),
        ("stall", {"minutes": 1}, "unknown option"),
        ("error_before", {"body": "xml"}, "json or html"),
        ("duplicate", {"answer": "both"}, "last or first"),
        ("html", {"nth": 0}, "from 1"),
        ("html", {"times": 0}, "from 1"),
        ("stall", {"seconds": "long"}, "could not convert"),
    ],
)
def test_faults_that_mean_nothing_are_refused(sandbox, kind, options, message):
    with pytest.raises(ValueError, match=message):
        sandbox.fault(kind, **options)


def test_the_connection_is_usable_after_a_fault_that_leaves_it_open(api, sandbox):
    sandbox.fault("error_before", "quote.create")
    with requests.Session() as http:
        http.headers.update(api.http.headers)
        statuses = [http.post(f"{api.root}/quote/", json={"external_id": "x" * 100_000}).status_code]
        statuses.append(http.get(f"{api.root}/quote/").status_code)
    assert statuses == [502, 200]


@pytest.mark.parametrize(("answer", "kept"), [("first", 0), ("last", 1), (None, 1)])
def test_a_request_arrives_twice_and_both_take_effect(api, sandbox, answer, kept):
    sandbox.fault("duplicate", "quote.create", **({"answer": answer} if answer else {}))
    answered = api.ok(api.post("/quote/", {"external_id": "A"}))
    there = [basket["id"] for basket in api.ok(api.get("/quote/", external_id="A"))["results"]]
    assert effects(sandbox) == ["quote.create"] * 2
    assert len(there) == 2
    assert answered["id"] == there[kept]
    assert [request["fault"] for request in sandbox.requests if request["method"] == "POST"] == ["duplicate"]


def test_the_second_delivery_meets_what_the_first_has_done(api, sandbox):
    _, line = api.priced_line()
    sandbox.fault("duplicate", "quote_item.accept")
    answer = api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"})
    assert answer.status_code == 409
    assert effects(sandbox).count("quote_item.accept") == 1


def test_an_upload_arrives_twice(api, sandbox, trace):
    basket, line = api.line()
    sandbox.fault("duplicate", "quote_item.upload_trace")
    assert api.upload(f"/quote/{basket}/quote_item/{line}/trace/upload/", trace).status_code == 200
    assert effects(sandbox).count("quote_item.upload_trace") == 2


def test_a_duplicate_goes_with_any_other_fault(api, sandbox):
    sandbox.fault("duplicate", "quote.create")
    sandbox.fault("lag", "quote.create")
    sandbox.fault("close_after", "quote.create")
    with pytest.raises(requests.ConnectionError):
        api.post("/quote/")
    assert api.ok(api.get("/quote/"))["count"] == 0
    assert sandbox.release() == 2


def test_nothing_arrives_twice_that_does_not_arrive(api, sandbox):
    sandbox.fault("duplicate", "quote.create")
    sandbox.fault("close_before", "quote.create")
    with pytest.raises(requests.ConnectionError):
        api.post("/quote/")
    assert effects(sandbox) == []
