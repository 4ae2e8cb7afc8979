"""Which waits a list is asked for: what costs fewer requests."""

import asyncio
import dataclasses
import json

import pytest

from airflow_provider_covage.api.covage.client import CALLS
from airflow_provider_covage.api.paging import Pages
from airflow_provider_covage.api.polling.sweep import Sweep
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.watching import BY_MOMENT, Listed, created

NOW = 1_800_000_000.0
DAY = 86_400.0


@dataclasses.dataclass(frozen=True)
class One:
    keys: tuple
    created: float = NOW - DAY


def ones(number, age=DAY, prefix="L"):
    return [One((f"{prefix}{position}",), NOW - age) for position in range(number)]


class Served:
    """Answers as a transport does, from a list of records; counts the pages."""

    def __init__(self, records, page=10, with_count=True):
        self.records, self.page, self.with_count = records, page, with_count
        self.pages = 0
        self.settings = self
        self.base_url, self.page_size = "http://x", None

    async def next_page(self, walk: Pages):
        self.pages += 1
        request = walk.next_request
        first = self.page * (int(request.params.get("page") or 1) - 1)
        found = self.records[first : first + self.page]
        is_last = first + self.page >= len(self.records)
        content = {"results": found, "next_page": None if is_last else first // self.page + 2}
        if self.with_count:
            content["count"] = len(self.records)
        return walk.take(answer(request, content))


def answer(request, content):
    return Answer(request, 200, {"content-type": "application/json"}, json.dumps(content).encode())


def records(*names):
    return [{"id": name, "state": "confirmed"} for name in names]


def find(sweep, served, wanted):
    return asyncio.run(sweep.find(served, wanted, NOW))


@pytest.fixture
def sweep():
    return Sweep(Listed(CALLS.quote_item.list, window=BY_MOMENT), 0)


def learned(sweep, number, page=10):
    """Let it learn that a day has so many records."""
    find(sweep, Served(records(*map(str, range(number))), page), ones(number))
    return sweep


def test_two_are_not_worth_a_try(sweep):
    assert sweep.choose(ones(2), NOW) == []


def test_three_are(sweep):
    assert len(sweep.choose(ones(3), NOW)) == 3


def test_three_waits_for_one_record_are_one_request_anyway(sweep):
    assert sweep.choose([One(("L1",))] * 3, NOW) == []


def test_those_whose_name_is_not_known_are_left_out(sweep):
    assert sweep.choose([*ones(3), One((None,))], NOW) == sorted(ones(3), key=lambda one: one.keys)


@pytest.mark.parametrize(("waits", "listed"), [(40, 40), (11, 11), (9, 0), (2, 0)])
def test_list_of_ten_pages_pays_from_eleven_waits_on(waits, listed, sweep):
    assert len(learned(sweep, 100).choose(ones(waits), NOW)) == listed


def test_window_does_not_begin_with_an_old_one_alone(sweep):
    learned(sweep, 100)
    new, old = ones(40), ones(1, age=300 * DAY, prefix="O")
    assert set(sweep.choose([*old, *new], NOW)) == set(new)


def test_window_begins_earlier_when_that_pays(sweep):
    learned(sweep, 10)
    waits = [*ones(40), *ones(40, age=3 * DAY, prefix="O")]
    assert set(sweep.choose(waits, NOW)) == set(waits)


def test_list_that_grew_short_is_tried_again_after_a_while(sweep):
    learned(sweep, 1000)
    assert sweep.choose(ones(50), NOW) == []
    assert len(sweep.choose(ones(50), NOW + 3 * 3600)) == 50


def test_sweep_ends_when_all_are_found(sweep):
    served = Served(records(*(f"L{number}" for number in range(60))))
    found = find(sweep, served, ones(25))
    assert served.pages == 3
    assert {"L0", "L24"} <= found.keys()


def test_sweep_ends_when_single_looks_are_cheaper(sweep):
    served = Served(records(*map(str, range(1000))))
    find(sweep, served, ones(50))
    assert served.pages == 1


def test_sweep_without_a_count_takes_no_more_pages_than_there_are_waits(sweep):
    served = Served(records(*map(str, range(1000))), with_count=False)
    find(sweep, served, ones(7))
    assert served.pages == 7


def test_page_that_the_api_grants_counts_not_the_one_asked_for(sweep):
    learned(sweep, 100, page=50)
    assert len(sweep.choose(ones(3), NOW)) == 3
    learned(sweep, 100, page=20)
    assert sweep.choose(ones(3), NOW) == []


def test_records_are_found_by_any_of_their_names():
    orders = Sweep(Listed(CALLS.order.list, names=("order_reference", "id")), 0)
    served = Served(
        [
            {"order_reference": "CMD_1", "id": "PO_1", "state": "in_progress"},
            {"order_reference": "CMD_2", "id": "PO_2", "state": "active"},
        ]
    )
    found = find(orders, served, [One(("CMD_1",)), One(("PO_2",)), One(("CMD_3",))])
    assert (found["CMD_1"].state, found["PO_2"].state) == ("in_progress", "active")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2027-01-15T08:00:00+00:00", NOW),
        ("2027-01-15T09:00:00.000+01:00", NOW),
        ("2027-01-15T08:00:00", NOW - DAY),
        ("", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_when_a_record_was_created(text, seconds):
    assert created({"creation_date": text}) == seconds


def test_record_that_does_not_tell_when_it_was_created():
    assert created({}) is None
