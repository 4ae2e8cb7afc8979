"""Operators of Prizz-Telecom: eligibility, offers, signing, contracts, tickets, workflows, documents."""

from airflow_provider_covage.operators.prizz.add_section import PrizzAddSectionOperator
from airflow_provider_covage.operators.prizz.comment import PrizzAddCommentOperator
from airflow_provider_covage.operators.prizz.contract import PrizzSetServiceContractVlanOperator
from airflow_provider_covage.operators.prizz.download import (
    PrizzDownloadCommercialOfferPdfOperator,
    PrizzDownloadInvoicePdfOperator,
)
from airflow_provider_covage.operators.prizz.eligibility import PrizzRequestEligibilityOperator
from airflow_provider_covage.operators.prizz.fast_order import PrizzFastOrderOperator
from airflow_provider_covage.operators.prizz.offer import (
    PrizzCreateCommercialOfferOperator,
    PrizzSubmitCommercialOfferOperator,
)
from airflow_provider_covage.operators.prizz.section import (
    PrizzRemoveSectionOperator,
    PrizzRenameSectionOperator,
    PrizzSetSectionOfferOperator,
    PrizzUpdateSectionItemsOperator,
)
from airflow_provider_covage.operators.prizz.sign import PrizzSignCommercialOfferOperator
from airflow_provider_covage.operators.prizz.ticket import PrizzOpenTicketOperator, PrizzRunProcessOperator
from airflow_provider_covage.operators.prizz.workflow import (
    PrizzCreateWorkflowOperator,
    PrizzRunWorkflowOperator,
)

__all__ = [
    "PrizzAddCommentOperator",
    "PrizzAddSectionOperator",
    "PrizzCreateCommercialOfferOperator",
    "PrizzCreateWorkflowOperator",
    "PrizzDownloadCommercialOfferPdfOperator",
    "PrizzDownloadInvoicePdfOperator",
    "PrizzFastOrderOperator",
    "PrizzOpenTicketOperator",
    "PrizzRemoveSectionOperator",
    "PrizzRenameSectionOperator",
    "PrizzRequestEligibilityOperator",
    "PrizzRunProcessOperator",
    "PrizzRunWorkflowOperator",
    "PrizzSetSectionOfferOperator",
    "PrizzSetServiceContractVlanOperator",
    "PrizzSignCommercialOfferOperator",
    "PrizzSubmitCommercialOfferOperator",
    "PrizzUpdateSectionItemsOperator",
]
