"""Sandboxes that stay up from test to test and are emptied in between, and the connections to them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import pytest

    from airflow_provider_covage.sandbox.sandbox import ServedSandbox

Kind = TypeVar("Kind", bound="ServedSandbox")

SPEED = 100.0
"""Unless told otherwise a line is priced 0.2 to 0.4 s after the confirmation, an order made 0.15 s after."""

_FIELDS = ("host", "port", "schema", "login", "password")
"""What a connection holds beside its extras."""


class ConnectionInEnvironment:
    """The connection that leads to a sandbox, as an environment variable for the length of a test.

    Call it to have fields and extras differ: `covage_connection(password="wrong", timeout=1)`. All others are
    as the sandbox wants them, so that a call without arguments mends everything.

    Args:
        conn_id: Id of the connection.
        sandbox: Where it leads.
        monkeypatch: Undoes all of it after the test.
    """

    def __init__(self, conn_id: str, sandbox: ServedSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self._conn_id = conn_id
        self._sandbox = sandbox
        self._monkeypatch = monkeypatch
        self()
        self._without_proxy(sandbox.address[0])

    def __call__(self, conn_id: str | None = None, **changes: Any) -> None:
        """Write the connection anew.

        Args:
            conn_id: Id of another connection to write beside it.
            **changes: `host`, `port`, `schema`, `login`, `password`, or extras by their names.
        """
        connection = self._sandbox.connection
        for name, value in changes.items():
            place = connection if name in _FIELDS else connection["extra"]
            place[name] = value
        variable = f"AIRFLOW_CONN_{(conn_id or self._conn_id).upper()}"
        self._monkeypatch.setenv(variable, json.dumps(connection))

    def _without_proxy(self, host: str) -> None:
        """The sandbox is on this machine: a proxy of the environment would only be in the way."""
        for name in ("NO_PROXY", "no_proxy"):
            others = [one for one in os.environ.get(name, "").split(",") if one and one != host]
            self._monkeypatch.setenv(name, ",".join([*others, host]))


class Connected(NamedTuple, Generic[Kind]):
    """A sandbox, and the connection that leads to it."""

    sandbox: Kind
    connection: ConnectionInEnvironment


class StandingSandboxes:
    """Sandboxes that are started once per way of being set up; starting one takes longer than emptying it."""

    def __init__(self) -> None:
        self._started: dict[Any, Any] = {}

    def connected(
        self, kind: type[Kind], options: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> Connected[Kind]:
        """Give an empty sandbox and the connection to it.

        Args:
            kind: `Sandbox` or `PrizzSandbox`.
            options: What it takes as arguments, and `conn_id`.
            monkeypatch: Undoes all of it after the test.

        Returns:
            Both.
        """
        lasting = {name: value for name, value in options.items() if name not in ("conn_id", "speed")}
        sandbox = self._empty(kind, lasting)
        sandbox.speed = options.get("speed", SPEED)
        return Connected(sandbox, ConnectionInEnvironment(options["conn_id"], sandbox, monkeypatch))

    def stop(self) -> None:
        """Stop all of them."""
        for sandbox in self._started.values():
            sandbox.stop()

    def _empty(self, kind: type[Kind], options: Mapping[str, Any]) -> Kind:
        key = (kind, frozenset(options.items()))
        if key not in self._started:
            self._started[key] = kind(**options)
        sandbox: Kind = self._started[key]
        if not sandbox.running:  # the first time, and after a test that has stopped it
            sandbox.start()
        sandbox.reset()
        return sandbox
