"""Eligibility requests, commercial offers and signatures."""

import pytest
import requests

ADDRESS = "12 bis Rue des Lilas 76000 Rouen"
FAR = "3 Chemin du Bout 76890 Loin"
ITEMS = {"bandwidth": "1000", "grt": "4HNO", "commitment": "36"}


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ({"address": ADDRESS}, 400, "clientId"),
        ({"clientId": 101}, 400, "address"),
        ({"clientId": 101, "lat": 49.4}, 400, "lat and lon"),
        ({"clientId": 101, "lat": "north", "lon": "1"}, 400, "lat"),
        ({"clientId": "me", "address": ADDRESS}, 400, "clientId"),
        ({"clientId": 103, "address": ADDRESS}, 403, "Forbidden"),
        ({"clientId": 999, "address": ADDRESS}, 404, "Not found"),
    ],
)
def test_an_eligibility_request_that_cannot_be_made(api, sandbox, query, status, word):
    answer = api.call("POST", "/eligibility", params=query)
    assert answer.status_code == status
    assert word in answer.json()["message"]
    assert sandbox.ledger == []


def test_an_eligibility_request_takes_a_while(api):
    request = api.eligibility()
    shown = api.ok(api.get(f"/eligibility/{request}"))
    assert (shown["wf"], shown["wfs"], shown["response"]) == (request, "pending", [])
    api.sandbox.advance(20)
    shown = api.ok(api.get(f"/eligibility/{request}"))
    assert shown["wfs"] == "finished"
    assert [entry["state"] for entry in shown["wftr"]] == ["pending", "running", "finished"]
    premium = shown["response"][0]
    assert (premium["code"], premium["offerId"], len(premium["combinations"])) == ("L2 Premium", 21, 18)
    for combination in premium["combinations"]:
        assert combination["total"] == combination["totalWithoutNrc"] + combination["nrc"]
    assert premium["rcMin"] == min(one["totalWithoutNrc"] for one in premium["combinations"])


def test_an_eligibility_request_for_a_point_on_the_map(api):
    request = api.eligibility(address="", lat=49.44, lon=1.1)
    api.sandbox.advance(20)
    shown = api.ok(api.get(f"/eligibility/{request}"))
    assert (shown["attrs"]["lat"], shown["attrs"]["lon"]) == (49.44, 1.1)
    assert shown["response"]


@pytest.mark.parametrize(
    ("outcome", "state", "count"),
    [("none", "finished", 0), ("failed", "failed", 0), ("never", "running", 0), ("offers", "finished", 2)],
)
def test_what_becomes_of_an_eligibility_request(api, sandbox, outcome, state, count):
    sandbox.outcome("eligibility", outcome, address="12 bis*")
    request = api.eligibility()
    sandbox.advance(100)
    shown = api.ok(api.get(f"/eligibility/{request}"))
    assert (shown["wfs"], len(shown["response"])) == (state, count)


def test_the_latest_eligibility_requests_come_first(api):
    numbers = [api.eligibility() for _ in range(3)]
    history = api.items("/eligibility/history", itemsPerPage=2)
    assert [entry["id"] for entry in history] == numbers[:0:-1]


def test_what_was_found_is_what_is_ordered(api):
    request, offers = api.found()
    for combination in (offers["L2 Premium"][7], offers["L2 Basic"][1]):
        body = {"name": "Site", "clientReference": "R", "combinationId": combination["combinationId"]}
        made = api.done(api.post(f"/commercial_offers/fast_order/{request}", body))
        offer = api.ok(api.get(f"/commercial_offers/{made}"))
        assert (offer["rcTotal"], offer["nrcTotal"]) == (
            {"monthly": combination["totalWithoutNrc"]},
            combination["nrc"],
        )
        assert offer["sections"][0]["clientReference"] == "R"
        assert offer["vatTotal"] == round(offer["total"] * 1.2)


