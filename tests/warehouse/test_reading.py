"""Reading whole lists while they stand still, change, misbehave: nothing lost, nothing doubled."""

from __future__ import annotations

import functools
import math

import pytest
from warehouse_pages import decoded, once

from airflow_provider_covage.api.calls import Recorder
from airflow_provider_covage.api.covage.client import CovageApi
from airflow_provider_covage.api.covage.tables import FON, ORDER, PRODUCT_ORDER, QUOTE, QUOTE_ITEM
from airflow_provider_covage.api.errors import ApiError, InputError, TransientError
from airflow_provider_covage.sandbox import Dialect, Sandbox
from airflow_provider_covage.transfers.covage import COVAGE


@pytest.fixture
def read(reading, sandbox):
    """`read(QUOTE)` reads that list; gives the outcome and the records by their key."""
    return functools.partial(reading, COVAGE)


@pytest.mark.parametrize(
    "dialect",
    [
        pytest.param(Dialect.named(*names), id="-".join(names) or "as_documented")
        for names in (
            [],
            ["paging_path"],
            ["paging_url", "last_page_not_found"],
            ["lists_array"],
            ["lists_documented", "unset_null", "unset_arrays_null", "dates_seconds"],
        )
    ],
)
def test_every_record_comes_once_however_the_api_speaks(dialect, read, tmp_path, request, monkeypatch):
    with Sandbox(speed=0, dialect=dialect) as sandbox:
        sandbox.seed(quotes=15, lines_per_quote=3, orders=21)
        monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", sandbox.connection_json)
        for table, resource in (
            (QUOTE_ITEM, "quote_item"),
            (ORDER, "order"),
            (PRODUCT_ORDER, "product_order"),
        ):
            outcome, records = read(table)
            assert set(records) == {one["id"] for one in sandbox.records(resource)}
            assert outcome.is_complete
            assert outcome.records == len(records)


def test_pages_are_read_at_the_same_time_but_no_more_than_allowed(read, sandbox, connection):
    sandbox.seed(quotes=120)
    connection(max_connections=3)
    sandbox.fault("stall", match="quote.list", nth=2, times=3, seconds=0.3)

    outcome, records = read(QUOTE)

    assert (outcome.pages, len(records)) == (12, 120)
    listed = [one for one in sandbox.requests if one["operation"] == "quote.list"]
    assert len(listed) == 12


def test_page_size_of_the_connection_is_asked_for(read, sandbox, connection):
    sandbox.seed(quotes=30)
    connection(page_size=30)

    assert read(QUOTE)[0].pages == 1


def test_empty_list_is_complete(read):
    outcome, records = read(FON)

    assert (outcome.records, outcome.count, outcome.is_complete, records) == (0, 0, True, {})


def test_record_that_goes_meanwhile_takes_no_other_one_with_it(read, sandbox, logs):
    sandbox.seed(quotes=1, lines_per_quote=45)
    first = sandbox.records("quote_item")[0]["id"]

    def remove():
        with sandbox.world.lock:
            line = sandbox.world.store["quote_item"].get(first)
            sandbox.world.store["quote_item"].remove(line)

    outcome, records = read(QUOTE_ITEM, check=once(remove))

    assert logs("looking once more")
    assert outcome.is_complete
    assert set(records) == {one["id"] for one in sandbox.records("quote_item")}
    assert first not in records


def test_record_that_comes_meanwhile_is_read_as_well(read, sandbox):
    sandbox.seed(quotes=40)

    outcome, records = read(QUOTE, check=once(lambda: sandbox.seed(quotes=12)))

    assert outcome.is_complete
    assert len(records) == 52


def test_list_that_never_stands_still_is_kept_and_said_to_be_incomplete(read, sandbox, logs):
    sandbox.seed(quotes=30)

    outcome, records = read(QUOTE, check=lambda page: sandbox.seed(quotes=1))

    assert not outcome.is_complete
    assert logs(", again")
    assert len(records) >= 30


def test_fields_that_no_document_knows_are_kept(read, sandbox):
    sandbox.seed(quotes=25)
    sandbox.extra_fields("quote", {"colour": "green", "nested": {"a": [1, None]}})

    _, records = read(QUOTE)

    assert {record["_extra"] for record in records.values()} == {'{"colour":"green","nested":{"a":[1,null]}}'}


def test_field_that_shows_up_late_is_kept(read, sandbox):
    sandbox.seed(quotes=25)
    last = sandbox.records("quote")[-1]["id"]
    sandbox.world.store["quote"].get(last).extra["late"] = True

    _, records = read(QUOTE)

    assert [key for key, record in records.items() if record["_extra"]] == [last]
    assert records[last]["_extra"] == '{"late":true}'


def test_trouble_on_the_way_is_survived(read, sandbox):
    sandbox.seed(quotes=60)
    sandbox.fault("truncate", match="quote.list", nth=3, times=2)
    sandbox.fault("html", match="quote.list", nth=5)
    sandbox.fault("close_before", match="quote.list", nth=6)
    sandbox.fault("unauthorized", match="quote.list", nth=4)

    outcome, records = read(QUOTE)

    assert (outcome.is_complete, len(records)) == (True, 60)


