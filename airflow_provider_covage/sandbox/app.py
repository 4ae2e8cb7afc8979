"""The application: every operation at its path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any
from urllib.parse import parse_qsl, unquote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from airflow_provider_covage.sandbox import answers, openapi
from airflow_provider_covage.sandbox.operations import OPERATIONS, TOKEN_PATH
from airflow_provider_covage.sandbox.pipeline import SandboxRoute
from airflow_provider_covage.sandbox.services import Endpoint, Services
from airflow_provider_covage.sandbox.serving import SERVING
from airflow_provider_covage.sandbox.world import Settings, World

Call = Callable[..., Awaitable[Response]]


@cache
def api_app() -> FastAPI:
    """Return the application; it serves whichever sandbox a request is for."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.router.route_class = SandboxRoute
    app.add_exception_handler(HTTPException, _unrouted)
    _add_token(app)
    template = Services(World(Settings()))  # only signatures and descriptions are taken from it
    for name, endpoint in template.endpoints().items():
        _add(app, name, endpoint)
    return app


def _add(app: FastAPI, name: str, endpoint: Endpoint) -> None:
    operation = OPERATIONS[name]
    status = 204 if endpoint.answer is None else 201 if endpoint.creates else 200
    app.add_api_route(
        operation.path,
        _call(name, endpoint),
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


def _add_token(app: FastAPI) -> None:
    operation = OPERATIONS["auth.token"]

    async def token(request: Request) -> Response:
        """Grant an access token; lifetimes are in seconds."""
        form = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        world = SERVING.get().world
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


def _call(name: str, endpoint: Endpoint) -> Call:
    """Return a handler: what is due happens first, ids are decoded, nothing interleaves."""

    @wraps(endpoint.method)
    async def call(**arguments: Any) -> Response:
        serving = SERVING.get()
        given = {key: unquote(a) if isinstance(a, str) else a for key, a in arguments.items()}
        with serving.world.lock:
            serving.world.settle()
            result = serving.methods[name](**given)
        if isinstance(result, Response):
            return result
        if result is None:
            return Response(status_code=204)
        return JSONResponse(result, int(serving.world.dialect.created) if endpoint.creates else 200)

    return call


async def _unrouted(request: Request, error: Exception) -> Response:
    """Answer a request that no operation stands for, and note it all the same."""
    assert isinstance(error, HTTPException)
    ledger = SERVING.get().world.ledger
    ledger.answered(ledger.arrived(None, request.method, request.scope["path"]), error.status_code)
    return JSONResponse({"detail": error.detail}, error.status_code, dict(error.headers or {}))
