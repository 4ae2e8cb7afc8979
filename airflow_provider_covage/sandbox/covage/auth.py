"""The token endpoint and the tokens it has handed out.

A small part of Keycloak's OpenID Connect token endpoint: the password grant that the public
documentation describes, and the refresh grant that it mentions. Error answers are Keycloak's.
Tokens live in real seconds, whatever the speed of the sandbox, because `expires_in` promises those.
"""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from airflow_provider_covage.sandbox.errors import ApiError
from airflow_provider_covage.sandbox.store import Json

CLIENT_ID = "api-client"
PRUNE_ABOVE = 1000


@dataclass(frozen=True)
class Account:
    """The service account, and how long what it is given lives."""

    login: str = "sandbox"
    password: str = field(default="sandbox", repr=False)
    bearer_token: str | None = field(default=None, repr=False)
    token_lifetime: float = 300.0
    refresh_lifetime: float = 1800.0


class OAuthTokens:
    """Access and refresh tokens with the time at which they stop being valid."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}

    def grant(self, form: Mapping[str, str]) -> Json:
        """Answer a token request."""
        kind = form.get("grant_type")
        if not kind:
            raise _oauth(400, "invalid_request", "Missing form parameter: grant_type")
        if form.get("client_id") != CLIENT_ID:
            raise _oauth(401, "invalid_client", "Invalid client or Invalid client credentials")
        if kind == "password":
            self._check_password(form)
        elif kind == "refresh_token":
            self._check_refresh(form)
        else:
            raise _oauth(400, "unsupported_grant_type", "Unsupported grant_type")
        return self._issue()

    def check(self, authorization: str | None) -> None:
        """Refuse a request that does not carry a valid bearer token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("Authentication credentials were not provided.")
        fixed = self.account.bearer_token
        if fixed is not None and secrets.compare_digest(token.encode(), fixed.encode()):
            return
        if self._access.get(token, 0.0) <= time.monotonic():
            raise unauthorized("Given token not valid for any token type")

    def expire(self, *, refresh: bool = False) -> None:
        """Make every access token invalid now, and on demand every refresh token."""
        self._access.clear()
        if refresh:
            self._refresh.clear()

    def _check_password(self, form: Mapping[str, str]) -> None:
        given = f"{form.get('username', '')}\0{form.get('password', '')}"
        wanted = f"{self.account.login}\0{self.account.password}"
        if not secrets.compare_digest(given.encode(), wanted.encode()):
            raise _oauth(401, "invalid_grant", "Invalid user credentials")

    def _check_refresh(self, form: Mapping[str, str]) -> None:
        token = form.get("refresh_token")
        if not token:
            raise _oauth(400, "invalid_request", "No refresh token")
        if self._refresh.get(token, 0.0) <= time.monotonic():
            raise _oauth(400, "invalid_grant", "Token is not active")

    def _issue(self) -> Json:
        account, now = self.account, time.monotonic()
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access = _pruned(self._access, now)
        self._refresh = _pruned(self._refresh, now)
        self._access[access] = now + account.token_lifetime
        self._refresh[refresh] = now + account.refresh_lifetime
        return {
            "access_token": access,
            "expires_in": _seconds(account.token_lifetime),
            "refresh_token": refresh,
            "refresh_expires_in": _seconds(account.refresh_lifetime),
            "token_type": "Bearer",
            "scope": "email profile",
            "session_state": str(uuid.uuid4()),
        }


def unauthorized(detail: str) -> ApiError:
    """Return the 401 of the API (not documented, C55)."""
    return ApiError(401, {"detail": detail}, {"WWW-Authenticate": 'Bearer realm="api"'})


def _oauth(status: int, error: str, description: str) -> ApiError:
    return ApiError(status, {"error": error, "error_description": description})


def _pruned(tokens: dict[str, float], now: float) -> dict[str, float]:
    if len(tokens) < PRUNE_ABOVE:
        return tokens
    return {token: end for token, end in tokens.items() if end > now}


def _seconds(lifetime: float) -> float:
    return int(lifetime) if float(lifetime).is_integer() else lifetime
