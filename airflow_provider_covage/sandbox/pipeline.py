"""What every request goes through: ledger, faults, token, handler, and the answer or what is left of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from airflow_provider_covage.sandbox.errors import ApiError
from airflow_provider_covage.sandbox.faults import BEFORE, Fault
from airflow_provider_covage.sandbox.ledger import CURRENT, RequestEntry
from airflow_provider_covage.sandbox.serving import SERVING, Serving, Stopping
from airflow_provider_covage.sandbox.store import Lag
from airflow_provider_covage.sandbox.transport import BrokenResponse, TruncatedResponse
from airflow_provider_covage.sandbox.world import BaseWorld

Handler = Callable[[Request], Awaitable[Response]]
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
LOGGER = logging.getLogger(__name__)
DEFAULT_STATUS = {"error_before": 502, "error_after": 503}


class SandboxRoute(APIRoute):
    """A route of FastAPI whose handler is wrapped in everything of this module."""

    def get_route_handler(self) -> Handler:  # type: ignore[override]
        """Return the handler of this route."""
        original: Handler = super().get_route_handler()
        operation = self.operation_id or self.name

        async def handle(request: Request) -> Response:
            return await run(SERVING.get(), operation, request, original)

        return handle


async def run(serving: Serving, operation: str, request: Request, handler: Handler) -> Response:
    """Handle a request to an operation."""
    world = serving.world
    with world.lock:
        entry = world.ledger.arrived(operation, request.method, *_target(request))
        fault, lag = world.faults.striking(operation)
    _note(world, entry, fault, lag)
    CURRENT.set(entry)
    if fault and fault.kind in BEFORE:
        return _sent(world, entry, _instead(world, fault))
    response = await _answer(serving, operation, request, handler)
    if fault:
        response = await _spoiled(world, fault, response, serving.stopping)
    return _sent(world, entry, response)


def _target(request: Request) -> tuple[str, str]:
    """Return path and query as they were sent."""
    path, query = (request.scope[name].decode("ascii", "replace") for name in ("raw_path", "query_string"))
    return path, query


def _note(world: BaseWorld, entry: RequestEntry, fault: Fault | None, lag: Fault | None) -> None:
    """Note what happens to a request, and for how long lists will not show what it creates."""
    entry.fault = fault.kind if fault else lag.kind if lag else None
    if lag:
        seconds, calls = lag.options.get("seconds"), lag.options.get("calls")
        entry.lag = Lag(None if seconds is None else world.clock.now() + seconds, calls)


def _sent(world: BaseWorld, entry: RequestEntry, response: Response) -> Response:
    """Note the status of what is answered, if anything is."""
    world.ledger.answered(entry, None if isinstance(response, BrokenResponse) else response.status_code)
    return response


async def _answer(serving: Serving, operation: str, request: Request, handler: Handler) -> Response:
    """Return the answer that a request deserves; that the sandbox fails is an answer too."""
    try:
        return await _handled(serving, operation, request, handler)
    except Exception:
        LOGGER.exception("the sandbox failed at %s", operation)
        failure = ApiError(500, {"detail": "The sandbox has failed; its log says why."})
        return serving.world.refusal(failure)


async def _handled(serving: Serving, operation: str, request: Request, handler: Handler) -> Response:
    world = serving.world
    try:
        if not serving.endpoints[operation].open:
            world.tokens.check(request.headers.get("authorization"))
            _check_content_type(request)
        return await handler(request)
    except ApiError as error:
        return world.refusal(error)
    except RequestValidationError as error:
        return world.refusal(world.invalid(error.errors()))
    except HTTPException as error:
        return world.refusal(ApiError(error.status_code, {"detail": error.detail}))


def _check_content_type(request: Request) -> None:
    """Refuse a body that is neither JSON nor an upload."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    if empty or sent in ("application/json", "multipart/form-data"):
        return
    raise ApiError(415, {"detail": f'Unsupported media type "{sent}" in request.'})


def _instead(world: BaseWorld, fault: Fault) -> Response:
    """Return what is answered instead of handling a request."""
    options = fault.options
    if fault.kind == "close_before":
        return BrokenResponse()
    if fault.kind == "unauthorized":
        return world.refusal(world.unauthorized())
    if fault.kind == "error_before":
        return _error(world, fault)
    limited = fault.kind == "rate_limit"
    seconds = options.get("retry_after", 1)
    later = formatdate(time.time() + seconds, usegmt=True) if options.get("http_date") else str(seconds)
    detail = "Request was throttled." if limited else "Service temporarily unavailable."
    status = 429 if limited else 503
    return world.refusal(ApiError(status, {"detail": detail}, {"Retry-After": later}))


async def _spoiled(world: BaseWorld, fault: Fault, response: Response, stopping: Stopping) -> Response:
    """Return what is left of the answer to a request that has taken effect."""
    if fault.kind == "close_after":
        return BrokenResponse()
    if fault.kind == "truncate":  # of an answer without body nothing can be left
        return TruncatedResponse(response) if response.body else BrokenResponse()
    if fault.kind == "error_after":
        return _error(world, fault)
    if fault.kind == "html":
        return HTMLResponse(PAGE.format(world.title), fault.options.get("status", 200))
    await stopping.pause(fault.options.get("seconds", 30.0))
    return response


def _error(world: BaseWorld, fault: Fault) -> Response:
    status = fault.options.get("status", DEFAULT_STATUS[fault.kind])
    if fault.options.get("body", "json") == "html":
        return HTMLResponse(PAGE.format(f"Error {status}"), status)
    return world.refusal(ApiError(status, {"detail": f"Error {status}."}))