def test_a_fast_order_that_cannot_be_made(api):
    request, _ = api.found()
    path = f"/commercial_offers/fast_order/{request}"
    assert api.post(path, {"combinationId": "other"}).status_code == 400
    assert api.post("/commercial_offers/fast_order/5", {"combinationId": "other"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"clientLegalEntityId": 103}, 403),
        ({"clientLegalEntityId": 999}, 404),
        ({"clientLegalEntityId": "101"}, 400),
        ({"clientLegalEntityId": 101, "legalEntityId": 9}, 400),
        ({"clientLegalEntityId": 101, "name": "mine"}, 400),
    ],
)
def test_an_offer_that_cannot_be_made(api, sandbox, body, status):
    assert api.post("/commercial_offers", body).status_code == status
    assert sandbox.ledger == []


def test_no_two_records_have_the_same_id(api):
    offer, section = api.complete_offer()
    assert api.get(f"/commercial_offers/{section}").status_code == 404
    assert api.get(f"/commercial_offer_sections/{offer}").status_code == 404
    other = api.offer()
    assert api.post(f"/commercial_offers/{other}/sections/{section}/rename", {"name": "X"}).status_code == 404


def test_an_incomplete_offer_is_not_submitted(api):
    offer = api.offer()
    submit = f"/commercial_offers/{offer}/submit"
    assert api.refused(api.post(submit)) == "CPT000001 has no section."
    section = api.section(offer, "Agency")
    assert api.refused(api.post(submit)) == "Section Agency: no offer is chosen."
    path = f"/commercial_offers/{offer}/sections/{section}"
    assert "no offer" in api.refused(api.post(f"{path}/update_items", ITEMS))
    api.done(api.post(f"{path}/offer", {"offerId": 21, "eligibility": {"address": ADDRESS}}))
    assert "bandwidth, grt, commitment" in api.refused(api.post(submit))
    api.done(api.post(f"{path}/update_items", ITEMS))
    assert api.done(api.post(submit)) == offer


def test_items_that_an_offer_does_not_have(api):
    offer, section = api.complete_offer()
    path = f"/commercial_offers/{offer}/sections/{section}"
    answer = api.post(f"{path}/update_items", {"bandwidth": "42"})
    assert answer.status_code == 400
    assert "100, 200, 1000" in answer.json()["message"]
    assert api.post(f"{path}/offer", {"offerId": 21}).status_code == 400
    assert api.post(f"{path}/offer", {"offerId": 99}).status_code == 404


def test_items_take_the_place_of_others(api):
    offer, section = api.complete_offer()
    path = f"/commercial_offers/{offer}/sections/{section}"
    api.done(api.post(f"{path}/update_items", {"bandwidth": "100", "express": "28"}))
    items = api.ok(api.get(f"/commercial_offer_sections/{section}"))["commercialOfferItems"]
    names = [item["name"] for item in items]
    assert "100 Mb/s" in names
    assert "1000 Mb/s" not in names
    assert "Délai 28 jours" in names


def test_an_address_is_taken_apart(api):
    _, section = api.complete_offer()
    item = api.ok(api.get(f"/commercial_offer_sections/{section}"))["commercialOfferItems"][0]
    parts = ("houseNumber", "houseNumberComplement", "streetName", "postalCode", "cityName")
    assert [item[part] for part in parts] == [12, "bis", "Rue des Lilas", "76000", "Rouen"]


def test_a_removed_section_is_gone(api):
    offer, section = api.complete_offer()
    path = f"/commercial_offers/{offer}/sections/{section}"
    assert api.call("DELETE", path).status_code == 204
    assert api.get(f"/commercial_offer_sections/{section}").status_code == 404
    assert api.call("DELETE", path).status_code == 404
    assert api.ok(api.get(f"/commercial_offers/{offer}"))["total"] == 0


