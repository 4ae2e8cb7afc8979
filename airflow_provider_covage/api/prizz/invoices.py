"""Invoices and their lines (prizz-extranet.txt, "Invoice"). Amounts are integers, most likely cents (P10)."""

from __future__ import annotations

from typing import Any, Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.files import FileTarget
from airflow_provider_covage.api.prizz.models import InvoiceFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class Invoice(PrizzResource[AnyTransport]):
    """Invoices."""

    @operation
    def get(self, invoice_id: Id) -> Call[Record]:
        """Read an invoice.

        Args:
            invoice_id: The invoice.

        Returns:
            The invoice with its lines in `details`.

        Raises:
            NotFoundError: There is no such invoice.
        """
        return self._read(path("invoices", number(invoice_id, "invoice_id")))

    @operation
    def detail(self, invoice_detail_id: Id) -> Call[Record]:
        """Read a line of an invoice.

        Args:
            invoice_detail_id: The line.

        Returns:
            The line.

        Raises:
            NotFoundError: There is no such line.
        """
        return self._read(path("invoice_details", number(invoice_detail_id, "invoice_detail_id")))

    @operation
    def download_pdf(self, invoice_id: Id, *, to: FileTarget | None = None) -> Call[Any]:
        """Download an invoice as PDF.

        Args:
            invoice_id: The invoice.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the file is, or its content.

        Raises:
            InputError: The folder to write to does not exist.
            NotFoundError: There is no such invoice.
        """
        where = path("invoices", number(invoice_id, "invoice_id"), "pdf")
        return self._pdf(where, to, f"invoice_{invoice_id}.pdf")

    @listing
    def list(self, **filters: Unpack[InvoiceFilters]) -> Listing:
        """List invoices.

        Args:
            **filters: See `prizz.models.InvoiceFilters`; `month` and `year` are the period.

        Returns:
            An iterator over all pages.
        """
        return self._pages(path("invoices"), body(InvoiceFilters, filters, of="invoice.list"))
