"""Taking records into a table, by their key and in one transaction."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from airflow_provider_covage.api.errors import InputError, PermanentError
from airflow_provider_covage.api.tables import Kind, Table
from airflow_provider_covage.transfers.arrow import pa
from airflow_provider_covage.transfers.batches import EXTRA
from airflow_provider_covage.transfers.sql.database import Database
from airflow_provider_covage.transfers.sql.names import is_plain, table_parts

LOADED_AT = "_loaded_at"
"""Column with the time of the load that has last changed a row."""

DELETED_AT = "_deleted_at"
"""Column with the time of the full pass that has not found a record any more; null for what is there."""

_MOST_GROWN = 200
_RECORD = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclasses.dataclass(frozen=True)
class Merged:
    """What a merge has done to the table.

    Args:
        inserted: New rows.
        updated: Rows that have changed.
        marked: Rows newly marked as deleted.
    """

    inserted: int = 0
    updated: int = 0
    marked: int = 0


class Target:
    """A table of a database that holds the records of one list.

    Args:
        database: The database.
        name: `table` or `schema.table`.
        table: What the records look like.
    """

    def __init__(self, database: Database, name: str, table: Table) -> None:
        self._database = database
        self._dialect = database.dialect
        self.parts = table_parts(name)
        self.name = self._dialect.quote(*self.parts)
        self.table = table
        self.key = self._dialect.quote(table.key)

    def columns(self) -> Mapping[str, str]:
        """Describe the table as it is, and check that the records fit.

        Returns:
            Its columns and their types; none where it is missing.

        Raises:
            InputError: A column has a type that the values of the API do not fit.
        """
        found = self._dialect.columns(self._database.connection, self.parts)
        clashes = [
            f"column {name} is {found[name].lower()} where {self._dialect.types[kind].lower()} is wanted"
            for name, kind in self._kinds().items()
            if found.get(name) and not found[name].startswith(self._dialect.taken[kind])
        ]
        if clashes:
            raise InputError(
                f"table {'.'.join(self.parts)}: {'; '.join(clashes)}: change or rename it, or choose another "
                "table; nothing was loaded"
            )
        return found

    def grow(self, new: Iterable[str] = ()) -> list[str]:
        """Create the table, or add what it misses; within a transaction.

        Args:
            new: Names of fields that no document knows.

        Returns:
            Those of them that have a column now. The others stay in column `_extra`: names that are no
            plain ones, or differ from another one only in case.
        """
        found, kinds = self.columns(), self._kinds()
        taken = {name.casefold() for name in [*found, *kinds]}
        grown = [name for name in new if name in found and name not in kinds]
        for name in new:
            if name.casefold() not in taken and is_plain(name) and len(grown) < _MOST_GROWN:
                grown.append(name)
                taken.add(name.casefold())
        wanted = kinds | dict.fromkeys(grown, Kind.JSON)
        if not found:
            self._create(wanted)
        for name in wanted if found else ():
            if name not in found:
                self._execute(f"ALTER TABLE {self.name} ADD COLUMN {self._declared(name, wanted[name])}")
        for column in self.table.columns:
            if column.description and column.name not in found:
                for sql in self._dialect.describe(self.name, column.name, column.description):
                    self._execute(sql)
        return grown

    def merge(
        self,
        batches: Iterable[pa.RecordBatch],
        names: Sequence[str],
        grown: Sequence[str] = (),
        *,
        is_all: bool = False,
    ) -> Merged:
        """Take records in; within a transaction.

        Args:
            batches: The records, each once.
            names: Which of their columns are taken.
            grown: Fields within `_extra` that have a column of their own.
            is_all: Whether these are all records that there are: the others are marked as deleted.

        Returns:
            What has changed.

        Raises:
            PermanentError: A record has no key.
        """
        quote, now = self._dialect.quote, self._dialect.moment(datetime.now(UTC))
        self._dialect.lock(self._database.connection, self.name)
        stage = quote(f"_covage_{secrets.token_hex(6)}")
        columns = [quote(name) for name in [*names, *grown]]
        self._dialect.stage(self._database.connection, stage, self.name, columns)
        unfolded = (self._unfolded(batch, names, grown) for batch in batches)
        self._dialect.fill(self._database.connection, stage, columns, unfolded)
        deleted, loaded = quote(DELETED_AT), quote(LOADED_AT)
        gone = f"{self.name}.{deleted} IS NOT NULL"
        sets = f"{deleted} = NULL, {loaded} = {self._dialect.placeholder}"
        others = [column for column in columns if column != self.key]
        updated = self._execute(self._dialect.update(self.name, stage, self.key, others, gone, sets), now)
        listed = ", ".join(columns)
        inserted = self._execute(
            f"INSERT INTO {self.name} ({listed}, {loaded}) "  # noqa: S608 - names are quoted
            f"SELECT {listed}, {self._dialect.placeholder} FROM {stage} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.name} WHERE {self.name}.{self.key} = {stage}.{self.key})",
            now,
        )
        marked = 0
        part = self.table.part_of
        if is_all or part:
            gone = f"NOT EXISTS (SELECT 1 FROM {stage} WHERE {stage}.{self.key} = {self.name}.{self.key})"  # noqa: S608
            if part and not is_all:
                # Of a record that was read all parts were read.
                parent = quote(part.parent)
                gone += f" AND {parent} IN (SELECT {parent} FROM {stage})"  # noqa: S608
            marked = self._execute(
                f"UPDATE {self.name} SET {deleted} = {self._dialect.placeholder} "  # noqa: S608
                f"WHERE {deleted} IS NULL AND {gone}",
                now,
            )
        self._execute(f"DROP TABLE {stage}")
        return Merged(inserted, updated, marked)

    def live_rows(self) -> int:
        """Count what is not marked as deleted.

        Returns:
            The number of rows.
        """
        deleted = self._dialect.quote(DELETED_AT)
        sql = f"SELECT COUNT(*) FROM {self.name} WHERE {deleted} IS NULL"  # noqa: S608 - names are quoted
        return int(self._database.query(sql)[0][0])

    def _execute(self, sql: str, *parameters: object) -> int:
        return self._database.execute(sql, parameters)

    def _kinds(self) -> dict[str, Kind]:
        own = {EXTRA: Kind.JSON, LOADED_AT: Kind.TIMESTAMP, DELETED_AT: Kind.TIMESTAMP}
        return {column.name: column.kind for column in self.table.columns} | own

    def _create(self, wanted: Mapping[str, Kind]) -> None:
        declared = [self._declared(name, kind) for name, kind in wanted.items()]
        self._execute(f"CREATE TABLE {self.name} ({', '.join(declared)})")

    def _declared(self, name: str, kind: Kind) -> str:
        if name == self.table.key:
            key_type = self._dialect.key_type if kind is Kind.TEXT else self._dialect.types[kind]
            return f"{self.key} {key_type} NOT NULL PRIMARY KEY"
        return f"{self._dialect.quote(name)} {self._dialect.types[kind]}"

    def _unfolded(self, batch: pa.RecordBatch, names: Sequence[str], grown: Sequence[str]) -> pa.RecordBatch:
        if batch.column(self.table.key).null_count:
            raise PermanentError(
                f"{self.table.resource}: a record has no {self.table.key}, so it cannot be merged by it; "
                "nothing was loaded"
            )
        if grown:
            batch = _unfold(batch, grown)
        return batch.select([*names, *grown])


def _unfold(batch: pa.RecordBatch, grown: Sequence[str]) -> pa.RecordBatch:
    """Give fields of `_extra` columns of their own."""
    columns: dict[str, list[str | None]] = {name: [] for name in grown}
    rest: list[str | None] = []
    for text in batch.column(EXTRA).to_pylist():
        record = _RECORD.decode(text) if text else {}
        for name, values in columns.items():
            value = record.pop(name, None)
            values.append(None if value is None else bytes(value).decode())
        rest.append(msgspec.json.encode(record).decode() if record else None)
    json_field = batch.schema.field(EXTRA)
    batch = batch.set_column(batch.schema.get_field_index(EXTRA), json_field, pa.array(rest, pa.string()))
    for name, values in columns.items():
        batch = batch.append_column(json_field.with_name(name), pa.array(values, pa.string()))
    return batch
