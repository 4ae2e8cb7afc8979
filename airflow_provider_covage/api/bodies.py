"""Checking what is to be sent: fields by a TypedDict, every slip named before anything is sent."""

import difflib
import functools
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from airflow_provider_covage.api.errors import InputError

CONFIG = ConfigDict(extra="forbid", coerce_numbers_to_str=True, strict=False)
"""What all TypedDicts of fields have in common: a key that no document knows is refused."""


def _no_missing_value(value: str) -> str:
    if value.strip() == "None":
        raise ValueError(
            "this is what a missing value leaves behind; did the task that should return it run?"
        )
    return value


Name = Annotated[str, AfterValidator(_no_missing_value)]
"""A text that names something: never the text that a template makes of a missing value."""

Identifier = Annotated[Name, Field(min_length=1, pattern=r"\S")]
"""An identifier that may not be empty."""


def _with_all_digits(least: int) -> BeforeValidator:
    def check(value: Any) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and len(str(value)) < least:
            raise ValueError("a text is wanted: as a number it has lost the zeros that it begins with")
        return value

    return BeforeValidator(check)


Postcode = Annotated[Name, _with_all_digits(5)]
"""A postal code or the INSEE code of a commune: five signs, of which the first may be a zero."""

Siret = Annotated[Name, _with_all_digits(14)]
"""A SIRET number: 14 digits, of which the first may be a zero."""

Telephone = Annotated[str, _with_all_digits(100)]
"""A telephone number, which begins with a zero or a plus."""


def _day(value: Any) -> Any:
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise ValueError("a plain date such as 2026-09-21 is wanted")
    if isinstance(value, str) and value:
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"a plain date such as 2026-09-21 is wanted ({error})") from None
    return str(value)


def _moment(value: Any) -> Any:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("an ISO 8601 date or time is wanted") from None
    if isinstance(value, datetime) and moment.tzinfo is None:
        raise ValueError("a time without offset can be read in two ways: give it a time zone")
    return value.isoformat() if isinstance(value, datetime) else value


Day = Annotated[date | str, BeforeValidator(_day)]
"""A plain date, `2026-09-21` or a `date`; an empty text clears the field (C31)."""

Moment = Annotated[datetime | str, BeforeValidator(_moment)]
"""An ISO 8601 text, or a `datetime` with its offset: how the API reads one without is not said (C31)."""


@functools.cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def body(model: Any, fields: Mapping[str, Any], *, of: str) -> dict[str, Any]:
    """Check fields and make them ready to be sent.

    Args:
        model: The TypedDict that the fields are those of.
        fields: The fields; None means not given.
        of: What they belong to, for the message.

    Returns:
        Only the fields given, under the names of the API, dates as text.

    Raises:
        InputError: A field is unknown, missing or not of its kind; all slips are named at once.
    """
    if not isinstance(fields, Mapping):
        raise InputError(f"{of}: fields are given as a dict, got {type(fields).__name__}")
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        checked = _adapter(model).validate_python(given)
    except ValidationError as error:
        slips = "; ".join(_slip(model, one) for one in error.errors(include_url=False))
        raise InputError(f"{of}: {slips}; nothing was sent") from None
    return dict(_adapter(model).dump_python(checked, mode="json", by_alias=True))


def _slip(model: Any, error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(error["loc"][-1]), [*_names(model)], n=1)
        return f"{where}: no such field{f', did you mean {close[0]}?' if close else ''}"
    if error["type"] == "missing":
        return f"{where}: is needed"
    return f"{where}: {error['msg'].removeprefix('Value error, ')}, got {error['input']!r}"


def _names(model: Any) -> Iterator[str]:
    """The fields of a TypedDict and of those inside it."""
    for name, hint in typing.get_type_hints(model).items():
        yield name
        for inner in (hint, *typing.get_args(hint)):
            if hasattr(inner, "__required_keys__"):
                yield from _names(inner)
