"""Where records wait between API and target: a file on the worker's disk, whatever their number.

Nothing is written to the target before all has been read, and of a record that came twice the newer copy
counts. In memory there are 8 bytes for each record: a hash of its key.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from airflow_provider_covage.api.bulk import Page
from airflow_provider_covage.api.tables import Table
from airflow_provider_covage.transfers.arrow import compute as pc
from airflow_provider_covage.transfers.arrow import ipc, pa
from airflow_provider_covage.transfers.batches import batch_of, schema_of
from airflow_provider_covage.transfers.rows import RowReader

BATCH = 2048
"""Rows that are turned into columns at a time."""


class Spool:
    """Takes pages while they come, and gives each record once when all are there.

    Args:
        folder: A folder on this machine, for this spool alone.
        table: What the records look like.
    """

    def __init__(self, folder: Path, table: Table) -> None:
        self.table = table
        self.read = RowReader(table)
        self.schema = schema_of(table.columns)
        self._path = folder / "records.arrow"
        self._rows: list[Any] = []
        self._hashes = array("q")
        self._dropped: list[tuple[int, int]] = []
        self._row_type = self.read.row
        self._fields = self.read.fields
        options = ipc.IpcWriteOptions(compression="lz4")
        self._file = pa.OSFile(str(self._path), "wb")
        self._writer = ipc.new_stream(self._file, self.schema, options=options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the file."""
        self._rows = []
        self._finish()
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        """Rows that came, those that came twice counted twice."""
        return len(self._hashes)

    def take(self, page: Page) -> None:
        """Keep a page.

        Args:
            page: A page that `read` has decoded.
        """
        if page.rows and type(page.rows[0]) is not self._row_type:
            self._flush()
            self._row_type, self._fields = type(page.rows[0]), self.read.fields
        start = len(self._hashes)
        keys = self.read.keys(page.rows)
        # A record without key cannot be told from any other: each counts as one of its own.
        self._hashes.extend(
            [hash((start, n)) if key is None else hash(str(key)) for n, key in enumerate(keys)]
        )
        self._rows += page.rows
        if len(self._rows) >= BATCH:
            self._flush()

    def distinct(self, since: int = 0) -> int:
        """Count records, those that came twice once.

        Args:
            since: Rows at the beginning that do not count.

        Returns:
            The number.
        """
        return len(self._newest(since))

    def drop(self, start: int, end: int) -> None:
        """Forget some of the rows that came.

        Args:
            start: Number of the first one.
            end: Number of the one after the last one.
        """
        self._dropped.append((start, end))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give all records, each once, in the order in which they came; can be called again.

        Yields:
            Batches of at most some thousand records.
        """
        self._finish()
        found = self._newest()
        newest = None if len(found) == len(self) else array("q", sorted(found.to_pylist()))
        start = 0
        for batch in self._stored():
            end = start + len(batch)
            if newest is not None:
                kept = newest[bisect_left(newest, start) : bisect_left(newest, end)]
                batch = batch.take(pa.array([number - start for number in kept], pa.int64()))
            if len(batch):
                yield batch
            start = end

    def _kept(self, since: int = 0) -> Iterator[tuple[int, int]]:
        """First number, and the one after the last, of each run of rows that were not dropped."""
        for start, end in sorted(self._dropped):
            if since < start:
                yield since, start
            since = max(since, end)
        yield since, len(self)

    def _newest(self, since: int = 0) -> pa.Array:
        """Numbers of the rows that no later copy of the same record has replaced, in no order."""
        hashes = pa.Array.from_buffers(pa.int64(), len(self), [None, pa.py_buffer(self._hashes)])
        runs = list(self._kept(since))
        keys = pa.concat_arrays([hashes.slice(start, end - start) for start, end in runs])
        rows = pa.concat_arrays([pa.array(range(start, end), pa.int64()) for start, end in runs])
        # Copies come to stand side by side, the newest last. A hash table would take 30 times the memory.
        order = pc.array_sort_indices(keys)
        keys, rows = keys.take(order), rows.take(order)
        is_last = pc.not_equal(keys.slice(0, max(0, len(keys) - 1)), keys.slice(1))
        return pa.concat_arrays([rows.slice(0, len(is_last)).filter(is_last), rows.slice(len(is_last))])

    def _stored(self) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(str(self._path), "rb") as file, ipc.open_stream(file) as stored:
            yield from stored

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_batch(batch_of(self._rows, self._fields, self.table.columns))
            self._rows = []

    def _finish(self) -> None:
        if not self._file.closed:
            self._flush()
            self._writer.close()
            self._file.close()
