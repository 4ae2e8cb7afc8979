import json

import pytest
import requests

from airflow_provider_covage.sandbox import PrizzDialect

ADDRESS = "12 bis Rue des Lilas 76000 Rouen"
SUBMIT = "Infracorp\\Services\\Workflow\\CommercialOffer\\Submit\\Context"
CONFIRM = "Infracorp\\Services\\Workflow\\Appointment\\CustomerConfirm\\Context"


def test_every_value_has_a_name_of_its_own():
    names = PrizzDialect.names()
    assert {"refusals_bad_request", "first_page_zero", "ids_workflow"} <= set(names)
    assert len(names) == len(set(names))
    assert PrizzDialect.named("order_descending") == PrizzDialect(order="descending")
    with pytest.raises(ValueError, match="unknown dialect order_random"):
        PrizzDialect.named("order_random")


def test_a_mixture_depends_on_its_seed_alone():
    assert PrizzDialect.mixture(5) == PrizzDialect.mixture(5)
    mixtures = [PrizzDialect.mixture(seed) for seed in range(60)]
    for switch in vars(PrizzDialect()):
        assert len({getattr(mixture, switch) for mixture in mixtures}) > 1


@pytest.mark.parametrize("seed", range(6))
def test_an_offer_becomes_a_contract_in_every_mixture(start, seed):
    """Whatever `id` means, the records are found through the lists."""
    api = start(dialect=PrizzDialect.mixture(seed))
    api.post("/commercial_offers", {"clientLegalEntityId": 101})
    offer = api.items("/commercial_offers")[0]["id"]
    api.post(f"/commercial_offers/{offer}/sections", {"name": "Site", "clientReference": "R"})
    section = api.ok(api.get(f"/commercial_offers/{offer}"))["sections"][0]["id"]
    path = f"/commercial_offers/{offer}/sections/{section}"
    assert api.post(f"{path}/offer", {"offerId": 21, "eligibility": {"address": ADDRESS}}).ok
    assert api.post(f"{path}/update_items", {"bandwidth": "100", "grt": "4HO", "commitment": "12"}).ok
    assert api.post(f"/commercial_offers/{offer}/submit").ok
    api.sandbox.advance(300)
    assert api.status(f"/commercial_offers/{offer}") == "validated"
    if api.ok(api.post(f"/commercial_offers/{offer}/sign"))["step"] == "codeSent":
        signed = api.ok(api.post(f"/commercial_offers/{offer}/sign", {"code": api.sandbox.code(offer)}))
        assert signed["step"] == "signed"
    api.sandbox.advance(300)
    assert [contract["status"] for contract in api.items("/service_contracts")] == ["active"]


@pytest.mark.parametrize(
    ("dialect", "name"), [("product_group_iru", "iru"), ("product_group_location", "location")]
)
def test_the_group_that_two_documents_name_differently(start, dialect, name):
    api = start(dialect)
    items = api.ok(api.get("/price_lists/11"))["items"]
    assert name in {item["product"]["group"]["type"] for item in items}
    for asked in ("iru", "location"):
        query = {"priceList": 11, "groups[]": [asked], "autofillOffer": "true"}
        assert len(api.ok(api.get("/offers/23/contexts/shortened", **query))) == 1


