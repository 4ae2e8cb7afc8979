"""The Covage API as an object: `client.<resource>.<verb>(...)`."""

from __future__ import annotations

from typing import Generic

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.auth import DEFAULT_CLIENT_ID, Auth, PasswordAuth, TokenAuth
from airflow_provider_covage.api.calls import AnyTransport, Recorder
from airflow_provider_covage.api.closing import AsyncClosing, Closing
from airflow_provider_covage.api.covage.eligibility import Eligibility
from airflow_provider_covage.api.covage.export import Export
from airflow_provider_covage.api.covage.fon import Fon
from airflow_provider_covage.api.covage.order import ProductOrder, ProductOrderItem
from airflow_provider_covage.api.covage.quote import Quote, QuoteItem
from airflow_provider_covage.api.covage.referential import Referential
from airflow_provider_covage.api.covage.tracking import Order
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.transport import Transport


class CovageApi(Generic[AnyTransport]):
    """All resources over one transport.

    Args:
        transport: What carries out the calls.
        page_size: Records per page to ask for; None leaves it to the API.
    """

    def __init__(self, transport: AnyTransport, *, page_size: int | None = None) -> None:
        self.transport = transport
        self.quote = Quote(transport, page_size=page_size)
        self.quote_item = QuoteItem(transport, page_size=page_size)
        self.export = Export(transport, page_size=page_size)
        self.product_order = ProductOrder(transport, page_size=page_size)
        self.product_order_item = ProductOrderItem(transport, page_size=page_size)
        self.fon = Fon(transport, page_size=page_size)
        self.eligibility = Eligibility(transport, page_size=page_size)
        self.referential = Referential(transport, page_size=page_size)
        self.order = Order(transport, page_size=page_size)


CALLS = CovageApi(Recorder())
"""The same API sending nothing. Its methods return the calls, for procedures that several drivers run."""


class CovageClient(CovageApi[Transport], Closing):
    """The API for scripts and tasks; threads may share it.

    Args:
        settings: How to reach the API.
        auth: How to authenticate.
    """

    def __init__(self, settings: Settings, auth: Auth) -> None:
        super().__init__(Transport(settings, auth), page_size=settings.page_size)


class AsyncCovageClient(CovageApi[AsyncTransport], AsyncClosing):
    """The API for triggers and for reading in bulk: methods return awaitables, lists are asynchronous.

    Args:
        settings: How to reach the API.
        auth: How to authenticate.
    """

    def __init__(self, settings: Settings, auth: Auth) -> None:
        super().__init__(AsyncTransport(settings, auth), page_size=settings.page_size)


def authentication(
    *,
    login: str | None,
    password: str | None,
    token_url: str | None = None,
    client_id: str | None = None,
) -> Auth:
    """Choose how to authenticate: a login needs the token endpoint, a password alone is a bearer token.

    Args:
        login: Name of the service account.
        password: Its password, or without login the bearer token.
        token_url: Full URL of the token endpoint.
        client_id: OAuth2 client; `api-client` unless given.

    Returns:
        The way to authenticate.

    Raises:
        InputError: Something is missing.
    """
    if not password:
        raise InputError("no password: neither that of the service account nor a bearer token")
    if not login:
        return TokenAuth(password)
    if not token_url:
        raise InputError("no token_url: a login needs the full URL of the token endpoint")
    if not token_url.startswith(("https://", "http://")):
        raise InputError(f"token_url {token_url!r} is no full URL: https://host/... is wanted")
    return PasswordAuth(
        token_url=token_url, username=login, password=password, client_id=client_id or DEFAULT_CLIENT_ID
    )
