"""Requests for dark fibre without a mark: the one draft that agrees in all fields, or nobody's."""

from __future__ import annotations

import pytest
from more_steps import run, why_not

from airflow_provider_covage.api.errors import UnknownOutcome
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator

FIELDS = {"end_customer_name": "Bakery", "business_sector": "Commerce"}
CREATE = {"operator": CovageCreateFonRequestOperator, "fields": FIELDS, "mark": False}


def test_nothing_is_written(sandbox):
    request_id = run(**CREATE)

    (record,) = sandbox.records("fon")
    assert (record["id"], record["note"]) == (request_id, "")


def test_first_try_does_not_adopt_what_is_like_it(client, sandbox):
    twin = client.fon.create(**FIELDS)["id"]

    assert run(**CREATE) != twin
    assert len(sandbox.records("fon")) == 2


def test_several_that_fit_stop_the_task_and_are_named(client, sent):
    twins = [client.fon.create(**FIELDS)["id"] for _ in range(2)]

    why = why_not(lambda: run(**CREATE, try_number=2))

    assert "2 candidates" in why
    assert all(twin in why for twin in twins)
    assert sent() == ["fon.create"] * 2


def test_lost_answer_beside_a_twin(client, sandbox):
    twin = client.fon.create(**FIELDS)["id"]
    sandbox.fault("close_after", match="fon.create")

    made = run(**CREATE)

    assert made != twin
    assert [one["id"] for one in sandbox.records("fon")] == [twin, made]


@pytest.mark.parametrize(
    "other",
    [
        {"end_customer_name": "Garage", "business_sector": "Commerce"},
        {**FIELDS, "note": "of a colleague"},
        {**FIELDS, "project_id": "PRJ"},
        {**FIELDS, "note": "[af-create-0123456789ab]"},
        {"note": "of a colleague"},
        {},
    ],
    ids=["other customer", "with a note", "with a project", "marked by another task", "only a note", "empty"],
)
def test_draft_that_differs_is_not_adopted(other, client, sandbox):
    colleagues = client.fon.create(**other)["id"]
    sandbox.fault("error_before", match="fon.create", status=502)

    with pytest.raises(UnknownOutcome):
        run(**CREATE)
    made = run(**CREATE, try_number=2)

    assert made != colleagues
    assert len(sandbox.records("fon")) == 2


def test_request_without_fields_adopts_nobodys_draft(client, sandbox):
    colleagues = client.fon.create(end_customer_name="Garage")["id"]

    assert run(**{**CREATE, "fields": {}}, try_number=2) != colleagues
