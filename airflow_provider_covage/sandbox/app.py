"""The application: every operation at its path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache, wraps
from inspect import signature
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from airflow_provider_covage.sandbox import openapi
from airflow_provider_covage.sandbox.blueprint import Blueprint, Endpoint, Operation
from airflow_provider_covage.sandbox.errors import ApiError
from airflow_provider_covage.sandbox.pipeline import SandboxRoute
from airflow_provider_covage.sandbox.serving import SERVING

Call = Callable[..., Awaitable[Response]]


@cache
def api_app(blueprint: Blueprint) -> FastAPI:
    """Return the application of an API; it serves whichever sandbox a request is for."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.router.route_class = SandboxRoute
    app.add_exception_handler(HTTPException, _unrouted)
    for name, endpoint in blueprint.endpoints().items():
        _add(app, blueprint, blueprint.operations[name], endpoint)
    return app


def _add(app: FastAPI, blueprint: Blueprint, operation: Operation, endpoint: Endpoint) -> None:
    status = 204 if endpoint.answer is None else 201 if endpoint.creates else 200
    app.add_api_route(
        operation.path,
        _call(operation.id, endpoint),
        methods=[operation.method],
        operation_id=operation.id,
        name=operation.id,
        summary=operation.summary,
        description=endpoint.method.__doc__,
        tags=[operation.area],
        status_code=status,
        response_model=None,
        responses=openapi.responses(blueprint, endpoint, status),
        openapi_extra=openapi.additions(blueprint, endpoint),
    )


def _call(name: str, endpoint: Endpoint) -> Call:
    """Return a handler: what is due happens first, ids are decoded, nothing interleaves."""

    @wraps(endpoint.method)
    async def call(**arguments: Any) -> Response:
        serving = SERVING.get()
        given = {key: unquote(a) if isinstance(a, str) else a for key, a in arguments.items()}
        with serving.world.lock:
            serving.world.before(name, endpoint)
            result = serving.endpoints[name].method(**given)
        if isinstance(result, Response):
            return result
        if result is None:
            return Response(status_code=204)
        return JSONResponse(result, serving.world.created if endpoint.creates else 200)

    # Resolved here: FastAPI before 0.118, which Airflow 3.1 brings, looks for the names in this module.
    call.__signature__ = signature(endpoint.method, eval_str=True)  # type: ignore[attr-defined]
    return call


async def _unrouted(request: Request, error: Exception) -> Response:
    """Answer a request that no operation stands for, and note it all the same."""
    assert isinstance(error, HTTPException)
    world = SERVING.get().world
    entry = world.ledger.arrived(None, request.method, request.scope["path"])
    world.ledger.answered(entry, error.status_code)
    return world.refusal(ApiError(error.status_code, {"detail": error.detail}, error.headers))
