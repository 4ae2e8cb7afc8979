"""The lists of the Covage API as files and as tables: quotes, lines, orders, tracked orders, dark fibre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.transfers.source import Source
from airflow_provider_covage.transfers.to_sql import ToSql
from airflow_provider_covage.transfers.to_storage import ToObjectStorage

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Recorder
    from airflow_provider_covage.api.covage.client import AsyncCovageClient, CovageApi
    from airflow_provider_covage.api.tables import Table


def _tables() -> tuple[Table, ...]:
    from airflow_provider_covage.api.covage.tables import TABLES

    return TABLES


def _connect(covage_conn_id: str) -> AsyncCovageClient:
    from airflow_provider_covage.hooks.covage import CovageHook

    return CovageHook(covage_conn_id).get_bulk_conn()


def _calls(page_size: int | None) -> CovageApi[Recorder]:
    from airflow_provider_covage.api.calls import Recorder
    from airflow_provider_covage.api.covage.client import CovageApi

    return CovageApi(Recorder(), page_size=page_size)


COVAGE = Source("covage", _tables, _connect, _calls)
"""The Covage API as a source of records."""


class CovageToObjectStorageOperator(ToObjectStorage):
    """Write a list of the Covage API to files in object storage.

    The files replace what an earlier try or run has left in the folder; `_manifest.json` tells what they
    hold.
    Returns the manifest: `rows`, `count` (what the API says), `complete`, `columns`, `window`, `files` with
    size and checksum. Documented fields have types, all others stand in column `_extra` as JSON.

    Args:
        resource: `quote`, `quote_item`, `product_order`, `product_order_item`, `fon` or `order`.
        path: The folder: a path on the worker or any URI that `ObjectStoragePath` opens, such as
            `s3://my_aws_conn@bucket/quote_item/{{ ds }}`.
        filters: Which records, by the API's names, such as
            `{"creation_date_gt": "{{ data_interval_start }}"}`.
        format: `parquet`, `jsonl` or `csv`.
        part_rows: Most records in one file.
        keep_incomplete: Whether to load what comes where the API counts more records than it gives in two
            looks, instead of failing.
        covage_conn_id: The Airflow connection to the API.
        **kwargs: Arguments of every operator.
    """

    source = COVAGE
    conn_id_field = "covage_conn_id"
    template_fields: Sequence[str] = (*ToObjectStorage.template_fields, "covage_conn_id")

    def __init__(self, *, covage_conn_id: str = "covage_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.covage_conn_id = covage_conn_id


class CovageToSqlOperator(ToSql):
    """Merge a list of the Covage API into a table of an SQL database.

    The table is created when it is missing, and gets a column for every field that the API grows. A run reads
    what was created in its data interval, and again every record that is still open in the table; the first
    run, and one with `full_pass`, reads the whole list and marks in `_deleted_at` what is gone. All is merged
    by key in one transaction: a run that fails changes nothing, one that is repeated changes nothing more.

    Returns what was done: `mode` (`full` or `incremental`), `read`, `inserted`, `updated`, `marked`, `rows`
    (those that the table has now, without the deleted ones), `window`, `count`, `complete`.

    Args:
        resource: `quote`, `quote_item`, `product_order`, `product_order_item`, `fon` or `order`.
        sql_conn_id: An Airflow connection to an SQL database; or the file of an embedded one:
            `sqlite:////data/warehouse.db`, `duckdb:////data/warehouse.duckdb?memory_limit=256MB`.
        table: The table, `table` or `schema.table`.
        filters: Which records, by the API's names. Those on the date of creation make the run read exactly
            that; choose others so that a record does not come to pass them or not to. With filters, nothing
            is marked as deleted.
        full_pass: Whether to read the whole list; may be a template.
        overlap: How far before its window a run reads, because lists may lag behind.
        keep_incomplete: Whether to load what comes where the API counts more records than it gives in two
            looks, instead of failing.
        covage_conn_id: The Airflow connection to the API.
        **kwargs: Arguments of every operator.
    """

    source = COVAGE
    conn_id_field = "covage_conn_id"
    template_fields: Sequence[str] = (*ToSql.template_fields, "covage_conn_id")

    def __init__(self, *, covage_conn_id: str = "covage_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.covage_conn_id = covage_conn_id
