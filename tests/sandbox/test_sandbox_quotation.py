import re

import pytest

BASKET = {"external_id", "project_id", "id", "quote_date", "creation_date", "state"}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00")


def test_a_basket_as_the_example_shows_it(api):
    basket = api.ok(api.post("/quote/", {"external_id": "EXT123", "project_id": "PRJ456"}))
    assert set(basket) == BASKET
    assert (basket["external_id"], basket["project_id"]) == ("EXT123", "PRJ456")
    assert basket["state"] == "acknowledged"
    assert DATE.fullmatch(basket["creation_date"])
    shown = api.ok(api.get(f"/quote/{basket['id']}/"))
    assert shown == {name: basket[name] for name in BASKET - {"creation_date"}} | {"quote_item": []}


@pytest.mark.parametrize("options", [{}, {"json": {}}])
def test_a_basket_needs_no_field_at_all(api, options):
    answer = api.call("POST", "/quote/", **options)
    assert answer.status_code == 201
    assert (answer.json()["external_id"], answer.json()["project_id"]) == ("", "")


def test_a_change_keeps_what_is_left_out(api):
    basket = api.basket(external_id="A", project_id="P")
    assert api.ok(api.patch(f"/quote/{basket}/", {"external_id": "B"}))["project_id"] == "P"
    assert api.ok(api.get(f"/quote/{basket}/"))["external_id"] == "B"


def test_a_line_needs_nothing_but_its_qualification_item(api):
    basket = api.basket()
    only = {"product_offering_qualification_item_id": "any non-empty string"}
    line = api.ok(api.post(f"/quote/{basket}/quote_item/", only))
    assert (line["state"], line["option_ids"], line["expected_response_date"]) == ("acknowledged", [], None)
    assert re.fullmatch(r"QO_\d{8}_\d{8}", line["reference"])
    assert "quote_id" not in line


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"product_offering_qualification_item_id": ["This field is required."]}),
        (
            {"product_offering_qualification_item_id": " "},
            {"product_offering_qualification_item_id": ["This field may not be blank."]},
        ),
        (
            {"product_offering_qualification_item_id": None},
            {"product_offering_qualification_item_id": ["This field may not be null."]},
        ),
        (
            {"product_offering_qualification_item_id": "x", "colour": "red"},
            {"colour": ["Unknown field."]},
        ),
        (
            {"product_offering_qualification_item_id": "x", "product_offerings": ["1", "2", "3", "4", "5"]},
            {"product_offerings": ["Ensure this field has no more than 4 elements."]},
        ),
        (
            {"product_offering_qualification_item_id": "x", "related_contact_information": [{}, {}, {}]},
            {"related_contact_information": ["Ensure this field has no more than 2 elements."]},
        ),
        (
            {"product_offering_qualification_item_id": "x", "note": 3, "option_ids": "2210"},
            {"note": ["Not a valid string."], "option_ids": ["Expected a list of items."]},
        ),
    ],
)
def test_a_wrong_line_is_refused_field_by_field(api, body, errors):
    answer = api.post(f"/quote/{api.basket()}/quote_item/", body)
    assert (answer.status_code, answer.json()) == (400, errors)


def test_a_wrong_date_is_refused(api):
    body = {"product_offering_qualification_item_id": "x", "expected_response_date": "tomorrow"}
    answer = api.post(f"/quote/{api.basket()}/quote_item/", body)
    assert (answer.status_code, list(answer.json())) == (400, ["expected_response_date"])


