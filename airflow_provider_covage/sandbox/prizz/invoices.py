"""Invoices: the first one comes with the activation of a contract, others can be seeded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from airflow_provider_covage.sandbox.clock import PARIS
from airflow_provider_covage.sandbox.pdf import pdf
from airflow_provider_covage.sandbox.prizz import files, lists, money
from airflow_provider_covage.sandbox.prizz.answers.invoice import Invoice, InvoiceDetail
from airflow_provider_covage.sandbox.prizz.attachments import Attachments
from airflow_provider_covage.sandbox.prizz.items import SITE
from airflow_provider_covage.sandbox.prizz.lists import Filters
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.sums import Sums
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record, StoredFile

TERM = timedelta(days=30)


def _texts(_world: World, invoice: Record) -> Iterator[Any]:
    yield invoice.data["ref"]


FILTERS = Filters(
    numbers={
        "clientLegalEntityId": "clientLegalEntityId",
        "legalEntityId": "legalEntityId",
        "month": "monthPeriod",
        "year": "yearPeriod",
    },
    sorts=("id", "createDate"),
    search=_texts,
)


class Invoices:
    """The operations `invoice.*`."""

    def __init__(self, world: World, attachments: Attachments) -> None:
        self.world = world
        self.attachments = attachments

    def list_all(self, request: Request) -> Json:
        """List invoices; `month` and `year` are their period."""
        return lists.page(self.world, request, "invoice", Invoice, FILTERS)

    def get(self, id: str) -> Json:
        """Read an invoice."""
        return shape(self.world, Invoice, self.world.get("invoice", id))

    def detail(self, id: str) -> Json:
        """Read a line of an invoice."""
        return shape(self.world, InvoiceDetail, self.world.get("invoice_detail", id))

    def download_pdf(self, id: str) -> Response:
        """Fetch an invoice as PDF."""
        return files.send(self.world.get("invoice", id).files["pdf"])

    def first(self, contract: Record, date: float) -> Record:
        """Charge what is paid once, and the first month."""
        found = [record for kind in ("service", "nrc") for record in self._inside(contract, kind)]
        for record in found:
            if record.kind == "nrc":
                self.world.update(record, billed=True)
        return self.charge(contract, found, date)

    def monthly(self, contract: Record, date: float) -> Record:
        """Charge one more month."""
        return self.charge(contract, self._inside(contract, "service"), date)

    def charge(self, contract: Record, charged: list[Record], date: float) -> Record:
        """Make an invoice for the month of a date."""
        start, end = _month(date)
        day = datetime.fromtimestamp(date, PARIS)
        data = {
            "createDate": date,
            "lastModifiedDate": None,
            "clientLegalEntityId": contract.data["clientLegalEntityId"],
            "legalEntityId": contract.data["legalEntityId"],
            "ref": self.world.named(f"FA{day.year}-"),
            "monthPeriod": day.month,
            "yearPeriod": day.year,
            "useVATReverseCharge": False,
            "dueDate": date + TERM.total_seconds(),
            "submitDate": date,
        }
        invoice = self.world.add("invoice", data)
        for record in charged:
            self._add_detail(invoice, contract, record, (start, end))
            if record.kind == "service":
                self.world.update(record, paidUntil=end)
        self._print(invoice)
        return invoice

    def _add_detail(
        self, invoice: Record, contract: Record, charged: Record, period: tuple[float, float]
    ) -> None:
        recurring = charged.kind == "service"
        names = ("name", "unitPrice", "unit", "vat", "recurrence", "unitPriceDiscount", "quantity", "price")
        data = {
            **{name: charged.data[name] for name in (*names, *SITE)},
            "amount": charged.data["price"] or 0,
            "invoiceId": invoice.data["id"],
            "VATrate": money.VAT_RATE,
            "serviceId": charged.data["id"] if recurring else None,
            "serviceContractId": contract.data["id"],
            "description": f"{contract.data['name']} {charged.data['name']}",
            "fromDate": period[0] if recurring else None,
            "toDate": period[1] if recurring else None,
        }
        self.world.add("invoice_detail", data, parent=invoice)

    def _print(self, invoice: Record) -> None:
        total = Sums.of(self.world, invoice).total_with_vat
        lines = [f"Invoice {invoice.data['ref']}", f"Total: {money.euros(total)}"]
        invoice.files["pdf"] = StoredFile(f"{invoice.data['ref']}.pdf", pdf(lines), files.PDF)
        self.attachments.attach(invoice, invoice.files["pdf"], "invoice")

    def _inside(self, contract: Record, kind: str) -> list[Record]:
        found = (self.world.store[kind].get(child) for child in contract.children)
        return [record for record in found if record]


def _month(date: float) -> tuple[float, float]:
    """Return the first and the last instant of the month of a date."""
    start = datetime.fromtimestamp(date, PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (start + timedelta(days=32)).replace(day=1)
    return start.timestamp(), following.timestamp() - 1
