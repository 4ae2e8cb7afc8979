"""Which requests bring a warehouse up to date: by days, by records, or the whole list, whatever costs least.

A record that was created before the window of a run can still change as long as it is open. Days with open
records are read again, neighbours in one go; where a day has few open records among many, these are read one
by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from airflow_provider_covage.api.tables import Window


@dataclasses.dataclass(frozen=True)
class Day:
    """What a warehouse holds of one day of creation.

    Args:
        day: The day, in UTC.
        rows: All records.
        open: Those that can still change.
    """

    day: date
    rows: int
    open: int


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is to be read again.

    Args:
        windows: Windows of creation dates.
        days: Days of which the open records are read one by one.
        requests: About how many requests that takes.
        is_full: Whether reading the whole list is cheaper, or the only way.
    """

    windows: tuple[Window, ...] = ()
    days: tuple[date, ...] = ()
    requests: int = 0
    is_full: bool = False


def plan(
    days: Iterable[Day],
    *,
    rows: int,
    page_size: int,
    undated: int,
    has_detail: bool,
    has_windows: bool = True,
) -> Plan:
    """Choose how to read open records again.

    Args:
        days: What the warehouse holds, day by day, of what a run does not read anyway.
        rows: All that the warehouse holds.
        page_size: Records on a page.
        undated: Open records without date of creation, which no window finds.
        has_detail: Whether single records can be read.
        has_windows: Whether the list can be cut anywhere, and not only after its newest records.

    Returns:
        The plan.
    """
    ordered = sorted(days, key=lambda one: one.day)
    whole = _pages(rows, page_size)
    is_beyond_reach = undated or (not has_windows and any(one.open for one in ordered))
    if is_beyond_reach and not has_detail:
        return Plan(requests=whole, is_full=True)
    single = {
        one.day
        for one in ordered
        if has_detail and one.open and (not has_windows or one.open < _pages(one.rows, page_size))
    }
    runs = _runs([one for one in ordered if has_windows and one.day not in single], page_size)
    requests = (
        sum(_pages(sum(one.rows for one in run), page_size) for run in runs)
        + sum(one.open for one in ordered if one.day in single)
        + undated
    )
    if requests and requests >= whole:
        return Plan(requests=whole, is_full=True)
    windows = tuple((_start(run[0].day), _start(run[-1].day + timedelta(days=1))) for run in runs)
    return Plan(windows, tuple(sorted(single)), requests)


def widened(window: Window, margin: timedelta) -> Window:
    """Make a window a little wider than meant.

    Args:
        window: The window.
        margin: By how much, at either end.

    Returns:
        The one to ask for.
    """
    after, before = window
    return after and after - margin, before and before + margin


def _runs(days: Sequence[Day], page_size: int) -> list[list[Day]]:
    """Put days with open records together where what lies between them fits on a page."""
    runs: list[list[Day]] = []
    between: list[Day] = []
    for day in days:
        if not day.open:
            between.append(day)
        elif runs and sum(one.rows for one in between) < page_size and _is_near(runs[-1][-1], day):
            runs[-1] += [*between, day]
            between = []
        else:
            runs.append([day])
            between = []
    return runs


def _is_near(one: Day, other: Day) -> bool:
    # A window over years could hold what the warehouse does not know of.
    return other.day - one.day <= timedelta(days=31)


def _pages(rows: int, page_size: int) -> int:
    return -(-rows // page_size)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
