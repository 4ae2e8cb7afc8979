"""Tickets and their processes."""

import pytest

OPERATOR = "/exploitation/operator/42"


@pytest.fixture
def ticket(api):
    """Open a ticket, and return its number and the path of its process."""
    opened = api.ok(api.call("POST", f"{OPERATOR}/tickets"))
    return opened["numero"], f"{OPERATOR}/process/{opened['running_process'][0]['id']}"


def run(api, path, action, **values):
    """Run an action of a process with a form."""
    found = next(one for one in api.ok(api.get(path))["actions"] if one["id"] == action)
    form = {"transition_class": found["classe"], **values}
    return api.call("POST", path, files={name: (None, value) for name, value in form.items()})


def state(api, number):
    return api.ok(api.get(f"{OPERATOR}/tickets/{number}"))["etat"]


def test_a_ticket_waits_until_it_says_what_is_wrong(api, ticket):
    number, process = ticket
    api.sandbox.advance(500)
    assert state(api, number) == "ticket_setup"
    answer = run(api, process, "declare", type="coupure")
    assert answer.status_code == 400
    assert "description" in answer.json()["message"]
    assert run(api, process, "declare", type="fire", description="D").status_code == 400


def test_a_ticket_goes_its_way(api, sandbox, ticket):
    number, process = ticket
    began = {"date_debut_incident": "2026-01-31T08:00:00"}
    shown = api.ok(run(api, process, "declare", type="coupure", description="No light", **began))
    values = shown["attrs"]["qualification"]["values"]
    assert (values["description"], values["date_debut_incident"]) == ("No light", "2026-01-31T08:00:00+01:00")
    states = [state(api, number)]
    for _ in range(30):
        sandbox.advance(3)
        if states[-1] != (now := state(api, number)):
            states.append(now)
    assert states == ["att_prise_en_compte", "dispatch", "investigation", "resolu"]
    assert api.ok(api.get(process))["attrs"]["messages"]["noc"][0]["message"] == "The service works again."
    api.ok(run(api, process, "close"))
    assert state(api, number) == "end"
    assert api.ok(api.get(process))["actions"] == []
    found = api.ok(api.get(f"{OPERATOR}/tickets/{number}"))
    assert (found["running_workflows"], len(found["archived_workflows"])) == ([], 1)


def test_archived_tickets_are_shown_on_demand(api, sandbox, ticket):
    number, process = ticket
    api.ok(run(api, process, "declare", type="autre", description="D"))
    sandbox.advance(200)
    api.ok(run(api, process, "close"))
    assert api.ok(api.get("/exploitation/tickets")) == []
    archived = api.ok(api.get("/exploitation/tickets", showArchived="true"))
    assert [one["numero"] for one in archived] == [number]
    assert api.get("/exploitation/tickets", operator=41).status_code == 400
    assert api.get("/exploitation/tickets", etat="lost").status_code == 400


def test_a_ticket_that_nobody_looks_after(api, sandbox, ticket):
    sandbox.outcome("ticket", "never")
    number, process = ticket
    api.ok(run(api, process, "declare", type="autre", description="D"))
    sandbox.advance(500)
    assert state(api, number) == "att_prise_en_compte"


def test_messages_and_files(api, ticket):
    number, process = ticket
    api.ok(run(api, process, "declare", type="autre", description="D"))
    action = api.ok(api.get(process))["actions"][0]
    form = {"transition_class": action["classe"], "message": "Any news?"}
    files = [*((name, (None, value)) for name, value in form.items())]
    files += [("files[]", ("a.jpg", b"1", "image/jpeg")), ("files[]", ("b.jpg", b"2", "image/jpeg"))]
    shown = api.ok(api.call("POST", process, files=files))
    assert [one["name"] for one in shown["attachments"]] == ["a.jpg", "b.jpg"]
    assert api.ok(api.get("/exploitation/tickets"))[0]["last_message"] == "Any news?"
    assert state(api, number) == "att_prise_en_compte"


def test_a_process_takes_multipart_only(api, ticket):
    _, process = ticket
    assert api.post(process, {"transition_class": "x"}).status_code == 415
    assert api.call("POST", process).status_code == 400


def test_a_ticket_about_a_service(api):
    contract = api.ok(api.get(f"/service_contracts/{api.active_contract(clientReference='R')}"))
    service = contract["services"][0]["id"]
    query = {"serviceId": service}
    number = api.ok(api.call("POST", f"{OPERATOR}/tickets", params=query))["numero"]
    shown = api.ok(api.get("/exploitation/tickets"))[0]
    assert (shown["numero"], shown["id_service_sicom"]) == (number, service)
    assert shown["ref_service"] == contract["name"]
    query = {"serviceId": contract["id"]}
    assert api.call("POST", f"{OPERATOR}/tickets", params=query).status_code == 404


def test_operators(api, sandbox):
    made = api.ok(api.call("POST", "/exploitation/operator/101"))
    assert made == api.ok(api.call("POST", "/exploitation/operator/101"))
    assert len(sandbox.ledger) == 1
    assert api.call("POST", "/exploitation/operator/103").status_code == 403
    assert api.call("POST", "/exploitation/operator/9/tickets").status_code == 404
    number = api.ok(api.call("POST", "/exploitation/operator/101/tickets"))["numero"]
    assert api.get(f"{OPERATOR}/tickets/{number}").status_code == 404
    assert [one["numero"] for one in api.ok(api.get("/exploitation/operator/101/tickets"))] == [number]
