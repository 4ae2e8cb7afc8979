"""A request for dark fibre is made once, whatever happens to the answer, the worker or the task."""

from __future__ import annotations

import pytest
from more_steps import LOSSES, retried, run, why_not

from airflow_provider_covage.api.errors import UnknownOutcome
from airflow_provider_covage.operators.fon import (
    CovageConfirmFonRequestOperator,
    CovageCreateFonRequestOperator,
    CovageUpdateFonRequestOperator,
)

FIELDS = {"end_customer_name": "Bakery", "note": "two pairs"}


def create(**arguments):
    return {"operator": CovageCreateFonRequestOperator, "fields": FIELDS, **arguments}


def only(sandbox):
    (record,) = sandbox.records("fon")
    return record


def test_the_mark_stands_at_the_end_of_the_note(sandbox):
    request_id = run(**create())

    record = only(sandbox)
    assert request_id == record["id"]
    assert record["end_customer_name"] == "Bakery"
    assert record["note"].startswith("two pairs [af-act-")
    assert record["note"].endswith("]")


def test_without_a_note_the_mark_is_the_note(sandbox):
    run(**create(fields={}))
    assert only(sandbox)["note"].startswith("[af-act-")


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
@pytest.mark.parametrize("loss", LOSSES)
def test_lost_answer(loss, mark, sandbox, sent):
    sandbox.fault(loss, match="fon.create")

    assert retried(**create(mark=mark)) == only(sandbox)["id"]
    assert sent() == ["fon.create"]


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
def test_lost_answer_and_a_list_that_cannot_be_read(mark, sandbox, sent):
    sandbox.fault("close_after", match="fon.create")
    sandbox.fault("unavailable", match="fon.list", nth=2 if mark else 1, times=4, retry_after=0)

    assert retried(**create(mark=mark)) == only(sandbox)["id"]
    assert sent() == ["fon.create"]


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
def test_lost_answer_and_a_list_that_lags(mark, sandbox, sent):
    sandbox.fault("lag", match="fon.create", calls=2 + mark)
    sandbox.fault("close_after", match="fon.create")

    with pytest.raises(UnknownOutcome):
        run(**create(mark=mark))
    assert retried(**create(mark=mark), first_try=2) == only(sandbox)["id"]
    assert sent() == ["fon.create"]


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
def test_killed_worker(mark, sandbox, sent, killed):
    killed(lambda: run(**create(mark=mark)))

    assert run(**create(mark=mark), try_number=2) == only(sandbox)["id"]
    assert sent() == ["fon.create"]


def test_request_that_never_arrived_is_made_by_the_next_try(sandbox, sent):
    sandbox.fault("error_before", match="fon.create", status=502)

    with pytest.raises(UnknownOutcome):
        run(**create())
    assert sent() == []
    assert run(**create(), try_number=2) == only(sandbox)["id"]


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
def test_cleared_while_it_is_a_draft(mark, sandbox, sent):
    first = run(**create(mark=mark))

    assert run(**create(mark=mark), try_number=2) == first
    assert sent() == ["fon.create"]


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
def test_cleared_after_the_confirmation(mark, sandbox, sent):
    first = run(**create(mark=mark))
    run(CovageConfirmFonRequestOperator, fon_request_id=first)

    assert run(**create(mark=mark), try_number=2) == first
    assert sent() == ["fon.create", "fon.confirm"]


def test_cleared_after_the_fields_have_changed(sandbox, sent):
    first = run(**create())

    assert run(**create(fields={"business_sector": "food"}), try_number=2) == first
    assert sent() == ["fon.create"]


@pytest.mark.parametrize("first_try", ["answer lost", "killed"])
def test_note_that_was_cut_off_stops_the_task(first_try, sandbox, sent, killed):
    """The mark at its end is gone: a second request would be made, or another one adopted."""
    note = "Two pairs between the two buildings, as agreed on the telephone."
    sandbox.extra_fields("fon", {"note": note[:60]})
    arguments = create(fields={"end_customer_name": "Bakery", "note": note})
    if first_try == "killed":
        killed(lambda: run(**arguments))
        why = why_not(lambda: run(**arguments, try_number=2))
    else:
        sandbox.fault("close_after", match="fon.create")
        why = why_not(lambda: run(**arguments))

    assert only(sandbox)["id"] in why
    assert "the note was cut off" in why
    assert sent() == ["fon.create"]


