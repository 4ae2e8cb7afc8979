import pytest


def test_the_newest_rule_that_matches_wins(api, sandbox):
    sandbox.outcome("quote_item", "unable_to_provide")
    sandbox.outcome("quote_item", "ready", external_id="GOOD-*")
    sandbox.outcome("quote_item", "never", external_id="GOOD-2", end_customer_name="End Customer")
    lines = {name: api.confirmed_line(external_id=name)[1] for name in ("BAD", "GOOD-1", "GOOD-2")}
    sandbox.advance(100)
    states = {name: api.state(f"/quote_item/{line}/") for name, line in lines.items()}
    assert states == {"BAD": "unable_to_provide", "GOOD-1": "ready", "GOOD-2": "confirmed"}


@pytest.mark.parametrize("field", ["product_offering_qualification_item_id", "reference", "id", "quote_id"])
def test_rules_match_any_field_of_the_record(api, sandbox, field):
    basket, line = api.line()
    _, other = api.line()
    shown = {**api.ok(api.get(f"/quote_item/{line}/")), "quote_id": basket}
    rule = sandbox.outcome("quote_item", "unable_to_provide", **{field: shown[field]})
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    sandbox.advance(41)
    assert rule.match == {field: shown[field]}
    assert api.state(f"/quote_item/{line}/") == "unable_to_provide"
    assert api.state(f"/quote_item/{other}/") == "acknowledged"


def test_a_rule_may_come_after_the_confirmation(api, sandbox):
    _, line = api.confirmed_line()
    sandbox.outcome("quote_item", "expired", id=line)
    sandbox.clear_outcomes()
    sandbox.outcome("quote_item", "unable_to_provide", id=line)
    sandbox.advance(41)
    assert api.state(f"/quote_item/{line}/") == "unable_to_provide"


@pytest.mark.parametrize("told", [("quote_item", "accepted"), ("basket", "ready")])
def test_rules_that_mean_nothing_are_refused(sandbox, told):
    with pytest.raises(ValueError, match="known:"):
        sandbox.outcome(*told)


@pytest.mark.parametrize("resource", ["product_order", "eligibility", "export", "order"])
def test_everything_can_be_kept_waiting(api, sandbox, resource):
    sandbox.outcome(resource, "never")
    session, _ = api.confirmed_order()
    site = {"offer_families": ["BPE"], "eligibility_id": "E1"}
    request = api.ok(
        api.post("/product_offering_qualification/", {"product_offering_qualification_item": [site]})
    )
    task = api.ok(api.post("/quote_item/export/csv/", {}))["task_id"]
    sandbox.advance(1000)
    orders = api.ok(api.get("/order/"))["results"]
    waiting = {
        "product_order": api.session_state(session) == "in_progress",
        "eligibility": api.state(f"/product_offering_qualification/{request['id']}/") == "acknowledged",
        "export": api.ok(api.get(f"/quote_item/export/{task}/status/"))["stopped"] is None,
        "order": [order["state"] for order in orders] == ["confirmed"],
    }
    assert [name for name, still in waiting.items() if still] == [resource]


def test_a_state_can_be_forced_and_lasts(api, sandbox):
    basket, line = api.confirmed_line()
    sandbox.set_state("quote_item", line, "on_hold")
    sandbox.advance(100)
    assert api.state(f"/quote_item/{line}/") == "on_hold"
    sandbox.set_state("quote", basket, "frozen")
    sandbox.set_state("quote_item", line, "ready")
    assert api.state(f"/quote/{basket}/") == "frozen"
    shown = api.ok(api.get(f"/quote_item/{line}/"))
    assert (shown["state"], len(shown["prices"])) == ("ready", 2)
    api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}))


def test_states_of_orders_can_be_forced(api, sandbox):
    session, line = api.confirmed_order()
    sandbox.set_state("product_order_item", line, "technical_error")
    sandbox.advance(15)
    assert api.session_state(session) == "rejected"
    shown = api.ok(api.get(f"/product_order_item/{line}/"))
    assert [change["state"] for change in shown["state_change"]][-1] == "technical_error"
    other, _ = api.confirmed_order()
    sandbox.set_state("product_order", other, "on_hold")
    sandbox.advance(100)
    assert api.session_state(other) == "on_hold"


def test_a_tracked_order_is_known_by_both_of_its_names(api, sandbox):
    order = api.tracked_order()
    for name, state in (("id", "change_in_progress"), ("order_reference", "terminated")):
        sandbox.set_state("order", order[name], state)
        assert api.state(f"/order/{order['order_reference']}/") == state


def test_other_states_can_be_forced_too(api, sandbox):
    task = api.ok(api.post("/quote_item/export/csv/", {}))["task_id"]
    sandbox.set_state("export", task, "success")
    assert api.get(f"/quote_item/export/{task}/download/").ok
    site = {"offer_families": ["BPE"], "eligibility_id": "E1"}
    request = api.ok(
        api.post("/product_offering_qualification/", {"product_offering_qualification_item": [site]})
    )
    sandbox.set_state("eligibility", request["id"], "done.ready")
    shown = api.ok(api.get(f"/product_offering_qualification/{request['id']}/"))
    assert shown["product_offering_qualification_item"][0]["product_offerings"]


def test_only_what_is_there_can_be_forced(sandbox):
    with pytest.raises(KeyError, match="unknown"):
        sandbox.set_state("quote", "unknown", "ready")
    with pytest.raises(ValueError, match="known:"):
        sandbox.set_state("basket", "unknown", "ready")


def test_fields_that_no_document_knows(api, sandbox):
    basket, line = api.line()
    sandbox.extra_fields("quote", {"colour": "red"})
    sandbox.extra_fields("quote_item", {"size": {"m": 1}}, line)
    _, other = api.line(basket)
    shown = api.ok(api.get(f"/quote/{basket}/"))
    assert shown["colour"] == "red"
    assert [item.get("size") for item in shown["quote_item"]] == [{"m": 1}, None]
    assert "size" not in api.ok(api.get(f"/quote_item/{other}/"))
    assert api.ok(api.get("/quote/"))["results"][0]["colour"] == "red"


def test_records_can_be_read_from_python(api, sandbox):
    _, line = api.line()
    record = sandbox.record("quote_item", line)
    assert record == api.ok(api.get(f"/quote_item/{line}/"))
    record["option_ids"].append("changed")
    assert sandbox.records("quote_item")[0]["option_ids"] == []
