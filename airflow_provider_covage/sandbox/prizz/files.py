"""Files that are sent."""

from __future__ import annotations

from starlette.responses import Response

from airflow_provider_covage.sandbox.store import StoredFile

PDF = "application/pdf"


def send(file: StoredFile) -> Response:
    """Return the answer that sends a file."""
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, headers={"Content-Type": file.content_type, **headers})
