"""What a sandbox says to a wrong request.

Errors are kept as Django REST framework words them, `{"field": ["message"]}` for what is wrong with a
field, `{"detail": "message"}` for the rest; each API gives them the form that its clients see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MESSAGES = {
    "missing": "This field is required.",
    "extra_forbidden": "Unknown field.",
    "string_type": "Not a valid string.",
    "string_too_short": "This field may not be blank.",
    "list_type": "Expected a list of items.",
    "model_type": "Invalid data. Expected a dictionary.",
    "model_attributes_type": "Invalid data. Expected a dictionary.",
    "dict_type": "Invalid data. Expected a dictionary.",
}
REQUIRED = [MESSAGES["missing"]]


class ApiError(Exception):
    """An answer that says no, raised from anywhere below a request."""

    def __init__(
        self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep what will be answered."""
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers


def invalid(**fields: Any) -> ApiError:
    """Return a 400 that names the fields."""
    return ApiError(400, fields)


def refused(detail: str) -> ApiError:
    """Return a 400 that is about no single field."""
    return ApiError(400, {"detail": detail})


def not_found() -> ApiError:
    """Return the 404 for an id that does not exist here."""
    return ApiError(404, {"detail": "Not found."})


def from_validation(errors: Sequence[Any]) -> ApiError:
    """Turn the list of validation errors of a body into the one answer, field by field."""
    body: dict[str, Any] = {}
    for error in errors:
        path = [part for part in error["loc"] if part not in ("body", "query", "path")]
        if error["type"] == "json_invalid":
            return refused(f"JSON parse error - {error.get('ctx', {}).get('error', 'invalid')}")
        if not path:
            return refused("The body has to be a JSON object.")
        _place(body, [str(part).encode(errors="replace").decode() for part in path], _message(error))
    return ApiError(400, body)


def _message(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind.endswith("_type") and error.get("input") is None:
        return "This field may not be null."
    return MESSAGES.get(kind) or str(error["msg"]).removeprefix("Value error, ")


def _place(body: dict[str, Any], path: list[str], message: str) -> None:
    """Put a message at its path; the elements of lists are keyed by their position."""
    for part in path[:-1]:
        inner = body.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        body = inner
    messages = body.setdefault(path[-1], [])
    if isinstance(messages, list) and message not in messages:
        messages.append(message)


def flat(body: object, path: list[str | int]) -> Iterator[dict[str, Any]]:
    """Yield the messages of an error as a list of `loc` and `msg`."""
    if isinstance(body, Mapping):
        for key, value in body.items():
            yield from flat(value, [*path, key])
    elif isinstance(body, list | tuple):
        for index, value in enumerate(body):
            inner = isinstance(value, Mapping)
            yield from flat(value, [*path, index] if inner else path)
    else:
        yield {"type": "value_error", "loc": path, "msg": body}