@pytest.mark.parametrize("form", ["documented", "paging_url"])
def test_page_that_is_empty_by_mistake_hides_none_after_it(form, reading, empty_pages, monkeypatch):
    with Sandbox(speed=0, dialect=Dialect.named(*[form] * (form != "documented"))) as sandbox:
        monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", sandbox.connection_json)
        sandbox.seed(quotes=60)
        ids = [one["id"] for one in sandbox.records("quote")]

        empty_pages("3")
        outcome, records = reading(COVAGE, QUOTE)
        assert not outcome.is_complete
        assert len(records) == 50
        assert set(records) < set(ids)

        empty_pages("1", times=1)
        outcome, records = reading(COVAGE, QUOTE)
        assert (outcome.is_complete, set(records)) == (True, set(ids))


def test_empty_pages_are_not_read_for_ever(read, sandbox, empty_pages):
    sandbox.seed(quotes=10_000)
    empty_pages(*map(str, range(2, 2000)))

    outcome, records = read(QUOTE)

    assert (outcome.is_complete, len(records)) == (False, 10)
    assert len([one for one in sandbox.requests if one["operation"] == "quote.list"]) < 50


def test_page_that_never_comes_fails_the_whole_reading(read, sandbox):
    sandbox.seed(quotes=60)
    sandbox.fault("truncate", match="quote.list", nth=3, times=None)

    with pytest.raises(TransientError, match="quote"):
        read(QUOTE)


@pytest.mark.parametrize(
    ("value", "column", "kept"),
    [
        ("2026-04-23T10:00:00+02:00", "2026-04-23T08:00:00+00:00", None),
        ("2026-04-23T10:00:00.5Z", "2026-04-23T10:00:00.500000+00:00", None),
        ("2026-07-01", "2026-06-30T22:00:00+00:00", None),
        ("", None, None),
        (None, None, None),
        ("soon", None, '{"quote_date":"soon"}'),
        (17, None, '{"quote_date":17}'),
    ],
)
def test_date_becomes_a_point_in_time_or_is_kept_as_it_is(value, column, kept, tmp_path):
    (record,) = decoded(tmp_path, QUOTE, {"results": [{"id": "1", "quote_date": value}]})

    assert (record["quote_date"] and record["quote_date"].isoformat(), record["_extra"]) == (column, kept)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"latitude": "48.5"}, {"latitude": 48.5, "_extra": None}),
        ({"latitude": 48}, {"latitude": 48.0, "_extra": None}),
        ({"latitude": "north"}, {"latitude": None, "_extra": '{"latitude":"north"}'}),
        ({"state": 7}, {"state": "7", "_extra": None}),
        ({"state": ["a"]}, {"state": '["a"]', "_extra": None}),
        ({"address": None}, {"address": None, "_extra": None}),
        ({"address": "one line"}, {"address": '"one line"', "_extra": None}),
        ({"expected_response_date": "2026-05-01T12:00:00+02:00"}, {"_extra": None}),
        ({'weird " name': "x\u0000y"}, {"_extra": '{"weird \\" name":"x\\u0000y"}'}),
    ],
)
def test_value_of_another_kind_is_never_lost(sent, stored, tmp_path):
    (record,) = decoded(tmp_path, QUOTE_ITEM, {"results": [{"id": "1", **sent}]})

    assert {name: record[name] for name in stored} == stored


def test_json_that_only_python_reads_is_read(tmp_path):
    body = b'[{"id": "1", "latitude": NaN, "state": "\\ud800", "longitude": 2.5}]'

    (record,) = decoded(tmp_path, QUOTE_ITEM, body)

    assert (record["latitude"], record["longitude"], record["state"]) == (None, 2.5, "?")
    assert not math.isnan(record["longitude"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"detail": "no"}',
        b'{"results": {"id": 1}}',
        b"[1, 2]",
        b'{"results": [',
        b"<html></html>",
        b"",
        b" ",
        b"null",
    ],
)
def test_answer_that_is_no_page_is_an_error(body, tmp_path):
    with pytest.raises(TransientError):
        decoded(tmp_path, QUOTE, body)


def test_copies_of_a_record_are_merged_and_the_newer_one_counts(tmp_path):
    pages = [
        {"results": [{"id": "1", "state": "ready"}, {"id": "2"}]},
        {"results": [{"id": "1", "state": "gone"}]},
    ]

    records = decoded(tmp_path, QUOTE, *pages)

    assert sorted((record["id"], record["state"]) for record in records) == [("1", "gone"), ("2", None)]


def test_unknown_filter_names_the_known_ones():
    with pytest.raises(
        InputError, match=r"there is no colour; known: external_id, project_id, state, .*nothing was sent"
    ):
        QUOTE.listing(CovageApi(Recorder()), {"colour": "green"})
    with pytest.raises(InputError, match="this list has no filters"):
        FON.listing(CovageApi(Recorder()), {"state": "ready"})


def test_filters_reach_the_api(read, sandbox):
    sandbox.seed(quotes=2, lines_per_quote=20)

    _, records = read(QUOTE_ITEM, filters={"state": "ready"})

    assert {record["state"] for record in records.values()} == {"ready"}
    assert len(records) == sum(one["state"] == "ready" for one in sandbox.records("quote_item"))


def test_api_that_refuses_is_not_asked_again(read, sandbox):
    sandbox.fault("error_before", match="quote.list", status=403, times=None)

    with pytest.raises(ApiError, match="403"):
        read(QUOTE)
    assert len([one for one in sandbox.requests if one["operation"] == "quote.list"]) == 1
