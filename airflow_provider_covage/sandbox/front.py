"""Where a request comes in: it is told whom it is for, and goes to the API or to what steers the sandbox."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from airflow_provider_covage.sandbox.app import api_app
from airflow_provider_covage.sandbox.blueprint import Blueprint
from airflow_provider_covage.sandbox.control import PREFIX, control_app
from airflow_provider_covage.sandbox.pages import page_routes
from airflow_provider_covage.sandbox.serving import SERVING, Serving
from airflow_provider_covage.sandbox.transport import RawPaths


class Front:
    """The application of one sandbox."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self.app = RawPaths(_site(serving.controls.blueprint), serving.world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to this sandbox."""
        SERVING.set(self.serving)
        await self.app(scope, receive, send)


class _Site:
    """The API and what steers it, told apart by the beginning of the path."""

    def __init__(self, api: FastAPI, control: FastAPI) -> None:
        self.api = api
        self.control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the one or the other."""
        chosen = self.control if scope.get("path", "").startswith(PREFIX) else self.api
        await chosen(scope, receive, send)


@cache
def _site(blueprint: Blueprint) -> _Site:
    """Return what all sandboxes of an API in this process share."""
    api, control = api_app(blueprint), control_app()
    api.router.routes.extend(page_routes(blueprint, api, control))
    return _Site(api, control)
