"""Comparing what was sent with what a record shows, and telling records apart by their identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

R = TypeVar("R", bound=Mapping[str, Any])

_LONGEST = 80
_NOT_GIVEN_BACK = ("external_id", "enni", "enni_2", "enni2", "business_code")
"""What comes back empty in the examples of the documents (C64)."""
_CUT_OFF = 50
"""Characters that a text has at least where somebody has cut it off."""


def distinct(records: Iterable[R]) -> list[R]:
    """Drop what a list shows twice: a record moves to the next page when another one is made meanwhile.

    Args:
        records: Records of a list.

    Returns:
        Each of them once, as it was seen first; one without an identifier is kept.
    """
    seen: dict[str, R] = {}
    for place, record in enumerate(records):
        number = record.get("id")
        seen.setdefault(f"{place} of none" if number in (None, "") else str(number), record)
    return list(seen.values())


def is_same_id(one: Any, other: Any) -> bool:
    """Say whether two identifiers are the same, be the one a number and the other a text.

    Args:
        one: An identifier.
        other: Another one.

    Returns:
        Whether they are; never where one is missing.
    """
    return one not in (None, "") and str(one) == str(other)


def is_cut_off(shown: str, sent: str) -> bool:
    """Say whether a text is another one that was cut off.

    Args:
        shown: What is left.
        sent: The whole text.

    Returns:
        Whether it is its beginning, and long enough for that to be no chance.
    """
    return _CUT_OFF <= len(shown) < len(sent) and sent.startswith(shown)


def contradictions(shown: Mapping[str, Any], sent: Mapping[str, Any]) -> list[str]:
    """Name the fields in which a record shows something else than what was sent.

    Not all that is sent comes back (C64): what a record does not show, or shows empty, contradicts nothing.
    Neither does the form: capitals, blanks, a number as a text, a day as a moment, a long text cut off.

    Args:
        shown: The record.
        sent: The fields that it was made or changed with.

    Returns:
        A text for each such field, such as "enni is CN012345, not CN012346".
    """
    return [
        f"{name} is {_told(shown[name])}, not {_told(value)}"
        for name, value in sent.items()
        if name in shown and _is_other(shown[name], value)
    ]


def lacking(shown: Mapping[str, Any], sent: Mapping[str, Any]) -> list[str]:
    """Name the fields in which a record does not show a change that was to be made.

    What it does not show at all tells nothing, nor does an empty field of those that an API may keep to
    itself (C64). Another empty field was not filled.

    Args:
        shown: The record.
        sent: The fields of the change.

    Returns:
        A text for each such field, such as "enni is CN012345, not CN012346".
    """
    empty = [
        f"{name} is {_told(shown[name])}, not {_told(value)}"
        for name, value in sent.items()
        if name in shown and name not in _NOT_GIVEN_BACK and _is_empty(shown[name]) != _is_empty(value)
    ]
    return [*contradictions(shown, sent), *empty]


def against(record: Mapping[str, Any], identity: Mapping[str, Any]) -> list[str]:
    """Name what speaks against a record having been made for the same thing, whatever key it bears.

    Args:
        record: The record.
        identity: The fields that say what it is for, with their values. Of a list, one element is enough:
            the others may have been changed since.

    Returns:
        A text for each field that shows something else.
    """
    return contradictions(record, {name: _any_shown(record, name, identity[name]) for name in identity})


def _any_shown(record: Mapping[str, Any], name: str, value: Any) -> Any:
    shown = record.get(name)
    if not isinstance(value, list) or not isinstance(shown, list):
        return value
    return shown if set(map(str, shown)) & set(map(str, value)) else value


def _is_other(shown: Any, sent: Any) -> bool:
    if _is_empty(shown) or _is_empty(sent):
        return False
    if isinstance(shown, Mapping) and isinstance(sent, Mapping):
        return bool(contradictions(shown, sent))
    if _is_array(shown) and _is_array(sent):
        return _are_others(shown, sent)
    if _is_nested(shown) or _is_nested(sent):
        # The one names what the other describes: nothing to compare.
        return False
    return not (
        _is_same_text(_words(shown), _words(sent))
        or _is_same_number(shown, sent)
        or _is_same_day(shown, sent)
    )


def _are_others(shown: Sequence[Any], sent: Sequence[Any]) -> bool:
    if any(map(_is_nested, (*shown, *sent))):
        return len(shown) < len(sent) or any(_is_other(*pair) for pair in zip(shown, sent, strict=False))
    return set(map(_words, shown)) != set(map(_words, sent))


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}, ())


def _is_array(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_nested(value: Any) -> bool:
    return _is_array(value) or isinstance(value, Mapping)


def _words(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def _is_same_text(shown: str, sent: str) -> bool:
    return shown == sent or is_cut_off(shown, sent)


def _is_same_number(shown: Any, sent: Any) -> bool:
    if not any(isinstance(value, int | float) for value in (shown, sent)):
        return False
    try:
        return float(shown) == float(sent)
    except (TypeError, ValueError, OverflowError):
        return False


def _is_same_day(shown: Any, sent: Any) -> bool:
    """Whether two dates mean the same; where one has no time, or no offset, the day decides (C31)."""
    try:
        days = date.fromisoformat(str(shown)[:10]), date.fromisoformat(str(sent)[:10])
        moments = datetime.fromisoformat(str(shown)), datetime.fromisoformat(str(sent))
    except ValueError:
        return False
    if len(str(shown)) > 10 and len(str(sent)) > 10 and all(moment.tzinfo for moment in moments):
        return moments[0] == moments[1]
    return days[0] == days[1]


def _told(value: Any) -> str:
    text = "empty" if _is_empty(value) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
