"""Reading the lists of Prizz-Telecom, however it speaks, while they stand still and while they change."""

from __future__ import annotations

import functools
import logging
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from warehouse_pages import asked, decoded, once, queries

from airflow_provider_covage.api.bulk import Page
from airflow_provider_covage.api.calls import Recorder
from airflow_provider_covage.api.errors import InputError, TransientError
from airflow_provider_covage.api.prizz.client import PrizzApi
from airflow_provider_covage.api.prizz.tables import (
    COMMERCIAL_OFFER,
    ELIGIBILITY,
    INVOICE,
    INVOICE_DETAIL,
    SERVICE,
    SERVICE_CONTRACT,
    TICKET,
)
from airflow_provider_covage.sandbox import PrizzDialect
from airflow_provider_covage.transfers.descent import Descent, WindowIgnoredError
from airflow_provider_covage.transfers.prizz import PRIZZ

CREATED = INVOICE.position("createDate")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def read(reading, prizz):
    """`read(INVOICE)` reads that list; gives the outcome and the records by their key."""
    return functools.partial(reading, PRIZZ)


def ids(prizz, resource):
    return {one["id"] for one in prizz.records(resource)}


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param((), marks=pytest.mark.prizz_sandbox(dialect=PrizzDialect())),
        *(
            pytest.param(names, marks=pytest.mark.prizz_sandbox(dialect=PrizzDialect.named(*names)))
            for names in (
                ("first_page_zero", "after_last_page_not_found", "order_descending"),
                ("nesting_shallow", "unset_null", "ticket_dates_french", "spelling_corrected"),
            )
        ),
    ],
    ids=lambda names: "-".join(names) or "as_documented",
)
def test_every_record_comes_once_however_the_api_speaks(switches, read, prizz):
    prizz.seed(offers=6, contracts=6, invoices=5, tickets=3)

    for table in (COMMERCIAL_OFFER, SERVICE_CONTRACT, SERVICE, INVOICE, TICKET, ELIGIBILITY):
        outcome, records = read(table)

        assert set(records) == ids(prizz, table.resource)
        assert outcome.is_complete
        assert {one["_extra"] for one in records.values()} <= {None}


def test_pages_are_asked_for_once_each_and_in_the_order_that_new_records_disturb_least(read, prizz):
    prizz.seed(contracts=3, invoices=40)

    outcome, records = read(INVOICE)

    told = queries(asked(prizz, "invoice.list"))
    assert (outcome.pages, outcome.count, len(records)) == (5, 43, 43)
    assert sorted(one.get("page", "1") for one in told) == ["1", "2", "3", "4", "5"]
    assert {one["sort[id]"] for one in told} == {"ASC"}


def test_list_that_gets_shorter_meanwhile_loses_no_other_record(read, prizz, logs):
    prizz.seed(contracts=2, invoices=30)
    invoices = prizz.world.store["invoice"]
    first = next(iter(invoices))

    outcome, records = read(INVOICE, check=once(lambda: invoices.remove(first)))

    assert logs("looking once more")
    assert outcome.is_complete
    assert set(records) == ids(prizz, "invoice")
    assert first.data["id"] not in records


def test_record_that_comes_meanwhile_is_read_as_well(read, prizz):
    prizz.seed(contracts=2, invoices=20)

    outcome, records = read(INVOICE, check=once(lambda: prizz.seed(contracts=1, invoices=9)))

    assert outcome.is_complete
    assert set(records) == ids(prizz, "invoice")


def test_archived_tickets_are_read_too(read, prizz):
    prizz.seed(tickets=3)
    done = prizz.records("ticket")[0]["id"]
    prizz.set_state("ticket", done, "end")

    assert done in read(TICKET)[1]
    assert done not in read(TICKET, filters={"show_archived": False})[1]


