"""Connections as they stand in the environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_covage.hooks.covage import CovageHook

Connect = Callable[..., CovageHook]


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def covage_sandbox_options() -> dict[str, Any]:
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0}


@pytest.fixture
def hook_for(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """`hook_for(host=..., extra={...})` makes the hook of such a connection."""

    def hook_for(uri: str | None = None, **fields: Any) -> CovageHook:
        usual = {"conn_type": "covage", "host": "https://api.example.net", "password": "fixed-token"}
        given = {name: value for name, value in {**usual, **fields}.items() if value is not None}
        monkeypatch.setenv("AIRFLOW_CONN_MINE", uri or json.dumps(given))
        return CovageHook("mine")

    return hook_for
