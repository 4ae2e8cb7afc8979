"""Addresses of records in the portal for people, made by the template in a connection's `portal_url`.

What paths the portal has is not documented, so the connection says it:
`https://portal.example.net/{resource}/{id}`.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from airflow_provider_covage.api.errors import InputError

PLACEHOLDERS = ("resource", "id", "reference")


def check(template: str) -> None:
    """Check a template.

    Args:
        template: The `portal_url` of a connection.

    Raises:
        InputError: It is no http or https address, holds a login, or has a placeholder that does not exist or
            stands before the path.
    """
    if not template.isprintable() or any(sign.isspace() for sign in template):
        raise InputError("portal_url holds a space or a sign that cannot be printed")
    try:
        fields = [part[1:] for part in string.Formatter().parse(template) if part[1] is not None]
        parts = urlsplit(template)
        _ = parts.port
    except ValueError as error:
        raise InputError(f"portal_url cannot be read: {error}") from None
    wrong = [name for name, spec, conversion in fields if name not in PLACEHOLDERS or spec or conversion]
    if wrong:
        there = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise InputError(f"portal_url: there is no placeholder {{{wrong[0]}}}; there are {there}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError("portal_url has to begin with https:// or http:// and a host")
    if parts.username is not None or parts.password is not None:
        raise InputError("portal_url must not hold a login: everybody who sees the task sees the link")
    if set("{}") & set(parts.netloc):
        raise InputError("portal_url: placeholders stand after the host")


def link(template: str, find: Callable[[str], str | None]) -> str | None:
    """Make the address of a record.

    Args:
        template: The `portal_url` of a connection.
        find: Gives the value of a placeholder that the template has; None where it is not known.

    Returns:
        The address, in which every value is quoted; None when one is missing that the template asks for.

    Raises:
        InputError: The template is not usable.
    """
    check(template)
    wanted = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    values = {name: find(name) for name in wanted}
    if not all(values.values()):
        return None
    return template.format(**{name: quote(str(value), safe="") for name, value in values.items()})
