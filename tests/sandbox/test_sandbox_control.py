import re
import threading

import pytest
import requests

from airflow_provider_covage.sandbox import Sandbox


@pytest.fixture
def control(sandbox):
    def call(method, path, body=None):
        return requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, timeout=5)

    return call


def test_the_clock_over_http(api, sandbox, control):
    _, line = api.confirmed_line()
    before = control("GET", "").json()["now"]
    assert control("POST", "advance", {"seconds": 41}).json() == {"now": before + 41}
    assert api.state(f"/quote_item/{line}/") == "ready"
    assert control("POST", "speed", {"speed": 2}).json() == {"speed": 2.0}
    assert sandbox.speed == 2
    sandbox.speed = 0
    assert control("POST", "advance", {"seconds": -1}).status_code == 422


def test_outcomes_over_http(api, sandbox, control):
    rule = {"resource": "quote_item", "outcome": "unable_to_provide", "match": {"external_id": "EXT*"}}
    assert control("POST", "outcomes", rule).json() == rule
    assert control("GET", "").json()["outcomes"] == [rule]
    _, line = api.priced_line()
    assert api.state(f"/quote_item/{line}/") == "unable_to_provide"
    assert control("DELETE", "outcomes").json() == {}
    assert sandbox.status()["outcomes"] == []
    wrong = control("POST", "outcomes", {**rule, "outcome": "lost"})
    assert wrong.status_code == 400
    assert "cannot become 'lost'" in wrong.json()["detail"]


def test_faults_over_http(api, control):
    fault = {"kind": "error_after", "match": "quote.create", "nth": 2, "options": {"status": 504}}
    assert control("POST", "faults", fault).json()["times"] == 1
    assert [api.post("/quote/", {}).status_code for _ in range(3)] == [201, 504, 201]
    assert control("POST", "faults", {"kind": "html", "times": None}).status_code == 200
    assert control("DELETE", "faults").json() == {}
    assert api.get("/quote/").json()["count"] == 3
    assert control("POST", "faults", {"kind": "explode"}).status_code == 400
    assert control("POST", "faults", {"kind": "stall", "options": {"kind": "x"}}).status_code == 400
    assert control("POST", "faults", {"kind": "html", "colour": "red"}).status_code == 422


def test_the_evidence_over_http(api, sandbox, control):
    api.basket(external_id="K")
    assert [entry["key"] for entry in control("GET", "ledger").json()] == ["K"]
    assert [entry["operation"] for entry in control("GET", "requests").json()] == ["quote.create"]
    assert control("POST", "reset").json() == {}
    assert (sandbox.ledger, sandbox.requests) == ([], [])


def test_states_extra_fields_and_lags_over_http(api, sandbox, control):
    sandbox.fault("lag", "quote.create")
    basket = api.basket()
    assert control("POST", "release").json() == {"released": 1}
    state = {"resource": "quote", "id": basket, "state": "on_hold"}
    assert control("POST", "state", state).json() == state
    assert control("POST", "extra", {"resource": "quote", "fields": {"x": 1}}).status_code == 200
    shown = api.ok(api.get(f"/quote/{basket}/"))
    assert (shown["state"], shown["x"]) == ("on_hold", 1)
    assert control("POST", "state", {**state, "id": "unknown"}).status_code == 404
    assert control("POST", "state", {**state, "resource": "unknown"}).status_code == 400


def test_seeding_and_tokens_over_http(sandbox, control):
    assert control("POST", "seed", {"quotes": 2, "lines_per_quote": 3}).status_code == 200
    assert control("GET", "").json()["records"]["quote_item"] == 6
    form = {"grant_type": "password", "client_id": "api-client", "username": "sandbox", "password": "sandbox"}
    token = requests.post(sandbox.token_url, data=form, timeout=5).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert control("POST", "expire_tokens").json() == {}
    assert requests.get(f"{sandbox.url}/api/v1/quote/", headers=headers, timeout=5).status_code == 401
    assert control("POST", "expire_tokens", {"refresh": True}).status_code == 200


