"""What was told last: the state of every record, in eight bytes each.

A mark is kept in several parts, so that a change rewrites only a small one, and so that each part of a mark
of `MOST_RECORDS` stays below the 64 KiB that Airflow wishes for one value.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

PARTS = 8
"""Parts that a mark is kept in."""

MOST_RECORDS = 50_000
"""Records that one mark is made for; it goes on beyond that, in larger values."""

_VERSION = 1
_WIDTH = 8
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

_FORGET_AFTER = 3600.0
"""Seconds after which a record is forgotten that the list does not show any more; lists may lag."""


class Known(NamedTuple):
    """What is known of a record.

    Args:
        state: Its state, as told or seen last.
        label: What the lists have shown of it then: the same label, nothing new.
    """

    state: str
    label: str


def digest(resource_id: str) -> str:
    """Shorten an identifier.

    Args:
        resource_id: The identifier.

    Returns:
        48 bits as eight characters: among 50,000 records two meet once in 200,000 installations.
    """
    return base64.urlsafe_b64encode(hashlib.blake2b(resource_id.encode(), digest_size=6).digest()).decode()


class Mark:
    """The states of all records.

    Args:
        known: What is known, by the digests of the records' identifiers.
        past: A record created before this moment, in seconds since the epoch, is no news if it turns up.
    """

    def __init__(self, known: Mapping[str, Known] | None = None, past: float = 0.0) -> None:
        self.past = past
        self._known = dict(known or {})
        self._missed: dict[str, float] = {}
        self._changed: dict[int, int] = {}
        self._round = 0

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Known | None:
        """Say what is known of a record.

        Args:
            key: The digest of its identifier.

        Returns:
            What is known, None where it is new.
        """
        return self._known.get(key)

    def note(self, key: str, known: Known) -> None:
        """Learn about a record.

        Args:
            key: The digest of its identifier.
            known: What is known of it from now on.
        """
        if self._known.get(key) != known:
            self._known[key] = known
            self._touch(key)

    def forget_all_but(self, seen: Mapping[str, object], now: float) -> None:
        """Forget what the lists do not show any more, once that has lasted.

        Args:
            seen: What they show, by digest.
            now: Seconds since the epoch.
        """
        self._missed = {key: self._missed.get(key, now) for key in self._known.keys() - seen.keys()}
        for key in [key for key, moment in self._missed.items() if now - moment >= _FORGET_AFTER]:
            del self._known[key], self._missed[key]
            self._touch(key)

    def take_changes(self) -> tuple[int, dict[str, Any]]:
        """Give the parts that have to be stored, and their head; in this order, the head is stored last.

        Returns:
            A number for `stored`, and the values by their names; none where nothing has changed.
        """
        self._round += 1
        if not self._changed:
            return self._round, {}
        values = self._parts(sorted(self._changed))
        head = {"version": _VERSION, "parts": PARTS, "records": len(self), "past": round(self.past)}
        return self._round, {**values, "": head}

    def stored(self, number: int) -> None:
        """Learn that changes have been stored.

        Args:
            number: What `take_changes` has given with them.
        """
        self._changed = {part: since for part, since in self._changed.items() if since >= number}

    def touch_all(self) -> None:
        """Have every part stored the next time, the empty ones, too."""
        self._changed = dict.fromkeys(range(PARTS), self._round)

    @classmethod
    def restored(cls, head: Any, parts: Mapping[str, Any]) -> Self:
        """Make a mark of what was stored.

        Args:
            head: The value of its head.
            parts: The values of its parts.

        Returns:
            The mark.

        Raises:
            ValueError: It was stored by something else.
        """
        try:
            if head["version"] != _VERSION or head["parts"] != PARTS:
                raise ValueError(f"version {head['version']} in {head['parts']} parts")
            known = {key: one for part in parts.values() for one, key in _entries(part)}
            return cls(known, float(head["past"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None

    def _touch(self, key: str) -> None:
        self._changed[_part_of(key)] = self._round

    def _parts(self, parts: Sequence[int]) -> dict[str, Any]:
        # By state, so that a record takes no more than its digest.
        groups: dict[int, dict[Known, list[str]]] = {part: defaultdict(list) for part in parts}
        for key, known in self._known.items():
            if (part := _part_of(key)) in groups:
                groups[part][known].append(key)
        return {
            str(part): [[known.state, known.label, "".join(keys)] for known, keys in found.items()]
            for part, found in groups.items()
        }


def part_names() -> list[str]:
    """Name the parts of a mark.

    Returns:
        Their names.
    """
    return [str(part) for part in range(PARTS)]


def _part_of(key: str) -> int:
    return _ALPHABET.index(key[0]) % PARTS


def _entries(part: Any) -> Iterator[tuple[Known, str]]:
    for state, label, keys in part or ():
        known = Known(state, label)
        for start in range(0, len(keys), _WIDTH):
            yield known, keys[start : start + _WIDTH]
