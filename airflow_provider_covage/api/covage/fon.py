"""Requests for dark fibre, "FON" (covage-fon.txt)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Unpack

from airflow_provider_covage.api import answers
from airflow_provider_covage.api.calls import (
    AnyTransport,
    Call,
    Listing,
    Reading,
    Record,
    Resource,
    listing,
    operation,
)
from airflow_provider_covage.api.files import CSV, KMZ, FileSource, FileTarget, kmz, sink, upload
from airflow_provider_covage.api.models import FonFields, body
from airflow_provider_covage.api.request import Request, path
from airflow_provider_covage.api.working_days import check_answer_date

_NO_SUCH_PATH = frozenset({404, 405})


class Fon(Resource[AnyTransport]):
    """Requests for dark fibre."""

    @operation
    def template_download(self, *, to: FileTarget | None = None) -> Call[Any]:
        """Download the empty file of sites.

        Args:
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the CSV is: `to`, or the path in the folder; without `to` its bytes.
        """
        where = path("specific_request", "fon", "sites", "template", "download")
        return _download(where, to, "sites_template.csv", CSV)

    @operation
    def create(self, **fields: Unpack[FonFields]) -> Call[Record]:
        """Create a request, a draft.

        Args:
            **fields: See `models.FonFields`; all are optional.

        Returns:
            The request.

        Raises:
            InputError: A field is unknown or not of its kind, or the date is too early; nothing was sent.
            UnknownOutcome: The answer was lost; a request bears no key but what its `note` says (C44).
        """
        request = Request("POST", _fon(), json=_checked(fields, "fon.create"))
        # The document writes the version twice in this one path (C38).
        doubled = dataclasses.replace(request, path=request.path.replace("/api/v1/", "/api/v1/v1/", 1))
        return Call(request, answers.record, other=Reading("path of fon.create", doubled, _NO_SUCH_PATH))

    @operation
    def get(self, request_id: str) -> Call[Record]:
        """Read a request.

        Args:
            request_id: The request.

        Returns:
            The request.

        Raises:
            NotFoundError: There is no such request.
        """
        return Call(Request("GET", _fon(request_id)), answers.record)

    @operation
    def update(self, request_id: str, **fields: Unpack[FonFields]) -> Call[Record]:
        """Change a request that is not confirmed yet.

        Args:
            request_id: The request.
            **fields: Only what is to change; see `models.FonFields`.

        Returns:
            The request.

        Raises:
            InputError: A field is unknown or not of its kind, or the date is too early; nothing was sent.
            UnknownOutcome: The answer was lost; the same update may be sent again.
        """
        json = _checked(fields, "fon.update")
        return Call(Request("PATCH", _fon(request_id), json=json), answers.record)

    @operation
    def delete(self, request_id: str) -> Call[Record | None]:
        """Delete a request that is not confirmed yet.

        Args:
            request_id: The request.

        Returns:
            `{"detail": ...}` in words that are not documented, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no such request, perhaps not any more.
            UnknownOutcome: The answer was lost; read the request.
        """
        return Call(Request("DELETE", _fon(request_id)), answers.optional_record)

    @operation
    def confirm(self, request_id: str) -> Call[Record | None]:
        """Send a request to Covage. Cannot be taken back.

        Args:
            request_id: The request.

        Returns:
            The request.

        Raises:
            BadRequestError: Something is missing; what, is not documented (C57).
            UnknownOutcome: The answer was lost; read the state of the request.
        """
        return Call(Request("PATCH", _fon(request_id, "confirm")), answers.optional_record)

    @operation
    def upload_sites(self, request_id: str, *, file: FileSource) -> Call[Record | None]:
        """Upload the file of sites; one that is there is replaced.

        Args:
            request_id: The request.
            file: A CSV filled in by the template: path, bytes or binary file object.

        Returns:
            The request.

        Raises:
            InputError: The file is not there or is empty; nothing was sent.
            UnknownOutcome: The answer was lost; the same upload may be sent again.
        """
        content = upload(file, name="sites.csv", content_type=CSV)
        return Call(
            Request("POST", _fon(request_id, "sites", "upload"), parts=(("file", content),)),
            answers.optional_record,
        )

    @operation
    def download_sites(self, request_id: str, *, to: FileTarget | None = None) -> Call[Any]:
        """Download the file of sites.

        Args:
            request_id: The request.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the CSV is: `to`, or the path in the folder; without `to` its bytes.

        Raises:
            NotFoundError: The request has no file of sites.
        """
        return _download(_fon(request_id, "sites", "download"), to, "sites.csv", CSV)

    @operation
    def delete_sites(self, request_id: str) -> Call[Record | None]:
        """Delete the file of sites.

        Args:
            request_id: The request.

        Returns:
            `{"detail": ...}` in words that are not documented, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no such file, perhaps not any more.
        """
        return Call(Request("DELETE", _fon(request_id, "sites")), answers.optional_record)

    @operation
    def upload_trace(self, request_id: str, *, file: FileSource) -> Call[Record | None]:
        """Upload the trace file; one that is there is replaced.

        Args:
            request_id: The request.
            file: A KMZ: path, bytes or binary file object.

        Returns:
            The request.

        Raises:
            InputError: The file is not there or is no KMZ; nothing was sent.
            UnknownOutcome: The answer was lost; the same upload may be sent again.
        """
        request = Request("POST", _fon(request_id, "trace", "upload"), parts=(("file", kmz(file)),))
        return Call(request, answers.optional_record)

    @operation
    def download_trace(self, request_id: str, *, to: FileTarget | None = None) -> Call[Any]:
        """Download the trace file.

        Args:
            request_id: The request.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the KMZ is: `to`, or the path in the folder; without `to` its bytes.

        Raises:
            NotFoundError: The request has no trace.
        """
        return _download(_fon(request_id, "trace", "download"), to, "trace.kmz", KMZ)

    @operation
    def delete_trace(self, request_id: str) -> Call[Record | None]:
        """Delete the trace file.

        Args:
            request_id: The request.

        Returns:
            `{"detail": ...}` in words that are not documented, None for an empty answer (C50).

        Raises:
            NotFoundError: There is no such file, perhaps not any more.
        """
        return Call(Request("DELETE", _fon(request_id, "trace")), answers.optional_record)

    @listing
    def list(self) -> Listing:
        """List requests; no filter is documented.

        Returns:
            An iterator over all pages.
        """
        return self._listing(_fon(), {})


def _checked(fields: Mapping[str, Any], of: str) -> dict[str, Any]:
    json = body(FonFields, fields, of=of)
    check_answer_date(json.get("expected_response_date"))
    return json


def _fon(*rest: str) -> str:
    return path("specific_request", "fon", *rest)


def _download(where: str, to: FileTarget | None, name: str, content_type: str) -> Call[Any]:
    return Call(Request("GET", where, accept=f"{content_type}, */*"), answers.stored, sink(to, name))
