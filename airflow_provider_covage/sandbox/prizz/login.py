"""The legacy way to an access token."""

from __future__ import annotations

from starlette.responses import JSONResponse

from airflow_provider_covage.sandbox.prizz.bodies import Credentials
from airflow_provider_covage.sandbox.prizz.world import World


class Login:
    """The operation `auth.token`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def grant(self, body: Credentials) -> JSONResponse:
        """Exchange e-mail and password for an access token; its lifetime is in seconds."""
        granted = self.world.tokens.grant(body.email, body.mdp)
        return JSONResponse(granted, headers={"Cache-Control": "no-store"})
