"""Every month the invoices of Prizz-Telecom with their lines into a warehouse, and what each contract costs.

Runs as it stands against the sandbox, into an SQLite file. For a warehouse of your own give the id of its SQL
connection as param `warehouse`. A run reads the month in which it runs and those before it, as many as param
`months` says, because an invoice may come late; it can be repeated and backfilled at will.

`SELECT * FROM prizz_cost_monthly` tells what each contract has cost in each month. Amounts are whole numbers,
most likely of euro cents: no document of the API names the unit. An invoice whose lines do not add up to its
total without VAT is named in the log of the last task, and in what it returns.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Asset, Param, task, timezone
from airflow.timetables.interval import CronDataIntervalTimetable

from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.transfers.prizz import PrizzToSqlOperator

if TYPE_CHECKING:
    from airflow_provider_covage.transfers.sql.database import Database

log = logging.getLogger(__name__)

PARIS = "Europe/Paris"
WAREHOUSE = "{{ params.warehouse }}"

CONTRACTS = Asset("prizz_service_contract")
INVOICES = Asset("prizz_invoice")
LINES = Asset("prizz_invoice_detail")
COSTS = Asset("prizz_cost_monthly")

PARAMS = {
    "warehouse": Param(
        f"sqlite:///{tempfile.gettempdir()}/prizz_warehouse.db",
        type="string",
        minLength=1,
        title="Warehouse",
        description_md="Id of an SQL connection; or `sqlite:////path`, `duckdb:////path`.",
    ),
    "months": Param(
        3,
        type="integer",
        minimum=1,
        maximum=120,
        title="Months to read",
        description_md="The month of the run, and those before it.",
    ),
}


def costs_of(quote: Any) -> str:
    """The view: a row for each contract and month; lines that are about no contract have their own row."""
    year, month, lines_of, contract, reference = map(
        quote, ("yearPeriod", "monthPeriod", "invoiceId", "serviceContractId", "refClient")
    )
    grouped = f"i.{year}, i.{month}, l.{contract}, c.name, c.{reference}"
    return (
        f"SELECT i.{year} AS year, i.{month} AS month, l.{contract} AS contract_id, "  # noqa: S608 - names only
        f"c.name AS contract, c.{reference} AS reference, COUNT(*) AS lines, SUM(l.amount) AS amount "
        f"FROM {LINES.name} l JOIN {INVOICES.name} i ON i.id = l.{lines_of} "
        f"LEFT JOIN {CONTRACTS.name} c ON c.id = l.{contract} "
        f"WHERE l._deleted_at IS NULL AND i._deleted_at IS NULL GROUP BY {grouped}"
    )


def uneven(database: Database) -> list[str]:
    """References of the invoices whose lines do not add up to the total without VAT."""
    lines_of = database.dialect.quote("invoiceId")
    sums = f"SELECT {lines_of} AS id, SUM(amount) AS amount FROM {LINES.name} WHERE _deleted_at IS NULL "  # noqa: S608
    rows = database.query(
        f"SELECT i.ref FROM {INVOICES.name} i LEFT JOIN ({sums} GROUP BY {lines_of}) s ON s.id = i.id "  # noqa: S608
        "WHERE i._deleted_at IS NULL AND i.total <> COALESCE(s.amount, 0) ORDER BY i.id"
    )
    return [str(ref) for (ref,) in rows]


with DAG(
    "prizz_invoices_to_warehouse",
    description="Load the invoices of Prizz-Telecom into a warehouse, month by month.",
    schedule=CronDataIntervalTimetable("0 6 2 * *", timezone=PARIS),
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    params=PARAMS,
    default_args=with_retry_policy({"retries": 3, "retry_delay": timedelta(minutes=2)}),
    tags=["prizz"],
    doc_md=__doc__,
) as dag:

    @task
    def periods(params: dict[str, Any], data_interval_end: Any = None) -> list[dict[str, int]]:
        """The months to read, as filters."""
        end = (data_interval_end or timezone.utcnow()).astimezone(ZoneInfo(PARIS))
        last = end.year * 12 + end.month - 1
        months = [divmod(number, 12) for number in range(last - params["months"] + 1, last + 1)]
        return [{"year": year, "month": month + 1} for year, month in months]

    load_contracts = PrizzToSqlOperator(
        task_id="load_contracts",
        resource="service_contract",
        sql_conn_id=WAREHOUSE,
        table=CONTRACTS.name,
        outlets=[CONTRACTS],
    )
    months = periods()
    loads = [
        PrizzToSqlOperator.partial(
            task_id=f"load_{resource}s",
            resource=resource,
            sql_conn_id=WAREHOUSE,
            table=asset.name,
            outlets=[asset],
            # One after the other: the first one makes the table.
            max_active_tis_per_dagrun=1,
            map_index_template="{{ task.filters['year'] }}-{{ task.filters['month'] }}",
        ).expand(filters=months)
        for resource, asset in (("invoice", INVOICES), ("invoice_detail", LINES))
    ]

    @task(inlets=[CONTRACTS, INVOICES, LINES], outlets=[COSTS])
    def build_costs(params: dict[str, Any]) -> dict[str, Any]:
        """The view, and what it shows altogether."""
        from airflow_provider_covage.transfers.sql.database import Database

        with Database(params["warehouse"]) as database, database.transaction():
            dialect = database.dialect
            for statement in dialect.view(dialect.quote(COSTS.name), costs_of(dialect.quote)):
                database.execute(statement)
            total = f"SELECT COUNT(*), SUM(lines), SUM(amount) FROM {COSTS.name}"  # noqa: S608 - a name of ours
            rows, lines, amount = database.query(total)[0]
            odd = uneven(database)
        if odd:
            log.warning("%d invoice(s) whose lines do not add up: %s", len(odd), ", ".join(odd))
        return {"rows": rows, "lines": int(lines or 0), "amount": int(amount or 0), "uneven": odd}

    [load_contracts, *loads] >> build_costs()
