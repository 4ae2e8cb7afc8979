"""The OpenAPI description: what FastAPI knows, and what it cannot know, of each operation."""

from __future__ import annotations

from inspect import isclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from airflow_provider_covage.sandbox.blueprint import Blueprint, Endpoint
from airflow_provider_covage.sandbox.store import Json

UPLOAD: Json = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}


def responses(blueprint: Blueprint, endpoint: Endpoint, status: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of what an operation answers."""
    described: dict[int | str, dict[str, Any]] = {}
    for code, (text, model) in blueprint.errors.items():
        if endpoint.errors is None:
            described[code] = {"description": text, "content": {"application/json": {"schema": _ref(model)}}}
        elif code in endpoint.errors:
            described[code] = {"description": text, "model": endpoint.errors[code]}
    answer = endpoint.answer
    if answer is None:
        described[status] = {"description": "Done, no content"}
    elif isinstance(answer, tuple):
        binary = {"schema": {"type": "string", "format": "binary"}}
        described[status] = {"description": "The file", "content": dict.fromkeys(answer, binary)}
    else:
        described[status] = {"description": _first_line(answer), "model": answer}
    return described


def additions(blueprint: Blueprint, endpoint: Endpoint) -> Json:
    """Return what FastAPI does not see: security, query parameters and bodies that are read by hand."""
    described: Json = {}
    if not endpoint.open:
        described["security"] = [{name: []} for name in blueprint.security]
    if endpoint.parameters:
        described["parameters"] = list(endpoint.parameters)
    if endpoint.body:
        described["requestBody"] = endpoint.body
    return described


def describe(app: FastAPI, blueprint: Blueprint) -> Json:
    """Return the whole description; it is made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=f"{blueprint.title} API (sandbox)",
            version="1",
            description=blueprint.description,
            routes=app.routes,
        )
        components = schema.setdefault("components", {})
        components["securitySchemes"] = dict(blueprint.security)
        _tidy(schema, {model for _, model in blueprint.errors.values()})
        app.openapi_schema = schema
    return app.openapi_schema


def query(name: str, kind: Json, *, required: bool = False) -> Json:
    """Describe a query parameter."""
    return {"name": name, "in": "query", "required": required, "schema": kind}


def _tidy(schema: Json, errors: set[type[BaseModel]]) -> None:
    """Put in order what FastAPI assumes: its own error answers, and names of its own for uploads."""
    schemas = schema["components"]["schemas"]
    for model in errors:
        schemas[model.__name__] = model.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            upload = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
            if upload and "$ref" in upload["schema"]:
                schemas.pop(upload["schema"]["$ref"].rpartition("/")[2], None)
                upload["schema"] = UPLOAD


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _first_line(answer: Any) -> str:
    if not isclass(answer) or not issubclass(answer, BaseModel):
        return "The records"
    return (answer.__doc__ or answer.__name__).strip().splitlines()[0]
