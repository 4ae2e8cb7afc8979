"""Sandboxes as a process of their own, and a look at what they hold that goes round the package's client."""

from __future__ import annotations

import functools
import json
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self, cast

import requests

from tools.processes import Process, wait_until

Json = dict[str, Any]

READY = "export AIRFLOW_CONN_{}_DEFAULT="
"""How a line begins that says that a sandbox is ready, and how to reach it."""


class SandboxServer:
    """A sandbox on a free port of the loopback interface, with its real authentication.

    What is read here is that of Covage.

    Args:
        log: File for its output.
        speed: How many times faster than real time things happen.
        apis: Of which APIs there is to be one, that of Covage first.
    """

    def __init__(self, log: Path, speed: float, apis: tuple[str, ...] = ("covage",)) -> None:
        self.log = log
        self.apis = apis
        self._speed = speed
        self._session = requests.Session()
        # What the environment says about proxies is not for an address on this machine.
        self._session.trust_env = False

    def __enter__(self) -> Self:
        """Start, and wait until it is ready."""
        command = [sys.executable, "-m", "airflow_provider_covage.sandbox", "--port", "0"]
        command += ["--api", "both" if len(self.apis) > 1 else self.apis[0]]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = Process("sandbox", [*command, "--speed", str(self._speed)], self.log, environment)
        try:
            wait_until(self._is_ready, "the sandbox", 60, 0.05, alive=[self.process])
        except BaseException:
            self.process.end()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self.process.end()

    @functools.cached_property
    def connections(self) -> Mapping[str, Json]:
        """The Airflow connections that lead there, by API."""
        return {api: json.loads(shlex.split(self._announced(api))[0]) for api in self.apis}

    @property
    def connection(self) -> Json:
        """The one that leads to Covage's."""
        return self.connections["covage"]

    @property
    def url(self) -> str:
        """Its base URL."""
        return str(self.connection["host"])

    def ledger(self) -> list[Json]:
        """Ask what has taken effect.

        Returns:
            The effects, in order.
        """
        answer = self._session.get(f"{self.url}/_sandbox/ledger", timeout=10)
        answer.raise_for_status()
        return cast(list[Json], answer.json())

    def records(self, resource: str) -> Iterator[Json]:
        """Read records through the public API, logged in like any client.

        Args:
            resource: Which ones, such as `quote_item`.

        Yields:
            Each record as the list shows it.
        """
        page = 1
        while page:
            found = self._read(f"{resource}/", page=page)
            yield from found["results"]
            page = found["next_page"]

    def record(self, resource: str, record_id: str) -> Json:
        """Read one record through the public API.

        Args:
            resource: What it is.
            record_id: Its id.

        Returns:
            The record in full.
        """
        return self._read(f"{resource}/{record_id}/")

    def _read(self, path: str, **query: int) -> Json:
        address = f"{self.url}/api/v1/{path}"
        answer = self._session.get(address, params=query, headers=self._authorization, timeout=10)
        answer.raise_for_status()
        return cast(Json, answer.json())

    @functools.cached_property
    def _authorization(self) -> dict[str, str]:
        form = {
            "grant_type": "password",
            "client_id": "api-client",
            "username": self.connection["login"],
            "password": self.connection["password"],
        }
        answer = self._session.post(self.connection["extra"]["token_url"], data=form, timeout=10)
        answer.raise_for_status()
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def _is_ready(self) -> bool:
        return all(map(self._announced, self.apis))

    def _announced(self, api: str) -> str:
        """Give what it says when it is ready; nothing before."""
        for line in self.log.read_text(errors="replace").splitlines():
            before, found, said = line.strip().partition(READY.format(api.upper()))
            if found and not before:
                return said
        return ""
