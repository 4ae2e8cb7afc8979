"""Operators of the trace files of quotation lines (covage-quotation.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import NotFoundError
from airflow_provider_covage.operators import files, keys
from airflow_provider_covage.operators.download import DownloadOperator
from airflow_provider_covage.operators.quote.line import QuoteItemOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class CovageUploadQuoteItemTraceOperator(QuoteItemOperator):
    """Upload the trace file (KMZ) of a quotation line; a file that is there already is replaced.

    Returns the line.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        file: Path of the KMZ on the worker, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("file", *QuoteItemOperator.template_fields)

    def __init__(self, *, file: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file = file

    def act(self, context: Context) -> Record:
        """Upload the file.

        Args:
            context: The task's context.

        Returns:
            The line.
        """
        self.required("quote_id", "quote_item_id", "file")
        with files.readable(self.file) as file:
            self.once(context).repeatedly(
                f"upload of {self.file} for quotation line {self.quote_item_id}",
                check=lambda: self._open(context),
                act=lambda: self.client.quote_item.upload_trace(self.quote_id, self.quote_item_id, file=file),
            )
        return self.client.quote_item.get(self.quote_item_id)

    def _open(self, context: Context) -> Record:
        # Whether a trace may be uploaded after the confirmation is not said (C63): the API decides, unless
        # an earlier try of this task has put one there.
        item = self.client.quote_item.get(self.quote_item_id)
        return self.draft() if item.get("trace_file") and keys.came_before(context) else item


class CovageDownloadQuoteItemTraceOperator(DownloadOperator, QuoteItemOperator):
    """Download the trace file (KMZ) of a quotation line.

    Returns where the file is.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("to", *QuoteItemOperator.template_fields)

    def check(self) -> None:
        """Check the identifiers.

        Raises:
            InputError: One is not usable; nothing was sent.
        """
        self.required("quote_id", "quote_item_id")

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return f"the trace of quotation line {self.quote_item_id}"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.quote_item.download_trace(self.quote_id, self.quote_item_id, to=to)


class CovageDeleteQuoteItemTraceOperator(QuoteItemOperator):
    """Delete the trace file of a quotation line; one that is gone already counts as deleted.

    Returns the line.

    Args:
        quote_id: The basket.
        quote_item_id: The line.
        **kwargs: Arguments of every Covage operator.
    """

    def act(self, context: Context) -> Record:
        """Delete the file unless it is gone.

        Args:
            context: The task's context.

        Returns:
            The line.
        """
        self.required("quote_id", "quote_item_id")
        self.once(context)(
            f"deletion of the trace of quotation line {self.quote_item_id}", look=self._gone, act=self._delete
        )
        return self.client.quote_item.get(self.quote_item_id)

    def _gone(self, _: bool) -> Record | None:
        item = self.client.quote_item.get(self.quote_item_id)
        return item if item.get("trace_file", "?") in ("", None) else None

    def _delete(self) -> Record:
        try:
            return self.client.quote_item.delete_trace(self.quote_id, self.quote_item_id) or {}
        except NotFoundError:
            self.log.info("quotation line %s has no trace file (any more)", self.quote_item_id)
            return {}
