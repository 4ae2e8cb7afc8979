"""From a list of an API to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.operators import keys
from airflow_provider_covage.transfers import lineage
from airflow_provider_covage.transfers.base import Transfer, static_part

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.tables import Table
    from airflow_provider_covage.transfers.reading import Outcome
    from airflow_provider_covage.transfers.spool import Spool

DEFAULT_PART_ROWS = 500_000


class ToObjectStorage(Transfer):
    """Base of the operators that write a list to object storage.

    Args:
        resource: The list, by the name of its resource in the client.
        path: The folder: a path on the worker or any URI that `ObjectStoragePath` opens.
        filters: Which records, by the API's names.
        format: `parquet`, `jsonl` or `csv`.
        part_rows: Most records in one file.
        **kwargs: Arguments of every operator.
    """

    template_fields: Sequence[str] = ("resource", "path", "filters", "format")

    def __init__(
        self,
        *,
        resource: str,
        path: str,
        filters: Mapping[str, Any] | None = None,
        format: str = "parquet",
        part_rows: int = DEFAULT_PART_ROWS,
        **kwargs: Any,
    ) -> None:
        super().__init__(resource=resource, filters=filters, target_uri=static_part(path), **kwargs)
        if part_rows < 1:
            raise ValueError(f"part_rows is a number of records, 1 or more, got {part_rows}")
        self.path = path
        self.format = format
        self.part_rows = part_rows

    def act(self, context: Context, folder: Path) -> tuple[dict[str, Any], lineage.Place]:
        """Read the list, then put the files in place.

        Args:
            context: The task's context.
            folder: An empty folder on the worker's disk.

        Returns:
            The manifest, and where it was written.
        """
        from airflow_provider_covage.transfers.formats import check_format, described
        from airflow_provider_covage.transfers.storage import Folder

        table, filters, file_format = self.listed(), self.chosen(), check_format(self.format)
        check_identifier(type(self).__name__, "path", self.path)
        target = Folder(self.path, keys.derive(context) or "here")

        async def read(transport: Any, calls: Any) -> tuple[Spool, Outcome]:
            update = self.update(transport, calls, folder)
            return update.spool, await update.everything()

        spool, outcome = self.reading(read)
        about = {
            "resource": table.resource,
            "format": file_format,
            "filters": {name: str(value) for name, value in filters.items()},
            "window": [filters.get(name) and str(filters[name]) for name in _bounds(table)],
            "count": outcome.count,
            "complete": outcome.is_complete,
            "columns": list(map(described, spool.schema)),
            "unknown_fields": list(spool.read.learned),
        }
        manifest = target.replace(spool, file_format, self.part_rows, about)
        self.log.info(
            "%s: %d records in %d file(s) at %s",
            table.resource,
            manifest["rows"],
            len(manifest["files"]),
            target.uri,
        )
        return manifest, _place(target.uri)


def _bounds(table: Table) -> tuple[str, str]:
    return (table.cut.after, table.cut.before) if table.cut else ("", "")


def _place(uri: str) -> lineage.Place:
    parts = urlsplit(uri)
    if parts.scheme in ("", "file"):
        return lineage.Place("file", parts.path, f"file://{parts.path}")
    bucket, path = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", parts.path.lstrip("/")
    return lineage.Place(bucket, path, f"{bucket}/{path}")
