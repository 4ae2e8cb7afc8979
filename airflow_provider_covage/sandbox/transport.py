"""What has to be done below HTTP: paths as they were sent, and connections that break.

Starlette decodes a path before it routes it, so that `a%2Fb` would become two segments. Here routing
sees the path as it was sent, and ids are decoded after it. Breaking off a connection without an
answer needs the transport, which `SandboxProtocol` hands to the application.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from airflow_provider_covage.sandbox.world import BaseWorld

EXTENSION = "sandbox.connection"


class SandboxProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol on httptools, with a way for the application to break the connection."""

    def on_message_begin(self) -> None:
        """Let the scope of the request lead back to this connection."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"protocol": self}}

    def break_off(self, *, flush: bool) -> None:
        """Close the connection in the middle of an answer; with `flush` what was written is sent."""
        if self.cycle is not None:
            self.cycle.disconnected = True
        if flush:
            self.transport.close()
        else:
            self.transport.abort()


class BrokenResponse(Response):
    """No answer: the connection is closed instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection."""
        _protocol(scope).break_off(flush=False)
        await asyncio.sleep(0)


class TruncatedResponse(Response):
    """Part of an answer: fewer bytes than its Content-Length says, then the connection is closed."""

    def __init__(self, whole: Response) -> None:
        super().__init__(bytes(whole.body), whole.status_code)
        self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half of the body and close the connection."""
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _protocol(scope).break_off(flush=True)


class RawPaths:
    """Routes on the path as it was sent, after the API has had its say about it."""

    def __init__(self, app: ASGIApp, world: BaseWorld) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer it where the path alone decides."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = scope.get("raw_path", b"").decode("ascii", "replace") or scope["path"]
        routed = self.world.route(scope["method"], sent)
        if isinstance(routed, Response):
            await self._decided(scope, sent, routed)(scope, receive, send)
            return
        scope["path"] = routed
        await self.app(scope, receive, send)

    def _decided(self, scope: Scope, path: str, answer: Response) -> Response:
        query = scope.get("query_string", b"").decode("ascii", "replace")
        entry = self.world.ledger.arrived(None, scope["method"], path, query)
        self.world.ledger.answered(entry, answer.status_code)
        if query and "location" in answer.headers:
            answer.headers["location"] += f"?{query}"
        return answer


def _protocol(scope: Scope) -> SandboxProtocol:
    """Return the connection of a request."""
    extension: dict[str, Any] = scope.get("extensions", {}).get(EXTENSION, {})
    protocol = extension.get("protocol")
    if not isinstance(protocol, SandboxProtocol):
        raise RuntimeError("connections can only be broken off by the sandbox's own server")
    return protocol
