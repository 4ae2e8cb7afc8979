"""Updating, confirming and deleting requests for dark fibre, and waiting for them."""

from __future__ import annotations

import pytest
from more_steps import LOSSES, context, in_dialects, retried, run, why_not

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.fon import (
    CovageConfirmFonRequestOperator,
    CovageCreateFonRequestOperator,
    CovageDeleteFonRequestOperator,
    CovageUpdateFonRequestOperator,
)
from airflow_provider_covage.sensors.covage import CovageFonRequestSensor


@pytest.fixture
def request_id(client):
    return client.fon.create(end_customer_name="Bakery", note="two pairs")["id"]


def update(request_id, **fields):
    return {"operator": CovageUpdateFonRequestOperator, "fon_request_id": request_id, "fields": fields}


def confirm(request_id):
    return {"operator": CovageConfirmFonRequestOperator, "fon_request_id": request_id}


def delete(request_id):
    return {"operator": CovageDeleteFonRequestOperator, "fon_request_id": request_id}


def look(request_id):
    sensor = CovageFonRequestSensor(task_id="wait", fon_request_id=request_id)
    return sensor.poke(context())


def test_update_returns_the_request_and_leaves_the_rest(request_id, sandbox):
    record = run(**update(request_id, project_id="PRJ"))

    assert record == sandbox.record("fon", request_id)
    assert record["project_id"] == "PRJ"
    assert (record["end_customer_name"], record["note"]) == ("Bakery", "two pairs")


def test_update_of_a_field_that_no_request_has(request_id, sent):
    why = why_not(lambda: run(**update(request_id, end_custommer_name="Garage")))

    assert "did you mean end_customer_name?" in why
    assert sent() == ["fon.create"]


def test_confirmation_returns_the_confirmed_request(request_id, sandbox):
    record = run(**confirm(request_id))

    assert record == sandbox.record("fon", request_id)
    assert record["state"] == "confirmed"


def test_confirmation_twice(request_id, sent):
    first = run(**confirm(request_id))

    assert run(**confirm(request_id)) == first
    assert run(**confirm(request_id), try_number=2) == first
    assert sent() == ["fon.create", "fon.confirm"]


@pytest.mark.parametrize("loss", LOSSES)
def test_confirmation_whose_answer_was_lost(loss, request_id, sandbox, sent):
    sandbox.fault(loss, match="fon.confirm")

    assert retried(**confirm(request_id))["state"] == "confirmed"
    assert sent() == ["fon.create", "fon.confirm"]


def test_confirmation_of_what_is_not_there(sandbox):
    assert "found nothing" in why_not(lambda: run(**confirm("nobody")))


@pytest.mark.parametrize("loss", LOSSES)
def test_deletion_whose_answer_was_lost(loss, request_id, sandbox, sent):
    sandbox.fault(loss, match="fon.delete")

    assert retried(**delete(request_id)) == {"fon_request_id": request_id, "deleted": True}
    assert sent() == ["fon.create", "fon.delete"]


@pytest.mark.parametrize("try_number", [1, 2])
def test_deletion_of_what_is_gone(try_number, request_id, client, sent):
    client.fon.delete(request_id)

    assert run(**delete(request_id), try_number=try_number)["deleted"] is True
    assert sent() == ["fon.create", "fon.delete"]


@pytest.mark.parametrize("try_number", [1, 2])
def test_deletion_of_what_is_confirmed(try_number, request_id, client, sandbox, asked):
    client.fon.confirm(request_id)

    why = why_not(lambda: run(**delete(request_id), try_number=try_number))

    assert "is confirmed and cannot be changed or deleted any more" in why
    assert sandbox.record("fon", request_id)["state"] == "confirmed"
    assert asked("DELETE") == []


def test_update_of_what_is_confirmed(request_id, client, asked):
    run(**update(request_id, note="late"))
    client.fon.confirm(request_id)
    before = len(asked("PATCH"))

    assert "is confirmed and cannot be changed" in why_not(lambda: run(**update(request_id, note="later")))
    # A task that comes back has been here before the confirmation, unless the request shows otherwise.
    assert run(**update(request_id, note="late"), try_number=2)["state"] == "confirmed"
    why = why_not(lambda: run(**update(request_id, note="later"), try_number=2))
    assert "was not done before: its note is late" in why
    assert len(asked("PATCH")) == before


@in_dialects("first_state_acknowledged", "first_state_created")
def test_both_names_of_a_draft(sandbox, client, sent):
    request_id = run(CovageCreateFonRequestOperator, fields={"note": "two pairs"})

    draft = look(request_id)
    assert not draft
    assert draft.xcom_value["state"] in ("acknowledged", "created")
    run(**update(request_id, project_id="PRJ"))
    run(**confirm(request_id))
    assert look(request_id).xcom_value == sandbox.record("fon", request_id)
    assert look(request_id)
    assert sent() == ["fon.create", "fon.update", "fon.confirm"]


@in_dialects("first_state_acknowledged", "first_state_created")
def test_both_names_of_a_draft_can_be_deleted(client, sandbox):
    request_id = client.fon.create()["id"]

    assert run(**delete(request_id))["deleted"] is True
    assert sandbox.records("fon") == []


@in_dialects("first_state_acknowledged", "first_state_created")
def test_both_names_of_a_draft_are_found_without_a_mark(sandbox, sent):
    create = {"operator": CovageCreateFonRequestOperator, "fields": {"note": "two pairs"}, "mark": False}
    first = run(**create)

    assert run(**create, try_number=2) == first
    assert sent() == ["fon.create"]


def test_draft_is_pointed_out_while_waiting(request_id, logs):
    look(request_id)
    assert logs("nothing moves before you confirm the request (fon.confirm)")


def test_state_that_no_document_knows(request_id, sandbox, logs):
    sandbox.set_state("fon", request_id, "answered")

    assert not look(request_id)
    assert logs("is in state 'answered', which no document knows; waiting for confirmed")
    sensor = CovageFonRequestSensor(task_id="wait", fon_request_id=request_id, target_states=["answered"])
    assert sensor.poke(context())


def test_waiting_for_what_is_not_there(sandbox):
    sensor = CovageFonRequestSensor(task_id="wait", fon_request_id="nobody")
    with pytest.raises(AirflowFailException, match="found nothing"):
        sensor.execute(context())
