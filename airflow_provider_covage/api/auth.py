"""Proving who asks: OAuth2's password grant with refresh, or a fixed token. No I/O here."""

from __future__ import annotations

import dataclasses
import logging
import math
import time
from collections.abc import Callable, Generator
from typing import Any, Protocol
from urllib.parse import urlsplit

from oauthlib.oauth2 import LegacyApplicationClient, OAuth2Error

from airflow_provider_covage.api import answers, errors
from airflow_provider_covage.api.meter import LOGIN, REFRESH
from airflow_provider_covage.api.request import Answer, Request

log = logging.getLogger(__name__)

DEFAULT_CLIENT_ID = "api-client"
_MOST_MARGIN = 30.0
_MARGIN_SHARE = 0.1


class Auth(Protocol):
    """What the exchange needs of a way to authenticate."""

    @property
    def at_hand(self) -> str | None:
        """The value of the Authorization header, None while `obtain` has to be asked for it."""

    def obtain(self) -> Generator[Request, Answer, str]:
        """Get a valid value of the Authorization header; yields the requests that this takes."""

    def reject(self, header: str) -> bool:
        """Learn that the API did not accept a header.

        Args:
            header: The value that was sent.

        Returns:
            Whether `obtain` may now give a better one.
        """


class TokenAuth:
    """A fixed token.

    Args:
        token: The token.
        prefix: The scheme before it.
    """

    def __init__(self, token: str, prefix: str = "Bearer") -> None:
        token = token.strip(" ")
        self._header = f"{prefix} {token}" if _can_be_sent(token) else None

    @property
    def at_hand(self) -> str | None:
        """The value of the Authorization header, None for one that cannot be sent."""
        return self._header

    def obtain(self) -> Generator[Request, Answer, str]:
        """Give the header; nothing has to be asked.

        Returns:
            The value of the Authorization header.

        Raises:
            InputError: The token has characters that no header can hold.
        """
        yield from ()
        if self._header is None:
            raise errors.InputError("the token of the connection holds characters that no header can have")
        return self._header

    def reject(self, header: str) -> bool:
        """Learn that the API did not accept the token.

        Args:
            header: The value that was sent.

        Returns:
            False: there is no other token.
        """
        return False


@dataclasses.dataclass(frozen=True)
class _Token:
    header: str = dataclasses.field(repr=False)
    renew_at: float
    refresh: str | None = dataclasses.field(repr=False)
    refresh_until: float


class PasswordAuth:
    """OAuth2's password grant, its refresh token, and the password again when that has expired too.

    The token is renewed some time before it expires: a tenth of its life, at most 30 seconds.

    Args:
        token_url: Full URL of the token endpoint.
        username: Login of the service account.
        password: Its password.
        client_id: OAuth2 client.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        *,
        token_url: str,
        username: str,
        password: str,
        client_id: str = DEFAULT_CLIENT_ID,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = token_url
        self._username = username
        self._password = password
        self._oauth = LegacyApplicationClient(client_id=client_id)
        self._clock = clock
        self._token: _Token | None = None

    @property
    def at_hand(self) -> str | None:
        """The value of the Authorization header, None while there is no token that is good for a while."""
        token = self._token
        return token.header if token and self._clock() < token.renew_at else None

    def obtain(self) -> Generator[Request, Answer, str]:
        """Give the header of a token that is good for a while, after asking for one where needed.

        Yields:
            Requests to the token endpoint.

        Returns:
            The value of the Authorization header.

        Raises:
            AuthenticationError: The token endpoint does not accept the login.
            NotFoundError: There is no token endpoint at token_url.
            UnreadableAnswerError: What answers there is no token endpoint.
        """
        if header := self.at_hand:
            return header
        now = self._clock()
        self._token = (yield from self._refreshed(now)) or (yield from self._with_password())
        return self._token.header

    def reject(self, header: str) -> bool:
        """Learn that the API did not accept a token.

        Args:
            header: The value that was sent.

        Returns:
            True: `obtain` will ask for another one, unless that has happened since.
        """
        if self._token and self._token.header == header:
            self._token = dataclasses.replace(self._token, renew_at=0.0)
        return True

    def _refreshed(self, now: float) -> Generator[Request, Answer, _Token | None]:
        if not (self._token and self._token.refresh and now < self._token.refresh_until):
            return None
        answer = yield self._request(
            self._oauth.prepare_refresh_body(
                refresh_token=self._token.refresh, client_id=self._oauth.client_id
            ),
            REFRESH,
        )
        if answer.status in (400, 401):
            log.info("The refresh token is no longer accepted, logging in again")
            return None
        return self._read(answer)

    def _with_password(self) -> Generator[Request, Answer, _Token]:
        body = self._oauth.prepare_request_body(
            username=self._username, password=self._password, include_client_id=True
        )
        return self._read((yield self._request(body, LOGIN)))

    def _request(self, body: str, operation: str) -> Request:
        where = urlsplit(self._token_url).path or "/"
        return Request("POST", where, url=self._token_url, form=body, operation=operation)

    def _read(self, answer: Answer) -> _Token:
        if answer.status in (400, 401):
            raise errors.AuthenticationError(
                answers.exchange_of(answer), what="did not accept the login of the connection"
            )
        if not answer.ok:
            raise answers.failure(answer)
        if answers.is_html(answer):
            raise answers.unreadable(answer, "an HTML page: token_url is not that of a token endpoint")
        try:
            token = self._oauth.parse_request_body_response(answer.body.decode())
        except (OAuth2Error, ArithmeticError, ValueError, TypeError, AttributeError, RecursionError):
            token = None
        if not isinstance(token, dict) or not _can_be_sent(token.get("access_token")):
            raise answers.unreadable(answer, "no access token: is token_url right?")
        refresh = token.get("refresh_token")
        now, life = self._clock(), _seconds(token.get("expires_in"), otherwise=60.0)
        return _Token(
            header=f"Bearer {token['access_token']}",
            renew_at=now + life - min(_MOST_MARGIN, life * _MARGIN_SHARE),
            refresh=refresh if _can_be_sent(refresh) else None,
            # Unknown or 0 (a session without end): it is tried, and the password follows when it is refused.
            refresh_until=now + _seconds(token.get("refresh_expires_in"), otherwise=math.inf) - 1,
        )


def _seconds(value: Any, *, otherwise: float) -> float:
    try:
        seconds = float(value or otherwise)
    except (ArithmeticError, TypeError, ValueError):
        return otherwise
    return seconds if seconds > 0 else otherwise


def _can_be_sent(token: Any) -> bool:
    return isinstance(token, str) and bool(token) and token.isascii() and token.isprintable()
