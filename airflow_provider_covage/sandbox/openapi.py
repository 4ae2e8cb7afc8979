"""The OpenAPI description: what FastAPI knows, and what it cannot know, of each operation."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from airflow_provider_covage.sandbox import answers
from airflow_provider_covage.sandbox.paging import Filters
from airflow_provider_covage.sandbox.services import Endpoint
from airflow_provider_covage.sandbox.store import Json

DESCRIPTION = (
    "A sandbox of the Covage ordering API, written from its public documentation. Nothing that is "
    "ordered here is ever delivered. Where the documents are silent, the answer is invented."
)
SCHEME = "service_account"
ERRORS: dict[int | str, str] = {
    400: "Something is wrong with the request: messages field by field, or `detail`",
    401: "No valid access token",
    404: "There is no such record",
    409: "The state of the record forbids it",
}
UPLOAD: Json = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
TOKEN_FORM: Json = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["grant_type", "client_id"],
                "properties": {
                    "grant_type": {"type": "string", "enum": ["password", "refresh_token"]},
                    "client_id": {"type": "string", "const": "api-client"},
                    "username": {"type": "string"},
                    "password": {"type": "string", "format": "password"},
                    "refresh_token": {"type": "string"},
                },
            }
        }
    },
}


def responses(endpoint: Endpoint, status: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of what an operation answers."""
    described: dict[int | str, dict[str, Any]] = {
        code: {"description": text, "content": {"application/json": {"schema": _error(code)}}}
        for code, text in ERRORS.items()
    }
    answer = endpoint.answer
    if answer is None:
        described[status] = {"description": "Done, no content"}
    elif isinstance(answer, tuple):
        binary = {"schema": {"type": "string", "format": "binary"}}
        described[status] = {"description": "The file", "content": dict.fromkeys(answer, binary)}
    else:
        described[status] = {"description": _first_line(answer), "model": answer}
    return described


def additions(endpoint: Endpoint) -> Json:
    """Return what FastAPI does not see: the security, and the query parameters of lists."""
    described: Json = {"security": [{SCHEME: []}]}
    if endpoint.filters is not None:
        described["parameters"] = [_query(name) for name in _query_names(endpoint.filters)]
    return described


def describe(app: FastAPI, token_path: str) -> Json:
    """Return the whole description; it is made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title="Covage API (sandbox)", version="1", description=DESCRIPTION, routes=app.routes
        )
        components = schema.setdefault("components", {})
        components["securitySchemes"] = {
            SCHEME: {"type": "oauth2", "flows": {"password": {"tokenUrl": token_path, "scopes": {}}}}
        }
        _tidy(schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _tidy(schema: Json) -> None:
    """Put in order what FastAPI assumes: its own error answers, and names of its own for uploads."""
    schemas = schema["components"]["schemas"]
    for model in (answers.Problem, answers.Detail):
        schemas[model.__name__] = model.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            upload = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
            if upload:
                schemas.pop(upload["schema"].get("$ref", "").rpartition("/")[2], None)
                upload["schema"] = UPLOAD


def _error(code: int | str) -> Json:
    return {"$ref": f"#/components/schemas/{'Problem' if code == 400 else 'Detail'}"}


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or model.__name__).strip().splitlines()[0]


def _query_names(filters: Filters) -> list[str]:
    return [*filters.parameters(), "page", "page_size"]


def _query(name: str) -> Json:
    kind: Json = {"type": "string"}
    if name.endswith(("_gt", "_lt")):
        kind["format"] = "date-time"
    elif name in ("page", "page_size"):
        kind = {"type": "integer", "minimum": 1}
    elif name == "active":
        kind = {"type": "boolean"}
    return {"name": name, "in": "query", "required": False, "schema": kind}
