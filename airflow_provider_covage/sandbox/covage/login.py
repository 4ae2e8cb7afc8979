"""The operation `auth.token`."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import JSONResponse

from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.store import Json

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


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode(errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


class Login:
    """The token endpoint."""

    def __init__(self, world: World) -> None:
        self.world = world

    def grant(self, form: Annotated[dict[str, str], Depends(_form)]) -> JSONResponse:
        """Grant an access token; lifetimes are in seconds."""
        return JSONResponse(self.world.tokens.grant(form), headers={"Cache-Control": "no-store"})
