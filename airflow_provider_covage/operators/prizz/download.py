"""Operators that download documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_provider_covage.operators.download import DownloadOperator
from airflow_provider_covage.operators.prizz.base import OfferOperator, PrizzOperator


class PrizzDownloadCommercialOfferPdfOperator(DownloadOperator, OfferOperator):
    """Download a commercial offer as PDF. Returns where the file is.

    Args:
        commercial_offer_id: The offer.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens. In a
            folder the file keeps the name that the API gives it.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("to", *OfferOperator.template_fields)

    def check(self) -> None:
        """Check the identifiers.

        Raises:
            InputError: One is not usable; nothing was sent.
        """
        self.numbers("commercial_offer_id")

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return f"commercial offer {self.commercial_offer_id}"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.commercial_offer.download_pdf(self.commercial_offer_id, to=to)


class PrizzDownloadInvoicePdfOperator(DownloadOperator, PrizzOperator):
    """Download an invoice as PDF. Returns where the file is.

    Args:
        invoice_id: The invoice.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens. In a
            folder the file keeps the name that the API gives it.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "invoice"
    template_fields: Sequence[str] = ("invoice_id", "to", *PrizzOperator.template_fields)

    def __init__(self, *, invoice_id: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.invoice_id = invoice_id

    def check(self) -> None:
        """Check the identifiers.

        Raises:
            InputError: One is not usable; nothing was sent.
        """
        self.numbers("invoice_id")

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return f"invoice {self.invoice_id}"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.invoice.download_pdf(self.invoice_id, to=to)