def test_malformed_bodies_are_refused(api):
    basket = api.basket()
    path = f"/quote/{basket}/quote_item/"
    json = {"Content-Type": "application/json"}
    broken = api.call("POST", path, data=b'{"external_id": ', headers=json)
    assert (broken.status_code, list(broken.json())) == (400, ["detail"])
    assert api.call("POST", path, data=b"[]", headers=json).status_code == 400
    assert api.call("POST", path, headers=json).status_code == 400
    other = {"Content-Type": "text/plain"}
    assert api.call("POST", path, data=b"{}", headers=other).status_code == 415


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_cannot_say_is_refused(api, number):
    json = {"Content-Type": "application/json"}
    contact = f'{{"related_contact_information": [{{"latitude": {number}}}]'
    quote = f'{contact}, "product_offering_qualification_item_id": "x"}}'
    answer = api.call("POST", f"/quote/{api.basket()}/quote_item/", data=quote, headers=json)
    assert (answer.status_code, list(answer.json())) == (400, ["related_contact_information"])
    order = f'{contact}, "product_offering_qualification_item_id": "x", "product_offering_id": "1"}}'
    answer = api.call("POST", f"/product_order/{api.session()}/product_order_item/", data=order, headers=json)
    assert (answer.status_code, list(answer.json())) == (400, ["related_contact_information"])


def test_half_of_a_character_is_refused(api):
    json = {"Content-Type": "application/json"}
    answer = api.call("POST", "/quote/", data=b'{"external_id": "\\ud800"}', headers=json)
    assert (answer.status_code, list(answer.json())) == (400, ["external_id"])
    answer = api.call("POST", "/quote/", data=b'{"\\ud800": 1}', headers=json)
    assert answer.status_code == 400


def test_a_line_can_be_changed_and_deleted_while_the_basket_is_a_draft(api):
    basket, line = api.line(note="first")
    path = f"/quote/{basket}/quote_item/{line}/"
    changed = api.ok(api.patch(path, {"note": "second", "product_offerings": [2180]}))
    assert (changed["note"], changed["product_offerings"]) == ("second", ["2180"])
    assert changed["end_customer_name"] == "End Customer"
    left = api.ok(api.delete(path))
    assert (left["id"], left["quote_item"]) == (basket, [])
    assert api.get(f"/quote_item/{line}/").status_code == 404


def test_writing_what_looks_writable_changes_nothing(api):
    basket, line = api.line()
    written = {"state": "ready", "reference": "MINE", "quote_date": "2020-01-01T00:00:00+01:00"}
    shown = api.ok(api.patch(f"/quote/{basket}/quote_item/{line}/", written))
    assert shown["state"] == "acknowledged"
    assert shown["reference"].startswith("QO_")
    assert shown["quote_date"] is None


def test_what_is_missing_at_the_confirmation_is_named_for_each_line(api):
    basket, line = api.line(end_customer_name="", product_offerings=[])
    _, other = api.line(basket, site_connection_type=None)
    answer = api.patch(f"/quote/{basket}/confirm/")
    required = ["This field is required."]
    assert answer.status_code == 400
    assert answer.json() == {
        "quote_item": {
            line: {"end_customer_name": required, "product_offerings": required},
            other: {"site_connection_type": required},
        }
    }
    assert api.state(f"/quote/{basket}/") == "acknowledged"


def test_an_empty_basket_cannot_be_confirmed(api):
    answer = api.patch(f"/quote/{api.basket()}/confirm/")
    assert (answer.status_code, list(answer.json())) == (400, ["quote_item"])


def test_lines_are_priced_a_while_after_the_confirmation(api, sandbox):
    basket, line = api.line()
    confirmed = api.ok(api.patch(f"/quote/{basket}/confirm/", {}))
    assert (confirmed["state"], confirmed["quote_item"][0]["state"]) == ("confirmed", "confirmed")
    sandbox.advance(19)
    assert api.state(f"/quote_item/{line}/") == "confirmed"
    sandbox.advance(21)
    priced = api.ok(api.get(f"/quote_item/{line}/"))
    assert priced["state"] == "ready"
    assert [price["product_id"] for price in priced["prices"]] == ["2173", "2174"]
    assert {price["state"] for price in priced["prices"]} == {"ready"}
    assert all(DATE.fullmatch(priced[name]) for name in ("quote_date", "response_date", "validity_date"))
    assert priced["address"]["city"]
    assert priced["manager_regional"]
    assert api.state(f"/quote/{basket}/") == "ready"


