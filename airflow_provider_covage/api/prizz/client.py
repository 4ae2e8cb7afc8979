"""The Prizz API as an object: `client.<resource>.<verb>(...)`."""

from __future__ import annotations

from typing import Generic

from airflow_provider_covage.api.async_transport import AsyncTransport
from airflow_provider_covage.api.auth import Auth, TokenAuth
from airflow_provider_covage.api.calls import AnyTransport, Recorder
from airflow_provider_covage.api.closing import AsyncClosing, Closing
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.prizz.appointments import Appointment
from airflow_provider_covage.api.prizz.attachments import Attachment
from airflow_provider_covage.api.prizz.catalogue import Offer, PriceList
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

TOKEN_PREFIXES = ("Token", "Bearer")
"""Schemes of the Authorization header, for tokens of the customer area and of the legacy API (P25)."""


class PrizzApi(Generic[AnyTransport]):
    """All resources over one transport.

    Args:
        transport: What carries out the calls.
        page_size: Records per page to ask for; None leaves it to the API.
    """

    def __init__(self, transport: AnyTransport, *, page_size: int | None = None) -> None:
        self.transport = transport
        self.user = User(transport, page_size=page_size)
        self.client_legal_entity = ClientLegalEntity(transport, page_size=page_size)
        self.legal_entity = LegalEntity(transport, page_size=page_size)
        self.eligibility = Eligibility(transport, page_size=page_size)
        self.offer = Offer(transport, page_size=page_size)
        self.price_list = PriceList(transport, page_size=page_size)
        self.commercial_offer = CommercialOffer(transport, page_size=page_size)
        self.commercial_offer_section = CommercialOfferSection(transport, page_size=page_size)
        self.commercial_offer_item = CommercialOfferItem(transport, page_size=page_size)
        self.service_contract = ServiceContract(transport, page_size=page_size)
        self.service = Service(transport, page_size=page_size)
        self.appointment = Appointment(transport, page_size=page_size)
        self.attachment = Attachment(transport, page_size=page_size)
        self.comment_thread = CommentThread(transport, page_size=page_size)
        self.invoice = Invoice(transport, page_size=page_size)
        self.ticket = Ticket(transport, page_size=page_size)
        self.process = Process(transport, page_size=page_size)
        self.workflow = Workflow(transport, page_size=page_size)
        self.search = Search(transport, page_size=page_size)


CALLS = PrizzApi(Recorder())
"""The same API sending nothing. Its methods return the calls, for procedures that several drivers run."""


class PrizzClient(PrizzApi[Transport], Closing):
    """The API for scripts and tasks; threads may share it.

    Args:
        settings: How to reach the API.
        auth: How to authenticate.
    """

    def __init__(self, settings: Settings, auth: Auth) -> None:
        super().__init__(Transport(settings, auth), page_size=settings.page_size)


class AsyncPrizzClient(PrizzApi[AsyncTransport], AsyncClosing):
    """The API for triggers and for reading in bulk: methods return awaitables, lists are asynchronous.

    Args:
        settings: How to reach the API.
        auth: How to authenticate.
    """

    def __init__(self, settings: Settings, auth: Auth) -> None:
        super().__init__(AsyncTransport(settings, auth), page_size=settings.page_size)


def authentication(token: str | None, prefix: str | None = None) -> Auth:
    """Say how to authenticate.

    Args:
        token: The token.
        prefix: Scheme before it, `Token` unless given.

    Returns:
        The way to authenticate.

    Raises:
        InputError: There is no token, or the scheme stands in it, or is another one.
    """
    if not token or not token.strip():
        raise InputError("no password: the API token is wanted there")
    if token.strip().partition(" ")[0].capitalize() in TOKEN_PREFIXES and " " in token.strip():
        raise InputError("the password is the token alone; the word before it is the extra token_prefix")
    chosen = (prefix or TOKEN_PREFIXES[0]).strip().capitalize()
    if chosen not in TOKEN_PREFIXES:
        raise InputError(f"token_prefix is Token or Bearer, got {prefix!r}")
    return TokenAuth(token.strip(), chosen)
