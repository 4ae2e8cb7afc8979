"""What is read again of what is still open: by days, one by one, or all, whatever costs least."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from airflow_provider_covage.transfers.plan import Day, plan, widened


def day(number, rows, still_open, month=1):
    return Day(date(2026, month, number), rows, still_open)


def start(number, month=1):
    return datetime(2026, month, number, tzinfo=UTC)


def test_nothing_open_needs_nothing():
    chosen = plan([day(1, 50, 0)], rows=50, page_size=10, undated=0, has_detail=True)

    assert (chosen.requests, chosen.windows, chosen.days, chosen.is_full) == (0, (), (), False)


def test_neighbours_are_read_in_one_window_and_far_ones_in_two():
    days = [day(1, 40, 9), day(2, 3, 0), day(3, 40, 8), day(8, 500, 0), day(9, 10, 10)]

    chosen = plan(days, rows=593, page_size=10, undated=0, has_detail=False)

    assert chosen.windows == ((start(1), start(4)), (start(9), start(10)))
    assert chosen.requests == 9 + 1


def test_few_open_ones_among_many_are_read_one_by_one():
    days = [day(1, 500, 2), day(5, 30, 25)]

    chosen = plan(days, rows=5000, page_size=10, undated=1, has_detail=True)

    assert (chosen.days, chosen.windows) == ((date(2026, 1, 1),), ((start(5), start(6)),))
    assert chosen.requests == 2 + 3 + 1


def test_all_is_read_where_that_is_no_dearer():
    days = [day(number, 10, 10) for number in range(1, 11)]

    assert plan(days, rows=100, page_size=10, undated=0, has_detail=True).is_full


@pytest.mark.parametrize(("has_detail", "is_full"), [(True, False), (False, True)])
def test_open_ones_without_date_are_read_one_by_one_or_with_all(has_detail, is_full):
    chosen = plan([day(1, 500, 0)], rows=500, page_size=10, undated=3, has_detail=has_detail)

    assert chosen.is_full is is_full


def test_window_over_months_without_records_is_cut():
    chosen = plan([day(1, 5, 5), day(1, 5, 5, month=6)], rows=900, page_size=10, undated=0, has_detail=False)

    assert len(chosen.windows) == 2


def test_list_that_can_only_be_cut_after_its_newest_records_is_read_one_by_one_or_whole():
    days = [day(1, 40, 30), day(9, 500, 2)]

    chosen = plan(days, rows=5000, page_size=10, undated=0, has_detail=True, has_windows=False)

    assert (chosen.windows, chosen.days, chosen.requests) == ((), (date(2026, 1, 1), date(2026, 1, 9)), 32)
    assert plan(days, rows=300, page_size=10, undated=0, has_detail=True, has_windows=False).is_full
    assert plan(days, rows=5000, page_size=10, undated=0, has_detail=False, has_windows=False).is_full


def test_bounds_are_asked_for_with_a_margin():
    margin = timedelta(seconds=1)

    after, before = widened((start(1), start(2)), margin)

    assert after < start(1)
    assert before > start(2)
    assert widened((None, None), margin) == (None, None)
