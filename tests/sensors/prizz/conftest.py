"""An API that shows one record after the other, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class ScriptedApi:
    """Answers to GET, by path: the next of a list each time, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.asked: list[str] = []

        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, content = api.next(self.path.removeprefix("/external-api/v2"))
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def shows(self, path: str, *records: Any) -> None:
        """Show these records at a path; a number is a status without a record."""
        self.answers[path] = [(one, {}) if isinstance(one, int) else (200, one) for one in records]

    def next(self, path: str) -> tuple[int, Any]:
        self.asked.append(path)
        script = self.answers.get(path, [(404, {"message": "not found"})])
        return script.pop(0) if len(script) > 1 else script[0]


@pytest.fixture(scope="module")
def _standing_api() -> Iterator[ScriptedApi]:
    api = ScriptedApi()
    yield api
    api.server.shutdown()
    api.server.server_close()


@pytest.fixture
def api(_standing_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    """The API, behind connection `prizz_default`."""
    _standing_api.answers.clear()
    _standing_api.asked.clear()
    connection = {"conn_type": "prizz", "host": _standing_api.url, "password": "fixed-token"}
    monkeypatch.setenv("AIRFLOW_CONN_PRIZZ_DEFAULT", json.dumps(connection))
    return _standing_api
