"""French working days: a request for dark fibre is answered in five of them at the earliest."""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from airflow_provider_covage.api.errors import InputError

FON_WORKING_DAYS = 5
"""Least number of working days between a request for dark fibre and its answer (covage-fon.txt)."""

PARIS = ZoneInfo("Europe/Paris")
"""The zone of every date without one."""


def first_answer_date(today: date) -> date:
    """Give the earliest date by which an answer to a request for dark fibre can be expected.

    Args:
        today: The day of the request.

    Returns:
        The fifth working day after it; Saturdays, Sundays and French public holidays do not count.
    """
    return _calendar().get_nth_working_day(today, FON_WORKING_DAYS)  # type: ignore[no-any-return]


def check_answer_date(value: str | None) -> None:
    """Refuse a date by which no answer can be expected.

    Args:
        value: A date as text; none or an empty one passes.

    Raises:
        InputError: It is too early; the message holds the first possible date.
    """
    if not value:
        return
    earliest = first_answer_date(datetime.now(PARIS).date())
    if date.fromisoformat(value) < earliest:
        raise InputError(
            f"expected_response_date: too early, got {value}: {FON_WORKING_DAYS} working days have to pass, "
            f"first possible is {earliest}; nothing was sent"
        )


@functools.cache
def _calendar() -> Any:
    # Loading the calendars of the world takes tenths of a second: only for those who ask.
    import holidays

    return holidays.country_holidays("FR")
