"""Operators of the exports of quotation lines (covage-quotation.txt).

An export task bears no key and changes nothing: after a lost answer the next try starts another export, and
the first one is left to itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import LifecycleError, PermanentError
from airflow_provider_covage.api.lifecycle import export_state
from airflow_provider_covage.operators.base import CovageOperator
from airflow_provider_covage.operators.download import DownloadOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class CovageExportQuoteItemPdfOperator(CovageOperator):
    """Have the answer to a quotation line, or one of its offers, written to a PDF.

    Returns the id of the export task, for `CovageExportSensor` and `CovageDownloadExportOperator`.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        product_id: One offer; without it the PDF holds the whole answer.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote_item"
    template_fields: Sequence[str] = (
        "quote_id",
        "quote_item_id",
        "product_id",
        *CovageOperator.template_fields,
    )

    def __init__(
        self, *, quote_id: str, quote_item_id: str, product_id: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.quote_id = quote_id
        self.quote_item_id = quote_item_id
        self.product_id = product_id

    def act(self, context: Context) -> str:
        """Start the export.

        Args:
            context: The task's context.

        Returns:
            The id of the export task.
        """
        self.required("quote_id", "quote_item_id")
        if self.product_id is None:
            return _task_id(self.client.quote_item.export_pdf(self.quote_id, self.quote_item_id))
        self.required("product_id")
        return _task_id(
            self.client.quote_item.export_price_pdf(self.quote_id, self.quote_item_id, self.product_id)
        )


class CovageExportQuoteItemsCsvOperator(CovageOperator):
    """Have quotation lines written to a CSV.

    Returns the id of the export task, for `CovageExportSensor` and `CovageDownloadExportOperator`.

    Args:
        filters: Which lines, by the API's names: reference, customer_order_name, end_customer_name,
            business_sector, project_id, state.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "export"
    template_fields: Sequence[str] = ("filters", *CovageOperator.template_fields)

    def __init__(self, *, filters: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters

    def act(self, context: Context) -> str:
        """Start the export.

        Args:
            context: The task's context.

        Returns:
            The id of the export task.
        """
        from airflow_provider_covage.api.models import QuoteItemExportFilters, body

        filters: Any = {} if self.filters is None else self.filters
        checked = body(QuoteItemExportFilters, filters, of="filters of the export")
        return _task_id(self.client.quote_item.export_csv(**checked))


class CovageDownloadExportOperator(DownloadOperator, CovageOperator):
    """Download the file of a finished export.

    Returns where the file is.

    Args:
        export_task_id: The export task.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens. In a
            folder the file keeps the name that the API gives it.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "export"
    template_fields: Sequence[str] = ("export_task_id", "to", *CovageOperator.template_fields)

    def __init__(self, *, export_task_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.export_task_id = export_task_id

    def check(self) -> None:
        """Check that the export has finished.

        Raises:
            InputError: The identifier is not usable; nothing was sent.
            LifecycleError: It has failed, or is still running.
        """
        self.required("export_task_id", "to")
        state = export_state(self.client.export.status(self.export_task_id))
        if state == "failure":
            raise LifecycleError(f"export task {self.export_task_id} has failed: start the export again")
        if state == "running":
            raise LifecycleError(
                f"export task {self.export_task_id} is still running: wait for it first (CovageExportSensor)"
            )

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return f"export {self.export_task_id}"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.export.download(self.export_task_id, to=to)


def _task_id(record: Record) -> str:
    if not record.get("task_id"):
        raise PermanentError(f"the answer to the start of an export has no task_id: {sorted(record)}")
    return str(record["task_id"])
