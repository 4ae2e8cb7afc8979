"""The application: every operation at its path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, unquote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from airflow_provider_covage.sandbox import answers, openapi
from airflow_provider_covage.sandbox.operations import OPERATIONS, TOKEN_PATH
from airflow_provider_covage.sandbox.pipeline import SandboxRoute, Stopping
from airflow_provider_covage.sandbox.services import Endpoint, Services
from airflow_provider_covage.sandbox.world import World

Call = Callable[..., Awaitable[Response]]


def build_app(world: World, services: Services, stopping: Stopping) -> FastAPI:
    """Return the application that serves one world."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.router.route_class = SandboxRoute
    app.state.world, app.state.stopping = world, stopping
    app.add_exception_handler(HTTPException, _unrouted)
    _add_token(app, world)
    endpoints = services.endpoints()
    for operation in OPERATIONS:
        if operation in endpoints:
            _add(app, world, operation, endpoints[operation])
    return app


def _add(app: FastAPI, world: World, name: str, endpoint: Endpoint) -> None:
    operation = OPERATIONS[name]
    status = 204 if endpoint.answer is None else int(world.dialect.created) if endpoint.creates else 200
    app.add_api_route(
        operation.path,
        _call(world, endpoint.method, status),
        methods=[operation.method],
        operation_id=name,
        name=name,
        summary=operation.summary,
        description=endpoint.method.__doc__,
        tags=[operation.area],
        status_code=status,
        response_model=None,
        responses=openapi.responses(endpoint, status),
        openapi_extra=openapi.additions(endpoint),
    )


def _add_token(app: FastAPI, world: World) -> None:
    operation = OPERATIONS["auth.token"]

    async def token(request: Request) -> Response:
        """Grant an access token; lifetimes are in seconds."""
        form = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        with world.lock:
            return JSONResponse(world.tokens.grant(form), headers={"Cache-Control": "no-store"})

    refusal = {"model": answers.OAuthError}
    app.add_api_route(
        TOKEN_PATH,
        token,
        methods=["POST"],
        operation_id=operation.id,
        name=operation.id,
        summary=operation.summary,
        tags=[operation.area],
        response_model=None,
        responses={
            200: {"model": answers.Token, "description": "The tokens"},
            400: {**refusal, "description": "Wrong request or refresh token"},
            401: {**refusal, "description": "Wrong user or client"},
        },
        openapi_extra={"requestBody": openapi.TOKEN_FORM},
    )


def _call(world: World, method: Callable[..., Any], status: int) -> Call:
    """Return a handler around a method: what is due happens first, ids are decoded, nothing interleaves."""

    @wraps(method)
    async def call(**arguments: Any) -> Response:
        given = {name: unquote(a) if isinstance(a, str) else a for name, a in arguments.items()}
        with world.lock:
            world.settle()
            result = method(**given)
        if isinstance(result, Response):
            return result
        return Response(status_code=204) if result is None else JSONResponse(result, _ok(status))

    return call


def _ok(status: int) -> int:
    """Return the status of an answer with a body: only the documented 204 has none."""
    return 200 if status == 204 else status


async def _unrouted(request: Request, error: Exception) -> Response:
    """Answer a request that no operation stands for, and note it all the same."""
    assert isinstance(error, HTTPException)
    world: World = request.app.state.world
    entry = world.ledger.arrived(None, request.method, request.scope["path"])
    world.ledger.answered(entry, error.status_code)
    return JSONResponse({"detail": error.detail}, error.status_code, dict(error.headers or {}))
