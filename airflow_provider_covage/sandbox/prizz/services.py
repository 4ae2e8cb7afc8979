"""Which method serves which operation, and how its answer is described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow_provider_covage.sandbox.blueprint import Endpoint
from airflow_provider_covage.sandbox.prizz import (
    attachments,
    comments,
    contracts,
    eligibilities,
    files,
    forms,
    invoices,
    offers,
    pricing,
    reference,
    searching,
    tickets,
    workflows,
)
from airflow_provider_covage.sandbox.prizz.answers import catalogue as c
from airflow_provider_covage.sandbox.prizz.answers import contract as k
from airflow_provider_covage.sandbox.prizz.answers import eligibility as e
from airflow_provider_covage.sandbox.prizz.answers import exploitation as x
from airflow_provider_covage.sandbox.prizz.answers import invoice as i
from airflow_provider_covage.sandbox.prizz.answers import offer as o
from airflow_provider_covage.sandbox.prizz.answers import people as p
from airflow_provider_covage.sandbox.prizz.answers import records as r
from airflow_provider_covage.sandbox.prizz.answers import workflow as w
from airflow_provider_covage.sandbox.prizz.answers.common import AccessToken, Done, Page, Signature
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.appointments import Appointments
from airflow_provider_covage.sandbox.prizz.effects import Effects
from airflow_provider_covage.sandbox.prizz.lists import Filters
from airflow_provider_covage.sandbox.prizz.login import Login
from airflow_provider_covage.sandbox.prizz.processes import Processes
from airflow_provider_covage.sandbox.prizz.sections import Sections
from airflow_provider_covage.sandbox.prizz.signing import Signing
from airflow_provider_covage.sandbox.prizz.submission import Submission
from airflow_provider_covage.sandbox.prizz.world import World

IDS = reference.IDS
FOUND = r.ClientLegalEntitySearch | r.CommercialOfferSearch | r.InvoiceSearch | r.ServiceContractSearch


def _listed(method: Callable[..., Any], model: Any, filters: Filters) -> Endpoint:
    return Endpoint(method, Page[model], parameters=filters.parameters())


class Services:
    """The resources of one sandbox, which know each other as far as they have to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.login = Login(world)
        self.reference = reference.Reference(world)
        self.pricing = pricing.Pricing(world)
        self.eligibilities = eligibilities.Eligibilities(world)
        self.attachments = attachments.Attachments(world)
        self.appointments = Appointments(world)
        self.invoices = invoices.Invoices(world, self.attachments)
        self.contracts = contracts.Contracts(world, self.appointments, self.invoices, self.attachments)
        self.offers = offers.Offers(world, self.attachments)
        self.submission = Submission(world, self.offers)
        self.sections = Sections(world, self.offers, self.submission, self.eligibilities)
        self.signing = Signing(world, self.contracts)
        self.comments = comments.Comments(world)
        self.processes = Processes(world)
        self.tickets = tickets.Tickets(world, self.processes)
        effects = Effects(
            world, self.sections, self.signing, self.contracts, self.appointments, self.comments
        )
        self.workflows = workflows.Workflows(world, effects)
        self.searching = searching.Searching(world)
        self.fill()

    def fill(self) -> None:
        """Keep what is there from the beginning."""
        self.reference.fill()
        self.tickets.fill()
        self.attachments.fill()

    def endpoints(self) -> dict[str, Endpoint]:
        """Return what serves each operation."""
        return {
            "auth.token": Endpoint(self.login.grant, AccessToken, open=True),
            **self._of_reference(),
            **self._of_catalogue(),
            **self._of_offers(),
            **self._of_contracts(),
            **self._of_records(),
            **self._of_tickets(),
            **self._of_workflows(),
            "search.query": Endpoint(self.searching.query, list[FOUND], parameters=searching.PARAMETERS),
        }

    def _of_reference(self) -> dict[str, Endpoint]:
        known, asked = self.reference, self.eligibilities
        return {
            "user.api_tokens": _listed(known.api_tokens, p.UserApiToken, reference.TOKENS),
            "user.me": Endpoint(known.me, p.User),
            "client_legal_entity.list": _listed(known.clients, ClientLegalEntity, reference.CLIENTS),
            "client_legal_entity.get": Endpoint(known.client, ClientLegalEntity),
            "legal_entity.list": _listed(known.sellers, p.LegalEntity, reference.SELLERS),
            "legal_entity.get": Endpoint(known.seller, p.LegalEntity),
            "eligibility.create": Endpoint(
                asked.create, e.CreateEligibility, parameters=eligibilities.PARAMETERS
            ),
            "eligibility.list": _listed(asked.history, e.EligibilityHistory, eligibilities.HISTORY),
            "eligibility.get": Endpoint(asked.get, e.GetEligibility),
        }

    def _of_catalogue(self) -> dict[str, Endpoint]:
        known, priced = self.reference, self.pricing
        return {
            "offer.context": Endpoint(priced.context, c.OfferContext, parameters=pricing.CONTEXT),
            "offer.contexts": Endpoint(priced.contexts, list[c.OfferContext], parameters=pricing.CONTEXTS),
            "offer.contexts_shortened": Endpoint(
                priced.contexts_shortened, list[c.OfferContextShortened], parameters=pricing.CONTEXTS
            ),
            "offer.list": Endpoint(known.offers, list[c.Offer], parameters=reference.OFFERS),
            "price_list.get": Endpoint(known.price_list, c.PriceList),
            "price_list.items": Endpoint(known.price_list_items, list[c.PriceListItem], parameters=IDS),
            "price_list.offers": Endpoint(known.price_list_offers, c.PriceListOffers),
            "price_list.list": Endpoint(known.price_lists, list[c.PriceList], parameters=IDS),
        }

    def _of_offers(self) -> dict[str, Endpoint]:
        made, parts = self.offers, self.sections
        return {
            "commercial_offer.add_comment": Endpoint(self.comments.to_offer, Done),
            "commercial_offer.create": Endpoint(made.create, Done, creates=True),
            "commercial_offer_section.create": Endpoint(parts.create, Done, creates=True),
            "commercial_offer.fast_order": Endpoint(parts.fast_order, Done, creates=True),
            "commercial_offer.get": Endpoint(made.get, o.CommercialOffer),
            "commercial_offer.get_by_name": Endpoint(made.by_name, o.CommercialOffer),
            "commercial_offer_item.get": Endpoint(made.item, o.CommercialOfferItem),
            "commercial_offer.download_pdf": Endpoint(made.download_pdf, (files.PDF,)),
            "commercial_offer_section.get": Endpoint(parts.get, o.CommercialOfferSection),
            "commercial_offer.list": _listed(made.list_all, o.CommercialOffer, offers.FILTERS),
            "commercial_offer_section.delete": Endpoint(parts.delete, None),
            "commercial_offer_section.rename": Endpoint(parts.rename, Done),
            "commercial_offer_section.set_offer": Endpoint(parts.set_offer, Done),
            "commercial_offer.sign": Endpoint(self.signing.sign, Signature),
            "commercial_offer.submit": Endpoint(self.submission.submit, Done),
            "commercial_offer_section.update_items": Endpoint(parts.update_items, Done),
        }

    def _of_contracts(self) -> dict[str, Endpoint]:
        made = self.contracts
        return {
            "service_contract.add_comment": Endpoint(self.comments.to_contract, Done),
            "service_contract.get": Endpoint(made.get, k.ServiceContract),
            "service_contract.get_by_name": Endpoint(made.by_name, k.ServiceContract),
            "service_contract.operational_status": Endpoint(made.operational_status, k.OperationalStatus),
            "service_contract.list": _listed(made.list_all, k.ServiceContract, contracts.FILTERS),
            "service_contract.set_vlan": Endpoint(made.set_vlan, Done),
            "service.get": Endpoint(made.service, k.Service),
            "service.list": _listed(made.services, k.Service, contracts.SERVICES),
            "appointment.get": Endpoint(self.appointments.get, k.Appointment),
            "appointment.list": Endpoint(self.appointments.list_all, k.Appointments),
        }

    def _of_records(self) -> dict[str, Endpoint]:
        attached, billed = self.attachments, self.invoices
        return {
            # The public ones before those with an id: `public` would be taken for one.
            "attachment.list_public": Endpoint(attached.public, r.Attachments),
            "attachment.get": Endpoint(attached.get, r.Attachment),
            "attachment.list": Endpoint(attached.of_entity, r.Attachments, parameters=attachments.ENTITY),
            "attachment.content": Endpoint(
                attached.content, (files.PDF,), parameters=attachments.LINK, open=True
            ),
            "comment_thread.get": Endpoint(self.comments.get, r.CommentThread),
            "comment_thread.list": Endpoint(
                self.comments.list_all, list[r.CommentThread], parameters=comments.THREADS
            ),
            "invoice.get": Endpoint(billed.get, i.Invoice),
            "invoice.detail": Endpoint(billed.detail, i.InvoiceDetail),
            "invoice.download_pdf": Endpoint(billed.download_pdf, (files.PDF,)),
            "invoice.list": _listed(billed.list_all, i.Invoice, invoices.FILTERS),
        }

    def _of_tickets(self) -> dict[str, Endpoint]:
        opened, process = self.tickets, self.processes
        return {
            "ticket.create_operator": Endpoint(opened.create_operator, x.CreateOperator),
            "ticket.list_for_operator": Endpoint(opened.of_operator, list[x.Ticket]),
            "process.get": Endpoint(process.get, x.Process),
            "ticket.get": Endpoint(opened.get, x.OperatorTicket),
            "ticket.list": Endpoint(opened.list_all, list[x.Ticket], parameters=tickets.PARAMETERS),
            "ticket.open": Endpoint(opened.open, x.CreateTicket, parameters=tickets.SERVICE),
            "process.run": Endpoint(process.run, x.Process, body=forms.MULTIPART),
        }

    def _of_workflows(self) -> dict[str, Endpoint]:
        run = self.workflows
        return {
            "workflow.create": Endpoint(run.create, w.WorkflowResult),
            "workflow.list_running": Endpoint(
                run.running, w.RunningWorkflows, parameters=workflows.PARAMETERS
            ),
            "workflow.get": Endpoint(run.get, w.Workflow),
            "workflow.run": Endpoint(run.run, w.WorkflowResult, body=forms.ANY_FORM),
        }