def test_steering_is_no_request_of_a_client(sandbox, control):
    control("GET", "")
    control("GET", "nothing")
    assert sandbox.requests == []


def test_the_page_about_the_api_needs_nothing_from_outside(sandbox):
    page = requests.get(f"{sandbox.url}/", timeout=10)
    assert page.url == sandbox.docs_url
    assert page.headers["Content-Type"].startswith("text/html")
    links = set(re.findall(r"""(?:src|href)=['"]([^'"]*)""", page.text))
    assert links == {"/openapi.json", "/_sandbox/openapi.json"}
    assert "<script" not in page.text
    for shown in ("quote_item.accept", "building_name", "/_sandbox/advance", sandbox.token_url):
        assert shown in page.text
    assert requests.get(f"{sandbox.url}/_sandbox/openapi.json", timeout=5).ok


def test_the_page_of_a_record(api, sandbox):
    portal = sandbox.connection["extra"]["portal_url"].removesuffix("/{resource}/{id}")
    basket = api.basket(external_id="<script>alert(1)</script>")
    page = requests.get(f"{portal}/quote/{basket}", timeout=5)
    assert page.status_code == 200
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    order = api.tracked_order()
    assert requests.get(f"{portal}/order/{order['id']}", timeout=5).ok
    for path in ("quote/unknown", "basket/unknown", "quote/%3Cb%3E"):
        assert requests.get(f"{portal}/{path}", timeout=5).status_code == 404


def test_many_requests_at_once_lose_nothing(start):
    api = start(speed=1000)
    errors = []

    def work(number):
        client = type(api)(api.sandbox)
        try:
            for count in range(10):
                _, line = client.confirmed_line(external_id=f"{number}-{count}")
                assert client.get(f"/quote_item/{line}/").ok
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    keys = [entry["key"] for entry in api.sandbox.ledger if entry["operation"] == "quote_item.create"]
    assert len(keys) == len(set(keys)) == 120
    assert [entry["seq"] for entry in api.sandbox.ledger] == list(range(1, 361))


def test_several_sandboxes_know_nothing_of_each_other(start):
    one, other = start(), start("paging_url")
    one.basket()
    other.sandbox.fault("error_before", "*", times=None)
    assert one.ok(one.get("/quote/"))["count"] == 1
    assert other.get("/quote/").status_code == 502
    assert one.sandbox.port != other.sandbox.port
    assert other.sandbox.ledger == []


def test_a_sandbox_stops_and_starts_again_where_it_was(start):
    api = start()
    basket = api.basket()
    port = api.sandbox.port
    with pytest.raises(RuntimeError, match="running"):
        api.sandbox.start()
    api.sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        api.get("/quote/")
    api.sandbox.start()
    assert api.sandbox.port == port
    assert api.ok(api.get("/quote/"))["results"][0]["id"] == basket


def test_stopping_is_quick_and_leaves_no_thread(start):
    before = threading.active_count()
    api = start()
    api.basket()
    assert threading.active_count() == before + 1
    api.sandbox.stop()
    assert threading.active_count() == before
    api.sandbox.stop()


def test_an_address_is_known_only_after_the_start():
    with pytest.raises(RuntimeError, match="started"):
        _ = Sandbox().url


def test_the_connection_for_airflow(sandbox):
    assert sandbox.connection == {
        "conn_type": "covage",
        "host": f"http://127.0.0.1:{sandbox.port}",
        "login": "sandbox",
        "password": "sandbox",
        "extra": {
            "token_url": f"http://127.0.0.1:{sandbox.port}/auth/realms/covage/protocol/openid-connect/token",
            "portal_url": f"http://127.0.0.1:{sandbox.port}/portal/{{resource}}/{{id}}",
        },
    }


def test_an_unexpected_failure_is_a_500(api, sandbox, monkeypatch, caplog):
    monkeypatch.setattr(sandbox.world, "settle", lambda: 1 / 0)
    assert api.get("/quote/").status_code == 500
    assert sandbox.requests[0]["status"] == 500
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    assert api.get("/quote/").status_code == 200