def test_a_basket_is_partially_ready_while_lines_are_not_answered(api, sandbox):
    basket, line = api.line(external_id="fast")
    api.line(basket, external_id="slow")
    sandbox.outcome("quote_item", "never", external_id="slow")
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    sandbox.advance(100)
    assert api.state(f"/quote/{basket}/") == "partial_ready"
    api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}))
    assert api.state(f"/quote/{basket}/") == "partial_finalized"


def test_a_basket_in_which_nothing_can_be_provided_is_finalized(api, sandbox):
    sandbox.outcome("quote_item", "unable_to_provide")
    basket, line = api.priced_line()
    refused = api.ok(api.get(f"/quote_item/{line}/"))
    assert (refused["state"], refused["prices"]) == ("unable_to_provide", [])
    assert api.state(f"/quote/{basket}/") == "finalized"


def test_a_line_can_expire(api, sandbox):
    sandbox.outcome("quote_item", "expired")
    basket, line = api.priced_line()
    assert api.state(f"/quote_item/{line}/") == "ready"
    sandbox.advance(60)
    assert api.state(f"/quote_item/{line}/") == "expired"
    assert api.state(f"/quote/{basket}/") == "finalized"
    answer = api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"})
    assert (answer.status_code, list(answer.json())) == (409, ["detail"])


def test_an_acceptance_makes_an_order_session_with_a_line(api, sandbox):
    basket = api.basket(project_id="FLASH")
    _, line = api.line(basket, customer_order_name="CMD-1", option_ids=["2210"])
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    sandbox.advance(41)
    made = api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2174"}))
    assert set(made) == {"product_order_id", "product_order_item_id"}
    quoted = api.ok(api.get(f"/quote_item/{line}/"))
    assert quoted["state"] == "accepted"
    assert [price["state"] for price in quoted["prices"]] == ["refused", "accepted"]
    assert api.state(f"/quote/{basket}/") == "finalized"
    assert api.session_state(made["product_order_id"]) == "created"
    order = api.ok(api.get(f"/product_order_item/{made['product_order_item_id']}/"))
    expected = {
        "quote_item_id": line,
        "product_offering_id": "2174",
        "product_offering_qualification_item_id": quoted["product_offering_qualification_item_id"],
        "end_customer_name": "End Customer",
        "customer_order_name": "CMD-1",
        "option_ids": ["2210"],
        "project_id": "FLASH",
        "external_id": "EXT_ITEM",
        "state": "created",
        "product_order_id": made["product_order_id"],
    }
    assert {name: order[name] for name in expected} == expected
    session = api.ok(api.get(f"/product_order/{made['product_order_id']}/"))
    assert [item["id"] for item in session["product_order_item"]] == [made["product_order_item_id"]]


def test_a_line_is_accepted_once(api):
    _, line = api.priced_line()
    assert api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}).status_code == 200
    for product in ("2173", "2174"):
        again = api.patch(f"/quote_item/{line}/accept/", {"product_id": product})
        assert again.status_code == 409
    assert api.ok(api.get("/product_order/"))["count"] == 1


def test_a_product_that_was_not_asked_for_cannot_be_accepted(api):
    _, line = api.priced_line()
    answer = api.patch(f"/quote_item/{line}/accept/", {"product_id": "9999"})
    assert (answer.status_code, list(answer.json())) == (400, ["product_id"])
    assert api.patch(f"/quote_item/{line}/accept/", {}).json() == {"product_id": ["This field is required."]}
    assert api.state(f"/quote_item/{line}/") == "ready"


