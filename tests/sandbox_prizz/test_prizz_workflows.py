"""Workflows: started, run, running, finished."""

import pytest
from prizz_api import TOKEN, Api
from prizz_documented import FACTS

from airflow_provider_covage.sandbox import PrizzSandbox

PREFIX, SUFFIX = "Infracorp\\Services\\Workflow\\", "\\Context"
ADD_SECTION = "CommercialOffer\\AddSection"
CONTEXTS = [name.removeprefix(PREFIX).removesuffix(SUFFIX) for name in FACTS["enums"]["workflow_context"]]


def start(api, context, entity):
    body = {"contextName": f"{PREFIX}{context}{SUFFIX}", "entityId": entity}
    return api.ok(api.post("/workflow", body))["id"]


@pytest.fixture(scope="module")
def world():
    """A sandbox that holds something of everything, and the id of each."""
    with PrizzSandbox(speed=0, api_token=TOKEN) as sandbox:
        yield something_of_everything(Api(sandbox))


def something_of_everything(api):
    draft, section = api.complete_offer()
    validated, _ = api.validated_offer()
    api.done(api.post(f"/commercial_offers/{draft}/comments", {"content": "C"}))
    thread = api.ok(api.get("/comments/threads", entityClass="CommercialOffer", entityId=draft))[0]
    contract = api.contract()
    api.sandbox.advance(25)
    client = api.items("/client_legal_entities")[0]
    known = {
        "client": client["id"],
        "offer": draft,
        "validated": validated,
        "section": section,
        "item": api.ok(api.get(f"/commercial_offer_sections/{section}"))["commercialOfferItems"][1]["id"],
        "thread": thread["id"],
        "comment": thread["comments"][0]["comment"]["id"],
        "contract": contract,
        "user": api.ok(api.get("/user"))["id"],
        "token": api.items("/users/api_tokens")[0]["id"],
        "contact": client["contacts"][0]["id"],
        "typed": client["configuredContacts"][0]["id"],
        "role": client["roles"][0]["id"],
        "appointment": api.items("/appointments")[0]["id"],
    }
    api.sandbox.seed(contracts=1)
    api.sandbox.set_state("appointment", known["appointment"], "need_confirm")
    known["invoice"] = api.items("/invoices")[0]["id"]
    return api, known


ENTITIES = {
    "ClientLegalEntity": "client",
    "CommercialOffer": "offer",
    "Comment": "thread",
    "ServiceContract": "contract",
    "Invoice": "invoice",
    "Users": "user",
    "ClientLegalEntityContact": "typed",
    "Contact": "contact",
    "Appointment": "appointment",
    "Users\\RevokeToken": "token",
    "Users\\SwitchActiveRole": "role",
    "Comment\\UpdateComment": "comment",
    "CommercialOffer\\Sign": "validated",
}
ELSEWHERE = ("CommercialOffer\\Submit", "Users\\RevokeToken")
"""Contexts that have tests of their own."""
IN_ORDER = [context for context in CONTEXTS if context not in ELSEWHERE]


def filled(known, fields):
    """Fill a form as a person would."""
    values = {
        "sectionId": known["section"],
        "itemId": known["item"],
        "contactId": known["contact"],
        "priceListItemId": 362,
        "quantity": 2,
        "legalEntityId": 1,
        "clientContractId": "",
        "offerId": 21,
        "address": "1 Rue A 76000 Rouen",
        "type": "INCIDENT",
        "vid": 77,
        "date": "2027-01-31T08:00:00+01:00",
        "bandwidth": "200",
        "commitment": "12",
        "grt": "4HO",
        "express": "",
        "code": "",
    }
    return {field["name"]: values.get(field["name"], "something") for field in fields}


def run(api, known, context):
    entity = known[ENTITIES.get(context) or ENTITIES[context.partition("\\")[0]]]
    workflow = start(api, context, entity)
    fields = api.ok(api.get(f"/workflow/{workflow}"))["transitions"][0]["formFields"]
    return workflow, api.ok(api.post(f"/workflow/{workflow}", filled(known, fields)))


def spoils(context):
    """Tell how much of what the others need a context takes away."""
    spoiling = ("RemoveItem", "SetOffer", "CustomerCancel", "RemoveSection")
    verb = context.rpartition("\\")[2]
    return spoiling.index(verb) if verb in spoiling else -1


