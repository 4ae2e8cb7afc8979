"""What a warehouse knows already: how far it reaches, and what in it can still change."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow_provider_covage.api.tables import Cut, Window
from airflow_provider_covage.transfers.plan import Day, Plan, plan
from airflow_provider_covage.transfers.sql.database import Database
from airflow_provider_covage.transfers.sql.merge import DELETED_AT, Target


class History:
    """What a table holds, before a run.

    Args:
        database: The database.
        target: The table, which exists.
        cut: How its list can be read in part.
    """

    def __init__(self, database: Database, target: Target, cut: Cut) -> None:
        self._database = database
        self._cut = cut
        self._target = target
        self._quote = database.dialect.quote

    def rows(self) -> int:
        """Count the rows.

        Returns:
            Their number, those marked as deleted included.
        """
        return int(self._database.query(f"SELECT COUNT(*) FROM {self._target.name}")[0][0])  # noqa: S608

    def newest(self) -> datetime | None:
        """Give the latest date of creation up to now: one in the future says nothing of what has been read.

        Returns:
            The date, None without any.
        """
        dialect = self._database.dialect
        found = self._database.query(
            f"SELECT MAX({self._created}) FROM {self._target.name} "  # noqa: S608
            f"WHERE {self._created} <= {dialect.placeholder}",
            (dialect.moment(datetime.now(UTC)),),
        )
        return _moment(found[0][0])

    def days(self, window: Window) -> list[Day]:
        """Describe what was created outside a window, day by day.

        Args:
            window: What is read anyway.

        Returns:
            A day each.
        """
        outside, bounds = self._outside(window)
        is_open, final = self._open()
        day = self._database.dialect.day(self._created)
        rows = self._database.query(
            f"SELECT {day}, COUNT(*), SUM(CASE WHEN {is_open} THEN 1 ELSE 0 END) FROM {self._target.name} "  # noqa: S608
            f"WHERE {self._created} IS NOT NULL AND {outside} GROUP BY {day}",
            (*final, *bounds),
        )
        return [Day(date.fromisoformat(text), int(count), int(number)) for text, count, number in rows]

    def undated(self) -> list[str]:
        """Give the open records without date of creation.

        Returns:
            Their keys.
        """
        is_open, final = self._open()
        return self._keys(f"{self._created} IS NULL AND {is_open}", final)

    def open_on(self, days: Sequence[date], window: Window) -> list[str]:
        """Give the open records of some days, less those in a window.

        Args:
            days: The days.
            window: What is read anyway.

        Returns:
            Their keys.
        """
        if not days:
            return []
        outside, bounds = self._outside(window)
        is_open, final = self._open()
        marks = ", ".join([self._database.dialect.placeholder] * len(days))
        condition = f"{self._database.dialect.day(self._created)} IN ({marks}) AND {is_open} AND {outside}"
        return self._keys(condition, (*(day.isoformat() for day in days), *final, *bounds))

    @property
    def _created(self) -> str:
        return self._quote(self._cut.by)

    def _keys(self, condition: str, parameters: Sequence[Any]) -> list[str]:
        sql = f"SELECT {self._target.key} FROM {self._target.name} WHERE {condition}"  # noqa: S608
        return [str(key) for (key,) in self._database.query(sql, parameters)]

    def _open(self) -> tuple[str, tuple[str, ...]]:
        """Condition for rows that can still change; an unknown state is none of the final ones."""
        table = self._target.table
        conditions = [f"{self._quote(name)} IS NULL" for name in (DELETED_AT, table.closed) if name]
        final = tuple(sorted(table.final)) if table.state else ()
        if final:
            state = self._quote(str(table.state))
            marks = ", ".join([self._database.dialect.placeholder] * len(final))
            conditions.append(f"({state} IS NULL OR {state} NOT IN ({marks}))")
        return f"({' AND '.join(conditions)})", final

    def _outside(self, window: Window) -> tuple[str, tuple[Any, ...]]:
        conditions, bounds = [], []
        for bound, sign in zip(window, "<>", strict=True):
            if bound is not None:
                conditions.append(f"{self._created} {sign} {self._database.dialect.placeholder}")
                bounds.append(self._database.dialect.moment(bound.astimezone(UTC)))
        return f"({' OR '.join(conditions) or '1 = 0'})", tuple(bounds)


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromisoformat(str(value))


USUAL_PAGE = 10
"""Records on a page where the connection does not say: what the documents show."""


@dataclasses.dataclass(frozen=True)
class Work:
    """What a run has to read.

    Args:
        window: Creation dates that it reads in any case.
        plan: How it reads again what is open from before; full for the whole list.
        keys: The records that it reads one by one.
    """

    window: Window = (None, None)
    plan: Plan = dataclasses.field(default_factory=lambda: Plan(is_full=True))
    keys: tuple[str, ...] = ()


def work(
    database: Database,
    target: Target,
    window: Window,
    *,
    overlap: timedelta,
    page_size: int | None,
    single: bool,
) -> Work:
    """Find out what a run has to read.

    A window never leaves a gap behind what the table holds, so a run that was left out is made up for.

    Args:
        database: The database.
        target: The table, perhaps missing yet.
        window: Creation dates of the run, its data interval.
        overlap: How far before the window to begin.
        page_size: Records on a page; None where the API decides.
        single: Whether records can be read one by one.

    Returns:
        The work.
    """
    cut = target.table.cut
    if cut is None or cut.by not in target.columns():
        return Work()
    history = History(database, target, cut)
    newest = history.newest()
    if newest is None:
        return Work()
    start, end = window
    window = (min(start or newest, newest) - overlap, end)
    undated = history.undated()
    chosen = plan(
        history.days(window),
        rows=history.rows(),
        page_size=page_size or USUAL_PAGE,
        undated=len(undated),
        has_detail=single,
        has_windows=not cut.newest_first,
    )
    if chosen.is_full:
        return Work(plan=chosen)
    return Work(window, chosen, (*undated, *history.open_on(chosen.days, window)))
