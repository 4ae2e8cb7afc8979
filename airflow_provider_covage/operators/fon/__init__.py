"""Operators of requests for dark fibre, "FON": requests and their files (covage-fon.txt)."""

from airflow_provider_covage.operators.fon.files import (
    CovageDeleteFonSitesOperator,
    CovageDeleteFonTraceOperator,
    CovageDownloadFonSitesOperator,
    CovageDownloadFonTemplateOperator,
    CovageDownloadFonTraceOperator,
    CovageUploadFonSitesOperator,
    CovageUploadFonTraceOperator,
)
from airflow_provider_covage.operators.fon.request import (
    CovageConfirmFonRequestOperator,
    CovageCreateFonRequestOperator,
    CovageDeleteFonRequestOperator,
    CovageUpdateFonRequestOperator,
)

__all__ = [
    "CovageConfirmFonRequestOperator",
    "CovageCreateFonRequestOperator",
    "CovageDeleteFonRequestOperator",
    "CovageDeleteFonSitesOperator",
    "CovageDeleteFonTraceOperator",
    "CovageDownloadFonSitesOperator",
    "CovageDownloadFonTemplateOperator",
    "CovageDownloadFonTraceOperator",
    "CovageUpdateFonRequestOperator",
    "CovageUploadFonSitesOperator",
    "CovageUploadFonTraceOperator",
]
