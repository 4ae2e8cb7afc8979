"""Files of tasks: on the worker, or wherever `ObjectStoragePath` reaches."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from airflow_provider_covage.api.errors import InputError


@contextmanager
def readable(where: str) -> Iterator[Any]:
    """Open a file for an upload.

    Args:
        where: A path on the worker or a URI.

    Yields:
        What the API client takes as `file`.

    Raises:
        InputError: There is no such file behind the URI.
    """
    if "://" not in where:
        yield where
        return
    from airflow.sdk import ObjectStoragePath

    remote = ObjectStoragePath(where)
    if not remote.is_file():
        raise InputError(f"there is no file at {where}; nothing was sent")
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / remote.name
        _copy(remote, local)
        yield str(local)


def download(fetch: Callable[[str], Any], to: str) -> str:
    """Download a file so that it is whole or not there.

    Args:
        fetch: Downloads to a local path or folder and returns the path.
        to: A path or folder on the worker, or a URI; one that ends in a slash is a folder.

    Returns:
        Where the file is.
    """
    if "://" not in to:
        return str(fetch(to))
    from airflow.sdk import ObjectStoragePath

    with tempfile.TemporaryDirectory() as folder:
        local = Path(fetch(f"{folder}/"))
        remote = ObjectStoragePath(to) / local.name if to.endswith("/") else ObjectStoragePath(to)
        remote.parent.mkdir(parents=True, exist_ok=True)
        _copy(local, remote)
        return str(remote)


def _copy(source: Any, target: Any) -> None:
    with source.open("rb") as content, target.open("wb") as copy:
        shutil.copyfileobj(content, copy)
