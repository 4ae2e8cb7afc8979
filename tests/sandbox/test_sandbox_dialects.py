import random

import pytest

from airflow_provider_covage.sandbox import Dialect

FON = "/specific_request/fon/"


def test_every_value_has_a_name():
    names = Dialect.names()
    assert {"confirm_no_content", "paging_url", "lists_array", "errors_list"} <= set(names)
    assert len(names) == len(set(names))
    assert Dialect.named() == Dialect()
    assert Dialect.named("paging_url", "slash_required") == Dialect(paging="url", slash="required")
    with pytest.raises(ValueError, match="unknown dialect paging_smoke"):
        Dialect.named("paging_smoke")


def test_a_mixture_depends_on_its_seed_alone():
    assert Dialect.mixture(5) == Dialect.mixture(5)
    mixtures = [Dialect.mixture(seed) for seed in range(60)]
    for switch in vars(Dialect()):
        assert len({getattr(mixture, switch) for mixture in mixtures}) > 1


def test_a_confirmation_without_content(start):
    api = start("confirm_no_content")
    basket, _ = api.line()
    answer = api.patch(f"/quote/{basket}/confirm/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.state(f"/quote/{basket}/") == "confirmed"


def test_an_update_of_a_line_answers_the_basket(start):
    api = start("item_update_basket")
    basket, line = api.line()
    shown = api.ok(api.patch(f"/quote/{basket}/quote_item/{line}/", {"note": "n"}))
    assert (shown["id"], shown["quote_item"][0]["note"]) == (basket, "n")


@pytest.mark.parametrize("form", ["path", "url"])
def test_links_to_pages(start, form):
    api = start(f"paging_{form}")
    api.sandbox.seed(quotes=12)
    page = api.ok(api.get("/quote/", project_id="FLASH", page_size=5))
    assert page["previous_page"] is None
    root = api.sandbox.url if form == "url" else ""
    assert page["next_page"] == f"{root}/api/v1/quote/?project_id=FLASH&page_size=5&page=2"
    second = api.ok(api.http.get(api.sandbox.url + page["next_page"].removeprefix(root), timeout=5))
    assert (len(second["results"]), second["previous_page"][-1], second["next_page"][-1]) == (5, "1", "3")


LISTS = {
    "/quote/": "envelope",
    "/quote_item/": "envelope",
    "/product_order_item/": "envelope",
    FON: "envelope",
    "/product_order/": "array",
    "/order/": "array",
    "/catalog/category/": "array",
    "/referential/project/": "array",
    "/referential/enni/": "array",
}


def test_bare_arrays(start):
    api = start("lists_array", max_page_size=3)
    api.sandbox.seed(quotes=15)
    assert len(api.ok(api.get("/quote/", page=2, page_size=2))) == 15
    assert all(isinstance(api.ok(api.get(path)), list) for path in LISTS)


def test_only_what_is_documented_as_paginated_is(start):
    api = start("lists_documented")
    shapes = {path: "array" if isinstance(api.ok(api.get(path)), list) else "envelope" for path in LISTS}
    assert shapes == LISTS


def test_no_page_after_the_last_one(start):
    api = start("last_page_not_found")
    assert api.get("/quote/", page=1).status_code == 200
    assert api.get("/quote/", page=2).status_code == 404


@pytest.mark.parametrize(
    ("name", "basket_shown", "line_shown"),
    [("echoed", "B", "L"), ("empty_for_lines", "B", ""), ("empty", "", "")],
)
def test_external_ids_that_do_not_come_back(start, name, basket_shown, line_shown):
    api = start(f"external_id_{name}")
    basket = api.basket(external_id="B")
    api.line(basket, external_id="L")
    shown = api.ok(api.get(f"/quote/{basket}/"))
    assert (shown["external_id"], shown["quote_item"][0]["external_id"]) == (basket_shown, line_shown)
    assert api.ok(api.get("/quote/", external_id="B"))["count"] == 1
    session, line = api.order_line(api.session(external_id="S"), external_id="L")
    assert api.ok(api.get(f"/product_order_item/{line}/"))["external_id"] == line_shown
    assert api.ok(api.get("/product_order/", external_id="S"))["results"][0]["id"] == session


def test_drafts_that_are_created(start):
    api = start("first_state_created")
    basket, line = api.line()
    assert (api.state(f"/quote/{basket}/"), api.state(f"/quote_item/{line}/")) == ("created", "created")
    request = api.ok(api.post(FON, {}))
    assert request["state"] == "created"
    assert api.ok(api.patch(f"{FON}{request['id']}/confirm/"))["state"] == "confirmed"
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    api.sandbox.advance(41)
    assert api.state(f"/quote/{basket}/") == "ready"


def test_the_state_of_a_session_in_its_detail(start):
    api = start("session_detail_with_state")
    session, _ = api.order_line()
    assert api.state(f"/product_order/{session}/") == "created"
    assert api.ok(api.patch(f"/product_order/{session}/confirm/"))["state"] == "in_progress"


def test_details_that_hold_only_ids(start):
    api = start("inner_lines_ids")
    basket, line = api.line()
    assert api.ok(api.get(f"/quote/{basket}/"))["quote_item"] == [line]
    session, item = api.order_line()
    assert api.ok(api.get(f"/product_order/{session}/"))["product_order_item"] == [item]


def test_names_in_answers(start):
    api = start("enni_code_upper", "cpe_field_network", "enni_field_enni2", "eligibility_items_plural")
    assert {"Code"} == {"Code", "code"} & set(api.ok(api.get("/referential/enni/"))["results"][0])
    _, line = api.order_line(enni_2="E2", cpe_networking_number="N")
    shown = api.ok(api.get(f"/product_order_item/{line}/"))
    assert (shown["enni2"], shown["cpe_network_number"]) == ("E2", "N")
    assert not {"enni_2", "cpe_networking_number"} & set(shown)
    site = {"offer_families": ["BPE"], "eligibility_id": "E1"}
    request = api.post("/product_offering_qualification/", {"product_offering_qualification_item": [site]})
    assert len(api.ok(request)["product_offering_qualification_items"]) == 1


def test_slashes_that_have_to_be_there(start):
    api = start("slash_required")
    assert api.get("/quote").status_code == 404
    assert api.post("/quote", {}).status_code == 404
    assert api.get("/quote/").status_code == 200
    assert api.sandbox.requests[0]["status"] == 404
    assert api.sandbox.ledger == []


def test_slashes_that_are_redirected_to(start):
    api = start("slash_redirect")
    answer = api.call("POST", "/quote?x=1", json={"external_id": "A"}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/quote/?x=1")
    assert api.ok(api.post("/quote", {"external_id": "A"}))["external_id"] == "A"
    assert [entry["status"] for entry in api.sandbox.requests] == [308, 308, 201]


@pytest.mark.parametrize(
    ("name", "single", "double"), [("single", 201, 404), ("double", 404, 201), ("both", 201, 201)]
)
def test_the_prefix_of_fon_requests(start, name, single, double):
    api = start(f"fon_prefix_{name}")
    assert api.post(FON, {}).status_code == single
    assert api.post(f"/v1{FON}", {}).status_code == double
    assert api.get(FON).status_code == 200
    assert api.get(f"/v1{FON}").status_code == 404


def test_what_is_unset_is_null(start):
    api = start("unset_null", "unset_arrays_null")
    basket = api.basket()
    only = {"product_offering_qualification_item_id": "e"}
    line = api.ok(api.post(f"/quote/{basket}/quote_item/", only))
    for name in ("external_id", "note", "trace_file", "option_ids", "product_offerings"):
        assert line[name] is None
    assert api.ok(api.get(f"/quote/{basket}/"))["project_id"] is None


def test_dates_without_milliseconds(start):
    api = start("dates_seconds")
    date = api.ok(api.post("/quote/", {}))["creation_date"]
    assert len(date) == len("2026-04-23T09:00:00+02:00")


def test_deletions_without_content(start, trace):
    api = start("deletions_no_content")
    basket, line = api.line()
    api.ok(api.upload(f"/quote/{basket}/quote_item/{line}/trace/upload/", trace))
    session, item = api.order_line()
    request = api.ok(api.post(FON, {}))["id"]
    api.ok(api.upload(f"{FON}{request}/sites/upload/", b"a"))
    deletions = [
        f"/quote/{basket}/quote_item/{line}/trace/",
        f"/quote/{basket}/quote_item/{line}/",
        f"/product_order/{session}/product_order_item/{item}/",
        f"/product_order/{session}/",
        f"{FON}{request}/sites/",
        f"{FON}{request}/",
    ]
    answers = [api.delete(path) for path in deletions]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 6


def test_the_deletion_of_a_session_with_a_body(start):
    api = start("session_deletion_body")
    answer = api.delete(f"/product_order/{api.session()}/")
    assert (answer.status_code, list(answer.json())) == (200, ["detail"])


def test_a_vlan_that_is_a_string(start):
    api = start("vlan_string")
    _, line = api.order_line(vlan_reference=1257)
    _, other = api.order_line()
    shown = [api.ok(api.get(f"/product_order_item/{one}/"))["vlan_reference"] for one in (line, other)]
    assert shown == ["1257", ""]


@pytest.mark.parametrize(
    ("outcome", "state"), [("acknowledged", "created"), ("rejected_creation", "rejected_creation")]
)
def test_states_of_order_lines_as_the_tracking_page_names_them(start, outcome, state):
    api = start("line_states_tracking_page")
    api.sandbox.outcome("product_order_item", outcome)
    session, line = api.confirmed_order()
    path = f"/product_order_item/{line}/"
    seen = [api.state(path)]
    for _ in range(2):
        api.sandbox.advance(7.5)
        seen.append(api.state(path))
    assert seen == ["acknowledged", "in_progress", state]
    assert api.session_state(session) == ("completed" if state == "created" else "rejected")


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        ("active", ["acknowledged", "in_progress", "completed"]),
        ("rejected", ["acknowledged", "in_progress", "rejected_provider"]),
        ("cancelled", ["acknowledged", "in_progress", "cancelled"]),
    ],
)
def test_states_of_tracked_orders_as_the_older_page_names_them(start, outcome, states):
    api = start("tracking_states_old")
    api.sandbox.outcome("order", outcome)
    order = api.tracked_order()
    seen = [order["state"]]
    for seconds in (20, 200):
        api.sandbox.advance(seconds)
        seen.append(api.state(f"/order/{order['order_reference']}/"))
    assert seen == states


