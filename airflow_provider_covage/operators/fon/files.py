"""Operators of the files of a request for dark fibre: template, sites, trace (covage-fon.txt)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.covage.sites import check_sites
from airflow_provider_covage.api.errors import InputError, NotFoundError
from airflow_provider_covage.operators import files, keys
from airflow_provider_covage.operators.base import CovageOperator
from airflow_provider_covage.operators.download import DownloadOperator
from airflow_provider_covage.operators.fon.request import FonOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class CovageDownloadFonTemplateOperator(DownloadOperator, CovageOperator):
    """Download the empty file of sites.

    Returns where the file is.

    Args:
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("to", *CovageOperator.template_fields)

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return "the template of sites"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.fon.template_download(to=to)


class _UploadOperator(FonOperator):
    """Base of the uploads; a file that is there already is replaced.

    Args:
        fon_request_id: The request.
        file: Path on the worker, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("file", *FonOperator.template_fields)
    file_field: str

    def __init__(self, *, file: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file = file

    def act(self, context: Context) -> Record:
        """Upload the file.

        Args:
            context: The task's context.

        Returns:
            The request.
        """
        self.required("fon_request_id", "file")
        with files.readable(self.file) as file:
            self.check_file(file)
            self.once(context).repeatedly(
                f"upload of {self.file} for request {self.fon_request_id}",
                check=lambda: self._open(context),
                act=lambda: self.send(file),
            )
        return self.read()

    def check_file(self, file: str) -> None:
        """Check the file before anything is sent.

        Args:
            file: Its path.
        """

    def send(self, file: str) -> Record:
        """Send the file.

        Args:
            file: Its path.

        Returns:
            The answer.
        """
        raise NotImplementedError

    def _open(self, context: Context) -> Record:
        # Whether a file may come after the confirmation is not said (C63): the API decides, unless an
        # earlier try of this task has put one there.
        record = self.read()
        return self.draft() if record.get(self.file_field) and keys.came_before(context) else record


class CovageUploadFonSitesOperator(_UploadOperator):
    """Upload the file of sites of a request for dark fibre; one that is there already is replaced.

    The file is compared with the template that the API serves first: encoding, separator, header, rows.
    Returns the request.

    Args:
        fon_request_id: The request.
        file: Path of the CSV on the worker, or any URI that `ObjectStoragePath` opens.
        check: Whether to compare the file with the template.
        **kwargs: Arguments of every Covage operator.
    """

    file_field = "sites_file"

    def __init__(self, *, check: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def check_file(self, file: str) -> None:
        """Compare the file with the template.

        Args:
            file: Its path.

        Raises:
            InputError: It is not there, or not by the template; nothing was sent.
        """
        where = Path(file)
        if not where.is_file():
            raise InputError(f"{self.file} is not a file that can be read here; nothing was sent")
        if self.check:
            check_sites(where.read_bytes(), self.client.fon.template_download(), name=where.name)

    def send(self, file: str) -> Record:
        """Send the file.

        Args:
            file: Its path.

        Returns:
            The answer.
        """
        return self.client.fon.upload_sites(self.fon_request_id, file=file) or {}


class CovageUploadFonTraceOperator(_UploadOperator):
    """Upload the trace file (KMZ) of a request for dark fibre; one that is there already is replaced.

    Returns the request.

    Args:
        fon_request_id: The request.
        file: Path of the KMZ on the worker, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    file_field = "trace_file"

    def send(self, file: str) -> Record:
        """Send the file.

        Args:
            file: Its path.

        Returns:
            The answer.
        """
        return self.client.fon.upload_trace(self.fon_request_id, file=file) or {}


class _DownloadOperator(DownloadOperator, FonOperator):
    """Base of the downloads of one request.

    Args:
        fon_request_id: The request.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    template_fields: Sequence[str] = ("to", *FonOperator.template_fields)

    def check(self) -> None:
        """Check the identifiers.

        Raises:
            InputError: One is not usable; nothing was sent.
        """
        self.required("fon_request_id")


class CovageDownloadFonSitesOperator(_DownloadOperator):
    """Download the file of sites of a request for dark fibre.

    Returns where the file is.

    Args:
        fon_request_id: The request.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return f"the file of sites of request {self.fon_request_id}"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.fon.download_sites(self.fon_request_id, to=to)


class CovageDownloadFonTraceOperator(_DownloadOperator):
    """Download the trace file of a request for dark fibre.

    Returns where the file is.

    Args:
        fon_request_id: The request.
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens.
        **kwargs: Arguments of every Covage operator.
    """

    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is.
        """
        return f"the trace of request {self.fon_request_id}"

    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
        return self.client.fon.download_trace(self.fon_request_id, to=to)


class _DeleteFileOperator(FonOperator):
    """Base of the deletions; a file that is gone already counts as deleted.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage operator.
    """

    file_field: str

    def act(self, context: Context) -> Record:
        """Delete the file unless it is gone.

        Args:
            context: The task's context.

        Returns:
            The request.
        """
        self.required("fon_request_id")
        self.once(context)(
            f"deletion of the {self.file_field} of request {self.fon_request_id}",
            look=self._gone,
            act=self._delete,
        )
        return self.read()

    def _gone(self, _: bool) -> Record | None:
        record = self.read()
        return record if record.get(self.file_field, "?") in ("", None) else None

    def remove(self) -> Callable[..., Any]:
        """Choose the deletion.

        Returns:
            The client's method.
        """
        raise NotImplementedError

    def _delete(self) -> Record:
        try:
            return self.remove()(self.fon_request_id) or {}
        except NotFoundError:
            self.log.info("request for dark fibre %s has no such file (any more)", self.fon_request_id)
            return {}


class CovageDeleteFonSitesOperator(_DeleteFileOperator):
    """Delete the file of sites of a request for dark fibre; one that is gone already counts as deleted.

    Returns the request.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage operator.
    """

    file_field = "sites_file"

    def remove(self) -> Callable[..., Any]:
        """Choose the deletion.

        Returns:
            The client's method.
        """
        return self.client.fon.delete_sites


class CovageDeleteFonTraceOperator(_DeleteFileOperator):
    """Delete the trace file of a request for dark fibre; one that is gone already counts as deleted.

    Returns the request.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage operator.
    """

    file_field = "trace_file"

    def remove(self) -> Callable[..., Any]:
        """Choose the deletion.

        Returns:
            The client's method.
        """
        return self.client.fon.delete_trace
