import contextlib

KEYS = {"seq", "operation", "method", "path", "ids", "key", "time"}


def test_every_effect_is_recorded_once_and_reading_is_none(api, sandbox, trace):
    basket = api.basket(external_id="B")
    _, line = api.line(basket, external_id="L")
    api.ok(api.upload(f"/quote/{basket}/quote_item/{line}/trace/upload/", trace))
    api.ok(api.get(f"/quote/{basket}/"))
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    api.ok(api.get("/quote_item/"))
    sandbox.advance(41)
    api.ok(api.patch(f"/quote_item/{line}/decline/", {"product_id": "2174"}))
    api.ok(api.patch(f"/quote_item/{line}/restore_price/", {"product_id": "2174"}))
    made = api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}))
    api.ok(api.post("/quote_item/export/csv/", {}))
    ledger = sandbox.ledger
    assert [entry["operation"] for entry in ledger] == [
        "quote.create",
        "quote_item.create",
        "quote_item.upload_trace",
        "quote.confirm",
        "quote_item.decline",
        "quote_item.restore_price",
        "quote_item.accept",
        "quote_item.export_csv",
    ]
    assert [entry["seq"] for entry in ledger] == list(range(1, 9))
    assert all(set(entry) == KEYS for entry in ledger)
    assert (ledger[0]["ids"], ledger[0]["key"]) == ({"quote": basket}, "B")
    assert (ledger[0]["method"], ledger[0]["path"]) == ("POST", "/api/v1/quote/")
    assert ledger[3]["ids"] == {"quote": basket, "quote_item": [line]}
    assert ledger[6]["ids"] == {
        "quote": basket,
        "quote_item": line,
        "product_order": made["product_order_id"],
        "product_order_item": made["product_order_item_id"],
    }


def test_what_was_refused_is_no_effect(api, sandbox):
    basket, line = api.confirmed_line()
    before = len(sandbox.ledger)
    api.patch(f"/quote/{basket}/confirm/")
    api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"})
    api.post("/quote/", {"colour": "red"})
    api.get("/quote/unknown/")
    assert len(sandbox.ledger) == before


def test_every_request_is_noted(api, sandbox):
    api.get("/quote/", state="ready")
    api.get("/quote/a%2Fb/")
    api.call("PUT", "/quote/")
    api.get("/nothing/")
    sandbox.fault("close_after", "quote.create")
    with contextlib.suppress(OSError):
        api.post("/quote/")
    shown = [
        (entry["operation"], entry["method"], entry["path"], entry["query"], entry["status"], entry["fault"])
        for entry in sandbox.requests
    ]
    assert shown == [
        ("quote.list", "GET", "/api/v1/quote/", "state=ready", 200, None),
        ("quote.get", "GET", "/api/v1/quote/a%2Fb/", "", 404, None),
        (None, "PUT", "/api/v1/quote/", "", 405, None),
        (None, "GET", "/api/v1/nothing/", "", 404, None),
        ("quote.create", "POST", "/api/v1/quote/", "", None, "close_after"),
    ]
    assert [entry["seq"] for entry in sandbox.requests] == [1, 2, 3, 4, 5]


def test_what_is_read_can_be_changed_without_harm(api, sandbox):
    api.basket()
    sandbox.ledger[0]["ids"].clear()
    sandbox.ledger.clear()
    assert sandbox.ledger[0]["ids"]


def test_a_reset_empties_everything(api, sandbox):
    api.confirmed_line()
    sandbox.outcome("order", "rejected")
    sandbox.fault("html")
    sandbox.extra_fields("quote", {"x": 1})
    sandbox.reset()
    status = sandbox.status()
    assert (sandbox.ledger, sandbox.requests, status["faults"], status["outcomes"]) == ([], [], [], [])
    assert set(status["records"].values()) == {0}
    assert status["due"] == 0
    assert api.ok(api.get("/quote/"))["results"] == []
    assert api.ok(api.get("/referential/enni/"))["count"] == 4
    api.basket()
    assert [entry["seq"] for entry in sandbox.ledger] == [1]
