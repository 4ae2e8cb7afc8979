"""Tokens: one made in the customer area, which lasts, and those of the legacy API, which do not.

The answer of `/sicom/auth` is not documented. Access tokens live in real seconds, whatever the speed of
the sandbox, because `expires_in` promises those.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from airflow_provider_covage.sandbox.errors import ApiError
from airflow_provider_covage.sandbox.store import Json


@dataclass(frozen=True)
class PrizzAccount:
    """Who may use the API, and how long an access token lives."""

    email: str = "sandbox@example.com"
    password: str = field(default="sandbox", repr=False)
    api_token: str = field(default="sandbox-token", repr=False)
    token_lifetime: float = 300.0


class PrizzTokens:
    """The API token and the access tokens that were handed out.

    Args:
        account: Who may use the API.
        bare: Whether a token without anything before it is taken (P25).
    """

    def __init__(self, account: PrizzAccount, *, bare: bool) -> None:
        self.account = account
        self._bare = bare
        self._access: dict[str, float] = {}
        self._made: set[str] = {account.api_token}

    def add(self, token: str) -> None:
        """Take a token that was made in the customer area from now on."""
        self._made.add(token)

    def remove(self, token: str) -> None:
        """Take a token that was made in the customer area no longer."""
        self._made.discard(token)

    def grant(self, email: str, password: str) -> Json:
        """Return an access token for an e-mail address and its password."""
        given, wanted = f"{email}\0{password}", f"{self.account.email}\0{self.account.password}"
        if not secrets.compare_digest(given.encode(), wanted.encode()):
            raise ApiError(401, {"detail": "Invalid credentials."})
        token, lifetime = secrets.token_urlsafe(32), self.account.token_lifetime
        self._access[token] = time.monotonic() + lifetime
        return {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}

    def check(self, authorization: str | None) -> None:
        """Refuse a request without a valid `Token <api token>` or `Bearer <access token>`."""
        scheme, _, token = (authorization or "").partition(" ")
        if self._bare and scheme and not token:
            scheme, token = "token", scheme
        if scheme.lower() == "token" and token in self._made:
            return
        if scheme.lower() == "bearer" and self._access.get(token, 0.0) > time.monotonic():
            return
        raise unauthorized()

    def expire(self, *, refresh: bool = False) -> None:
        """Make every access token invalid now; the API token lasts, and nothing can be refreshed."""
        self._access.clear()


def unauthorized() -> ApiError:
    """Return the 401 of the API."""
    return ApiError(401, {"detail": "Authentication needed."}, {"WWW-Authenticate": "Token"})