def test_what_was_submitted_is_not_changed(api, sandbox):
    offer, section = api.complete_offer()
    api.done(api.post(f"/commercial_offers/{offer}/submit"))
    effects = len(sandbox.ledger)
    path = f"/commercial_offers/{offer}/sections/{section}"
    assert "cannot be changed" in api.refused(api.post(f"{path}/rename", {"name": "X"}))
    removed = api.call("DELETE", path)
    assert (removed.status_code, removed.json()["message"]) == (400, "CPT000001 cannot be changed any more.")
    late = api.post(f"/commercial_offers/{offer}/sections", {"name": "Late"})
    assert (late.status_code, api.refused(late)) == (201, "CPT000001 cannot be changed any more.")
    assert len(sandbox.ledger) == effects


def test_a_price_that_has_to_be_estimated(api, sandbox):
    sandbox.outcome("eligibility", "to_estimate")
    request, offers = api.found()
    combination = offers["L2 Premium"][0]
    assert (combination["nrc"], combination["nrcToEstimate"]) == (None, True)
    body = {"name": "Far", "combinationId": combination["combinationId"]}
    offer = api.done(api.post(f"/commercial_offers/fast_order/{request}", body))
    api.done(api.post(f"/commercial_offers/{offer}/submit"))
    assert api.status(f"/commercial_offers/{offer}") == "estimate_pending"
    assert api.ok(api.get(f"/commercial_offers/{offer}"))["nrcTotal"] == 0
    sandbox.advance(30)
    assert api.status(f"/commercial_offers/{offer}") == "approval_pending"
    sandbox.advance(30)
    shown = api.ok(api.get(f"/commercial_offers/{offer}"))
    assert (shown["status"], shown["nrcTotal"]) == ("validated", 85000)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("abandoned", "abandoned"), ("never", "approval_pending"), ("estimated", "validated")],
)
def test_what_becomes_of_an_offer(api, sandbox, outcome, status):
    sandbox.outcome("commercial_offer", outcome, clientReference="A-*")
    offers = [api.complete_offer(clientReference=reference)[0] for reference in ("A-1", "B-1")]
    for offer in offers:
        api.done(api.post(f"/commercial_offers/{offer}/submit"))
    sandbox.advance(200)
    assert [api.status(f"/commercial_offers/{offer}") for offer in offers] == [status, "validated"]


def test_an_offer_that_is_refused(api, sandbox):
    sandbox.outcome("commercial_offer", "refused")
    offer, _ = api.complete_offer()
    answer = api.post(f"/commercial_offers/{offer}/submit")
    assert answer.json() == {"id": offer, "success": False, "lastLog": "CPT000001 was refused."}
    assert api.status(f"/commercial_offers/{offer}") == "new"