def test_page_that_never_comes_fails_the_whole_reading(read, prizz):
    prizz.seed(contracts=1, invoices=25)
    prizz.fault("truncate", match="invoice.list", nth=2, times=None)

    with pytest.raises(TransientError, match="invoices"):
        read(INVOICE)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"total": 3_000_000_000_00}, {"total": 3_000_000_000_00, "_extra": None}),
        ({"total": 2**63 - 1}, {"total": 2**63 - 1, "_extra": None}),
        ({"total": 2**63}, {"total": None, "_extra": '{"total":9223372036854775808}'}),
        ({"total": 12.0}, {"total": 12, "_extra": None}),
        ({"total": 12.5}, {"total": None, "_extra": '{"total":12.5}'}),
        ({"total": "1200"}, {"total": 1200, "_extra": None}),
        ({"total": "12,00 €"}, {"total": None, "_extra": '{"total":"12,00 €"}'}),
        ({"total": True}, {"total": None, "_extra": '{"total":true}'}),
        ({"useVATReverseCharge": True}, {"useVATReverseCharge": True, "_extra": None}),
        ({"useVATReverseCharge": 1}, {"useVATReverseCharge": None, "_extra": '{"useVATReverseCharge":1}'}),
        ({"legalEntity": None, "details": []}, {"legalEntity": None, "details": "[]", "_extra": None}),
        ({"rcTotal": [5_000_000_000]}, {"rcTotal": "[5000000000]", "_extra": None}),
        ({"dueDate": "2026-11-30T00:00:00+01:00"}, {"dueDate": datetime(2026, 11, 29, 23, tzinfo=UTC)}),
        ({"ref": 7, "new": [None]}, {"ref": "7", "_extra": '{"new":[null]}'}),
    ],
)
def test_value_keeps_its_type_or_is_kept_as_it_is(sent, stored, tmp_path):
    (record,) = decoded(tmp_path, INVOICE, {"pagination": {"page": 1}, "items": [{"id": 1, **sent}]})

    assert {name: record[name] for name in stored} == stored


@pytest.mark.parametrize(
    "body", [b'{"results": []}', b'{"items": {"id": 1}}', b"[1]", b'{"pagination": {}}', b'{"items": [']
)
def test_answer_that_is_no_page_is_an_error(body, tmp_path):
    with pytest.raises(TransientError):
        decoded(tmp_path, INVOICE, body)


def test_filters_are_those_of_the_api_less_pages_and_order():
    with pytest.raises(
        InputError, match=r"there is no colour, page, sort_id; known: .*month.*nothing was sent"
    ):
        INVOICE.listing(PrizzApi(Recorder()), {"colour": 1, "page": 2, "sort_id": "ASC"})
    with pytest.raises(InputError, match="this list has no filters"):
        ELIGIBILITY.listing(PrizzApi(Recorder()), {"items_per_page": 5})
    with pytest.raises(InputError, match="filters of invoice: there is no fromDate"):
        INVOICE_DETAIL.listing(PrizzApi(Recorder()), {"fromDate": "2026-01-01"})


def test_texts_of_templates_are_good_filters():
    listing = INVOICE.listing(PrizzApi(Recorder()), {"year": "2026", "month": "9", "search": "FA"})

    assert {name: listing.request.params[name] for name in ("year", "month")} == {"year": 2026, "month": 9}


def page(*hours):
    """A page of records made so many hours after noon."""
    row = msgspec.defstruct("Row", [(f"f{CREATED}", str | None, None)])
    return Page([row(None if hour is None else (NOON + timedelta(hours=hour)).isoformat()) for hour in hours])


@pytest.mark.parametrize("pages", [[(9, 8, 7), (7.5, 3, None)], [(0.5, 1, 0.9)], [(None, 5), (5,)], [()]])
def test_newest_records_first_are_taken(pages):
    descent = Descent(CREATED, NOON)

    for hours in pages:
        descent.check(page(*hours))


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([(1, 5)], id="oldest first"),
        pytest.param([(9, 8), (7, 12)], id="no order"),
        pytest.param([(-3, -3.5)], id="newest known one is not there"),
    ],
)
def test_other_order_than_asked_for_is_noticed(pages):
    *before, last = pages
    descent = Descent(CREATED, NOON)
    for hours in before:
        descent.check(page(*hours))

    with pytest.raises(WindowIgnoredError):
        descent.check(page(*last))


def test_walk_ends_when_all_of_a_page_is_older_than_the_window():
    descent = Descent(CREATED, NOON)

    assert not descent.is_enough(page(0.5, -9))
    assert not descent.is_enough(page(None))
    assert descent.is_enough(page(-2, -9))


def test_log_is_quiet_when_nothing_is_odd(read, prizz, logs):
    prizz.seed(contracts=1, invoices=12)
    logging.getLogger("reading").setLevel(logging.INFO)

    read(INVOICE)

    assert len(logs("invoice: ")) == 1