def seen(api, path, field, seconds, step=4):
    """Return every value that a field has in turn."""
    found = []
    for _ in range(seconds // step):
        value = api.ok(api.get(path))[field]
        if found[-1:] != [value]:
            found.append(value)
        api.sandbox.advance(step)
    return found


@pytest.mark.parametrize(
    ("dialect", "statuses"),
    [("progress_stepwise", ["new", "staging", "active"]), ("progress_direct", ["new", "active"])],
)
def test_statuses_on_the_way(start, dialect, statuses):
    api = start(dialect)
    contract = api.contract()
    assert seen(api, f"/service_contracts/{contract}", "status", 80) == statuses


@pytest.mark.parametrize(
    ("dialect", "words"),
    [
        ("free_states_english", ["pending", "running", "finished"]),
        ("free_states_french", ["en_attente", "en_cours", "termine"]),
    ],
)
def test_words_for_states(start, dialect, words):
    api = start(dialect)
    request = api.eligibility()
    assert seen(api, f"/eligibility/{request}", "wfs", 16, step=1) == words


def test_what_the_state_forbids_is_a_400(start):
    api = start("refusals_bad_request")
    offer = api.offer()
    answer = api.post(f"/commercial_offers/{offer}/submit")
    assert (answer.status_code, answer.json()["message"]) == (400, "CPT000001 has no section.")
    workflow = api.ok(api.post("/workflow", {"contextName": SUBMIT, "entityId": offer}))["id"]
    assert api.post(f"/workflow/{workflow}", {}).status_code == 400


def test_the_id_of_a_write_is_that_of_what_it_belongs_to(start):
    api = start("ids_parent")
    assert api.done(api.post("/commercial_offers", {"clientLegalEntityId": 101})) == 101
    offer = api.items("/commercial_offers")[0]["id"]
    assert api.done(api.post(f"/commercial_offers/{offer}/sections", {"name": "S"})) == offer
    assert api.done(api.post(f"/commercial_offers/{offer}/comments", {"content": "C"})) == offer


def test_the_id_of_a_write_is_that_of_a_workflow(start):
    api = start("ids_workflow")
    workflow = api.done(api.post("/commercial_offers", {"clientLegalEntityId": 101}))
    shown = api.ok(api.get(f"/workflow/{workflow}"))
    assert shown["context"].endswith("CreateCommercialOffer\\Context")
    assert (shown["entityId"], shown["transitions"]) == (101, [])
    assert api.get(f"/commercial_offers/{workflow}").status_code == 404


def test_missing_fields_are_made_up(start):
    api = start("required_lenient")
    offer = api.done(api.post("/commercial_offers", {}))
    assert api.ok(api.get(f"/commercial_offers/{offer}"))["clientLegalEntity"]["id"] == 101
    section = api.done(api.post(f"/commercial_offers/{offer}/sections", {}))
    assert api.ok(api.get(f"/commercial_offer_sections/{section}"))["name"] == "Section 1"
    assert api.done(api.post(f"/commercial_offers/{offer}/comments", {}))


def test_one_eligibility_request_for_each_company(start):
    api = start("responses_per_company")
    query = {"clientId": 101, "address": ADDRESS}
    made = api.ok(api.call("POST", "/eligibility", params=query))
    assert [entity["id"] for entity in made["entities"]] == [102, 101]
    clients = [api.ok(api.get(f"/eligibility/{number}"))["client"]["id"] for number in made["responses"]]
    assert clients == [102, 101]


@pytest.mark.parametrize("taken", ["wf", "response"])
def test_the_number_that_a_fast_order_takes(start, taken):
    api = start(f"eligibility_context_{taken}")
    request, offers = api.found()
    numbers = {"response": request, "wf": api.ok(api.get(f"/eligibility/{request}"))["wf"]}
    assert numbers["wf"] != request
    body = {"name": "Site", "combinationId": offers["L2 Premium"][0]["combinationId"]}
    for name, number in numbers.items():
        answer = api.post(f"/commercial_offers/fast_order/{number}", body)
        assert answer.status_code == (201 if name == taken else 404)


def test_amounts_in_euros(start):
    api = start("amounts_euros")
    offer, _ = api.complete_offer()
    shown = api.ok(api.get(f"/commercial_offers/{offer}"))
    assert (shown["rcTotal"], shown["rcTotalStr"]) == ({"monthly": 370}, {"monthly": "370,00 €"})
    _, offers = api.found()
    assert offers["L2 Premium"][0]["totalWithoutNrc"] == 22000


@pytest.mark.parametrize(
    ("dialect", "discount"), [("discount_amount", (800, "8,00 €")), ("discount_rate", (10, "10 %"))]
)
def test_discounts(start, dialect, discount):
    api = start(dialect)
    offer = api.offer()
    section = api.section(offer)
    sites = {"addressA": ADDRESS, "addressB": "1 Quai du Port 76600 Le Havre"}
    path = f"/commercial_offers/{offer}/sections/{section}/offer"
    api.done(api.post(path, {"offerId": 23, "eligibility": sites}))
    main = api.ok(api.get(f"/commercial_offer_sections/{section}"))["commercialOfferItems"][0]
    assert (main["unitPrice"], main["price"]) == (8000, 7200)
    assert (main["unitPriceDiscount"], main["unitPriceDiscountStr"]) == discount


def test_slips_of_the_pen_are_corrected(start):
    api = start("spelling_corrected")
    api.sandbox.outcome("appointment", "missing_custromer")
    request, _ = api.found()
    result = api.ok(api.get(f"/eligibility/{request}"))["response"][0]
    assert result["guaranteedDownloadMax"] == 1000
    assert "guaranteeddDownloadMax" not in result
    api.active_contract()
    assert {one["status"] for one in api.items("/appointments")} == {"missing_customer"}


def test_dates_of_tickets_in_french(start):
    api = start("ticket_dates_french")
    api.ok(api.call("POST", "/exploitation/operator/42/tickets"))
    assert api.ok(api.get("/exploitation/tickets"))[0]["date_creation"][2::3][:2] == "//"


def test_pages_that_count_from_zero(start):
    api = start("first_page_zero", page_size=2)
    api.sandbox.seed(offers=3)
    first = api.ok(api.get("/commercial_offers"))
    assert first["pagination"] == {"page": 0, "itemsPerPage": 2, "totalItems": 3, "pageCount": 2}
    assert api.ok(api.get("/commercial_offers", page=0)) == first
    assert len(api.items("/commercial_offers", page=1)) == 1
    assert api.items("/commercial_offers", page=2) == []


def test_no_page_after_the_last_one(start):
    api = start("after_last_page_not_found", page_size=2)
    api.sandbox.seed(offers=3)
    assert len(api.items("/commercial_offers", page=2)) == 1
    assert api.get("/commercial_offers", page=3).status_code == 404
    assert api.items("/invoices") == []


@pytest.mark.parametrize(("dialect", "rising"), [("order_ascending", True), ("order_descending", False)])
def test_the_order_of_lists(start, dialect, rising):
    api = start(dialect)
    api.sandbox.seed(offers=3)
    ids = [offer["id"] for offer in api.items("/commercial_offers")]
    assert ids == sorted(ids, reverse=not rising)
    ids = [offer["id"] for offer in api.items("/commercial_offers", **{"sort[id]": "DESC"})]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("dialect", "text", "count"),
    [
        ("separator_comma", "pending,running", 1),
        ("separator_semicolon", "pending;running", 1),
        ("separator_semicolon", "pending,running", 0),
        ("separator_none", "pending,running", 0),
        ("separator_none", "pending", 1),
    ],
)
def test_several_states_in_one_text(start, dialect, text, count):
    api = start(dialect)
    api.ok(api.post("/workflow", {"contextName": SUBMIT, "entityId": api.offer()}))
    assert len(api.ok(api.get("/workflows/running", states=text))["workflows"]) == count


