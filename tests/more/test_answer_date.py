"""The date by which an answer to a request for dark fibre is wanted: five French working days ahead."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from more_steps import run, why_not

from airflow_provider_covage.api import working_days
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.working_days import first_answer_date
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.fon import (
    CovageConfirmFonRequestOperator,
    CovageCreateFonRequestOperator,
    CovageUpdateFonRequestOperator,
)

PARIS = ZoneInfo("Europe/Paris")

CASES = {
    "plain week": ("2025-09-29", "2025-10-06"),
    "weekend between": ("2025-10-02", "2025-10-09"),
    "on a Friday": ("2025-10-03", "2025-10-10"),
    "on a Saturday": ("2025-10-04", "2025-10-10"),
    "on a Sunday": ("2025-10-05", "2025-10-10"),
    "over 1 May": ("2026-04-27", "2026-05-05"),
    "on 1 May": ("2026-05-01", "2026-05-11"),  # and over 8 May
    "over Easter Monday": ("2026-04-01", "2026-04-09"),
    "on Easter Sunday": ("2026-04-05", "2026-04-13"),
    "over Ascension Day": ("2026-05-11", "2026-05-19"),
    "over 25 December": ("2026-12-22", "2026-12-30"),
    "over 25 December and 1 January": ("2025-12-24", "2026-01-02"),
    "over the end of the year": ("2026-12-28", "2027-01-05"),
    "a holiday on a Saturday": ("2026-08-10", "2026-08-17"),
}


@pytest.fixture
def today(monkeypatch):
    """`today("2025-10-06")` is the day from then on; a time of day in UTC may be given."""

    def set_today(text):
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(hour=12, tzinfo=PARIS)

        class Frozen(datetime):
            @classmethod
            def now(cls, tz=None):
                return moment.astimezone(tz)

        monkeypatch.setattr(working_days, "datetime", Frozen)

    return set_today


def create(wanted, **arguments):
    fields = {"end_customer_name": "Bakery", "expected_response_date": wanted}
    return {"operator": CovageCreateFonRequestOperator, "fields": fields, **arguments}


@pytest.mark.parametrize(("today", "first"), CASES.values(), ids=CASES)
def test_first_possible_date(today, first):
    assert first_answer_date(date.fromisoformat(today)) == date.fromisoformat(first)


@pytest.mark.parametrize(("day", "first"), CASES.values(), ids=CASES)
def test_too_early_is_refused_with_the_first_possible_date(day, first, today, api):
    api.post("http://covage/api/v1/specific_request/fon/", json={"id": "F1"})
    client = CovageHook().get_conn()
    today(day)

    for early in (date.fromisoformat(first) - timedelta(days=1), day):
        with pytest.raises(InputError, match=f"5 working days have to pass, first possible is {first}"):
            client.fon.create(expected_response_date=early)
    assert not api.called
    client.fon.create(expected_response_date=first)
    assert api.last_request.json() == {"expected_response_date": first}


@pytest.mark.parametrize(
    ("moment", "first"),
    [("2025-10-03T21:59:00+00:00", "2025-10-10"), ("2025-10-06T22:01:00+00:00", "2025-10-14")],
    ids=["late on Friday", "Tuesday in Paris already"],
)
def test_it_is_the_day_in_paris_that_counts(moment, first, today, client):
    today(moment)
    with pytest.raises(InputError, match=f"first possible is {first}"):
        client.fon.create(expected_response_date="2025-10-08")


@pytest.mark.parametrize("value", [date(2025, 10, 7), "2025-10-07"], ids=["date", "text"])
def test_creation_and_update_are_refused_before_anything_is_sent(value, today, client, sent, asked):
    request_id = client.fon.create()["id"]
    today("2025-10-06")
    update = {"fon_request_id": request_id, "fields": {"expected_response_date": value}}

    for act in (
        lambda: run(**create(value)),
        lambda: run(CovageUpdateFonRequestOperator, **update),
    ):
        why = why_not(act)
        assert "expected_response_date" in why
        assert "too early" in why
        assert "first possible is 2025-10-13" in why
        assert "nothing was sent" in why
    assert sent() == ["fon.create"]
    assert len(asked("POST", "PATCH")) == 1


@pytest.mark.parametrize("value", ["soon", "06/10/2025", "2025-13-01", 20251006], ids=str)
def test_what_is_no_date(value, sent, sandbox):
    assert "expected_response_date" in why_not(lambda: run(**create(value)))
    assert sent() == []


def test_no_date_and_an_empty_one_pass(client, sandbox):
    client.fon.create(expected_response_date=None)
    request_id = client.fon.create(end_customer_name="Bakery")["id"]
    client.fon.update(request_id, expected_response_date="")
    assert not sandbox.record("fon", request_id)["expected_response_date"]


def test_first_possible_date_is_taken_by_the_api(sandbox):
    wanted = str(first_answer_date(datetime.now(PARIS).date()))

    request_id = run(**create(wanted))

    assert sandbox.record("fon", request_id)["expected_response_date"] == wanted


def test_creation_that_comes_back_later_adopts_though_the_date_is_near_by_now(sandbox, sent, today):
    wanted = first_answer_date(datetime.now(PARIS).date())
    first = run(**create(str(wanted)))
    today(str(wanted))

    assert run(**create(str(wanted)), try_number=2) == first
    assert sent() == ["fon.create"]


def test_update_that_comes_back_later_is_taken_for_done(client, sent, today):
    wanted = first_answer_date(datetime.now(PARIS).date())
    request_id = client.fon.create()["id"]
    update = {"fon_request_id": request_id, "fields": {"expected_response_date": str(wanted)}}
    run(CovageUpdateFonRequestOperator, **update)
    run(CovageConfirmFonRequestOperator, fon_request_id=request_id)
    today(str(wanted))

    assert run(CovageUpdateFonRequestOperator, **update, try_number=2)["state"] == "confirmed"
    assert sent() == ["fon.create", "fon.update", "fon.confirm"]
