"""The sandbox's own operations over HTTP, under `/_sandbox/`; they need no token."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from airflow_provider_covage.sandbox.controls import Controls
from airflow_provider_covage.sandbox.faults import Fault
from airflow_provider_covage.sandbox.serving import SERVING
from airflow_provider_covage.sandbox.store import Json

PREFIX = "/_sandbox"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Advance(_Body):
    """How far to move the clock."""

    seconds: float = Field(ge=0, description="Sandbox seconds")


class Speed(_Body):
    """How fast the clock runs."""

    speed: float = Field(ge=0, description="Sandbox seconds per real second; 0 stops the clock")


class Outcome(_Body):
    """What becomes of some records."""

    resource: str
    outcome: str
    match: dict[str, str] = Field(default={}, description="Field -> value or glob")


class FaultBody(_Body):
    """What goes wrong with some requests."""

    kind: str
    match: str = Field(default="*", description="Operation id or glob")
    nth: int = 1
    times: int | None = Field(default=1, description="null is forever")
    options: dict[str, Any] = {}


class State(_Body):
    """A state to force."""

    resource: str
    id: str
    state: str


class Extra(_Body):
    """Fields to add to records."""

    resource: str
    fields: dict[str, Any]
    id: str | None = None


class Expire(_Body):
    """Which tokens to make invalid."""

    refresh: bool = False


@cache
def control_app() -> FastAPI:
    """Return the application; it steers whichever sandbox a request is for."""
    app = FastAPI(
        title="Sandbox control", openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None
    )
    app.add_exception_handler(ValueError, _wrong)
    app.add_exception_handler(TypeError, _wrong)
    app.add_exception_handler(KeyError, _absent)
    _add_reading(app)
    _add_telling(app)
    _add_state(app)
    return app


def _controls() -> Controls:
    return SERVING.get().controls


def _add_reading(app: FastAPI) -> None:
    @app.get(f"{PREFIX}/")
    async def status() -> Json:
        """Return time, speed, dialect, rules, faults and the number of records."""
        return _controls().status()

    @app.get(f"{PREFIX}/ledger")
    async def ledger() -> list[Json]:
        """Return every effect so far."""
        return _controls().ledger

    @app.get(f"{PREFIX}/requests")
    async def requests() -> list[Json]:
        """Return every request so far."""
        return _controls().requests

    @app.get(f"{PREFIX}/messages")
    async def messages() -> list[Json]:
        """Return everything that people were sent, such as codes to sign with."""
        return _controls().messages


def _add_telling(app: FastAPI) -> None:
    @app.post(f"{PREFIX}/outcomes")
    async def add_outcome(body: Outcome) -> Json:
        """Tell what becomes of records that match."""
        _controls().outcome(body.resource, body.outcome, **body.match)
        return body.model_dump()

    @app.delete(f"{PREFIX}/outcomes")
    async def clear_outcomes() -> Json:
        """Forget every rule."""
        _controls().clear_outcomes()
        return {}

    @app.post(f"{PREFIX}/faults")
    async def add_fault(body: FaultBody) -> Json:
        """Have a fault happen."""
        _controls().set_fault(Fault(**body.model_dump()))
        return body.model_dump()

    @app.delete(f"{PREFIX}/faults")
    async def clear_faults() -> Json:
        """Forget every fault."""
        _controls().clear_faults()
        return {}

    @app.post(f"{PREFIX}/release")
    async def release() -> Json:
        """Let everything appear in lists that a lag has hidden."""
        return {"released": _controls().release()}


def _add_state(app: FastAPI) -> None:
    @app.post(f"{PREFIX}/advance")
    async def advance(body: Advance) -> Json:
        """Move the clock forward."""
        return {"now": _controls().advance(body.seconds)}

    @app.post(f"{PREFIX}/speed")
    async def speed(body: Speed) -> Json:
        """Change how fast the clock runs."""
        controls = _controls()
        controls.speed = body.speed
        return {"speed": controls.speed}

    @app.post(f"{PREFIX}/state")
    async def state(body: State) -> Json:
        """Force the state of a record."""
        _controls().set_state(body.resource, body.id, body.state)
        return body.model_dump()

    @app.post(f"{PREFIX}/extra")
    async def extra(body: Extra) -> Json:
        """Add fields that no document knows to records."""
        _controls().extra_fields(body.resource, body.fields, body.id)
        return body.model_dump()

    @app.post(f"{PREFIX}/seed")
    async def seed(counts: dict[str, int]) -> Json:
        """Add many records: how many of each kind."""
        _controls().seed(**counts)
        return counts

    @app.post(f"{PREFIX}/expire_tokens")
    async def expire_tokens(body: Expire | None = None) -> Json:
        """Make tokens invalid now."""
        _controls().expire_tokens(refresh=bool(body and body.refresh))
        return {}

    @app.post(f"{PREFIX}/reset")
    async def reset() -> Json:
        """Empty all state."""
        _controls().reset()
        return {}


async def _wrong(_request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, 400)


async def _absent(_request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error.args[0])}, 404)
