"""Tokens, faults, the ledger, the controls, pages and the command."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from prizz_api import ROOT, TOKEN, Api

from airflow_provider_covage.sandbox.__main__ import main

ADDRESS = "12 bis Rue des Lilas 76000 Rouen"


def grant(sandbox, email="sandbox@example.com", mdp="sandbox"):
    return requests.post(sandbox.token_url, json={"email": email, "mdp": mdp}, timeout=5)


@pytest.mark.parametrize(
    "authorization",
    [None, "", TOKEN, f"Bearer {TOKEN}", "Token other", "Token", f"Basic {TOKEN}", f"Token {TOKEN}x"],
)
def test_a_request_without_a_valid_token(sandbox, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = requests.get(f"{sandbox.url}{ROOT}/user", headers=headers, timeout=5)
    assert answer.status_code == 401
    assert answer.json() == {"code": 401, "message": "Authentication needed."}


def test_an_access_token_of_the_legacy_api(sandbox):
    assert grant(sandbox, mdp="wrong").status_code == 401
    assert requests.post(sandbox.token_url, json={"email": "x"}, timeout=5).status_code == 400
    token = grant(sandbox).json()["access_token"]
    api, wrong = Api(sandbox, f"Bearer {token}"), Api(sandbox, f"Token {token}")
    assert api.get("/user").ok
    assert wrong.get("/user").status_code == 401
    sandbox.expire_tokens()
    assert api.get("/user").status_code == 401
    for client in (api, wrong):
        client.http.close()


def test_no_secret_is_kept(api, sandbox):
    offer, _ = api.validated_offer()
    api.done(api.post(f"/commercial_offers/{offer}/sign"))
    kept = repr([sandbox.requests, sandbox.ledger, sandbox.status(), sandbox.world.settings])
    assert TOKEN not in kept
    assert sandbox.code(offer) not in repr([sandbox.requests, sandbox.ledger])


def test_an_effect_whose_answer_is_lost(api, sandbox):
    sandbox.fault("close_after", "commercial_offer.create")
    with pytest.raises(requests.ConnectionError):
        api.offer()
    assert len(api.items("/commercial_offers")) == 1
    assert [entry["operation"] for entry in sandbox.ledger] == ["commercial_offer.create"]
    assert sandbox.requests[0]["fault"] == "close_after"


@pytest.mark.parametrize(
    ("kind", "status", "effects"),
    [
        ("error_before", 502, 0),
        ("error_after", 503, 1),
        ("rate_limit", 429, 0),
        ("unavailable", 503, 0),
        ("unauthorized", 401, 0),
        ("html", 200, 1),
    ],
)
def test_things_that_go_wrong(api, sandbox, kind, status, effects):
    sandbox.fault(kind, "commercial_offer.*")
    answer = api.post("/commercial_offers", {"clientLegalEntityId": 101})
    assert (answer.status_code, len(sandbox.ledger)) == (status, effects)
    if kind in ("rate_limit", "unavailable"):
        assert answer.headers["Retry-After"] == "1"


def test_lists_that_lag(api, sandbox):
    sandbox.fault("lag", "commercial_offer.create", calls=2)
    offer = api.offer()
    assert api.ok(api.get(f"/commercial_offers/{offer}"))["id"] == offer
    assert [len(api.items("/commercial_offers")) for _ in range(3)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("path", "operation", "status"),
    [
        ("/commercial_offers", "commercial_offer.create", 201),
        ("/commercial_offers/1/submit", "commercial_offer.*", 200),
        ("/service_contracts/1/vlan", "service_contract.set_vlan", 200),
    ],
)
def test_any_write_can_be_refused(api, sandbox, path, operation, status):
    sandbox.outcome("operation", "refused", operation=operation)
    answer = api.post(path, {})
    assert (answer.status_code, sandbox.ledger) == (status, [])
    assert "was refused" in api.refused(answer)
    assert api.items("/commercial_offers") == []


def test_threads_that_lag(api, sandbox):
    offer = api.offer()
    sandbox.fault("lag", "commercial_offer.add_comment", calls=1)
    api.done(api.post(f"/commercial_offers/{offer}/comments", {"content": "C"}))
    query = {"entityClass": "CommercialOffer", "entityId": offer}
    assert [len(api.ok(api.get("/comments/threads", **query))) for _ in range(2)] == [0, 1]


def test_every_write_has_one_entry(api, sandbox):
    offer, section = api.validated_offer(clientReference="REF-1")
    api.sign(offer)
    written = [request for request in sandbox.requests if request["method"] in ("POST", "DELETE")]
    assert [entry["operation"] for entry in sandbox.ledger] == [request["operation"] for request in written]
    added = sandbox.ledger[1]
    assert added["ids"] == {"commercial_offer_section": section, "commercial_offer": offer}
    assert added["key"] == "REF-1"


def test_states_and_fields_that_nobody_knows(api, sandbox):
    offer, _ = api.complete_offer()
    sandbox.set_state("commercial_offer", str(offer), "on_hold")
    sandbox.extra_fields("commercial_offer", {"colour": "red"})
    sandbox.extra_fields("client_legal_entity", {"segment": "B"})
    shown = api.ok(api.get(f"/commercial_offers/{offer}"))
    assert (shown["status"], shown["colour"]) == ("on_hold", "red")
    assert shown["clientLegalEntity"]["segment"] == "B"
    sandbox.set_state("commercial_offer", str(offer), "signed")
    contract = api.items("/service_contracts")[0]
    sandbox.set_state("service_contract", contract["id"], "ending")
    sandbox.advance(1000)
    assert api.status(f"/service_contracts/{contract['id']}") == "ending"
    sandbox.seed(contracts=1)
    invoice = api.items("/invoices")[0]["id"]
    with pytest.raises(ValueError, match="invoice has no state"):
        sandbox.set_state("invoice", invoice, "paid")
    request = api.eligibility()
    sandbox.set_state("eligibility", request, "finished")
    assert len(api.ok(api.get(f"/eligibility/{request}"))["response"]) == 2
    with pytest.raises(KeyError, match="no ticket"):
        sandbox.set_state("ticket", "7", "end")


def test_records_from_the_inside(api, sandbox):
    sandbox.seed(offers=3, contracts=2, invoices=2, tickets=1)
    counts = {"commercial_offer": 5, "service_contract": 2, "invoice": 4, "ticket": 1}
    for resource, count in counts.items():
        assert len(sandbox.records(resource)) == count
    assert sandbox.record("invoice", sandbox.records("invoice")[0]["id"])["monthPeriod"]
    assert sandbox.status()["records"]["service_contract"] == 2
    sandbox.reset()
    assert sandbox.records("commercial_offer") == []
    assert len(api.items("/client_legal_entities")) == 2


def test_the_controls_over_http(api, sandbox):
    control = f"{sandbox.url}/_sandbox"
    rule = {"resource": "commercial_offer", "outcome": "abandoned", "match": {}}
    assert requests.post(f"{control}/outcomes", json=rule, timeout=5).ok
    wrong = requests.post(f"{control}/outcomes", json={**rule, "outcome": "lost"}, timeout=5)
    assert "cannot become 'lost'" in wrong.json()["detail"]
    assert requests.post(f"{control}/seed", json={"offers": 2}, timeout=5).ok
    assert requests.post(f"{control}/seed", json={"whales": 2}, timeout=5).status_code == 400
    requests.delete(f"{control}/outcomes", timeout=5)
    offer, _ = api.complete_offer()
    api.done(api.post(f"/commercial_offers/{offer}/submit"))
    requests.post(f"{control}/advance", json={"seconds": 100}, timeout=5)
    api.done(api.post(f"/commercial_offers/{offer}/sign"))
    messages = requests.get(f"{control}/messages", timeout=5).json()
    assert messages == sandbox.messages
    assert api.done(api.post(f"/commercial_offers/{offer}/sign", {"code": messages[-1]["text"]}))


def test_the_pages(api, sandbox):
    page = requests.get(sandbox.docs_url, timeout=10).text
    assert "Prizz-Telecom API (sandbox)" in page
    for shown in ("commercial_offer.sign", "guaranteeddDownloadMin", "Token TOKEN", sandbox.token_url):
        assert shown in page
    schema = requests.get(f"{sandbox.url}/openapi.json", timeout=10).json()
    assert len([1 for methods in schema["paths"].values() for _ in methods]) == 66
    offer = api.offer()
    assert "CPT000001" in requests.get(f"{sandbox.url}/portal/commercial_offer/{offer}", timeout=5).text


def test_paths_end_without_a_slash(api):
    assert api.get("/user").ok
    assert api.get("/user/").status_code == 404
    assert api.get("/commercial_offers_by_name/a%2Fb").status_code == 404


def test_the_connection_for_airflow(sandbox):
    assert sandbox.connection == {
        "conn_type": "prizz",
        "host": sandbox.url,
        "password": TOKEN,
        "extra": {"portal_url": f"{sandbox.url}/portal/{{resource}}/{{id}}"},
    }


def test_both_apis_from_one_command(tmp_path):
    command = [sys.executable, "-m", "airflow_provider_covage.sandbox", "--api=both", "--port=0", "--speed=0"]
    switches = ["--dialect=paging_url", "--dialect=first_page_zero", "--seed=offers=2"]
    outcomes = ["--outcome=quote_item:never", "--outcome=commercial_offer:never"]
    with (tmp_path / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            [*command, *switches, *outcomes, "--fault=html:auth.token"],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        said = ""
        while "Ctrl+C" not in said:
            said += process.stdout.readline()
        covage, prizz = re.findall(r"sandbox ready at (http://127\.0\.0\.1:\d+)", said)
        assert "AIRFLOW_CONN_COVAGE_DEFAULT" in said
        assert "AIRFLOW_CONN_PRIZZ_DEFAULT" in said
        status = [requests.get(f"{url}/_sandbox/", timeout=5).json() for url in (covage, prizz)]
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()
    assert [one["outcomes"][0]["resource"] for one in status] == ["quote_item", "commercial_offer"]
    assert [len(one["faults"]) for one in status] == [1, 1]
    assert (status[0]["dialect"]["paging"], status[1]["dialect"]["first_page"]) == ("url", "zero")
    assert status[1]["records"]["commercial_offer"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--api", "prizz", "--dialect", "paging_url"], "unknown dialect paging_url"),
        (["--api", "both", "--dialect", "klingon"], "unknown dialect klingon"),
        (["--api", "both", "--outcome", "whale:sings"], "unknown resource 'whale'"),
        (["--api", "prizz", "--seed", "quotes=1"], "Prizz-Telecom has no quotes"),
        (["--api", "other"], "invalid choice"),
    ],
)
def test_what_means_nothing_is_refused(capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
