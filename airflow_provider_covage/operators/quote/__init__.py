"""Operators of the quotation: baskets, lines, trace files, offers (covage-quotation.txt)."""

from airflow_provider_covage.operators.quote.basket import (
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
    CovageUpdateQuoteOperator,
)
from airflow_provider_covage.operators.quote.choose import CovageChooseOfferOperator
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
