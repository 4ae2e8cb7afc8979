import re

import pytest

REQUIRED = ["This field is required."]


def test_a_session_as_the_example_shows_it(api):
    session = api.ok(api.post("/product_order/", {"external_id": "12345", "project_id": ""}))
    assert {name: session[name] for name in session if name not in ("id", "creation_date")} == {
        "external_id": "12345",
        "project_id": "",
        "cancellation_date": None,
        "completion_date": None,
        "order_date": None,
        "state": "created",
    }
    assert api.ok(api.get(f"/product_order/{session['id']}/")) == {
        "external_id": "12345",
        "project_id": "",
        "id": session["id"],
        "product_order_item": [],
    }
    changed = api.ok(api.patch(f"/product_order/{session['id']}/", {"project_id": "P"}))
    assert (changed["external_id"], changed["project_id"]) == ("12345", "P")


def test_a_line_as_the_example_shows_it(api, contact):
    sent = {
        "end_customer_name": "Covage",
        "external_id": "6789",
        "product_offering_id": "2173",
        "product_offering_qualification_item_id": "e1",
        "enni": "AZ001234",
        "enni2": "AZ001235",
        "vlan_reference": "1257",
        "billing_site_ref": "AUX99",
        "related_contact_information": [contact],
        "siret_known": True,
        "additional_vlan_reference": "1258",
        "offer_family": "BPE",
        "offer_technology": "FIBDE",
        "specific_request": "Raccordement",
        "access_instructions": "Prendre la grande porte",
        "scheduled_delivery_date": "2030-09-21",
        "cpe_network_number": "NET-123456",
        "cpe_serial_number": "SR-123456",
    }
    session = api.session()
    line = api.ok(api.post(f"/product_order/{session}/product_order_item", sent))
    assert (line["enni_2"], line["vlan_reference"]) == ("AZ001235", 1257)
    assert line["cpe_networking_number"] == "NET-123456"
    assert (line["state"], line["termination_error"]) == ("created", [])
    assert [change["state"] for change in line["state_change"]] == ["created"]
    assert re.fullmatch(r"PO_DC173_\d{8}_\d{6}", line["order_reference"])
    assert line["temporary_reference"] == line["order_reference"]
    assert line["related_contact_information"][0]["building_name"] == ""
    shown = api.ok(api.get(f"/product_order_item/{line['id']}/"))
    kept = ("siret_known", "additional_vlan_reference", "specific_request", "access_instructions")
    for name in (*kept, "scheduled_delivery_date", "offer_family"):
        assert shown[name] == sent[name]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"product_offering_id": REQUIRED, "product_offering_qualification_item_id": REQUIRED}),
        (
            {"product_offering_id": "1", "product_offering_qualification_item_id": "e", "x": 1},
            {"x": ["Unknown field."]},
        ),
        (
            {
                "product_offering_id": "1",
                "product_offering_qualification_item_id": "e",
                "vlan_reference": "twelve",
            },
            {"vlan_reference": ["A valid number is required."]},
        ),
        (
            {
                "product_offering_id": "1",
                "product_offering_qualification_item_id": "e",
                "related_contact_information": [{"town": "Rouen"}],
            },
            {"related_contact_information": {"0": {"town": ["Unknown field."]}}},
        ),
    ],
)
def test_a_wrong_line_is_refused_field_by_field(api, body, errors):
    answer = api.post(f"/product_order/{api.session()}/product_order_item/", body)
    assert (answer.status_code, answer.json()) == (400, errors)


def test_a_line_can_be_changed_and_deleted_in_a_draft(api):
    session, line = api.order_line()
    path = f"/product_order/{session}/product_order_item/{line}/"
    changed = api.ok(api.patch(path, {"note": "n", "product_offering_id": 2174}))
    assert (changed["note"], changed["product_offering_id"], changed["enni"]) == ("n", "2174", "CN012345")
    assert "offer_family" not in changed
    refused = api.patch(path, {"offer_family": "BPE"})
    assert (refused.status_code, refused.json()) == (400, {"offer_family": ["Unknown field."]})
    assert api.patch(path, {"product_offering_id": None}).status_code == 400
    assert api.ok(api.delete(path))["product_order_item"] == []
    assert api.get(f"/product_order_item/{line}/").status_code == 404


