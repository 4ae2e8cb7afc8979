"""A server on 127.0.0.1 that says what it is told, byte for byte, or nothing at all."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Silence(Enum):
    """Ways of not answering a request that has arrived."""

    RESET = "the connection is reset"
    CLOSE = "the connection is closed"
    STALL = "nothing comes"
    DRIP = "a byte comes now and then"
    PLAIN = "an answer comes past the encryption"


RESET, CLOSE, STALL = Silence.RESET, Silence.CLOSE, Silence.STALL
DRIP, PLAIN = Silence.DRIP, Silence.PLAIN


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Reply = bytes | Silence
Script = Reply | Callable[[Received], Reply]


def reply(
    status: int = 200,
    body: Any = b"",
    *,
    kind: str = "application/json",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """Return an answer; `length` may promise more than the body holds."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {
        "Content-Type": kind,
        "Content-Length": str(len(content) if length is None else length),
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def chunked(*pieces: bytes | int, whole: bool = False) -> bytes:
    """Return an answer in chunks; a number announces a chunk that never comes."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = [b"%x\r\n" % one if isinstance(one, int) else b"%x\r\n%s\r\n" % (len(one), one) for one in pieces]
    return head + b"".join(body) + (b"0\r\n\r\n" if whole else b"")


def html(status: int = 200, title: str = "Please log in") -> bytes:
    """Return a page as a proxy or a portal sends it."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head></html>"
    return reply(status, page.encode(), kind="text/html; charset=utf-8")


class RawServer:
    """Answers one request after the other as `say` told; the last answer is repeated."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.reset()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.raw = self
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def reset(self) -> None:
        self.requests: list[Received] = []
        self.dripped = 0
        self._scripts: Iterator[Script] = iter(())
        self._last: Script = reply(500)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        """What was asked: methods and targets."""
        return [f"{request.method} {request.target}" for request in self.requests]

    def say(self, *scripts: Script) -> None:
        self._scripts, self._last = iter(scripts), scripts[-1]

    def stop(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Received) -> Reply:
        with self._lock:
            self.requests.append(request)
            script = next(self._scripts, self._last)
        return script(request) if callable(script) else script

    def keep_silent(self, connection: socket.socket, how: Silence) -> None:
        if how is RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how is PLAIN:
            with socket.socket(fileno=os.dup(connection.fileno())) as beneath:
                beneath.sendall(reply(502))
        elif how is STALL:
            connection.settimeout(None)
            connection.recv(1)  # until the client gives up
        elif how is DRIP:
            connection.sendall(reply(200, length=100))
            for self.dripped in range(1, 101):
                connection.sendall(b" ")
                self._over.wait(0.01)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    raw: RawServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what this server is for."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 20

    def setup(self) -> None:
        if self.server.raw.tls:
            self.request = self.server.raw.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        request = self._received()
        if request is None:  # the beginning of TLS, or nothing at all
            self.connection.sendall(reply(400))
            return
        said = self.server.raw.answer(request)
        if isinstance(said, Silence):
            self.server.raw.keep_silent(self.connection, said)
        else:
            self.connection.sendall(said)

    def _received(self) -> Received | None:
        if not self.rfile.peek(1)[:1].isalpha():
            return None
        first = self.rfile.readline().decode("latin-1").split()
        headers: dict[str, str] = {}
        while line := self.rfile.readline().strip().decode("latin-1"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(int(headers.get("content-length", 0)))
        return Received(first[0], first[1], headers, body)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
