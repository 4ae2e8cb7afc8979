import pytest

SITE = {"offer_families": ["BPE"], "eligibility_id": "E1", "address": {"label": "4 rue Sakharov"}}
PATH = "/product_offering_qualification/"


def test_an_eligibility_request_goes_through_its_phases(api, sandbox):
    body = {
        "external_id": "K1",
        "product_offering_qualification_item": [SITE, {**SITE, "eligibility_id": "E2"}],
    }
    request = api.ok(api.post(PATH, body))
    path = f"{PATH}{request['id']}/"
    seen = [request["state"]]
    for _ in range(4):
        sandbox.advance(6)
        seen.append(api.state(path))
    assert seen == [
        "acknowledged",
        "in_progress.elig",
        "in_progress.offer",
        "in_progress.price",
        "done.ready",
    ]
    done = api.ok(api.get(path))
    items = done["product_offering_qualification_item"]
    assert done["external_id"] == "K1"
    assert [item["eligibility_id"] for item in items] == ["E1", "E2"]
    assert {item["state"] for item in items} == {"done.ready"}
    assert {offer["offer_family"] for item in items for offer in item["product_offerings"]} == {"BPE"}
    _, line = api.line(product_offering_qualification_item_id=items[0]["id"])
    shown = api.ok(api.get(f"/quote_item/{line}/"))
    assert shown["product_offering_qualification_item_id"] == items[0]["id"]


def test_the_array_may_have_its_other_name(api):
    assert api.post(PATH, {"product_offering_qualification_items": [SITE]}).status_code == 201


@pytest.mark.parametrize(("outcome", "phases"), [("done.unable_to_provide", 3), ("terminated_with_error", 2)])
def test_an_eligibility_request_can_fail(api, sandbox, outcome, phases):
    sandbox.outcome("eligibility", outcome, eligibility_id="E1")
    request = api.ok(api.post(PATH, {"product_offering_qualification_item": [SITE]}))
    sandbox.advance(6 * phases)
    shown = api.ok(api.get(f"{PATH}{request['id']}/"))
    assert shown["state"] == outcome
    assert shown["product_offering_qualification_item"][0]["product_offerings"] == []


def test_wrong_eligibility_requests_are_refused(api):
    missing = api.post(PATH, {})
    assert (missing.status_code, list(missing.json())) == (400, ["product_offering_qualification_item"])
    broken = api.post(PATH, {"product_offering_qualification_item": [{"eligibility_id": "", "town": "x"}]})
    assert broken.json() == {
        "product_offering_qualification_item": {
            "0": {
                "offer_families": ["This field is required."],
                "eligibility_id": ["This field may not be blank."],
                "town": ["Unknown field."],
            }
        }
    }
    assert api.get(f"{PATH}unknown/").status_code == 404


def test_reference_data(api):
    categories = api.ok(api.get("/catalog/category"))["results"]
    assert {"BPE", "BPEA"} <= {category["name"] for category in categories}
    assert {category["type"] for category in categories} == {"OFFER_FAMILY"}
    projects = api.ok(api.get("/referential/project/"))["results"]
    assert {
        "code": "FLASH",
        "active": True,
        "start_date": "2000-01-01",
        "end_date": "2099-12-31",
    }.items() <= (projects[0].items())
    ennis = api.ok(api.get("/referential/enni/"))["results"]
    assert "CN012345" in {enni["reference"] for enni in ennis}


@pytest.mark.parametrize(
    ("path", "filters", "count"),
    [
        ("project", {"code": "FLASH"}, 1),
        ("project", {"active": "false"}, 1),
        ("project", {"active": "true", "code": "OLDPRJ"}, 0),
        ("enni", {"offer": "BPE"}, 2),
        ("enni", {"offer": "BPEA", "active": "1"}, 1),
        ("enni", {"reference": "CN012347", "delivery_mode": "PORT"}, 1),
        ("enni", {"short_name": "nowhere"}, 0),
    ],
)
def test_reference_data_can_be_filtered(api, path, filters, count):
    assert api.ok(api.get(f"/referential/{path}/", **filters))["count"] == count


def test_a_flag_is_true_or_false(api):
    assert api.get("/referential/enni/", active="maybe").status_code == 400