def test_a_signature(api, sandbox):
    offer, _ = api.validated_offer()
    sign = f"/commercial_offers/{offer}/sign"
    assert api.refused(api.post(sign, {"code": "123456"})) == "No code was sent."
    assert api.ok(api.post(sign))["step"] == "codeSent"
    code = sandbox.code(offer)
    assert sandbox.messages[0]["to"] == "sandbox@example.com"
    wrong = api.post(sign, {"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert api.refused(wrong) == "The code is wrong."
    assert api.ok(api.post(sign, {"code": code}))["step"] == "signed"
    assert "it is signed" in api.refused(api.post(sign))
    assert "it is signed" in api.refused(api.post(sign, {"code": code}))
    contracts = [entry["ids"].get("service_contract") for entry in sandbox.ledger]
    assert sum(contract is not None for contract in contracts) == 1


def test_a_code_lives_for_a_while(api, sandbox):
    offer, _ = api.validated_offer()
    sign = f"/commercial_offers/{offer}/sign"
    api.done(api.post(sign))
    sandbox.advance(601)
    assert "no longer valid" in api.refused(api.post(sign, {"code": sandbox.code(offer)}))
    api.done(api.post(sign))
    for _ in range(3):
        api.refused(api.post(sign, {"code": "x"}))
    assert "no longer valid" in api.refused(api.post(sign, {"code": sandbox.code(offer)}))
    api.sign(offer)


def test_only_what_is_validated_is_signed(api):
    offer, _ = api.complete_offer()
    assert "it is new" in api.refused(api.post(f"/commercial_offers/{offer}/sign"))


def test_a_signature_that_is_refused(api, sandbox):
    sandbox.outcome("signature", "refused")
    offer, _ = api.validated_offer()
    api.done(api.post(f"/commercial_offers/{offer}/sign"))
    answer = api.post(f"/commercial_offers/{offer}/sign", {"code": sandbox.code(offer)})
    assert api.refused(answer) == "The signature was refused."
    assert api.items("/service_contracts") == []


def test_a_pdf_is_there_some_time_after_the_submission(api):
    offer, _ = api.complete_offer()
    pdf = f"/commercial_offers/{offer}/pdf"
    assert api.get(pdf).status_code == 404
    api.done(api.post(f"/commercial_offers/{offer}/submit"))
    assert api.get(pdf).status_code == 404
    api.sandbox.advance(3)
    assert api.get(pdf).content.startswith(b"%PDF")


def test_the_content_of_an_attachment_wants_no_token(api, sandbox):
    offer, _ = api.validated_offer()
    query = {"entityId": offer, "entityType": "commercial_offer"}
    attachment = api.ok(api.get("/attachments", **query))["attachments"][0]
    link = attachment["presignedUrl"]
    assert requests.get(link, timeout=5).content == api.get(f"/commercial_offers/{offer}/pdf").content
    assert api.http.get(link, timeout=5).status_code == 400
    assert requests.get(f"{link}x", timeout=5).status_code == 403
    assert requests.get(link.partition("?")[0], timeout=5).status_code == 403
    sandbox.advance(301)
    assert requests.get(link, timeout=5).status_code == 403
    links = [api.ok(api.get(f"/attachments/{attachment['id']}"))["presignedUrl"] for _ in range(2)]
    assert len(set(links)) == 2
    assert all(requests.get(fresh, timeout=5).ok for fresh in links)
    assert api.get("/attachments", entityId=offer, entityType="user").status_code == 400


def test_filters_of_offers(api):
    offer, _ = api.complete_offer()
    other = api.offer(client=102)
    assert [one["id"] for one in api.items("/commercial_offers", clientLegalEntityId=102)] == [other]
    assert [one["id"] for one in api.items("/commercial_offers", **{"sections.offerId": 21})] == [offer]
    assert len(api.items("/commercial_offers", status="new")) == 2
    assert api.get("/commercial_offers", status="lost").status_code == 400
    assert api.get("/commercial_offers", **{"sort[id]": "UP"}).status_code == 400
    assert api.get("/commercial_offers", **{"createDate[from]": "soon"}).status_code == 400
    for wrong in ({"page": 0}, {"page": "x"}, {"itemsPerPage": 0}, {"legalEntityId": "x"}):
        assert api.get("/commercial_offers", **wrong).status_code == 400


def test_what_several_items_cost_together(api):
    combos = api.ok(api.get("/offers/21/contexts", priceList=11))
    assert len(combos) == 3 * 2 * 3 * 2
    assert all(combo["isValid"] for combo in combos)
    dearer = api.ok(api.get("/offers/21/contexts", priceList=12))
    assert dearer[0]["total"] > combos[0]["total"]
    assert not api.ok(api.get("/offers/21/context", **{"items[]": [301, 311]}))["isValid"]
    wrong = ({"priceList": 11, "groups[]": ["colour"]}, {"priceList": "x"}, {})
    assert [api.get("/offers/21/contexts", **query).status_code for query in wrong] == [400, 400, 400]
    assert api.get("/offers/21/contexts", priceList=99).status_code == 404
    fixed = api.ok(api.get("/offers/21/contexts/shortened", priceList=11, **{"items[]": [352]}))
    assert all(combo["hasToEstimateProducts"] and 352 in combo["itemsIds"] for combo in fixed)
