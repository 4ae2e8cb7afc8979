"""Reading an Airflow connection: base URL, extras and credentials, each checked before anything is sent."""

from __future__ import annotations

import difflib
import logging
from typing import Annotated, Any, TypeVar

from airflow.sdk.log import mask_secret
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, ValidationError

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.settings import Settings

log = logging.getLogger(__name__)


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _default(fallback: float) -> BeforeValidator:
    return BeforeValidator(lambda value: fallback if _blank_to_none(value) is None else value)


def _verify(value: Any) -> Any:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": True}
    if value is None:
        return True
    return words.get(value.strip().lower(), value.strip()) if isinstance(value, str) else value


class Extra(BaseModel):
    """The extras of a connection that both APIs know; the form of the UI sends texts and blanks."""

    model_config = ConfigDict(extra="allow")

    timeout: Annotated[float, _default(30)] = 30
    verify: Annotated[bool | str, BeforeValidator(_verify)] = True
    proxies: Annotated[dict[str, str] | Json[dict[str, str]] | None, BeforeValidator(_blank_to_none)] = Field(
        default=None, repr=False
    )
    page_size: Annotated[int | None, BeforeValidator(_blank_to_none)] = None
    max_connections: Annotated[int, _default(10)] = 10
    requests_per_second: Annotated[float | None, BeforeValidator(_blank_to_none)] = None
    portal_url: Annotated[str | None, BeforeValidator(_blank_to_none)] = None


class CovageExtra(Extra):
    """The extras of a Covage connection."""

    token_url: Annotated[str | None, BeforeValidator(_blank_to_none)] = None
    client_id: Annotated[str | None, BeforeValidator(_blank_to_none)] = None


class PrizzExtra(Extra):
    """The extras of a Prizz connection."""

    token_prefix: Annotated[str | None, BeforeValidator(_blank_to_none)] = None


ExtraT = TypeVar("ExtraT", bound=Extra)
"""The extras of one connection type."""


def read_extra(connection: Any, model: type[ExtraT]) -> ExtraT:
    """Read the extras of a connection.

    Args:
        connection: The Airflow connection.
        model: The extras that its type knows.

    Returns:
        The extras.

    Raises:
        InputError: One is not of its kind; values are not shown, they may be secret.
    """
    try:
        extra = model.model_validate(connection.extra_dejson)
    except ValidationError as error:
        slips = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors(include_input=False))
        raise InputError(f"connection {connection.conn_id}: extra {slips}") from None
    for name in extra.model_extra or {}:
        close = difflib.get_close_matches(name, model.model_fields, n=1)
        hint = f", did you mean {close[0]}?" if close else ""
        log.warning("connection %s: extra %s is not known and not used%s", connection.conn_id, name, hint)
    for proxy in (extra.proxies or {}).values():
        mask_secret(proxy)
    return extra


def read_settings(connection: Any, extra: Extra) -> Settings:
    """Say how to reach the API of a connection.

    Args:
        connection: The Airflow connection.
        extra: Its extras.

    Returns:
        The settings.

    Raises:
        InputError: There is no host, or a value makes no sense.
    """
    try:
        settings = Settings(
            base_url=_base_url(connection),
            timeout=extra.timeout,
            verify=extra.verify,
            proxies=extra.proxies,
            page_size=extra.page_size,
            max_connections=extra.max_connections,
            requests_per_second=extra.requests_per_second,
        )
        settings.check_proxies()
    except InputError as error:
        raise InputError(f"connection {connection.conn_id}: {error}") from None
    return settings


def _base_url(connection: Any) -> str:
    host = (connection.host or "").strip()
    if not host:
        raise InputError("no host: the base URL of the API is wanted there, such as https://api.example.net")
    if "://" not in host:
        name = f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
        host = f"{connection.schema or 'https'}://{name}"
    scheme, _, rest = host.partition("://")
    authority, slash, path = rest.partition("/")
    if authority and connection.port and ":" not in authority.rpartition("]")[2]:
        authority = f"{authority}:{connection.port}"
    return f"{scheme}://{authority}{slash}{path}".rstrip("/") if authority else host