def test_what_is_missing_at_the_confirmation_is_named_for_each_line(api, contact):
    session, line = api.order_line(enni="", related_contact_information=None)
    del contact["city"]
    _, other = api.order_line(session, related_contact_information=[contact, {**contact, "city": "Caen"}])
    answer = api.patch(f"/product_order/{session}/confirm/")
    assert answer.status_code == 400
    assert answer.json() == {
        "product_order_item": {
            line: {"enni": REQUIRED, "related_contact_information": REQUIRED},
            other: {"related_contact_information": [{"city": REQUIRED}, {}]},
        }
    }
    assert api.session_state(session) == "created"


def test_an_empty_session_cannot_be_confirmed(api):
    assert list(api.patch(f"/product_order/{api.session()}/confirm/").json()) == ["product_order_item"]


@pytest.mark.parametrize("fields", [{"offer_family": "DIA"}, {"product_offering_id": "2190"}])
def test_the_enni_of_a_dia_offer_is_calculated(api, fields):
    session, line = api.order_line(**{"enni": "", **fields})
    other = api.order_line(session, **{"enni": "MINE", **fields})[1]
    api.ok(api.patch(f"/product_order/{session}/confirm/"))
    ennis = {api.ok(api.get(f"/product_order_item/{one}/"))["enni"] for one in (line, other)}
    assert len(ennis) == 1
    assert ennis.isdisjoint({"", "MINE"})


def test_cpe_fields_are_needed_with_option_7021_and_only_with_it(api):
    numbers = {"cpe_networking_number": "NET-1", "cpe_serial_number": "SR-1"}
    session, line = api.order_line(option_ids=["7021"])
    wrong = api.patch(f"/product_order/{session}/confirm/").json()["product_order_item"][line]
    assert wrong == dict.fromkeys(numbers, REQUIRED)
    path = f"/product_order/{session}/product_order_item/{line}/"
    api.ok(api.patch(path, {**numbers, "option_ids": []}))
    wrong = api.patch(f"/product_order/{session}/confirm/").json()["product_order_item"][line]
    assert set(wrong) == set(numbers)
    api.ok(api.patch(path, {"option_ids": [7021]}))
    assert api.patch(f"/product_order/{session}/confirm/").ok


def test_orders_are_created_a_while_after_the_confirmation(api, sandbox):
    session, line = api.order_line()
    confirmed = api.ok(api.patch(f"/product_order/{session}/confirm/"))
    assert [item["state"] for item in confirmed["product_order_item"]] == ["in_progress"]
    assert "state" not in confirmed
    assert api.session_state(session) == "in_progress"
    sandbox.advance(15)
    assert api.session_state(session) == "completed"
    shown = api.ok(api.get(f"/product_order_item/{line}/"))
    states = [change["state"] for change in shown["state_change"]]
    assert states == ["created", "in_progress", "acknowledged"]
    assert shown["state"] == "acknowledged"
    assert shown["order_date"]
    sessions = api.ok(api.get("/product_order/"))["results"]
    assert sessions[0]["order_date"]
    assert sessions[0]["completion_date"]


def test_a_session_of_which_one_line_fails_is_partial(api, sandbox):
    sandbox.outcome("product_order_item", "rejected_creation", external_id="bad")
    session, good = api.order_line(external_id="good")
    _, bad = api.order_line(session, external_id="bad")
    api.ok(api.patch(f"/product_order/{session}/confirm/"))
    sandbox.advance(15)
    assert api.session_state(session) == "partial"
    failed = api.ok(api.get(f"/product_order_item/{bad}/"))
    assert failed["state"] == "rejected_creation"
    assert [set(error) for error in failed["termination_error"]] == [{"code", "property_path", "value"}]
    assert api.state(f"/product_order_item/{good}/") == "acknowledged"
    assert api.ok(api.get("/order/"))["count"] == 1


