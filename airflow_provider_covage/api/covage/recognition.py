"""Telling whether a record is the one that was made: by its key, else by all that it shows (C44, C64)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import contradictions, distinct, is_cut_off
from airflow_provider_covage.api.errors import AmbiguousError

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record

_SKEW = timedelta(hours=1)
"""How far the clocks of Airflow and of the API may lie apart."""


class Unkeyed:
    """What may be the wanted record where its key does not come back: only what was not there before.

    Args:
        since: Moment before which it cannot have been made.
    """

    def __init__(self, since: datetime | None = None) -> None:
        self._since = since
        self._before: set[str] = set()

    def among(self, found: list[Record], *, doubt: bool) -> list[Record]:
        """Choose among records that agree in everything that they show.

        Args:
            found: The records.
            doubt: Whether an earlier sending may have made one of them. While there is no doubt none of them
                is it, and they are kept in mind as what was there before.

        Returns:
            Those that may be it.
        """
        if not doubt:
            self._before.update(str(record.get("id")) for record in found)
            return []
        return [one for one in found if str(one.get("id")) not in self._before and not self._is_old(one)]

    def _is_old(self, record: Record) -> bool:
        made = born(record)
        return made is not None and self._since is not None and made < self._since - _SKEW


def could_be(record: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether a record can be the one that was made with these fields.

    Args:
        record: The record.
        fields: What it was made with, its `external_id` among it.

    Returns:
        Whether it bears the key, or shows none and nothing else speaks against it (C64).
    """
    key = record.get("external_id")
    return key == fields.get("external_id") if key else agrees(record, fields)


def bears_mark(request: Mapping[str, Any], mark: str) -> bool:
    """Say whether a request for dark fibre bears a mark.

    Args:
        request: The request.
        mark: The mark.

    Returns:
        Whether it is the last one in its note: a note may quote the mark of another request.
    """
    note = str(request.get("note") or "")
    return mark in note and note.rfind(mark.partition("-")[0]) == note.rfind(mark)


def is_same_request(request: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether a request for dark fibre agrees in all fields.

    Args:
        request: The request.
        fields: What it was made with.

    Returns:
        Whether it does; never where it was made with none.
    """
    from airflow_provider_covage.api.models import FonFields

    names = FonFields.__annotations__
    return bool(fields) and all(str(request.get(name) or "") == str(fields.get(name) or "") for name in names)


def is_without_end(request: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether a request for dark fibre agrees in all fields, its note being cut off before its end.

    Args:
        request: The request.
        fields: What it was made with, the mark at the end of its note.

    Returns:
        Whether it may be the one, whose mark is lost.
    """
    is_cut = is_cut_off(str(request.get("note") or "").rstrip(), str(fields.get("note") or ""))
    return is_cut and is_same_request({**request, "note": fields["note"]}, fields)


def agrees(line: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Say whether nothing that a line shows speaks against it; not everything sent comes back (C64).

    Args:
        line: The line.
        fields: What it was made with; the key does not count.

    Returns:
        Whether all fields that it shows are the same.
    """
    left_out = ("external_id", "related_contact_information")
    return not contradictions(line, {name: fields[name] for name in fields if name not in left_out})


def born(record: Mapping[str, Any]) -> datetime | None:
    """Say when a record was made.

    Args:
        record: The record.

    Returns:
        Its creation date, else that of its first state; None when it shows neither, or in no known form.
    """
    changes = record.get("state_change")
    first = next((one for one in changes if isinstance(one, dict)), {}) if isinstance(changes, list) else {}
    try:
        moment = datetime.fromisoformat(str(record.get("creation_date") or first.get("change_date")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def only(found: list[Record], what: str) -> list[Record]:
    """Take the only candidate.

    Args:
        found: The candidates.
        what: What is looked for, for the message.

    Returns:
        The candidates, one at most.

    Raises:
        AmbiguousError: There are several; all are named.
    """
    found = distinct(found)
    if len(found) > 1:
        raise AmbiguousError(
            f"{len(found)} candidates for the {what}, and nothing tells them apart: {names_of(found)}. "
            "Look at them in the portal; nothing was sent"
        )
    return found


def names_of(records: list[Record]) -> str:
    """Name records for a person.

    Args:
        records: The records.

    Returns:
        Their ids and states.
    """
    return ", ".join(f"{record.get('id')} ({record.get('state')})" for record in records)
