"""Requests for dark fibre, which bear no key, and eligibility requests, which nothing can be looked up by."""

import pytest
from operator_steps import QUALIFICATION, context, run_with_retries

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.eligibility import CovageRequestEligibilityOperator
from airflow_provider_covage.operators.fon import (
    CovageCreateFonRequestOperator,
    CovageUpdateFonRequestOperator,
)


def create(fields, **arguments):
    return CovageCreateFonRequestOperator(task_id="act", settling_time=0, fields=fields, **arguments)


def refused(operator):
    with pytest.raises(AirflowFailException) as failure:
        operator.execute(context())
    return str(failure.value)


def note_of(sandbox, request_id):
    return sandbox.record("fon", request_id)["note"]


@pytest.mark.parametrize(
    ("note", "begins"), [("two pairs", "two pairs [af-act-"), ("", "[af-act-"), (None, "[af-act-")], ids=repr
)
def test_mark_stands_at_the_end_of_the_note(note, begins, sandbox):
    request_id = create({"note": note}).execute(context())

    assert note_of(sandbox, request_id).startswith(begins)
    assert note_of(sandbox, request_id).endswith(f"{keys.derive(context())}]")


def test_mark_stays_when_the_note_changes(sandbox):
    request_id = create({"note": "two pairs"}).execute(context())
    mark = keys.mark_in(note_of(sandbox, request_id))

    for note in ("three pairs", f"four pairs {mark}"):
        CovageUpdateFonRequestOperator(task_id="u", fon_request_id=request_id, fields={"note": note}).execute(
            context()
        )
        assert note_of(sandbox, request_id) == f"{note.partition(' [')[0]} {mark}"


def test_note_keeps_its_lines(sandbox):
    request_id = create({"note": "two pairs\nplease"}).execute(context())
    mark = keys.mark_in(note_of(sandbox, request_id))
    assert note_of(sandbox, request_id) == f"two pairs\nplease {mark}"

    CovageUpdateFonRequestOperator(
        task_id="u", fon_request_id=request_id, fields={"note": "three pairs\nplease"}
    ).execute(context())
    assert note_of(sandbox, request_id) == f"three pairs\nplease {mark}"


def test_note_without_mark_changes_as_it_is_told(sandbox, steps):
    ids = steps.fon_request(note="by hand")
    CovageUpdateFonRequestOperator(task_id="u", fields={"note": "again"}, **ids).execute(context())
    assert note_of(sandbox, ids["fon_request_id"]) == "again"


def test_request_is_found_by_its_mark_after_it_was_confirmed(steps, sent):
    request_id = create({"note": "two pairs"}).execute(context(1))
    steps.client.fon.confirm(request_id)
    sent.begin()

    assert create({"note": "two pairs"}).execute(context(2)) == request_id
    assert sent() == []


def test_without_mark_nothing_is_written_and_the_own_draft_is_adopted(sandbox, sent):
    fields = {"end_customer_name": "Bakery", "note": "two pairs"}
    sandbox.fault("close_after", match="fon.create")

    request_id = run_with_retries(lambda: create(fields, mark=False))

    assert note_of(sandbox, request_id) == "two pairs"
    assert sent() == ["fon.create"]


def test_without_mark_drafts_that_cannot_be_told_apart_are_named(steps, sent):
    drafts = [steps.fon_request(end_customer_name="Bakery")["fon_request_id"] for _ in range(2)]
    sent.begin()

    with pytest.raises(AirflowFailException, match="2 candidates") as failure:
        create({"end_customer_name": "Bakery"}, mark=False).execute(context(2))

    assert all(draft in str(failure.value) for draft in drafts)
    assert sent() == []


@pytest.mark.parametrize(
    "theirs",
    [{"end_customer_name": "Garage"}, {"end_customer_name": "Bakery", "note": "another"}, {}],
    ids=str,
)
@pytest.mark.parametrize("try_number", [1, 2])
def test_without_mark_the_draft_of_somebody_else_is_not_adopted(try_number, theirs, sandbox, steps):
    stranger = steps.fon_request(**theirs)["fon_request_id"]
    sandbox.fault("close_before", match="fon.create")

    try:
        made = create({"end_customer_name": "Bakery", "note": "ours"}, mark=False).execute(
            context(try_number)
        )
    except (AirflowFailException, TransientError):
        return  # it does not know, and says so

    assert made != stranger


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expected_response_date": "6 January"}, ["expected_response_date", "a plain date such as"]),
        ({"end_custumer": "x"}, ["end_custumer: no such field"]),
        ("None", ["fields are given as a dict"]),
    ],
    ids=str,
)
def test_slips_in_a_request(fields, words, sandbox):
    why = refused(create(fields))
    assert all(word in why for word in words)
    assert sandbox.requests == []


def test_date_by_which_no_answer_can_be_expected(steps, sent):
    why = refused(create({"expected_response_date": "2020-01-06"}))
    assert "expected_response_date: too early, got 2020-01-06" in why
    assert "first possible is" in why
    assert sent() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ["product_offering_qualification_item: is needed"]),
        ({"product_offering_qualification_item": []}, ["product_offering_qualification_item"]),
        (
            {"product_offering_qualification_item": [{"offer_families": ["BPE"]}]},
            ["product_offering_qualification_item.0.eligibility_id: is needed"],
        ),
        ("None", ["fields are given as a dict"]),
    ],
    ids=str,
)
def test_slips_in_an_eligibility_request(fields, words, sandbox):
    why = refused(CovageRequestEligibilityOperator(task_id="act", fields=fields))
    assert all(word in why for word in words)
    assert sandbox.requests == []


def test_unknown_family_of_offers(steps, sent):
    (site,) = QUALIFICATION["product_offering_qualification_item"]
    fields = {"product_offering_qualification_item": [{**site, "offer_families": ["BPE", "BOGUS"]}]}
    sent.begin()

    why = refused(CovageRequestEligibilityOperator(task_id="act", fields=fields))
    assert "unknown offer families BOGUS; the API knows BPE, BPEA, DIA; nothing was sent" in why
    assert sent() == []

    CovageRequestEligibilityOperator(task_id="act", fields=fields, check_families=False).execute(context())
    assert sent() == ["eligibility.create"]


@pytest.mark.parametrize("own", ["MINE-1", None], ids=repr)
def test_eligibility_request_bears_a_key(own, sandbox, steps):
    fields = {**QUALIFICATION, "external_id": own}
    CovageRequestEligibilityOperator(task_id="act", fields=fields).execute(context())
    assert sandbox.ledger[-1]["key"] == (own or keys.derive(context()))