def test_a_list_of_lines_without_creation_dates(start):
    api = start("line_list_without_creation_date")
    _, line = api.line()
    assert "creation_date" not in api.ok(api.get("/quote_item/"))["results"][0]
    assert "creation_date" in api.ok(api.get(f"/quote_item/{line}/"))
    assert api.ok(api.get("/quote_item/", creation_date_gt="2000-01-01"))["count"] == 1


def test_acceptances_of_a_basket_that_share_a_session(start):
    api = start("accept_shared_session")
    basket = api.basket()
    lines = [api.line(basket)[1] for _ in range(2)]
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    _, other = api.confirmed_line()
    api.sandbox.advance(41)
    made = [
        api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"})) for line in [*lines, other]
    ]
    sessions = [one["product_order_id"] for one in made]
    assert sessions[0] == sessions[1] != sessions[2]
    assert len(api.ok(api.get(f"/product_order/{sessions[0]}/"))["product_order_item"]) == 2


@pytest.mark.parametrize(
    ("name", "session_key", "line_key"),
    [("line", "", "EXT_ITEM"), ("none", "", ""), ("both", "B", "EXT_ITEM")],
)
def test_what_bears_the_key_after_an_acceptance(start, name, session_key, line_key):
    api = start(f"accept_external_id_{name}")
    basket, line = api.line(api.basket(external_id="B"))
    api.ok(api.patch(f"/quote/{basket}/confirm/"))
    api.sandbox.advance(41)
    made = api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}))
    session = api.ok(api.get(f"/product_order/{made['product_order_id']}/"))
    assert session["external_id"] == session_key
    assert session["product_order_item"][0]["external_id"] == line_key


