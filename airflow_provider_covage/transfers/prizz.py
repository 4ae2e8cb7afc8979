"""The lists of the Prizz API as files and as tables: offers, contracts, services, invoices, tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.transfers.source import Source
from airflow_provider_covage.transfers.to_sql import ToSql
from airflow_provider_covage.transfers.to_storage import ToObjectStorage

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Recorder
    from airflow_provider_covage.api.prizz.client import AsyncPrizzClient, PrizzApi
    from airflow_provider_covage.api.tables import Table


def _tables() -> tuple[Table, ...]:
    from airflow_provider_covage.api.prizz.tables import TABLES

    return TABLES


def _connect(prizz_conn_id: str) -> AsyncPrizzClient:
    from airflow_provider_covage.hooks.prizz import PrizzHook

    return PrizzHook(prizz_conn_id).get_bulk_conn()


def _calls(page_size: int | None) -> PrizzApi[Recorder]:
    from airflow_provider_covage.api.calls import Recorder
    from airflow_provider_covage.api.prizz.client import PrizzApi

    return PrizzApi(Recorder(), page_size=page_size)


PRIZZ = Source("prizz", _tables, _connect, _calls)
"""The Prizz API as a source of records."""


class PrizzToObjectStorageOperator(ToObjectStorage):
    """Write a list of the Prizz API to files in object storage.

    The files replace what an earlier try or run has left in the folder; `_manifest.json` tells what they
    hold.
    Returns the manifest: `rows`, `count` (what the API says; nothing of lines), `complete`, `columns`,
    `window`, `files` with size and checksum. Documented fields have types, all others stand in column
    `_extra` as JSON. Amounts are whole numbers, most likely of euro cents (P10); the column's description
    says so, in the manifest and in the schema of a Parquet file.

    Args:
        resource: `commercial_offer`, `service_contract`, `service`, `invoice`, `invoice_detail` (the lines of
            the invoices, one row each), `ticket`, `eligibility` (the latest ones), or what these are about:
            `client_legal_entity`, `legal_entity`, `offer` (the catalogue).
        path: The folder: a path on the worker or any URI that `ObjectStoragePath` opens, such as
            `s3://my_aws_conn@bucket/invoice/{{ ds }}`.
        filters: Which records, by the API's names in snake_case, such as
            `{"year": "{{ data_interval_start.year }}", "month": "{{ data_interval_start.month }}"}`.
        format: `parquet`, `jsonl` or `csv`.
        part_rows: Most records in one file.
        keep_incomplete: Whether to load what comes where the API counts more records than it gives in two
            looks, instead of failing.
        prizz_conn_id: The Airflow connection to the API.
        **kwargs: Arguments of every operator.
    """

    source = PRIZZ
    conn_id_field = "prizz_conn_id"
    template_fields: Sequence[str] = (*ToObjectStorage.template_fields, "prizz_conn_id")

    def __init__(self, *, prizz_conn_id: str = "prizz_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prizz_conn_id = prizz_conn_id


class PrizzToSqlOperator(ToSql):
    """Merge a list of the Prizz API into a table of an SQL database.

    The table is created when it is missing, and gets a column for every field that the API grows. A run of
    offers, contracts, services and invoices reads what was created in its data interval, and again every
    record that is still open in the table; the first run, and one with `full_pass`, reads the whole list and
    marks in `_deleted_at` what is gone. The other lists cannot be cut by time: each run reads them whole. All
    is merged by key in one transaction: a run that fails changes nothing, one that is repeated changes
    nothing more.

    Amounts are whole numbers, most likely of euro cents (P10); where the database keeps comments on columns,
    these say so. An invoice that was submitted, and a contract that was cancelled, count as closed. Lines
    that an invoice has no more are marked by every run that reads the invoice, unless it has no line at all.
    Eligibility requests are never marked: the list holds the latest ones only.

    Returns what was done: `mode` (`full` or `incremental`), `read`, `inserted`, `updated`, `marked`, `rows`
    (those that the table has now, without the deleted ones), `window`, `count`, `complete`.

    Args:
        resource: `commercial_offer`, `service_contract`, `service`, `invoice`, `invoice_detail` (the lines of
            the invoices, one row each), `ticket`, `eligibility`, or what these are about:
            `client_legal_entity`, `legal_entity`, `offer` (the catalogue).
        sql_conn_id: An Airflow connection to an SQL database; or the file of an embedded one:
            `sqlite:////data/warehouse.db`, `duckdb:////data/warehouse.duckdb?memory_limit=256MB`.
        table: The table, `table` or `schema.table`.
        filters: Which records, by the API's names in snake_case. Those on the date of creation
            (`create_date_from`, `create_date_to`) or on the period of invoices (`month`, `year`) make the run
            read exactly that; choose others so that a record does not come to pass them or not to. With
            filters, nothing is marked as deleted but the lines of invoices that were read.
        full_pass: Whether to read the whole list; may be a template.
        overlap: How far before its window a run reads, because lists may lag behind.
        keep_incomplete: Whether to load what comes where the API counts more records than it gives in two
            looks, instead of failing.
        prizz_conn_id: The Airflow connection to the API.
        **kwargs: Arguments of every operator.
    """

    source = PRIZZ
    conn_id_field = "prizz_conn_id"
    template_fields: Sequence[str] = (*ToSql.template_fields, "prizz_conn_id")

    def __init__(self, *, prizz_conn_id: str = "prizz_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prizz_conn_id = prizz_conn_id
