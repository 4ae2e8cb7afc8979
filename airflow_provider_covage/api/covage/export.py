"""Exports of quotation lines to PDF and CSV: their progress and their files (covage-quotation.txt)."""

from __future__ import annotations

from typing import Any

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import AnyTransport, Call, Record, Resource, operation
from airflow_provider_covage.api.files import FileTarget, sink
from airflow_provider_covage.api.request import Request, path


class Export(Resource[AnyTransport]):
    """Export tasks, made by the `export_...` methods of `quote_item`."""

    @operation
    def status(self, task_id: str) -> Call[Record]:
        """Read how far an export is.

        Args:
            task_id: The export task.

        Returns:
            `started`, `stopped` and `success`; only once `stopped` is set does `success` count (C52).

        Raises:
            NotFoundError: There is no such task.
        """
        return Call(Request("GET", path("quote_item", "export", task_id, "status")), answers.record)

    @operation
    def download(self, task_id: str, *, to: FileTarget | None = None) -> Call[Any]:
        """Download the file of a finished export, a CSV or a PDF (C46).

        Args:
            task_id: The export task.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the file is: `to`, or the path in the folder; without `to` its bytes.

        Raises:
            ApiError: The export is not finished or has failed.
            TransientError: The download broke off; no half file is left.
        """
        request = Request("GET", path("quote_item", "export", task_id, "download"), accept="*/*")
        return Call(request, answers.stored, sink(to, f"export-{task_id}"))
