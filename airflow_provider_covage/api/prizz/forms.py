"""Free fields and files, as forms of workflows and ticket processes want them (P19)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.files import FileSource, upload

if TYPE_CHECKING:
    from airflow_provider_covage.api.request import Part


def merged(fields: Mapping[str, Any] | None, more: Mapping[str, Any], of: str) -> dict[str, Any]:
    """Put the two ways to give free fields together.

    Args:
        fields: Fields given as a dict, for names that are no Python names.
        more: Fields given as keyword arguments.
        of: What they belong to, for the message.

    Returns:
        All fields, those that are None left out.

    Raises:
        InputError: `fields` is no dict, or both ways give the same field.
    """
    if fields is not None and not isinstance(fields, Mapping):
        raise InputError(f"{of}: fields are given as a dict, got {type(fields).__name__}; nothing was sent")
    given = dict(fields or {})
    if twice := sorted(set(given) & set(more)):
        raise InputError(f"{of}: {', '.join(twice)} is given twice; nothing was sent")
    return {str(name): value for name, value in (given | dict(more)).items() if value is not None}


def plain(fields: Mapping[str, Any], of: str) -> Mapping[str, Any]:
    """Check that fields can be sent as JSON.

    Args:
        fields: The fields.
        of: What they belong to, for the message.

    Returns:
        The same fields.

    Raises:
        InputError: One of them is nothing that JSON knows.
    """
    for name, value in fields.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InputError(f"{of}: {name} cannot be sent as JSON ({error}); nothing was sent") from None
    return fields


def parts(fields: Mapping[str, Any], files: Sequence[FileSource], of: str) -> tuple[Part, ...]:
    """Make the parts of a multipart body.

    Args:
        fields: The fields: texts, numbers, booleans, or lists of these, which are repeated.
        files: The files, all under the name `files`.
        of: What they belong to, for the message.

    Returns:
        The parts.

    Raises:
        InputError: A value is nothing that a form can hold, or a file cannot be read.
    """
    texts = [
        (name, _text(item, f"{of}: {name}"))
        for name, value in fields.items()
        for item in (value if isinstance(value, list | tuple) else [value])
    ]
    contents = [
        ("files", upload(file, name=f"file{position}", content_type="application/octet-stream"))
        for position, file in enumerate(_several(files, of), start=1)
    ]
    return (*texts, *contents)


def gaps(fields: Mapping[str, Any], form: Sequence[Mapping[str, Any]]) -> list[str]:
    """Find what a form will miss, and what it does not know.

    Args:
        fields: The fields to be sent.
        form: The form's own fields, as the API lists them: `name`, `required`, perhaps `value`.

    Returns:
        What is wrong, a text each.
    """
    names = [str(one.get("name")) for one in form]
    missing = [
        f"{one.get('name')}{_caption(one)} is missing"
        for one in form
        if one.get("required")
        and one.get("type") != "file"
        and _is_empty(one.get("value"))
        and _is_empty(fields.get(str(one.get("name"))))
    ]
    unknown = [
        f"there is no field {name}{_close(name, names)}" for name in fields if names and name not in names
    ]
    return missing + unknown


def _several(files: Sequence[FileSource], of: str) -> Sequence[FileSource]:
    if isinstance(files, str | bytes) or not isinstance(files, list | tuple):
        raise InputError(f"{of}: files are given as a list, got {type(files).__name__}; nothing was sent")
    return files


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise InputError(f"{where} cannot stand in a form, got {type(value).__name__}; nothing was sent")


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _caption(field: Mapping[str, Any]) -> str:
    return f" ({field['caption']})" if field.get("caption") else ""


def _close(name: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f", did you mean {close[0]}?" if close else ""
