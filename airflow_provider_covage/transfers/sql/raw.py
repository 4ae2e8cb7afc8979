"""A CSV file as a table of texts, as it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.transfers.arrow import csv as arrow_csv
from airflow_provider_covage.transfers.arrow import pa
from airflow_provider_covage.transfers.sql.database import Database
from airflow_provider_covage.transfers.sql.names import table_parts

_SEPARATORS = ";,\t|"


def replace_by_csv(database: Database, table: str, file: Path) -> int:
    """Put the rows of a CSV file in place of what a table holds, in one transaction.

    Args:
        database: The database.
        table: `table` or `schema.table`; it is made anew, by the file's header.
        file: The file: UTF-8, separated by what its header shows.

    Returns:
        The number of rows.

    Raises:
        InputError: It is no such file, or two of its columns have the same name.
    """
    columns, separator = _header(file)
    dialect = database.dialect
    name = dialect.quote(*table_parts(table))
    quoted = [dialect.quote(column) for column in columns]
    with database.transaction():
        database.execute(f"DROP TABLE IF EXISTS {name}")
        declared = ", ".join(f"{column} {dialect.types[Kind.TEXT]}" for column in quoted)
        database.execute(f"CREATE TABLE {name} ({declared})")
        dialect.fill(database.connection, name, quoted, _batches(file, columns, separator))
        rows: int = database.query(f"SELECT COUNT(*) FROM {name}")[0][0]  # noqa: S608 - names are quoted
    return rows


def _header(file: Path) -> tuple[list[str], str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as content:
            line = content.readline()
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8: {error}") from None
    separator = max(_SEPARATORS, key=line.count)
    columns = next(csv.reader([line], delimiter=separator), [])
    if not columns or not all(columns) or len({one.casefold() for one in columns}) < len(columns):
        raise InputError(
            f"{file.name}: its first line names no columns, or one of them twice: {line[:200]!r}"
        )
    return columns, separator


def _batches(file: Path, columns: list[str], separator: str) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([pa.field(one, pa.string(), metadata={"kind": Kind.TEXT.value}) for one in columns])
    try:
        with arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(column_names=columns, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(column_types=schema),
        ) as reader:
            for batch in reader:
                yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise InputError(f"{file.name}: {error}") from None