def test_declining_one_offer_may_refuse_the_line(start):
    api = start("decline_refuses_line")
    _, line = api.priced_line()
    assert api.ok(api.patch(f"/quote_item/{line}/decline/", {"product_id": "2173"}))["state"] == "refused"


def test_a_basket_that_is_dated_by_its_confirmation(start):
    api = start("quote_date_confirmation")
    basket, _ = api.line()
    assert api.ok(api.get(f"/quote/{basket}/"))["quote_date"] is None
    assert api.ok(api.patch(f"/quote/{basket}/confirm/"))["quote_date"]


def test_references_that_come_with_the_order(start):
    api = start("order_reference_after_confirmation")
    _, line = api.confirmed_order()
    draft = api.ok(api.get(f"/product_order_item/{line}/"))
    api.sandbox.advance(15)
    made = api.ok(api.get(f"/product_order_item/{line}/"))
    assert (draft["order_reference"], made["temporary_reference"]) == ("", "")
    assert (
        draft["temporary_reference"]
        == made["order_reference"]
        == api.ok(api.get("/order/"))["results"][0]["id"]
    )


def test_an_export_that_is_not_successful_yet(start):
    api = start("export_success_false")
    task = api.ok(api.post("/quote_item/export/csv/", {}))["task_id"]
    path = f"/quote_item/export/{task}/status/"
    assert api.ok(api.get(path))["success"] is False
    api.sandbox.advance(5)
    assert api.ok(api.get(path))["success"] is True