def test_note_of_another_request_that_was_cut_off_stops_nothing(sandbox, client, sent):
    note = "Two pairs between the two buildings, as agreed on the telephone."
    client.fon.create(end_customer_name="Bakery", note=note[:60])

    run(**create(fields={"end_customer_name": "Bakery", "note": note}))
    assert sent() == ["fon.create"] * 2


def test_cleared_after_an_update_of_the_note(sandbox, sent):
    first = run(**create())
    run(CovageUpdateFonRequestOperator, fon_request_id=first, fields={"note": "three pairs"})

    assert run(**create(), try_number=2) == first
    assert only(sandbox)["note"].startswith("three pairs [af-act-")
    assert sent() == ["fon.create", "fon.update"]


@pytest.mark.parametrize("note", ["", "second floor", "with [af-act-0123456789ab] of another"])
def test_update_keeps_the_mark_and_writes_it_once(note, sandbox):
    request_id = run(**create())
    mark = only(sandbox)["note"].removeprefix("two pairs ")

    for _ in range(2):
        run(CovageUpdateFonRequestOperator, fon_request_id=request_id, fields={"note": note})

    assert only(sandbox)["note"] == f"{note} {mark}".strip()
    run(CovageUpdateFonRequestOperator, fon_request_id=request_id, fields={"project_id": "PRJ"})
    assert only(sandbox)["note"] == f"{note} {mark}".strip()


def test_update_that_brings_the_mark_along(sandbox, sent):
    request_id = run(**create())
    note = only(sandbox)["note"]
    mark = note.removeprefix("two pairs ")

    run(CovageUpdateFonRequestOperator, fon_request_id=request_id, fields={"note": f"{note} more"})

    assert only(sandbox)["note"].split().count(mark) == 1
    assert only(sandbox)["note"].replace(f" {mark}", "") == "two pairs more"
    assert run(**create(), try_number=2) == request_id


@pytest.mark.parametrize("added", [" urgent", "\n", " [see the portal]"])
def test_cleared_after_somebody_has_added_to_the_note(added, client, sandbox, sent):
    first = run(**create())
    client.fon.update(first, note=only(sandbox)["note"] + added)

    assert run(**create(), try_number=2) == first
    assert sent() == ["fon.create", "fon.update"]


def test_each_run_makes_its_own(sandbox):
    first, second = run(**create()), run(**create(), run_id="manual__2")

    assert first != second
    assert run(**create(), try_number=2) == first
    assert run(**create(), try_number=2, run_id="manual__2") == second
    assert len(sandbox.records("fon")) == 2


def test_it_is_found_on_a_later_page(client, sandbox, sent):
    for _ in range(25):
        client.fon.create(note="another")
    first = run(**create())

    assert run(**create(), try_number=2) == first
    assert sent().count("fon.create") == 26


def test_of_several_with_one_mark_the_earliest_is_adopted(client, sandbox):
    first = run(**create())
    note = only(sandbox)["note"]
    for _ in range(2):
        client.fon.create(note=note)

    assert run(**create(), try_number=2) == first


def test_of_two_with_one_mark_the_confirmed_one_is_adopted(client, sandbox):
    first = run(**create())
    confirmed = client.fon.create(note=only(sandbox)["note"])["id"]
    client.fon.confirm(confirmed)

    assert run(**create(), try_number=2) == confirmed
    assert [one["state"] for one in sandbox.records("fon") if one["id"] != first] == ["confirmed"]


def test_request_that_quotes_the_mark_of_another_is_a_request_of_its_own(sandbox):
    first = run(**create())
    quoting = {"end_customer_name": "Garage", "note": f"like {only(sandbox)['note']}"}
    second = run(**create(fields=quoting), run_id="manual__2")

    assert second != first
    assert run(**create(), try_number=2) == first
    assert run(**create(fields=quoting), try_number=2, run_id="manual__2") == second
    assert [one["id"] for one in sandbox.records("fon")] == [first, second]


def test_refusal_is_final_and_says_why(sandbox, sent):
    sandbox.fault("error_before", match="fon.create", status=400)

    assert "Error 400." in why_not(lambda: run(**create()))
    assert sent() == []
