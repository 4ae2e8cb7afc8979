"""Asking whether sites can be served."""

from __future__ import annotations

import pytest
from more_steps import LOSSES, in_dialects, retried, run, why_not

from airflow_provider_covage.api.covage.eligibility import items_of
from airflow_provider_covage.api.errors import ApiError, BadRequestError, NotFoundError, UnknownOutcome
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.eligibility import CovageRequestEligibilityOperator

SINGULAR = "product_offering_qualification_item"
PLURAL = "product_offering_qualification_items"
WHERE = "http://covage/api/v1/product_offering_qualification/"


def site(name="rouen", *families):
    return {"eligibility_id": f"address-{name}", "offer_families": list(families) or ["BPE"]}


def ask(*sites, **arguments):
    fields = {SINGULAR: list(sites or [site()]), **arguments.pop("fields", {})}
    return {"operator": CovageRequestEligibilityOperator, "fields": fields, **arguments}


def test_id_of_the_request_is_returned(sandbox, sent):
    request_id = run(**ask(site("rouen"), site("caen", "BPE", "DIA")))

    (record,) = sandbox.records("eligibility")
    assert request_id == record["id"]
    assert [one["eligibility_id"] for one in record[SINGULAR]] == ["address-rouen", "address-caen"]
    assert sent() == ["eligibility.create"]


def test_key_is_derived_unless_one_is_given(sandbox):
    run(**ask())
    run(**ask(fields={"external_id": "MINE-1"}))

    derived, own = [record["external_id"] for record in sandbox.records("eligibility")]
    assert derived.startswith("af-act-")
    assert own == "MINE-1"


@in_dialects("eligibility_items_singular", "eligibility_items_plural")
def test_both_names_of_the_array_in_answers(client, sandbox):
    created = client.eligibility.create(**{SINGULAR: [site("rouen"), site("caen")]})
    sandbox.advance(60)

    read = client.eligibility.get(created["id"])

    assert read["state"] == "done.ready"
    assert [item["id"] for item in items_of(read)] == [item["id"] for item in items_of(created)]
    assert len(items_of(read)) == 2
    assert all(item["product_offerings"] for item in items_of(read))


@pytest.mark.parametrize("record", [{}, {SINGULAR: None}, {PLURAL: []}, {SINGULAR: ["site-rouen"]}])
def test_no_sites_in_an_answer(record):
    assert items_of(record) == []


@pytest.mark.parametrize("loss", LOSSES)
def test_after_a_lost_answer_the_next_try_asks_again(loss, sandbox, sent):
    sandbox.fault(loss, match="eligibility.create")

    with pytest.raises(UnknownOutcome):
        run(**ask())
    request_id = run(**ask(), try_number=2)

    assert sandbox.records("eligibility")[-1]["id"] == request_id
    assert sent() == ["eligibility.create"] * 2


def test_request_that_is_not_there(client):
    with pytest.raises(NotFoundError):
        client.eligibility.get("nobody")


@pytest.mark.parametrize(
    ("sites", "words"),
    [
        ([], "product_offering_qualification_item"),
        ([{"offer_families": ["BPE"]}], "0.eligibility_id: is needed"),
        ([{"eligibility_id": "address-rouen"}], "0.offer_families: is needed"),
        ([{"eligibility_id": " ", "offer_families": ["BPE"]}], "0.eligibility_id"),
        ([site(), {"eligibility_id": "address-caen", "offer_families": []}], "1.offer_families"),
        ([{**site(), "eligibilty": "x"}], "did you mean eligibility_id?"),
    ],
    ids=["no site", "no place", "no family", "blank place", "empty families", "slip of the pen"],
)
def test_slips_are_named_before_anything_is_sent(sites, words, sandbox, sent, asked):
    why = why_not(lambda: run(CovageRequestEligibilityOperator, fields={SINGULAR: sites}))

    assert words in why
    assert "nothing was sent" in why
    assert asked() == []


@in_dialects("lists_envelope", "lists_array")
def test_unknown_families_are_refused_before_anything_is_sent(sandbox, sent, asked):
    why = why_not(lambda: run(**ask(site("rouen", "BPE", "BPX"), site("caen", "AAA"))))

    assert "unknown offer families AAA, BPX; the API knows BPE, BPEA, DIA" in why
    assert sent() == []
    assert asked("POST") == []


def test_check_of_the_families_can_be_left_out(sandbox, asked):
    run(**ask(site("rouen", "BPX"), check_families=False))

    assert len(sandbox.records("eligibility")) == 1
    assert asked("GET") == []


def test_families_that_cannot_be_read_for_the_moment(sandbox, sent):
    sandbox.fault("unavailable", match="eligibility.categories", times=4, retry_after=0)

    assert retried(**ask())
    assert sent() == ["eligibility.create"]


@pytest.fixture
def taken(api):
    """`taken(names, 422)`: the API takes the sites under these names only, and refuses others so."""
    api.get("http://covage/api/v1/catalog/category/", json=[])

    def serve(names, status):
        def answer(request, context):
            if set(names) & set(request.json()):
                context.status_code = 201
                return {"id": "E1", "state": "acknowledged"}
            context.status_code = status
            return {SINGULAR: ["Unknown field."]}

        api.post(WHERE, json=answer)

    return serve


@pytest.fixture
def names(api):
    """`names()` lists the names under which sites were sent."""
    return lambda: [
        (set(one.json()) & {SINGULAR, PLURAL}).pop() for one in api.request_history if one.method == "POST"
    ]


def test_first_name_is_enough_where_it_is_taken(taken, names):
    taken([SINGULAR, PLURAL], 400)
    hook = CovageHook()

    for _ in range(2):
        hook.eligibility.create(**{SINGULAR: [site()]})
    assert names() == [SINGULAR, SINGULAR]


@pytest.mark.parametrize("status", [400, 422])
def test_second_name_is_sent_after_a_refusal_and_remembered(status, taken, names):
    taken([PLURAL], status)
    hook = CovageHook()

    for _ in range(2):
        assert hook.eligibility.create(**{SINGULAR: [site()], "project_id": "PRJ"})["id"] == "E1"
    assert names() == [SINGULAR, PLURAL, PLURAL]
    assert CovageHook().eligibility.create(**{SINGULAR: [site()]})
    assert names() == [SINGULAR, PLURAL, PLURAL, SINGULAR, PLURAL]


@pytest.mark.parametrize("status", [401, 403, 404, 405, 409, 415, 500, 503])
def test_second_name_is_not_sent_after_anything_else(status, taken, names):
    taken([PLURAL], status)

    with pytest.raises(ApiError if status < 500 else UnknownOutcome):
        CovageHook().eligibility.create(**{SINGULAR: [site()]})
    assert set(names()) == {SINGULAR}


@pytest.mark.parametrize("status", [400, 422])
def test_both_names_refused(status, taken, names):
    taken([], status)
    hook = CovageHook()

    for _ in range(2):
        with pytest.raises(BadRequestError, match=f"{SINGULAR}: Unknown field"):
            hook.eligibility.create(**{SINGULAR: [site()]})
    assert names() == [SINGULAR, PLURAL] * 2


def test_operator_gets_through_with_the_second_name(taken, names):
    taken([PLURAL], 400)

    assert run(**ask()) == "E1"
    assert names() == [SINGULAR, PLURAL]


def test_answer_without_an_id(taken, api):
    api.post(WHERE, json={"state": "acknowledged"})
    assert "has no id" in why_not(lambda: run(**ask()))
