"""The hook of connection type `covage`."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseHook

from airflow_provider_covage import get_provider_info
from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.covage import AsyncCovageClient, CovageClient
from airflow_provider_covage.api.covage.client import authentication
from airflow_provider_covage.api.covage.eligibility import Eligibility
from airflow_provider_covage.api.covage.export import Export
from airflow_provider_covage.api.covage.fon import Fon
from airflow_provider_covage.api.covage.order import ProductOrder, ProductOrderItem
from airflow_provider_covage.api.covage.quote import Quote, QuoteItem
from airflow_provider_covage.api.covage.referential import Referential
from airflow_provider_covage.api.covage.tracking import Order
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.transport import Transport
from airflow_provider_covage.hooks import form, portal
from airflow_provider_covage.hooks.connection import CovageExtra, read_extra, read_settings


class CovageHook(BaseHook):
    """The Covage API behind an Airflow connection: `hook.<resource>.<verb>(...)`.

    One hook has one client with one pooled session; make it where it is used, not at the top of a DAG file.

    Args:
        covage_conn_id: The Airflow connection.
        logger_name: Logger to use in place of Airflow's default for hooks.
    """

    conn_name_attr = "covage_conn_id"
    default_conn_name = "covage_default"
    conn_type = "covage"
    hook_name = "Covage"

    def __init__(self, covage_conn_id: str = default_conn_name, logger_name: str | None = None) -> None:
        super().__init__(logger_name=logger_name)
        self.covage_conn_id = covage_conn_id

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """Give the fields of the connection form to Airflow before 3.2, which asks the hook for them.

        Returns:
            A widget for each extra.
        """
        return form.widgets(get_provider_info(), cls.conn_type)

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Give labels and placeholders to Airflow before 3.2, which asks the hook for them.

        Returns:
            Hidden fields, labels and placeholders.
        """
        return form.behaviour(get_provider_info(), cls.conn_type)

    @property
    def quote(self) -> Quote[Transport]:
        """Quotation baskets."""
        return self.get_conn().quote

    @property
    def quote_item(self) -> QuoteItem[Transport]:
        """Quotation lines."""
        return self.get_conn().quote_item

    @property
    def export(self) -> Export[Transport]:
        """Export tasks."""
        return self.get_conn().export

    @property
    def product_order(self) -> ProductOrder[Transport]:
        """Order sessions."""
        return self.get_conn().product_order

    @property
    def product_order_item(self) -> ProductOrderItem[Transport]:
        """Order lines."""
        return self.get_conn().product_order_item

    @property
    def fon(self) -> Fon[Transport]:
        """Requests for dark fibre."""
        return self.get_conn().fon

    @property
    def eligibility(self) -> Eligibility[Transport]:
        """Eligibility requests."""
        return self.get_conn().eligibility

    @property
    def referential(self) -> Referential[Transport]:
        """Reference data."""
        return self.get_conn().referential

    @property
    def order(self) -> Order[Transport]:
        """Tracked orders."""
        return self.get_conn().order

    def get_conn(self) -> CovageClient:
        """Give the client; the same one at every call.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        return self._client

    async def get_async_conn(self, patience: Patience | None = None) -> AsyncCovageClient:
        """Give a new asynchronous client, for triggers and for reading in bulk; close it after use.

        Args:
            patience: How often its calls are repeated, None for the default.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        settings, auth = _parts(await self.aget_connection(self.covage_conn_id))
        return AsyncCovageClient(dataclasses.replace(settings, patience=patience or settings.patience), auth)

    def portal_link(self, find: Callable[[str], str | None]) -> str | None:
        """Make the address of a record in the portal, by the connection's `portal_url`.

        Args:
            find: Gives the value of a placeholder (`resource`, `id`, `reference`); None where unknown.

        Returns:
            The address; None where the connection has no `portal_url` or a value is missing.

        Raises:
            InputError: The `portal_url` is not usable.
        """
        template = _portal_url(self.get_connection(self.covage_conn_id))
        return portal.link(template, find) if template else None

    def test_connection(self) -> tuple[bool, str]:
        """Try the connection: log in, and read the list of baskets.

        Returns:
            Whether it works, and in words what does not: the host, the login, or the URLs.
        """
        try:
            connection = self.get_connection(self.covage_conn_id)
            settings, auth = _parts(connection)
            if template := _portal_url(connection):
                portal.check(template)
            timeout = min(settings.timeout, 10)
            quick = dataclasses.replace(settings, patience=Patience(attempts=1), timeout=timeout)
            with CovageClient(quick, auth) as client:
                next(client.quote.list(), None)
        except errors.CovageError as error:
            return False, _explain(error)
        return True, f"Connected to {settings.base_url}: logged in and read the list of quotation baskets"

    @functools.cached_property
    def _client(self) -> CovageClient:
        return CovageClient(*_parts(self.get_connection(self.covage_conn_id)))


def _portal_url(connection: Any) -> str:
    # Read by itself: a slip in an address for people stops no order.
    return str(connection.extra_dejson.get("portal_url") or "").strip()


def _parts(connection: Any) -> tuple[Settings, Auth]:
    extra = read_extra(connection, CovageExtra)
    settings = read_settings(connection, extra)
    try:
        auth = authentication(
            login=connection.login,
            password=connection.password,
            token_url=extra.token_url,
            client_id=extra.client_id,
        )
    except errors.InputError as error:
        raise errors.InputError(f"connection {connection.conn_id}: {error}") from None
    return settings, auth


def _explain(error: errors.CovageError) -> str:
    match error:
        case errors.TokenUnavailableError():
            return f"The token endpoint (extra token_url) cannot be used: {error}"
        case errors.ConnectionFailedError():
            return f"The host cannot be reached; check host, schema, port and proxies: {error}"
        case errors.AuthenticationError():
            return f"The login was not accepted; check login, password and client_id: {error}"
        case errors.NotFoundError() | errors.RedirectError() | errors.UnreadableAnswerError():
            return f"The host answers, but not as the Covage API does; check host and token_url: {error}"
        case _:
            return str(error)
