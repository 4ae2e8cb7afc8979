"""Time of the sandbox: how fast it runs, how it is moved, and what date an instant has."""

from __future__ import annotations

import hashlib
import time
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class _Segment:
    """A stretch of sandbox time during which the wall clock moved evenly (or stood still: a jump)."""

    start: float
    wall: float
    wall_per_second: float


class Clock:
    """Sandbox seconds since the start, running `speed` times as fast as a monotonic clock.

    An instant keeps the wall-clock date at which it was passed, so the dates in answers stay real
    ones whatever the speed. With speed 0 the clock stands still until `advance` moves it.
    """

    def __init__(self, speed: float = 1.0) -> None:
        """Start the clock at zero."""
        self._speed = 0.0
        self._base = 0.0
        self._since = time.monotonic()
        self._segments: list[_Segment] = []
        self.speed = speed

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        if value < 0:
            raise ValueError("speed must not be negative")
        self._restart(self.now(), value)

    def now(self) -> float:
        """Sandbox seconds since the start."""
        return self._base + (time.monotonic() - self._since) * self._speed

    def advance(self, seconds: float) -> float:
        """Jump forward by so many sandbox seconds and return the new instant."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        before = self.now()
        self._segments.append(_Segment(before, time.time(), 0.0))
        self._restart(before + seconds, self._speed)
        return self._base

    def date(self, instant: float) -> float:
        """Wall-clock date (epoch seconds, to the millisecond) at which an instant was passed."""
        if instant >= self.now():  # a clock that stands still is at this instant for a while
            return round(time.time(), 3)
        index = bisect_right(self._segments, instant, key=lambda segment: segment.start) - 1
        segment = self._segments[max(index, 0)]
        return round(segment.wall + (instant - segment.start) * segment.wall_per_second, 3)

    def _restart(self, instant: float, speed: float) -> None:
        self._base, self._since, self._speed = instant, time.monotonic(), speed
        self._segments.append(_Segment(instant, time.time(), 1 / speed if speed else 0.0))


def format_date(date: float, *, milliseconds: bool = True) -> str:
    """Write a date as Covage does: ISO 8601 with the offset of Paris (`covage-order.txt`, C31)."""
    moment = datetime.fromtimestamp(date, PARIS)
    return moment.isoformat(timespec="milliseconds" if milliseconds else "seconds")


def parse_date(text: str) -> float:
    """Read an ISO 8601 date; without offset it is taken as Paris time (not documented, C31)."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=PARIS)).timestamp()


def day(date: float) -> str:
    """Return the day of a date in Paris as `YYYYMMDD`, the form used inside references."""
    return datetime.fromtimestamp(date, PARIS).strftime("%Y%m%d")


def local_day(moment: float) -> date:
    """Return the day of a date in Paris."""
    return datetime.fromtimestamp(moment, PARIS).date()


def utc(date: float) -> str:
    """Write a date in UTC, for the sandbox's own records (ledger, requests)."""
    return datetime.fromtimestamp(date, UTC).isoformat(timespec="milliseconds")


def fraction(*parts: object) -> float:
    """Return a number in [0, 1) that depends on nothing but the parts: jitter that can be repeated."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
