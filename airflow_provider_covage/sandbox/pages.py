"""Pages for people: the description of the API, and one page for each record."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from airflow_provider_covage.sandbox import openapi
from airflow_provider_covage.sandbox.blueprint import Blueprint
from airflow_provider_covage.sandbox.docs import docs_page, page
from airflow_provider_covage.sandbox.serving import SERVING
from airflow_provider_covage.sandbox.store import Json


def page_routes(blueprint: Blueprint, api: FastAPI, control: FastAPI) -> list[Route]:
    """Return the routes of the pages."""

    async def schema(_request: Request) -> Response:
        return JSONResponse(openapi.describe(api, blueprint))

    async def docs(request: Request) -> Response:
        url = f"{request.url.scheme}://{request.url.netloc}"
        return HTMLResponse(docs_page(blueprint, url, openapi.describe(api, blueprint), control.openapi()))

    handlers = {
        "/": _home,
        "/openapi.json": schema,
        "/docs": docs,
        "/portal/{resource}/{id}": _portal,
        "/portal/{resource}/{id}/": _portal,
    }
    return [Route(path, handler, methods=["GET"]) for path, handler in handlers.items()]


async def _home(_request: Request) -> Response:
    return RedirectResponse("/docs")


async def _portal(request: Request) -> Response:
    resource, record_id = (unquote(request.path_params[name]) for name in ("resource", "id"))
    try:
        record = SERVING.get().controls.record(resource, record_id)
    except (KeyError, ValueError):
        return HTMLResponse(page("Not found", "<p>There is no such record.</p>"), 404)
    return HTMLResponse(portal_page(resource, record_id, record))


def portal_page(resource: str, record_id: str, record: Json) -> str:
    """Return the page of one record, where links into the operator's own portal lead in the sandbox."""
    rows = (f"<tr><th>{escape(name)}</th><td>{_value(value)}</td></tr>" for name, value in record.items())
    return page(f"{resource} {record_id}", f"<table>{''.join(rows)}</table>")


def _value(value: object) -> str:
    if isinstance(value, dict | list) and value:
        return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
    return escape("" if value is None else str(value))