@pytest.mark.parametrize("field", ["classe", "id"])
def test_what_names_an_action(start, field):
    api = start(f"action_{field}")
    opened = api.ok(api.call("POST", "/exploitation/operator/42/tickets"))
    path = f"/exploitation/operator/42/process/{opened['running_process'][0]['id']}"
    action = api.ok(api.get(path))["actions"][0]
    for name in ("classe", "id"):
        form = {"transition_class": action[name], "type": "autre", "description": "D"}
        answer = api.call("POST", path, files={key: (None, value) for key, value in form.items()})
        assert answer.status_code == (200 if name == field else 400)
        if name == field:
            break


@pytest.mark.parametrize(
    ("dialect", "status"), [("transition_first", "planned"), ("transition_fitting", "to_plan")]
)
def test_which_transition_runs(start, dialect, status):
    api = start(dialect)
    api.contract()
    api.sandbox.advance(25)
    appointment = api.items("/appointments")[0]
    assert appointment["status"] == "need_confirm"
    body = {"contextName": CONFIRM, "entityId": appointment["id"]}
    workflow = api.ok(api.post("/workflow", body))["id"]
    assert api.ok(api.post(f"/workflow/{workflow}", {"reason": "On holiday"}))["success"]
    assert api.status(f"/appointments/{appointment['id']}") == status


def test_a_signature_without_code(start):
    api = start("signing_direct")
    offer, _ = api.validated_offer()
    assert api.ok(api.post(f"/commercial_offers/{offer}/sign"))["step"] == "signed"
    assert api.status(f"/commercial_offers/{offer}") == "signed"


@pytest.mark.parametrize(("dialect", "same"), [("new_code_replaces", False), ("new_code_repeats", True)])
def test_a_code_that_is_asked_for_again(start, dialect, same):
    api = start(dialect)
    offer, _ = api.validated_offer()
    codes = []
    for _ in range(3):
        api.done(api.post(f"/commercial_offers/{offer}/sign"))
        codes.append(api.sandbox.code(offer))
    assert (len(set(codes)) == 1) == same
    assert api.done(api.post(f"/commercial_offers/{offer}/sign", {"code": codes[-1]}))


def test_a_signature_that_takes_effect_later(start):
    api = start("signature_later")
    offer, _ = api.validated_offer()
    api.sign(offer)
    assert api.status(f"/commercial_offers/{offer}") == "validated"
    assert "being signed" in api.refused(api.post(f"/commercial_offers/{offer}/sign"))
    assert api.items("/service_contracts") == []
    api.sandbox.advance(5)
    assert api.status(f"/commercial_offers/{offer}") == "signed"
    assert len(api.items("/service_contracts")) == 1


@pytest.mark.parametrize(
    ("dialect", "statuses"),
    [
        ("submission_stepwise", ["approval_pending", "validated"]),
        ("submission_at_once", ["validated"]),
        ("submission_late", ["new", "approval_pending", "validated"]),
    ],
)
def test_after_a_submission(start, dialect, statuses):
    api = start(dialect)
    offer, _ = api.complete_offer()
    api.done(api.post(f"/commercial_offers/{offer}/submit"))
    assert "cannot be changed" in api.refused(api.post(f"/commercial_offers/{offer}/submit"))
    assert seen(api, f"/commercial_offers/{offer}", "status", 40) == statuses


