"""Records as files in object storage: whole or not there, replaced and never added to.

All parts are written beside their place first. Only then is the manifest taken away, the parts are moved to
their names, what is left of an earlier, longer set is removed, and the new manifest is written. So a file is
never half there, and a folder with a manifest holds exactly what the manifest says.
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError, TransientError
from airflow_provider_covage.transfers.arrow import pa
from airflow_provider_covage.transfers.formats import FORMATS
from airflow_provider_covage.transfers.spool import Spool

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

MANIFEST = "_manifest.json"
"""Name of the manifest: with the underscore readers of whole folders leave it alone."""

_BLOCK = 8 << 20
"""Bytes of an upload that are held in memory at a time."""


class Folder:
    """A folder in object storage that holds the records of one list.

    Args:
        uri: Anything that `ObjectStoragePath` opens, credentials by its connection id included.
        token: Tells the writers of a folder apart; the same one for each try of a task.
    """

    def __init__(self, uri: str, token: str) -> None:
        from airflow.sdk import ObjectStoragePath

        if not isinstance(uri, str) or not uri.strip("/ "):
            raise InputError(f"path: a folder or the URI of one is wanted, got {uri!r}; nothing was sent")
        try:
            where = ObjectStoragePath(uri)
            _ensure_no_pattern(where)
            self._fs = where.fs
        except (ImportError, ValueError) as error:
            raise InputError(f"path {uri}: {error}; nothing was sent") from None
        self.uri = str(where).rstrip("/")
        self._root = str(where.path).rstrip("/")
        self._staging = f"{self._root}/_staging-{token}"

    def replace(
        self, spool: Spool, file_format: str, part_rows: int, about: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Put the records of a spool in place of what is there.

        Args:
            spool: The records.
            file_format: One of `FORMATS`.
            part_rows: Most records in one file.
            about: What else the manifest tells.

        Returns:
            The manifest.

        Raises:
            TransientError: The storage cannot be written to; what the manifest described is still there,
                unless the files were just being moved: then there is no manifest.
        """
        try:
            self._drop(self._staging)
            self._fs.makedirs(self._staging, exist_ok=True)
            files = list(self._write(spool, file_format, part_rows))
            manifest = {**about, "rows": sum(one["rows"] for one in files), "files": files}
            self._publish(manifest)
        except OSError as error:
            raise TransientError(f"{self.uri} cannot be written: {error}") from error
        finally:
            self._drop(self._staging)
        return manifest

    def _write(self, spool: Spool, file_format: str, part_rows: int) -> Iterator[dict[str, Any]]:
        suffix, _ = FORMATS[file_format]
        for number, batches in enumerate(_parts(spool, part_rows)):
            name = f"part-{number:05d}{suffix}"
            rows = 0
            with self._opened(name) as file, FORMATS[file_format][1](file, spool.schema) as write:  # type: ignore[arg-type]
                for batch in batches:
                    write(batch)
                    rows += len(batch)
            yield {"name": name, "rows": rows, "bytes": file.size, "sha256": file.digest}

    @contextmanager
    def _opened(self, name: str) -> Iterator[_Counted]:
        with self._fs.open(f"{self._staging}/{name}", "wb", block_size=_BLOCK) as file:
            yield _Counted(file)

    def _publish(self, manifest: Mapping[str, Any]) -> None:
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        with self._opened(MANIFEST) as file:
            file.write(f"{text}\n".encode())
        self._drop(f"{self._root}/{MANIFEST}")
        names = [one["name"] for one in manifest["files"]]
        for name in names:
            self._move(name)
        for there in self._fs.ls(self._root, detail=False):
            name = str(there).rpartition("/")[2]
            if name.startswith("part-") and name not in names:
                self._fs.rm_file(there)
        self._move(MANIFEST)

    def _move(self, name: str) -> None:
        self._fs.mv(f"{self._staging}/{name}", f"{self._root}/{name}")

    def _drop(self, path: str) -> None:
        # Listings that the library keeps from before would hide what another try has left.
        self._fs.invalidate_cache()
        if self._fs.exists(path):
            self._fs.rm(path, recursive=True)


def _ensure_no_pattern(where: ObjectStoragePath) -> None:
    # What moves and removes objects would take the path for a pattern, and find those of another folder.
    if where.protocol not in ("file", "local", "") and glob.has_magic(where.path):
        raise ValueError("*, ? and [ make a path a pattern in object storage: choose another name")


class _Counted:
    """A file being written, with its size and checksum."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()

    def write(self, data: Any) -> int:
        content = bytes(data)
        self._sum.update(content)
        self.size += len(content)
        self._file.write(content)
        return len(content)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Left to the library, which knows how large a piece of an upload has to be."""

    def close(self) -> None:
        """Left to the one who opened it."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def _parts(spool: Spool, part_rows: int) -> Iterator[Iterator[pa.RecordBatch]]:
    """Cut batches into parts; there is always one, so that an empty list has its columns, too."""
    batches = spool.batches()
    left: pa.RecordBatch | None = next(batches, None)

    def part() -> Iterator[pa.RecordBatch]:
        nonlocal left
        room = part_rows
        while left is not None and room:
            piece, rest = left.slice(0, room), left.slice(room)
            room -= len(piece)
            yield piece
            left = rest if len(rest) else next(batches, None)

    yield part()
    while left is not None:
        yield part()
