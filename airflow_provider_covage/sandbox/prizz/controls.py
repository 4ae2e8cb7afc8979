"""What can be told to a sandbox of Prizz-Telecom from outside."""

from __future__ import annotations

from airflow_provider_covage.sandbox import controls
from airflow_provider_covage.sandbox.prizz import seeding
from airflow_provider_covage.sandbox.prizz.answers import contract, eligibility, exploitation, invoice, offer
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.records import Attachment, CommentThread
from airflow_provider_covage.sandbox.prizz.answers.workflow import RunningWorkflow
from airflow_provider_covage.sandbox.prizz.blueprint import BLUEPRINT
from airflow_provider_covage.sandbox.prizz.kinds import STATE_FIELDS
from airflow_provider_covage.sandbox.prizz.relations import Model
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.services import Services
from airflow_provider_covage.sandbox.prizz.world import Settings, World
from airflow_provider_covage.sandbox.store import Json, Record

MODELS: dict[str, Model] = {
    "client_legal_entity": ClientLegalEntity,
    "eligibility": eligibility.GetEligibility,
    "commercial_offer": offer.CommercialOffer,
    "commercial_offer_section": offer.CommercialOfferSection,
    "commercial_offer_item": offer.CommercialOfferItem,
    "service_contract": contract.ServiceContract,
    "service": contract.Service,
    "appointment": contract.Appointment,
    "invoice": invoice.Invoice,
    "attachment": Attachment,
    "comment_thread": CommentThread,
    "ticket": exploitation.Ticket,
    "process": exploitation.Process,
    "workflow": RunningWorkflow,
}
"""The model that shows most of each resource."""


class Controls(controls.Controls):
    """The state of a sandbox of Prizz-Telecom and everything that steers it."""

    blueprint = BLUEPRINT
    resources = tuple(MODELS)
    world: World
    services: Services

    def __init__(self, settings: Settings) -> None:
        self.world = World(settings)
        self.services = Services(self.world)

    def seed(self, *, offers: int = 0, contracts: int = 0, invoices: int = 0, tickets: int = 0) -> None:
        """Add many records at once."""
        with self.world.lock:
            seeding.seed(self.services, offers, contracts, invoices, tickets)

    def code(self, offer_id: int | str) -> str | None:
        """Return the code that was last sent to sign a commercial offer."""
        for message in reversed(self.messages):
            if message["about"] == "signature" and str(message["ids"]["commercial_offer"]) == str(offer_id):
                return str(message["text"])
        return None

    def extra_fields(self, resource: str, fields: Json, record_id: str | None = None) -> None:
        """Add fields that no document knows to one record, or to every record of a resource."""
        with self.world.lock:
            super().extra_fields(resource, fields, record_id)
            self.world.shapes.clear()

    def _shown(self, record: Record) -> Json:
        return {"id": record.data["id"], **shape(self.world, MODELS[record.kind], record)}

    def _fill(self) -> None:
        self.services.fill()

    def _force(self, record: Record, state: str, now: float) -> None:
        services = self.services
        if record.kind not in STATE_FIELDS:
            raise ValueError(f"{record.kind} has no state")
        if record.kind == "eligibility" and state == "finished":
            services.eligibilities.finish(record, "offers")
        elif record.kind == "eligibility":
            services.eligibilities.move(record, state)
        elif record.kind == "commercial_offer" and state == "signed":
            services.signing.conclude(record, now)
        elif record.kind == "service_contract":
            services.contracts.move(record, state, now)
        elif record.kind == "ticket":
            services.tickets.move(record, state)
        elif record.kind == "process":
            services.processes.move(record, state)
        elif record.kind == "workflow":
            services.workflows.move(record, state)
        else:
            self.world.modify(record, **{STATE_FIELDS[record.kind]: state})
