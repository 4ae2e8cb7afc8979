"""Secrets that the sandboxes give out, and all places where Airflow may have kept one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet

from airflow_provider_covage.sandbox.covage.auth import OAuthTokens

if TYPE_CHECKING:
    import pytest

_ENCRYPTED = re.compile(r"gAAAA[\w-]+=*")
_OF_CREDENTIALS = ("connection", "connection_test_request")
"""Tables where credentials belong: nothing of these is decrypted, and what is in clear is found."""


def note_tokens(monkeypatch: pytest.MonkeyPatch, known: set[str]) -> None:
    """Add the tokens that sandboxes of Covage give out from now on to what is known, for refresh included."""
    issue = OAuthTokens._issue

    def issued(self: OAuthTokens) -> dict[str, Any]:
        answer = issue(self)
        known.update((answer["access_token"], answer["refresh_token"]))
        return answer

    monkeypatch.setattr(OAuthTokens, "_issue", issued)


def places_of(secrets: Collection[str], home: Path, fernet_key: str) -> list[str]:
    """Where any of the secrets stands in what Airflow has kept."""
    kept = left_behind(home, fernet_key)
    return [place for place, text in kept if any(secret in text for secret in secrets)]


def left_behind(home: Path, fernet_key: str) -> Iterator[tuple[str, str]]:
    """All that Airflow has kept, with where it stands: files of its home, and tables, decrypted."""
    for path in home.rglob("*"):
        if path.is_file() and not path.name.startswith("airflow.db"):
            yield str(path.relative_to(home)), path.read_bytes().decode(errors="replace")
    fernet = Fernet(fernet_key)
    with closing(sqlite3.connect(f"file:{home}/airflow.db?mode=ro", uri=True)) as database:
        database.text_factory = lambda value: value.decode(errors="replace")
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            text = "\n".join(map(_text, database.execute(f'SELECT * FROM "{table}"')))
            if table not in _OF_CREDENTIALS:
                text = _ENCRYPTED.sub(lambda found: fernet.decrypt(found[0]).decode(), text)
            yield f"table {table}", text


def _text(row: tuple[Any, ...]) -> str:
    return "\t".join(
        one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in row if one is not None
    )