@pytest.mark.parametrize(
    ("outcome", "session_state"),
    [
        ("acknowledged", "completed"),
        ("held_adv_validation", "completed"),
        ("in_progress", "completed"),
        ("rejected_creation", "rejected"),
        ("technical_error", "rejected"),
    ],
)
def test_the_session_follows_from_its_line(api, sandbox, outcome, session_state):
    sandbox.outcome("product_order_item", outcome)
    session, line = api.confirmed_order()
    sandbox.advance(15)
    assert api.state(f"/product_order_item/{line}/") == outcome
    assert api.session_state(session) == session_state
    assert api.ok(api.get("/order/"))["count"] == (session_state == "completed")


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        ("completed", ["acknowledged", "acknowledged"]),
        ("partial", ["acknowledged", "rejected_creation"]),
        ("rejected", ["rejected_creation", "rejected_creation"]),
    ],
)
def test_the_lines_follow_from_what_is_told_of_the_session(api, sandbox, outcome, states):
    sandbox.outcome("product_order", outcome, external_id="S")
    session = api.session(external_id="S")
    lines = [api.order_line(session)[1] for _ in range(2)]
    api.ok(api.patch(f"/product_order/{session}/confirm/"))
    sandbox.advance(15)
    assert api.session_state(session) == outcome
    assert [api.state(f"/product_order_item/{line}/") for line in lines] == states


def test_a_confirmed_session_stays_as_it_is(api):
    session, line = api.confirmed_order()
    path = f"/product_order/{session}/"
    refusals = [
        api.patch(f"{path}confirm/"),
        api.patch(path, {"external_id": "B"}),
        api.delete(path),
        api.post(
            f"{path}product_order_item/",
            {"product_offering_id": "1", "product_offering_qualification_item_id": "e"},
        ),
        api.patch(f"{path}product_order_item/{line}/", {"note": "late"}),
        api.delete(f"{path}product_order_item/{line}/"),
    ]
    assert [(answer.status_code, list(answer.json())) for answer in refusals] == [(409, ["detail"])] * 6


def test_a_draft_is_deleted_with_its_lines(api):
    session, line = api.order_line()
    answer = api.delete(f"/product_order/{session}/")
    assert (answer.status_code, answer.content) == (204, b"")
    gone = (f"/product_order/{session}/", f"/product_order_item/{line}/")
    assert [api.get(path).status_code for path in gone] == [404, 404]
    assert api.delete(f"/product_order/{session}/").status_code == 404


def test_lines_of_another_session_are_not_found(api):
    _, line = api.order_line()
    other = api.session()
    assert api.patch(f"/product_order/{other}/product_order_item/{line}/", {}).status_code == 404
    assert api.delete(f"/product_order/{other}/product_order_item/{line}/").status_code == 404


def test_drafts_expire_in_ninety_days(api):
    api.order_line()
    shown = api.ok(api.get("/product_order_item/"))["results"][0]
    assert shown["expiration_date"] > shown["creation_date"]
    assert "quote_item_id" not in shown


def test_a_tracked_order_walks_to_its_activation(api, sandbox):
    order = api.tracked_order(external_id="MINE", project_id="FLASH")
    assert re.fullmatch(r"CMD_X_\d{8}", order["order_reference"])
    assert (order["state"], order["completion_date"], order["project_id"]) == ("confirmed", None, "FLASH")
    path = f"/order/{order['order_reference']}/"
    assert api.ok(api.get(path))["external_id"] == "MINE"
    assert api.get(f"/order/{order['id']}/").status_code == 404
    assert api.ok(api.get(f"{path}historic/")) == []
    sandbox.advance(20)
    assert api.state(path) == "in_progress"
    steps = api.ok(api.get(f"{path}historic/"))
    assert [step["step"] for step in steps] == ["production_manager_assigned"]
    sandbox.advance(100)
    done = api.ok(api.get(path))
    assert done["state"] == "active"
    assert done["completion_date"] == done["modification_date"]
    steps = api.ok(api.get(f"{path}historic/"))
    assert [step["step"] for step in steps][1:3] == ["optical_route_received", "technical_visit_planned"]
    assert api.get("/order/CMD_X_1/historic/").status_code == 404


@pytest.mark.parametrize(("outcome", "cancelled"), [("rejected", False), ("cancelled", True)])
def test_production_can_fail(api, sandbox, outcome, cancelled):
    sandbox.outcome("order", outcome)
    order = api.tracked_order()
    sandbox.advance(200)
    shown = api.ok(api.get(f"/order/{order['order_reference']}/"))
    assert (shown["state"], shown["completion_date"]) == (outcome, None)
    assert bool(shown["cancellation_date"]) == bool(shown["cancellation_reason"]) == cancelled