def test_declining_every_product_refuses_the_line_and_restoring_brings_it_back(api):
    basket, line = api.priced_line()
    one = api.ok(api.patch(f"/quote_item/{line}/decline/", {"product_id": "2173", "comment": "too slow"}))
    assert one["state"] == "ready"
    assert [price["state"] for price in one["prices"]] == ["refused", "ready"]
    assert one["prices"][0]["comment"] == "too slow"
    assert api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}).status_code == 409
    assert api.patch(f"/quote_item/{line}/decline/", {"product_id": "2173"}).status_code == 409
    both = api.ok(api.patch(f"/quote_item/{line}/decline/", {"product_id": "2174"}))
    assert both["state"] == "refused"
    assert api.state(f"/quote/{basket}/") == "finalized"
    back = api.ok(api.patch(f"/quote_item/{line}/restore_price/", {"product_id": "2174"}))
    assert back["state"] == "ready"
    assert [price["state"] for price in back["prices"]] == ["refused", "ready"]
    assert api.state(f"/quote/{basket}/") == "ready"
    assert api.patch(f"/quote_item/{line}/restore_price/", {"product_id": "2174"}).status_code == 409


@pytest.mark.parametrize("action", ["accept", "decline", "restore_price"])
def test_nothing_is_said_to_a_line_without_answer(api, action):
    _, line = api.confirmed_line()
    assert api.patch(f"/quote_item/{line}/{action}/", {"product_id": "2173"}).status_code == 409


def test_a_confirmed_basket_stays_as_it_is(api, trace):
    basket, line = api.confirmed_line()
    path = f"/quote/{basket}/quote_item/"
    refusals = [
        api.patch(f"/quote/{basket}/confirm/"),
        api.patch(f"/quote/{basket}/", {"external_id": "B"}),
        api.post(path, {"product_offering_qualification_item_id": "x"}),
        api.patch(f"{path}{line}/", {"note": "late"}),
        api.delete(f"{path}{line}/"),
        api.upload(f"{path}{line}/trace/upload/", trace),
        api.delete(f"{path}{line}/trace/"),
    ]
    assert [(answer.status_code, list(answer.json())) for answer in refusals] == [(409, ["detail"])] * 7


def test_unknown_ids_and_ids_of_something_else_are_not_found(api):
    basket, line = api.line()
    other = api.basket()
    session = api.session()
    answers = [
        api.get("/quote/unknown/"),
        api.get(f"/quote/{line}/"),
        api.get(f"/quote/{session}/"),
        api.get(f"/quote_item/{basket}/"),
        api.patch(f"/quote/{other}/quote_item/{line}/", {}),
        api.delete(f"/quote/{other}/quote_item/{line}/"),
        api.get(f"/quote/{other}/quote_item/{line}/trace/download/"),
        api.patch("/quote_item/unknown/accept/", {"product_id": "1"}),
    ]
    assert {answer.status_code for answer in answers} == {404}


def test_the_trace_of_a_line(api, trace):
    basket, line = api.line()
    path = f"/quote/{basket}/quote_item/{line}/trace/"
    assert api.get(f"{path}download/").status_code == 404
    shown = api.ok(api.upload(f"{path}upload/", trace, "my file.kmz"))
    assert shown["id"] == basket
    name = shown["quote_item"][0]["trace_file"]
    assert re.fullmatch(r"my_file_trace_QO_\d{8}_\d{8}\.kmz", name)
    file = api.get(f"{path}download/")
    assert (file.content, file.headers["Content-Type"]) == (trace, "application/vnd.google-earth.kmz")
    assert name in file.headers["Content-Disposition"]
    assert list(api.ok(api.delete(path))) == ["detail"]
    assert api.delete(path).status_code == 404
    assert api.ok(api.get(f"/quote_item/{line}/"))["trace_file"] == ""


def test_a_trace_has_to_be_a_zip_in_the_right_field(api, trace):
    basket, line = api.line()
    path = f"/quote/{basket}/quote_item/{line}/trace/upload/"
    assert list(api.upload(path, b"not a zip").json()) == ["file"]
    wrong_field = api.call("POST", path, files={"trace": ("a.kmz", trace)})
    assert (wrong_field.status_code, wrong_field.json()) == (400, {"file": ["This field is required."]})
    assert api.call("POST", path, data={"file": "text"}).status_code == 415
    assert api.post(path, {"file": "x"}).status_code == 400
