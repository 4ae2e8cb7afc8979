"""The sandboxes behind `make up`: one process, a connection for each API."""

from __future__ import annotations

import requests

from tools.sandbox import SandboxServer


def test_both_are_there_with_their_connections(tmp_path):
    with SandboxServer(tmp_path / "log", 1, ("covage", "prizz")) as server:
        assert {api: one["conn_type"] for api, one in server.connections.items()} == {
            "covage": "covage",
            "prizz": "prizz",
        }
        # Each address is that of another API.
        kinds = [
            requests.get(f"{one['host']}/_sandbox/", timeout=30).json()["records"]
            for one in server.connections.values()
        ]
        assert ["quote" in kinds[0], "commercial_offer" in kinds[1]] == [True, True]
        assert server.connection == server.connections["covage"]
    assert server.process.status is not None
