"""French working days: a request for dark fibre is answered in five of them at the earliest."""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

FON_WORKING_DAYS = 5
"""Least number of working days between a request for dark fibre and its answer (covage-fon.txt)."""

_PARIS = ZoneInfo("Europe/Paris")


def first_answer_date(today: date) -> date:
    """Give the earliest date by which an answer to a request for dark fibre can be expected.

    Args:
        today: The day of the request.

    Returns:
        The fifth working day after it; Saturdays, Sundays and French public holidays do not count.
    """
    return _calendar().get_nth_working_day(today, FON_WORKING_DAYS)  # type: ignore[no-any-return]


def working_days_ahead(value: Any) -> Any:
    """Refuse a date by which no answer can be expected.

    Args:
        value: A date as text; an empty one passes.

    Returns:
        The same.

    Raises:
        ValueError: It is too early; the message holds the first possible date.
    """
    earliest = first_answer_date(datetime.now(_PARIS).date())
    if value and date.fromisoformat(str(value)) < earliest:
        raise ValueError(
            f"too early: {FON_WORKING_DAYS} working days have to pass, first possible is {earliest}"
        )
    return value


@functools.cache
def _calendar() -> Any:
    # Loading the calendars of the world takes tenths of a second: only for those who ask.
    import holidays

    return holidays.country_holidays("FR")
