"""From a list of an API to a table of an SQL database."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.transfers.base import Transfer, static_part

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.tables import Table, Window
    from airflow_provider_covage.transfers import lineage
    from airflow_provider_covage.transfers.reading import Outcome
    from airflow_provider_covage.transfers.sql.history import Work
    from airflow_provider_covage.transfers.sql.merge import Merged
    from airflow_provider_covage.transfers.update import Update

DEFAULT_OVERLAP = timedelta(hours=1)


class ToSql(Transfer):
    """Base of the operators that merge a list into a table.

    Args:
        resource: The list, by the name of its resource in the client.
        sql_conn_id: An Airflow connection to an SQL database; or the file of an embedded one:
            `sqlite:////data/warehouse.db`, `duckdb:////data/warehouse.duckdb?memory_limit=256MB`.
        table: The table, `table` or `schema.table`.
        filters: Which records, by the API's names. Those on the date of creation make the run read exactly
            that; choose others so that a record does not come to pass them or not to.
        full_pass: Whether to read the whole list, and mark what is gone.
        overlap: How far before its window a run reads, because lists may lag behind.
        **kwargs: Arguments of every operator.
    """

    template_fields: Sequence[str] = ("resource", "sql_conn_id", "table", "filters", "full_pass")

    def __init__(
        self,
        *,
        resource: str,
        sql_conn_id: str,
        table: str,
        filters: Mapping[str, Any] | None = None,
        full_pass: bool | str = False,
        overlap: timedelta = DEFAULT_OVERLAP,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            resource=resource, filters=filters, target_uri=_asset_uri(sql_conn_id, table), **kwargs
        )
        self.sql_conn_id = sql_conn_id
        self.table = table
        self.full_pass = full_pass
        self.overlap = overlap

    def act(self, context: Context, folder: Path) -> tuple[dict[str, Any], lineage.Place]:
        """Read what the table misses, then merge it.

        Args:
            context: The task's context.
            folder: An empty folder on the worker's disk.

        Returns:
            What has changed, and where it was written.
        """
        table, filters = self.listed(), self.chosen()
        check_identifier(type(self).__name__, "sql_conn_id", self.sql_conn_id)

        async def read(transport: Any, calls: Any) -> _Read:
            table.listing(calls, filters)
            work = self._work(table, filters, context, transport.settings.page_size)
            update = self.update(transport, calls, folder)
            if work.plan.is_full:
                return _Read(update, work.window, await update.everything())
            return _Read(update, work.window, await update.changes(work.window, work.plan, work.keys))

        done = self.reading(read)
        return self._merge(table, done, has_filters=bool(filters))

    def _work(
        self, table: Table, filters: Mapping[str, Any], context: Context, page_size: int | None
    ) -> Work:
        from airflow_provider_covage.transfers.sql.database import Database
        from airflow_provider_covage.transfers.sql.history import Work, work
        from airflow_provider_covage.transfers.sql.merge import Target

        with Database(self.sql_conn_id) as database, database.transaction():
            target = Target(database, self.table, table)
            target.columns()
            if truth(self.full_pass) or table.times & filters.keys():
                return Work()
            return work(
                database,
                target,
                (context.get("data_interval_start"), context.get("data_interval_end")),
                overlap=self.overlap,
                page_size=page_size,
                single=table.has_detail and not filters,
            )

    def _merge(self, table: Table, done: _Read, *, has_filters: bool) -> tuple[dict[str, Any], lineage.Place]:
        from airflow_provider_covage.transfers.sql.database import Database
        from airflow_provider_covage.transfers.sql.merge import Target

        update, outcome = done.update, done.outcome
        names = update.spool.schema.names
        # An empty list is believed only of a table that is empty: it is rather an account without rights.
        is_all = outcome is not None and outcome.is_complete and outcome.records > 0
        is_all = is_all and table.is_whole and not has_filters
        with Database(self.sql_conn_id) as database, database.transaction():
            target = Target(database, self.table, table)
            grown = target.grow(update.spool.read.learned)
            merged = target.merge(update.spool.batches(), names, grown, is_all=is_all)
            if table.key in update.single_names:
                again = target.merge(update.single.batches(), update.single_names)
                merged = dataclasses.replace(merged, updated=merged.updated + again.updated)
            rows = target.live_rows()
            where = database.place(target.parts)
        told = self._told(done, merged, rows)
        self.log.info(
            "%s: %d records read; %d new, %d changed, %d marked as deleted; %s has %d rows now",
            table.resource,
            told["read"],
            merged.inserted,
            merged.updated,
            merged.marked,
            self.table,
            rows,
        )
        return told, where

    def _told(self, done: _Read, merged: Merged, rows: int) -> dict[str, Any]:
        outcome = done.outcome
        return {
            "resource": self.resource,
            "table": self.table,
            "mode": "full" if outcome else "incremental",
            "window": [bound and bound.isoformat() for bound in done.window],
            "read": done.update.spool.distinct() + done.update.single.distinct(),
            "count": outcome.count if outcome else None,
            "complete": done.update.is_complete,
            **dataclasses.asdict(merged),
            "rows": rows,
        }


@dataclasses.dataclass(frozen=True)
class _Read:
    """What was read: by the window and what is open, or all of the list."""

    update: Update
    window: Window
    outcome: Outcome | None


def truth(value: Any) -> bool:
    """Read a switch that a template may have made a text of.

    Args:
        value: A truth value, or a text.

    Returns:
        Whether it is on.

    Raises:
        InputError: It is neither.
    """
    words = {
        "true": True,
        "1": True,
        "yes": True,
        "false": False,
        "0": False,
        "no": False,
        "": False,
        "none": False,
    }
    found = words.get(str(value).strip().lower())
    if found is None:
        raise InputError(f"full_pass: {value!r} is neither true nor false; nothing was sent")
    return found


def _asset_uri(sql_conn_id: Any, table: Any) -> str:
    where, name = static_part(sql_conn_id), static_part(table)
    if not where or not name or where != sql_conn_id or name != table:
        return ""
    return f"{where if '://' in where else f'sql://{where}'}/{name.replace('.', '/')}"