def test_every_context_can_be_run(world):
    api, known = world
    for context in sorted(IN_ORDER, key=spoils):
        workflow, ran = run(api, known, context)
        assert ran["success"], (context, ran)
        assert ran["state"] == "running"
        api.sandbox.advance(8)
        assert api.ok(api.get(f"/workflow/{workflow}"))["state"] == "finished"
    assert len(CONTEXTS) == 42


def test_a_workflow_changes_nothing_before_it_is_run(api, sandbox):
    offer, _ = api.complete_offer()
    workflow = start(api, "CommercialOffer\\Submit", offer)
    sandbox.advance(100)
    assert api.status(f"/commercial_offers/{offer}") == "new"
    assert api.ok(api.post(f"/workflow/{workflow}", {}))["success"]
    assert api.status(f"/commercial_offers/{offer}") == "approval_pending"
    assert [entry["operation"] for entry in sandbox.ledger][-2:] == ["workflow.create", "workflow.run"]


def test_a_token_that_was_made_and_revoked(api, sandbox):
    workflow = start(api, "Users\\CreateToken", 51)
    made = api.ok(api.post(f"/workflow/{workflow}", {"name": "mine"}))["redirect"]
    token = next(one for one in api.items("/users/api_tokens") if one["id"] == made["objectId"])
    other = Api(sandbox, f"Token {token['token']}")
    assert other.get("/user").ok
    revoke = start(api, "Users\\RevokeToken", token["id"])
    api.ok(api.post(f"/workflow/{revoke}", {}))
    assert other.get("/user").status_code == 401
    other.http.close()


def test_a_workflow_that_cannot_be_run(api, sandbox):
    offer = api.offer()
    workflow = start(api, ADD_SECTION, offer)
    ran = api.ok(api.post(f"/workflow/{workflow}", {}))
    assert (ran["success"], ran["log"], ran["state"]) == (False, "Missing: name.", "pending")
    assert api.ok(api.post(f"/workflow/{workflow}", {"name": "S"}))["success"]
    again = api.ok(api.post(f"/workflow/{workflow}", {"name": "S"}))
    assert (again["success"], again["log"]) == (False, "This workflow is running.")
    submit = start(api, "CommercialOffer\\Submit", offer)
    assert "no offer is chosen" in api.ok(api.post(f"/workflow/{submit}", {}))["log"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"contextName": "CommercialOffer", "entityId": 1}, 400),
        ({"entityId": 1}, 400),
        ({"contextName": f"{PREFIX}CommercialOffer\\Submit{SUFFIX}", "entityId": 1}, 404),
        ({"contextName": f"{PREFIX}ClientLegalEntity\\AddContact{SUFFIX}", "entityId": 103}, 403),
    ],
)
def test_a_workflow_that_cannot_be_started(api, body, status):
    assert api.post("/workflow", body).status_code == status


@pytest.mark.parametrize(
    ("outcome", "success", "state", "sections"),
    [
        ("finished", True, "finished", 1),
        ("failed", True, "failed", 0),
        ("never", True, "running", 0),
        ("refused", False, "pending", 0),
    ],
)
def test_what_becomes_of_a_workflow(api, sandbox, outcome, success, state, sections):
    sandbox.outcome("workflow", outcome)
    offer = api.offer()
    workflow = start(api, ADD_SECTION, offer)
    assert api.ok(api.post(f"/workflow/{workflow}", {"name": "S"}))["success"] is success
    sandbox.advance(50)
    assert api.ok(api.get(f"/workflow/{workflow}"))["state"] == state
    assert len(api.ok(api.get(f"/commercial_offers/{offer}"))["sections"]) == sections
    running = api.ok(api.get("/workflows/running"))["workflows"]
    assert [one["id"] for one in running] == ([workflow] if state in ("running", "pending") else [])


def test_a_form_can_be_sent_either_way(api):
    offer = api.offer()
    workflow = start(api, ADD_SECTION, offer)
    answer = api.call("POST", f"/workflow/{workflow}", files={"name": (None, "S")})
    made = api.ok(answer)["redirect"]
    assert api.ok(api.get(f"/commercial_offer_sections/{made['objectId']}"))["name"] == "S"
    other = f"/workflow/{start(api, ADD_SECTION, offer)}"
    assert api.post(other, ["name"]).status_code == 400
    assert api.call("POST", other, data="name=S").status_code == 415
    assert api.call("POST", other, data="{", headers={"Content-Type": "application/json"}).status_code == 400
