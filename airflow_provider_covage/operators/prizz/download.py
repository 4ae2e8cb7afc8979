"""Operators that download documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.operators import files
from airflow_provider_covage.operators.prizz.base import OfferOperator, PrizzOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PrizzDownloadCommercialOfferPdfOperator(OfferOperator):
    """Download a commercial offer as PDF. Returns where the file is.

    Args:
        commercial_offer_id: The offer.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens. In a
            folder the file keeps the name that the API gives it.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("to", *OfferOperator.template_fields)

    def __init__(self, *, to: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to = to

    def act(self, context: Context) -> str:
        """Download the file.

        Args:
            context: The task's context.

        Returns:
            Where the file is.
        """
        self.numbers("commercial_offer_id")
        self.required("to")
        fetch = self.client.commercial_offer.download_pdf
        where = files.download(lambda to: fetch(self.commercial_offer_id, to=to), self.to)
        self.log.info("commercial offer %s is at %s", self.commercial_offer_id, where)
        return where


class PrizzDownloadInvoicePdfOperator(PrizzOperator):
    """Download an invoice as PDF. Returns where the file is.

    Args:
        invoice_id: The invoice.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens. In a
            folder the file keeps the name that the API gives it.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("invoice_id", "to", *PrizzOperator.template_fields)

    def __init__(self, *, invoice_id: int | str, to: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.invoice_id = invoice_id
        self.to = to

    def act(self, context: Context) -> str:
        """Download the file.

        Args:
            context: The task's context.

        Returns:
            Where the file is.
        """
        self.numbers("invoice_id")
        self.required("to")
        fetch = self.client.invoice.download_pdf
        where = files.download(lambda to: fetch(self.invoice_id, to=to), self.to)
        self.log.info("invoice %s is at %s", self.invoice_id, where)
        return where
