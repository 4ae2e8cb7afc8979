"""The sandbox in a process of its own, for `benchmarks.waiting`; counts requests and connections.

Prints where it listens, then answers each line of its input (a command as JSON) with a line of JSON. Ends
with its input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from typing import Any

import uvicorn

from airflow_provider_covage.sandbox import Sandbox
from airflow_provider_covage.sandbox.front import Front
from airflow_provider_covage.sandbox.ledger import RequestEntry
from airflow_provider_covage.sandbox.serving import Serving
from airflow_provider_covage.sandbox.transport import SandboxProtocol

TOKEN = "benchmark-token"  # noqa: S105 - made up, for a sandbox
LINE = "quote_item"
_LINES_PER_BASKET = 100
_RUN = re.compile(r"/api/v2/accounts/\d+/runs/(\d+)/")
_RUNNING, _SUCCESS = 3, 10


class Connections:
    """Connections so far."""

    opened = 0
    open = 0
    most = 0


class CountingProtocol(SandboxProtocol):
    """The sandbox's protocol, which counts its connections."""

    def connection_made(self, transport: Any) -> None:
        """Count one more.

        Args:
            transport: Its transport.
        """
        Connections.opened += 1
        Connections.open += 1
        Connections.most = max(Connections.most, Connections.open)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count one less.

        Args:
            exc: Why it was lost.
        """
        Connections.open -= 1
        super().connection_lost(exc)


class AsDbtCloud:
    """The sandbox, which besides shows its waiting lines as dbt Cloud shows runs of a job.

    Args:
        app: The sandbox.
        lines: The lines; a run has the number of its place among them.
    """

    def __init__(self, app: Any, lines: list[str]) -> None:
        self._app = app
        self._lines = lines

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        run = _RUN.fullmatch(scope.get("path", ""))
        if not run:
            await self._app(scope, receive, send)
            return
        path = f"/api/v1/{LINE}/{self._lines[int(run[1])]}/"
        headers = [(name, value.replace(b"Token ", b"Bearer ")) for name, value in scope["headers"]]
        sent: list[Any] = []

        async def keep(message: Any) -> None:
            sent.append(message)

        await self._app({**scope, "path": path, "raw_path": path.encode(), "headers": headers}, receive, keep)
        record = json.loads(b"".join(one.get("body", b"") for one in sent))
        done = record.get("state") == "ready"
        body = json.dumps({"data": {**record, "status": _SUCCESS if done else _RUNNING}}).encode()
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({**sent[0], "headers": head})
        await send({"type": "http.response.body", "body": body})


class Server:
    """A sandbox whose clock stands still, with lines that wait for their price and others around them.

    Args:
        options: The command line.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.sandbox = Sandbox(speed=0, bearer_token=TOKEN, max_page_size=options.page_size)
        self.requests: Counter[str] = Counter()
        self.sandbox.world.ledger.listener = self._count
        baskets = -(-options.others // _LINES_PER_BASKET)
        self.sandbox.seed(quotes=baskets, lines_per_quote=_LINES_PER_BASKET)
        self.sandbox.seed(quotes=1, lines_per_quote=options.waits)
        self.waiting = list(self.sandbox.world.store[LINE].records)[-options.waits :]
        for line in self.waiting:
            self.sandbox.set_state(LINE, line, "confirmed")

    async def serve(self, certificate: str | None) -> None:
        """Serve until standard input ends.

        Args:
            certificate: PEM file with key and certificate, None for plain http.
        """
        config = uvicorn.Config(
            AsDbtCloud(Front(Serving(self.sandbox)), self.waiting),
            http=CountingProtocol,
            port=0,
            backlog=16_384,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=600,
            ssl_certfile=certificate,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        _, port = server.servers[0].sockets[0].getsockname()
        _say({"url": f"http{'s' if certificate else ''}://127.0.0.1:{port}"})
        while command := await asyncio.to_thread(sys.stdin.readline):
            _say(self._answer(json.loads(command)))
        server.should_exit = server.force_exit = True
        await serving

    def _count(self, entry: RequestEntry) -> None:
        self.requests["all"] += 1
        self.requests[str(entry.operation)] += 1

    def _answer(self, command: dict[str, Any]) -> Any:
        match command["do"]:
            case "waiting":
                return self.waiting
            case "count":
                return {
                    "requests": self.requests,
                    "opened": Connections.opened,
                    "open": Connections.open,
                    "most": Connections.most,
                }
            case "change":
                self.sandbox.set_state(LINE, command["id"], "ready")
            case "hide":
                self.sandbox.fault("error_before", match=f"{LINE}.get", status=404, times=None)
            case "show":
                self.sandbox.clear_faults()
        return time.time()


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description="Serve a sandbox with many lines that wait for their price.")
    parser.add_argument("--waits", type=int, required=True, help="lines that wait")
    parser.add_argument("--others", type=int, default=0, help="further lines of the same time")
    parser.add_argument("--page-size", type=int, default=100, help="largest page that is granted")
    parser.add_argument("--certificate", help="PEM file with key and certificate, for https")
    options = parser.parse_args()
    asyncio.run(Server(options).serve(options.certificate))


if __name__ == "__main__":
    main()
