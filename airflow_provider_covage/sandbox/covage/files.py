"""Files that are uploaded and downloaded: KMZ traces and CSV site lists."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from fastapi import UploadFile
from starlette.responses import Response

from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import ApiError, invalid
from airflow_provider_covage.sandbox.store import Record, StoredFile

KMZ = "application/vnd.google-earth.kmz"
CSV = "text/csv"
PDF = "application/pdf"


def keep_kmz(world: World, record: Record, file: UploadFile) -> None:
    """Attach a KMZ trace to a record; a former one is replaced."""
    content = file.file.read()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise invalid(file=["The file is not a KMZ (a zip archive)."])
    _keep(world, record, "trace", file, StoredFile("", content, KMZ), ".kmz")


def keep_csv(world: World, record: Record, file: UploadFile) -> None:
    """Attach a CSV list of sites to a record; a former one is replaced."""
    content = file.file.read()
    if not content.strip():
        raise invalid(file=["The submitted file is empty."])
    if b"\0" in content:
        raise invalid(file=["The file is not a CSV (text)."])
    _keep(world, record, "sites", file, StoredFile("", content, CSV), ".csv")


def remove(world: World, record: Record, role: str) -> None:
    """Detach a file from a record."""
    if role not in record.files:
        raise missing()
    del record.files[role]
    world.update(record, **{f"{role}_file": ""})


def download(file: StoredFile | None) -> Response:
    """Return the answer that sends a file, or raise the 404 where there is none."""
    if file is None:
        raise missing()
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, headers={"Content-Type": file.content_type, **headers})


def missing() -> ApiError:
    """Return the 404 for a file that is not there."""
    return ApiError(404, {"detail": "There is no such file."})


def _keep(
    world: World, record: Record, role: str, upload: UploadFile, stored: StoredFile, suffix: str
) -> None:
    """Name a file as the examples do: `myfile_trace_QO_20250926_00000001.kmz` (`covage-fon.txt`)."""
    stem = re.sub(r"[^\w.-]+", "_", PurePosixPath(upload.filename or "").stem, flags=re.ASCII)
    name = f"{stem}_{role}_{record.data['reference']}{suffix}".lstrip("_")
    record.files[role] = StoredFile(name, stored.content, stored.content_type)
    world.update(record, **{f"{role}_file": name})
