"""Forms whose fields are not known beforehand: multipart or JSON, with files (P19)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import ApiError, invalid, refused
from airflow_provider_covage.sandbox.store import Json, StoredFile

FILES = "files"
_UPLOADS: Json = {"type": "array", "items": {"type": "string", "format": "binary"}}
_MULTIPART: Json = {
    "schema": {"type": "object", "properties": {FILES: _UPLOADS}, "additionalProperties": True}
}
MULTIPART: Json = {"content": {"multipart/form-data": _MULTIPART}}
ANY_FORM: Json = {
    "content": {
        "multipart/form-data": _MULTIPART,
        "application/json": {"schema": {"type": "object", "additionalProperties": True}},
    }
}


@dataclass(frozen=True)
class Form:
    """What was sent: fields, and files under `files` or `files[]`."""

    values: Json = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()

    def text(self, name: str) -> str:
        """Return a field as a text, empty where it was not sent."""
        value = self.values.get(name)
        return "" if value is None else str(value).strip()

    def number(self, name: str) -> int | None:
        """Return a field as a number."""
        text = self.text(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise invalid(**{name: ["This value should be of type integer."]}) from None


async def _multipart(request: Request) -> Form:
    sent = request.headers.get("content-type", "")
    if sent and not sent.lower().startswith("multipart/form-data"):
        raise ApiError(415, {"detail": "This operation takes multipart/form-data."})
    return await _read(request)


async def _any(request: Request) -> Form:
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        return await _read(request)
    if not await request.body():
        return Form()
    try:
        values = await request.json()
    except ValueError:
        raise refused("The body is no JSON.") from None
    if not isinstance(values, dict):
        raise refused("The body has to be a JSON object.")
    return Form(values)


async def _read(request: Request) -> Form:
    values: dict[str, Any] = {}
    files: list[StoredFile] = []
    async with request.form() as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                values[name] = value
            elif name.removesuffix("[]") != FILES:
                raise invalid(**{name: ["Files are sent as files."]})
            else:
                content = await value.read()
                kind = value.content_type or "application/octet-stream"
                files.append(StoredFile(value.filename or "file", content, kind))
    return Form(values, tuple(files))


MultipartForm = Annotated[Form, Depends(_multipart)]
AnyForm = Annotated[Form, Depends(_any)]
