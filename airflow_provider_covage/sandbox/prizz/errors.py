"""How Prizz-Telecom says no (P5, P31)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from airflow_provider_covage.sandbox.errors import ApiError
from airflow_provider_covage.sandbox.store import Record


class RefusalError(ApiError):
    """What the state of a record forbids: a 2xx with `success: false`, or a 400 (P5).

    Args:
        log: Why, as `lastLog` says it.
        about: The record that it is about, or its id.
        status: Status of the answer where all goes well.
        more: Further fields of the answer.
    """

    def __init__(
        self, log: str, about: Record | int, *, status: int = 200, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(400, {"detail": log})
        number = about.data["id"] if isinstance(about, Record) else about
        answer = {"id": number, "success": False, "lastLog": log, **(more or {})}
        self.answer = JSONResponse(answer, status)


def forbidden() -> ApiError:
    """Return the 403 for what belongs to somebody else."""
    return ApiError(403, {"detail": "Forbidden."})


def render_error(error: ApiError, form: str) -> Response:
    """Return an error in one of the forms of the dialect (P31)."""
    status, headers = error.status, dict(error.headers or {})
    title = HTTPStatus(status).phrase
    detail, fields = _read(error.body, title)
    if form == "empty":
        return Response(status_code=status, headers=headers)
    if form == "html":
        page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{escape(detail)}</h1>"
        return HTMLResponse(f"{page}{_listed(fields)}</body></html>", status, headers)
    if form == "problem":
        problem: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        if fields:
            problem["violations"] = [{"propertyPath": name, "message": text} for name, text in fields]
        return JSONResponse(problem, status, headers, "application/problem+json")
    message: dict[str, Any] = {"code": status, "message": detail}
    if fields:
        message["errors"] = dict(fields)
    return JSONResponse(message, status, headers)


def _read(body: Mapping[str, Any], title: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the sentence of an error, and what is wrong with which field."""
    if "detail" in body:
        return str(body["detail"]), []
    fields = [(name, _sentence(messages)) for name, messages in body.items()]
    return "; ".join(f"{name}: {text}" for name, text in fields) or title, fields


def _sentence(messages: object) -> str:
    return " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)


def _listed(fields: list[tuple[str, str]]) -> str:
    rows = (f"<li>{escape(name)}: {escape(text)}</li>" for name, text in fields)
    return f"<ul>{''.join(rows)}</ul>" if fields else ""
