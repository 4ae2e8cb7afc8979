"""Service contracts, appointments, invoices and comments."""

import pytest


def test_a_contract_says_where_it_comes_from(api):
    offer, section = api.validated_offer(name="Agency", clientReference="REF-1")
    api.sign(offer)
    contract = api.ok(api.get(f"/commercial_offer_sections/{section}"))["serviceContract"]
    assert (contract["description"], contract["refClient"], contract["status"]) == ("Agency", "REF-1", "new")
    assert [one["id"] for one in contract["commercialOffers"]] == [offer]
    assert {service["status"] for service in contract["services"]} == {"new"}
    assert [nrc["billed"] for nrc in contract["nrcs"]] == [False]


def test_each_section_becomes_a_contract(api):
    offer, _ = api.complete_offer(name="One")
    section = api.section(offer, "Two")
    path = f"/commercial_offers/{offer}/sections/{section}"
    sites = {"addressA": "1 Rue A 76000 Rouen", "addressB": "2 Rue B 76000 Rouen"}
    api.done(api.post(f"{path}/offer", {"offerId": 23, "eligibility": sites}))
    api.done(api.post(f"/commercial_offers/{offer}/submit"))
    api.sandbox.advance(100)
    api.sign(offer)
    assert [one["description"] for one in api.items("/service_contracts")] == ["One", "Two"]


def test_what_comes_with_an_activation(api):
    contract = api.ok(api.get(f"/service_contracts/{api.active_contract()}"))
    assert contract["activationDate"]
    assert {service["status"] for service in contract["services"]} == {"active"}
    assert [nrc["billed"] for nrc in contract["nrcs"]] == [True]
    assert contract["consolidatedAttributes"]["bandwidth"] == "1000"
    invoice = api.items("/invoices")[0]
    offer = api.items("/commercial_offers")[0]
    assert (invoice["total"], invoice["totalVAT"]) == (offer["total"], offer["vatTotal"])
    assert sum(line["amount"] for line in invoice["details"]) == invoice["total"]
    query = {"entityId": contract["id"], "entityType": "service_contract"}
    assert len(api.ok(api.get("/attachments", **query))["attachments"]) == 1
    assert {one["status"] for one in api.items("/appointments")} == {"terminated"}


def test_a_contract_that_is_canceled_has_no_status_for_it(api, sandbox):
    sandbox.outcome("service_contract", "canceled", refClient="REF-*")
    contract = api.active_contract(clientReference="REF-1")
    sandbox.advance(500)
    shown = api.ok(api.get(f"/service_contracts/{contract}"))
    assert (shown["status"], shown["canceledReason"]) == ("staging", "Cancelled by request")
    assert "has ended" in api.refused(api.post(f"/service_contracts/{contract}/vlan", {"vid": 5}))


@pytest.mark.parametrize(("outcome", "status"), [("never", "new"), ("active", "active")])
def test_what_becomes_of_a_contract(api, sandbox, outcome, status):
    sandbox.outcome("service_contract", outcome)
    assert api.status(f"/service_contracts/{api.active_contract()}") == status


def test_a_vlan_belongs_to_one_contract(api, sandbox):
    one, other = api.contract(name="One"), api.contract(name="Two")
    assert api.done(api.post(f"/service_contracts/{one}/vlan", {"vid": 100})) == one
    assert api.done(api.post(f"/service_contracts/{one}/vlan", {"vid": 100})) == one
    assert "VLAN 100 is that of" in api.refused(api.post(f"/service_contracts/{other}/vlan", {"vid": 100}))
    for body in ({}, {"vid": 0}, {"vid": 4095}, {"vid": "7"}):
        assert api.post(f"/service_contracts/{other}/vlan", body).status_code == 400
    assert api.ok(api.get(f"/service_contracts/{one}"))["attributes"] == {"vlan": 100}
    assert sandbox.ledger[-1]["key"] == "100"


@pytest.mark.parametrize("health", ["ok", "warning", "critical", "unknown"])
def test_the_health_of_a_service(api, sandbox, health):
    name = api.ok(api.get(f"/service_contracts/{api.contract()}"))["name"]
    path = f"/service_contracts_by_name/{name}/operational_status"
    assert api.status(path) == "unknown"
    sandbox.advance(200)
    sandbox.outcome("operational_status", health, name=name)
    assert api.status(path) == health


def test_a_health_that_is_not_shared(api, sandbox):
    name = api.ok(api.get(f"/service_contracts/{api.active_contract()}"))["name"]
    sandbox.outcome("operational_status", "not_shared")
    assert api.get(f"/service_contracts_by_name/{name}/operational_status").status_code == 403
    assert api.get("/service_contracts_by_name/other/operational_status").status_code == 404


@pytest.mark.parametrize("outcome", ["canceled", "missing_technician", "never"])
def test_what_becomes_of_appointments(api, sandbox, outcome):
    sandbox.outcome("appointment", outcome, type="technical_tour")
    api.active_contract()
    statuses = {one["type"]: one["status"] for one in api.items("/appointments")}
    assert statuses["connection_with_activation"] == "terminated"
    assert statuses["technical_tour"] == ("to_plan" if outcome == "never" else outcome)


def test_invoices_of_a_period(api, sandbox):
    sandbox.seed(contracts=2, invoices=6)
    every = api.items("/invoices", itemsPerPage=100)
    assert len(every) == 2 + 6
    period = (every[-1]["monthPeriod"], every[-1]["yearPeriod"])
    found = api.items("/invoices", month=period[0], year=period[1], itemsPerPage=100)
    assert found
    assert {(invoice["monthPeriod"], invoice["yearPeriod"]) for invoice in found} == {period}
    assert api.items("/invoices", search=every[3]["ref"])[0]["id"] == every[3]["id"]


def test_a_search_looks_at_values(api):
    offer, _ = api.validated_offer(name="Agency of Caen", clientReference="REF-1")
    api.sign(offer)

    def found(text, **query):
        return [(one["index"], one["id"]) for one in api.ok(api.get("/search", q=text, **query))]

    assert found("agency of c", clientLegalEntityId=102) == []
    assert [index for index, _ in found("AGENCY OF C")] == ["commercial_offer", "service_contract"]
    assert found("CPT000001", clientLegalEntityId=101, legalEntityId=1) == [("commercial_offer", str(offer))]
    assert found("sectionNames") == []
    assert {index for index, _ in found("200000101")} == {"client_legal_entity"}
    assert found("Un autre") == []
    assert api.get("/search").status_code == 400


def test_comments_belong_to_their_thread(api):
    offer, other = api.offer(), api.offer()
    path = f"/commercial_offers/{offer}/comments"
    assert api.post(path, {}).status_code == 400
    assert api.post(path, {"content": "C", "contentType": "html"}).status_code == 400
    api.done(api.post(path, {"content": "C", "title": "T"}))
    query = {"entityClass": "Infracorp\\Entity\\CommercialOffer", "entityId": offer}
    thread = api.ok(api.get("/comments/threads", **query))[0]
    assert (thread["title"], thread["public"]) == ("T", "true")
    answer = {"content": "C", "threadId": thread["id"]}
    assert api.post(f"/commercial_offers/{other}/comments", answer).status_code == 400
    assert api.post(path, {**answer, "parentId": 1}).status_code == 400
    assert api.ok(api.get("/comments/threads", entityClass="Nothing", entityId=offer)) == []
    assert api.get("/comments/threads", entityClass="Invoice").status_code == 400
