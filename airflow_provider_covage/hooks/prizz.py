"""The hook of connection type `prizz`."""

from __future__ import annotations

from typing import Any

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.prizz import AsyncPrizzClient, PrizzClient
from airflow_provider_covage.api.prizz.appointments import Appointment
from airflow_provider_covage.api.prizz.attachments import Attachment
from airflow_provider_covage.api.prizz.catalogue import Offer, PriceList
from airflow_provider_covage.api.prizz.client import authentication
from airflow_provider_covage.api.prizz.comments import CommentThread
from airflow_provider_covage.api.prizz.companies import ClientLegalEntity, LegalEntity
from airflow_provider_covage.api.prizz.contracts import Service, ServiceContract
from airflow_provider_covage.api.prizz.eligibility import Eligibility
from airflow_provider_covage.api.prizz.invoices import Invoice
from airflow_provider_covage.api.prizz.offers import (
    CommercialOffer,
    CommercialOfferItem,
    CommercialOfferSection,
)
from airflow_provider_covage.api.prizz.search import Search
from airflow_provider_covage.api.prizz.tickets import Process, Ticket
from airflow_provider_covage.api.prizz.users import User
from airflow_provider_covage.api.prizz.workflows import Workflow
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.transport import Transport
from airflow_provider_covage.hooks.base import ApiHook
from airflow_provider_covage.hooks.connection import PrizzExtra


class PrizzHook(ApiHook[PrizzClient, AsyncPrizzClient, PrizzExtra]):
    """The Prizz API behind an Airflow connection: `hook.<resource>.<verb>(...)`.

    One hook has one client with one pooled session; make it where it is used, not at the top of a DAG file.

    Args:
        prizz_conn_id: The Airflow connection.
        logger_name: Logger to use in place of Airflow's default for hooks.
    """

    conn_name_attr = "prizz_conn_id"
    default_conn_name = "prizz_default"
    conn_type = "prizz"
    hook_name = "Prizz-Telecom"
    extra_class = PrizzExtra

    def __init__(self, prizz_conn_id: str = default_conn_name, logger_name: str | None = None) -> None:
        super().__init__(logger_name=logger_name)
        self.prizz_conn_id = prizz_conn_id

    @property
    def user(self) -> User[Transport]:
        """The user that the token belongs to."""
        return self.get_conn().user

    @property
    def client_legal_entity(self) -> ClientLegalEntity[Transport]:
        """Customer companies."""
        return self.get_conn().client_legal_entity

    @property
    def legal_entity(self) -> LegalEntity[Transport]:
        """Selling companies."""
        return self.get_conn().legal_entity

    @property
    def eligibility(self) -> Eligibility[Transport]:
        """Eligibility requests."""
        return self.get_conn().eligibility

    @property
    def offer(self) -> Offer[Transport]:
        """Offers of the catalogue."""
        return self.get_conn().offer

    @property
    def price_list(self) -> PriceList[Transport]:
        """Price lists."""
        return self.get_conn().price_list

    @property
    def commercial_offer(self) -> CommercialOffer[Transport]:
        """Commercial offers."""
        return self.get_conn().commercial_offer

    @property
    def commercial_offer_section(self) -> CommercialOfferSection[Transport]:
        """Sections of commercial offers."""
        return self.get_conn().commercial_offer_section

    @property
    def commercial_offer_item(self) -> CommercialOfferItem[Transport]:
        """Items of sections."""
        return self.get_conn().commercial_offer_item

    @property
    def service_contract(self) -> ServiceContract[Transport]:
        """Service contracts."""
        return self.get_conn().service_contract

    @property
    def service(self) -> Service[Transport]:
        """Services inside the contracts."""
        return self.get_conn().service

    @property
    def appointment(self) -> Appointment[Transport]:
        """Appointments."""
        return self.get_conn().appointment

    @property
    def attachment(self) -> Attachment[Transport]:
        """Attachments."""
        return self.get_conn().attachment

    @property
    def comment_thread(self) -> CommentThread[Transport]:
        """Comment threads."""
        return self.get_conn().comment_thread

    @property
    def invoice(self) -> Invoice[Transport]:
        """Invoices."""
        return self.get_conn().invoice

    @property
    def ticket(self) -> Ticket[Transport]:
        """Tickets."""
        return self.get_conn().ticket

    @property
    def process(self) -> Process[Transport]:
        """Processes of tickets."""
        return self.get_conn().process

    @property
    def workflow(self) -> Workflow[Transport]:
        """Workflows."""
        return self.get_conn().workflow

    @property
    def search(self) -> Search[Transport]:
        """Searching by text."""
        return self.get_conn().search

    def _open(self, settings: Settings, auth: Auth) -> PrizzClient:
        return PrizzClient(settings, auth)

    def _open_async(self, settings: Settings, auth: Auth) -> AsyncPrizzClient:
        return AsyncPrizzClient(settings, auth)

    def _authenticate(self, connection: Any, extra: PrizzExtra) -> Auth:
        return authentication(connection.password, extra.token_prefix)

    def _greet(self, client: PrizzClient) -> str:
        with client:
            user = client.user.me()
        name = " ".join(str(user[key]) for key in ("firstname", "lastname") if user.get(key))
        return f"the token is that of {name or 'user'} {user.get('email') or user.get('id')}"

    def _explain(self, error: errors.CovageError) -> str:
        match error:
            case errors.ConnectionFailedError():
                return f"The host cannot be reached; check host, schema, port and proxies: {error}"
            case errors.AuthenticationError():
                return (
                    "The token was not accepted; check the password and the extra token_prefix, and that the "
                    f"token was made on this host (those of production are not valid on test): {error}"
                )
            case errors.NotFoundError() | errors.RedirectError() | errors.UnreadableAnswerError():
                return f"The host answers, but not as the Prizz API does; check host: {error}"
            case _:
                return str(error)