def test_production_steps_in_the_envelope(start):
    api = start("historic_envelope")
    order = api.tracked_order()
    api.sandbox.advance(20)
    page = api.ok(api.get(f"/order/{order['order_reference']}/historic/"))
    assert (page["count"], len(page["results"])) == (1, 1)


def test_other_status_codes(start):
    api = start("created_200", "conflict_400")
    assert api.post("/quote/", {}).status_code == 200
    basket, _ = api.confirmed_line()
    again = api.patch(f"/quote/{basket}/confirm/")
    assert (again.status_code, list(again.json())) == (400, ["detail"])


def test_errors_as_a_list(start):
    api = start("errors_list")
    answer = api.post("/quote/", {"colour": "red"})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [{"type": "value_error", "loc": ["body", "colour"], "msg": "Unknown field."}]
    }
    basket, line = api.line(end_customer_name="")
    detail = api.patch(f"/quote/{basket}/confirm/").json()["detail"]
    assert [error["loc"] for error in detail] == [["body", "quote_item", line, "end_customer_name"]]
    assert api.get("/quote/unknown/").json() == {"detail": "Not found."}


@pytest.mark.parametrize("seed", range(8))
def test_an_order_goes_through_in_any_mixture(start, seed):
    """From quotation to delivery, reading only what every dialect shows."""
    dialect = Dialect.mixture(seed)
    api = start(dialect=dialect)
    basket = api.ok(api.post("/quote/", {"external_id": "B"}))["id"]
    _, line = api.line(basket)
    assert api.patch(f"/quote/{basket}/confirm/").ok
    api.sandbox.advance(41)
    made = api.ok(api.patch(f"/quote_item/{line}/accept/", {"product_id": "2173"}))
    session, item = made["product_order_id"], made["product_order_item_id"]
    names = [f"contact1_{name}" for name in ("email_address", "firstname", "lastname", "phone_number")]
    names += ["end_customer_name", "city", "postcode", "street_name", "street_number", "insee_code"]
    contact = {name: str(random.Random(name).random()) for name in names}
    fields = {"enni": "CN012345", "related_contact_information": [contact]}
    assert api.patch(f"/product_order/{session}/product_order_item/{item}/", fields).ok
    assert api.patch(f"/product_order/{session}/confirm/").ok
    api.sandbox.advance(200)
    orders = api.ok(api.get("/order/"))
    orders = orders if isinstance(orders, list) else orders["results"]
    assert [order["state"] for order in orders] in (["active"], ["completed"])
    assert api.sandbox.records("product_order")[0]["state"] == "completed"
