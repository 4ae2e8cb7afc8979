"""The hook of connection type `covage`."""

from __future__ import annotations

from typing import Any

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
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.transport import Transport
from airflow_provider_covage.hooks.base import ApiHook
from airflow_provider_covage.hooks.connection import CovageExtra


class CovageHook(ApiHook[CovageClient, AsyncCovageClient, CovageExtra]):
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
    extra_class = CovageExtra

    def __init__(self, covage_conn_id: str = default_conn_name, logger_name: str | None = None) -> None:
        super().__init__(logger_name=logger_name)
        self.covage_conn_id = covage_conn_id

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

    def _open(self, settings: Settings, auth: Auth) -> CovageClient:
        return CovageClient(settings, auth)

    def _open_async(self, settings: Settings, auth: Auth) -> AsyncCovageClient:
        return AsyncCovageClient(settings, auth)

    def _authenticate(self, connection: Any, extra: CovageExtra) -> Auth:
        return authentication(
            login=connection.login,
            password=connection.password,
            token_url=extra.token_url,
            client_id=extra.client_id,
        )

    def _greet(self, client: CovageClient) -> str:
        with client:
            next(client.quote.list(), None)
        return "logged in and read the list of quotation baskets"

    def _explain(self, error: errors.CovageError) -> str:
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
