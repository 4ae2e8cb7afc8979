"""Reading only the newest records of a list that can be sorted by date of creation, but not cut by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow_provider_covage.api.bulk import Page

_SLACK = timedelta(hours=1)
"""How far records may be out of order: a number may be given a little before or after the date."""


class WindowIgnoredError(Exception):
    """The list does not keep to the window asked for: the API knows no such filter or order (C43)."""


class Descent:
    """Goes with one walk that begins at the newest record, and says when it has gone far enough.

    Args:
        position: Number of the column with the date of creation.
        after: How far back to go.
    """

    def __init__(self, position: int, after: datetime) -> None:
        self._position = position
        self._after = after
        self._lowest: datetime | None = None

    def check(self, page: Page) -> None:
        """Look at the next page.

        Args:
            page: The page.

        Raises:
            WindowIgnoredError: Its records are not in order.
        """
        for moment in moments(page.rows, self._position):
            if self._lowest is None:
                # The newest record that is known of lies after it, so the newest of all does, too.
                self._ensure(moment >= self._after)
                self._lowest = moment
            self._ensure(moment <= self._lowest + _SLACK)
            self._lowest = min(self._lowest, moment)

    def is_enough(self, page: Page) -> bool:
        """Say whether older records are of no interest.

        Args:
            page: The page read last.

        Returns:
            Whether all that could come after it is too old.
        """
        newest = max(moments(page.rows, self._position), default=None)
        return newest is not None and newest < self._after - _SLACK

    def _ensure(self, is_in_order: bool) -> None:
        if not is_in_order:
            raise WindowIgnoredError


def moments(rows: Iterable[Any], position: int) -> Iterator[datetime]:
    """Give the points in time that stand in a column.

    Args:
        rows: Rows of a page.
        position: Number of the column.

    Yields:
        Each one, that can be read.
    """
    for row in rows:
        try:
            moment = datetime.fromisoformat(getattr(row, f"f{position}"))
        except (TypeError, ValueError):
            continue
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)