def test_a_fast_order_that_is_submitted_at_once(start):
    api = start("fast_order_submitted")
    request, offers = api.found()
    body = {"name": "Site", "combinationId": offers["L2 Premium"][0]["combinationId"]}
    offer = api.done(api.post(f"/commercial_offers/fast_order/{request}", body))
    assert api.status(f"/commercial_offers/{offer}") == "approval_pending"
    api.sandbox.advance(20)
    assert api.status(f"/commercial_offers/{offer}") == "validated"


@pytest.mark.parametrize(("dialect", "count"), [("search_wide", 1), ("search_narrow", 0)])
def test_where_offers_are_searched(start, dialect, count):
    api = start(dialect)
    api.section(api.offer(), clientReference="My-Ref-7")
    assert len(api.items("/commercial_offers", search="my-ref")) == count
    assert len(api.items("/commercial_offers", search="cpt000001")) == 1


@pytest.mark.parametrize(("dialect", "count"), [("last_day_included", 1), ("last_day_excluded", 0)])
def test_the_last_day_of_a_period(start, dialect, count):
    api = start(dialect)
    offer = api.offer()
    day = api.ok(api.get(f"/commercial_offers/{offer}"))["createDate"][:10]
    assert len(api.items("/commercial_offers", **{"createDate[from]": day, "createDate[to]": day})) == count
    assert api.items("/commercial_offers", **{"createDate[to]": "2020-01-01"}) == []


@pytest.mark.parametrize(("dialect", "status"), [("bare_tokens_refused", 401), ("bare_tokens_taken", 200)])
def test_a_bare_token(start, dialect, status):
    api = start(dialect)
    api.http.headers["Authorization"] = api.http.headers["Authorization"].removeprefix("Token ")
    assert api.get("/user").status_code == status


def test_types_that_are_likelier_than_the_documented_ones(start):
    api = start("slips_corrected")
    offer = api.offer()
    api.done(api.post(f"/commercial_offers/{offer}/comments", {"content": "C"}))
    query = {"entityClass": "CommercialOffer", "entityId": offer}
    assert api.ok(api.get("/comments/threads", **query))[0]["public"] is True
    api.ok(api.post("/workflow", {"contextName": SUBMIT, "entityId": offer}))
    assert api.ok(api.get("/workflows/running"))["workflows"][0]["entityDescription"] == "CPT000001"


def test_objects_that_are_not_nested_deeply(start):
    full, shallow = start("nesting_full"), start("nesting_shallow")
    shown = []
    for api in (full, shallow):
        offer, section = api.validated_offer()
        api.sign(offer)
        assert api.ok(api.get(f"/commercial_offer_sections/{section}"))["serviceContract"]["id"]
        shown.append(api.ok(api.get(f"/commercial_offers/{offer}")))
    inside = [offer["sections"][0]["serviceContract"] for offer in shown]
    assert "client" in inside[0]
    assert "client" not in inside[1]
    assert set(shown[0]) == set(shown[1])
    assert len(json.dumps(shown[1])) < len(json.dumps(shown[0])) / 2


@pytest.mark.parametrize(("dialect", "there"), [("unset_omitted", False), ("unset_null", True)])
def test_objects_that_are_not_there_yet(start, dialect, there):
    api = start(dialect)
    shown = api.ok(api.get(f"/commercial_offer_sections/{api.section(api.offer())}"))
    assert ("serviceContract" in shown, "offer" in shown) == (there, there)
    workflow = api.ok(api.post("/workflow", {"contextName": SUBMIT, "entityId": shown["commercialOfferId"]}))
    assert ("redirect" in workflow) == there


@pytest.mark.parametrize(
    ("dialect", "kind", "text"),
    [
        ("errors_message", "application/json", '{"code":404,"message":"Not found."}'),
        ("errors_problem", "application/problem+json", '"detail":"Not found."'),
        ("errors_html", "text/html", "<h1>Not found.</h1>"),
        ("errors_empty", None, ""),
    ],
)
def test_forms_of_errors(start, dialect, kind, text):
    api = start(dialect)
    answer = api.get("/commercial_offers/1")
    assert answer.status_code == 404
    assert text in answer.text
    assert (answer.headers.get("Content-Type") or "").partition(";")[0] == (kind or "")
    wrong = api.post("/commercial_offers", {"clientLegalEntityId": "x", "more": 1})
    assert wrong.status_code == 400
    assert ("clientLegalEntityId" in wrong.text) == (kind is not None)
    assert requests.get(f"{api.sandbox.url}/nothing", timeout=5).status_code == 404
