"""What is sent and what comes back, as values: no I/O here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.files import Upload

Params = Mapping[str, Any]

Part = tuple[str, str | Upload]
"""A part of a multipart body: its name, and a text or a file."""


def path(*segments: str) -> str:
    """Build a path under `/api/v1/`, with the trailing slash that every operation takes (C39).

    Args:
        *segments: Fixed words and identifiers; each stays one segment, whatever it contains.

    Returns:
        The quoted path.

    Raises:
        InputError: An identifier is empty, is no text or could leave its place in the path.
    """
    return "/api/v1/" + "".join(f"{segment(value)}/" for value in segments)


def segment(value: str) -> str:
    """Quote one identifier for use in a path.

    Args:
        value: The identifier.

    Returns:
        The identifier with everything but letters, digits and `-._~` percent-encoded.

    Raises:
        InputError: It is empty, is no text, holds control characters, or is `.` or `..`.
    """
    if not isinstance(value, str):
        raise InputError(f"an identifier has to be a text, got {type(value).__name__}: {value!r}")
    if not value.strip():
        raise InputError("an identifier is empty; was the task that should return it skipped?")
    if value in (".", "..") or not value.isprintable():
        raise InputError(f"{value!r} is no identifier")
    return quote(value, safe="")


@dataclasses.dataclass(frozen=True)
class Request:
    """One request, before authentication.

    Args:
        method: HTTP method.
        path: Quoted path from the root of the API.
        params: Query parameters; None values are left out.
        json: Body to send as JSON.
        form: Form-encoded body (the token endpoint); never shown.
        parts: Body to send as multipart/form-data; empty parts make an empty form.
        url: Full URL, for what is not under the connection's base URL (the token endpoint); never shown.
        anonymous: Whether it goes without the connection's credentials.
        accept: Media types asked for.
        operation: What it is counted as: `<resource>.<verb>`.
    """

    method: str
    path: str
    params: Params = dataclasses.field(default_factory=dict)
    json: Any = None
    form: str | None = dataclasses.field(default=None, repr=False)
    parts: tuple[Part, ...] | None = None
    url: str | None = dataclasses.field(default=None, repr=False)
    anonymous: bool = False
    accept: str = "application/json"
    operation: str = ""

    @property
    def is_write(self) -> bool:
        """Whether the request changes something; the token endpoint does not count."""
        return self.method not in ("GET", "HEAD") and self.form is None

    @property
    def query(self) -> list[tuple[str, str]]:
        """Query parameters as the wire wants them: arrays repeated, booleans in lower case."""
        pairs: list[tuple[str, str]] = []
        for name, value in self.params.items():
            values = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, _text(item)) for item in values if item is not None]
        return pairs


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer, read to its end.

    Args:
        request: What was asked.
        status: HTTP status.
        headers: Header fields, names in lower case.
        body: The whole body; empty when it went to a sink.
        stored: Where a sink put the body, else None.
        secrets: What was sent to prove who asks, and may not be repeated in a message.
    """

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes = dataclasses.field(default=b"", repr=False)
    stored: Any = None
    secrets: tuple[str, ...] = dataclasses.field(default=(), repr=False)

    def without_secrets(self, text: str) -> str:
        """Take out of a text what must not be shown, should the API repeat what it was sent.

        Args:
            text: Words of the answer.

        Returns:
            The words, secrets replaced by stars.
        """
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """Media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
