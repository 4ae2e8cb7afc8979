"""How to reach an API: what a connection says, checked."""

from __future__ import annotations

import dataclasses
import math
import os
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests.utils

from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.exchange import Pacer, Patience, Terms
from airflow_provider_covage.api.meter import Meter, NoMeter
from airflow_provider_covage.api.request import Request


@dataclasses.dataclass(frozen=True)
class Settings:
    """How to reach an API.

    Args:
        base_url: Scheme, host and port, perhaps a path prefix.
        timeout: Seconds for one request: to connect, and between two pieces of the answer.
        verify: Whether to check the server's certificate, or the path of a CA bundle.
        proxies: Proxy URL by scheme; without it the environment's proxies are used.
        page_size: Records per page to ask for; None leaves it to the API.
        max_connections: Most connections at a time.
        requests_per_second: Most requests in a second; None for no limit.
        patience: How often a call is repeated.
        meter: Is told of each request.
    """

    base_url: str
    timeout: float = 30.0
    verify: bool | str = True
    proxies: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    page_size: int | None = None
    max_connections: int = 10
    requests_per_second: float | None = None
    patience: Patience = dataclasses.field(default_factory=Patience)
    meter: Meter = dataclasses.field(default_factory=NoMeter, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            _ = parts.port
        except ValueError:
            raise InputError("the base URL of the API has no valid host and port") from None
        if "@" in self.base_url or parts.query or parts.fragment:
            # Not quoted: there is a password in it, or a token.
            raise InputError("the base URL of an API holds only scheme, host, port and path")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"{self.base_url!r} is no base URL of an API: https://host is wanted")
        if isinstance(self.verify, str) and not os.path.exists(self.verify):
            raise InputError(f"verify: there is no CA bundle at {self.verify} on this machine")
        for name in ("timeout", "max_connections", "page_size", "requests_per_second"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise InputError(f"{name} has to be more than 0 and finite, got {value}")

    def terms(self, auth: Auth) -> Terms:
        """Give what all exchanges of a client with these settings have in common.

        Args:
            auth: How to authenticate.

        Returns:
            The terms.
        """
        return Terms(self.base_url, auth, self.patience, Pacer(self.requests_per_second), meter=self.meter)

    def url(self, request: Request) -> str:
        """Give the full URL of a request.

        Args:
            request: The request.

        Returns:
            The URL, without the query.
        """
        return request.url or self.base_url.rstrip("/") + request.path

    @property
    def ca_bundle(self) -> str | None:
        """Path of the CA bundle to check certificates with, None for the library's own."""
        if isinstance(self.verify, str):
            return self.verify
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        return bundle if self.verify else None

    def trust(self) -> ssl.SSLContext | bool:
        """Say whom to trust; reads the bundle, which takes tens of milliseconds.

        Returns:
            A context made of the bundle, or whether to check certificates by the library's own.

        Raises:
            InputError: The bundle cannot be used.
        """
        bundle = self.ca_bundle
        if bundle is None:
            return bool(self.verify)
        try:
            if os.path.isdir(bundle):
                return ssl.create_default_context(capath=bundle)
            return ssl.create_default_context(cafile=bundle)
        except OSError as error:
            raise InputError(f"verify: {bundle} is no CA bundle that can be used here ({error})") from None

    def proxy_for(self, url: str) -> str | None:
        """Choose the proxy for a URL.

        Args:
            url: Full URL.

        Returns:
            URL of the proxy, None for a direct connection.
        """
        proxies = self.proxies
        if proxies is None:
            proxies = requests.utils.get_environ_proxies(url, no_proxy=None)
        self.check_proxies()
        return requests.utils.select_proxy(url, proxies)

    def check_proxies(self) -> None:
        """Check the URLs of the proxies, without showing them: they can hold a password.

        Raises:
            InputError: One is no http or https URL.
        """
        for scheme, proxy in (self.proxies or {}).items():
            try:
                parts = urlsplit(proxy)
                is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            except ValueError:
                is_good = False
            if not is_good:
                raise InputError(f"proxies: that for {scheme} is no URL such as http://proxy:3128")
