"""Following links that the API gives, without ever leaving the connection's host; and where hosts are."""

from __future__ import annotations

import dataclasses
import ipaddress
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from airflow_provider_covage.api.request import Request


def follow(link: str, *, start: Request, base_url: str) -> Request | None:
    """Turn a link into a request for the same host.

    Args:
        link: A full URL, a path or a query, as found in an answer.
        start: The request whose answer held it.
        base_url: Base URL of the API.

    Returns:
        The request, None when the link leads to another host or makes no sense. Filters of the first
        request that the link does not mention are kept.
    """
    try:
        base, parts = urlsplit(base_url), urlsplit(link)
        if parts.scheme not in ("", "http", "https") or (parts.netloc and not _same_host(base, parts)):
            return None
    except ValueError:
        return None
    path = urlsplit(urljoin(start.path, parts.path)).path if parts.path else start.path
    prefix = base.path.rstrip("/")
    if prefix and path.startswith(prefix + "/"):
        path = path[len(prefix) :]
    return dataclasses.replace(start, path=path, params={**start.params, **_grouped(parts.query)})


def is_this_machine(host: str) -> bool:
    """Say whether a host is the machine that asks.

    Args:
        host: A name or an address, without port.

    Returns:
        Whether it is a loopback address or `localhost`; other names are not looked up.
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _same_host(base: SplitResult, link: SplitResult) -> bool:
    # Behind a proxy that ends TLS, links may name the plain scheme and no port. The request goes to the
    # connection's own base URL in any case; this only finds links that mean another place.
    return link.hostname == base.hostname and link.port in (None, 80, 443, base.port)


def _grouped(query: str) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        grouped.setdefault(name, []).append(value)
    return grouped
