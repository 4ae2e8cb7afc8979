"""Operators of the quotation: baskets, lines, trace files, offers (covage-quotation.txt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_covage import lazy
from airflow_provider_covage.operators.quote.basket import (
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
    CovageUpdateQuoteOperator,
)
from airflow_provider_covage.operators.quote.line import (
    CovageAddQuoteItemOperator,
    CovageDeleteQuoteItemOperator,
    CovageUpdateQuoteItemOperator,
)
from airflow_provider_covage.operators.quote.offer import (
    CovageAcceptQuoteItemOperator,
    CovageDeclineQuoteItemOperator,
    CovageRestoreQuoteItemPriceOperator,
)
from airflow_provider_covage.operators.quote.trace import (
    CovageDeleteQuoteItemTraceOperator,
    CovageDownloadQuoteItemTraceOperator,
    CovageUploadQuoteItemTraceOperator,
)

if TYPE_CHECKING:
    from airflow_provider_covage.operators.quote.choose import CovageChooseOfferOperator
else:
    # It is one of Airflow's operators, too, which takes as long to load as all of ours.
    lazy.lend(__name__, {"CovageChooseOfferOperator": "choose"})

__all__ = [
    "CovageAcceptQuoteItemOperator",
    "CovageAddQuoteItemOperator",
    "CovageChooseOfferOperator",
    "CovageConfirmQuoteOperator",
    "CovageCreateQuoteOperator",
    "CovageDeclineQuoteItemOperator",
    "CovageDeleteQuoteItemOperator",
    "CovageDeleteQuoteItemTraceOperator",
    "CovageDownloadQuoteItemTraceOperator",
    "CovageRestoreQuoteItemPriceOperator",
    "CovageUpdateQuoteItemOperator",
    "CovageUpdateQuoteOperator",
    "CovageUploadQuoteItemTraceOperator",
]
