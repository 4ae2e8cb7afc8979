"""DAG `prizz_invoices_to_warehouse`, whole, on real Airflow, against the sandbox."""

from __future__ import annotations

import sqlite3

from airflow_provider_covage.testing import hurry
from airflow_provider_covage.transfers.prizz import PrizzToSqlOperator
from airflow_provider_covage.transfers.sql.database import Database
from prizz_invoices_to_warehouse import costs_of, uneven
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load


def test_contracts_cost_what_the_lines_of_their_invoices_say(run_dag, prizz, tmp_path):
    prizz.seed(contracts=3, invoices=6)
    dag = load(EXAMPLE_DAGS / "prizz_invoices_to_warehouse.py")
    hurry(dag)
    file = tmp_path / "warehouse.db"

    run = run_dag(dag, {"warehouse": f"sqlite:///{file}", "months": 2})

    assert run.state == "success"
    months = [(one["year"], one["month"]) for one in run.xcom("periods")]
    invoices = [one for one in prizz.records("invoice") if (one["yearPeriod"], one["monthPeriod"]) in months]
    lines = [line for one in invoices for line in one["details"]]
    assert 0 < len(invoices) < 9  # those of two months, of three
    assert len(lines) == sum(run.xcom("load_invoice_details", number)["read"] for number in (0, 1))
    built = run.xcom("build_costs")
    assert (built["lines"], built["amount"]) == (len(lines), sum(one["amount"] for one in lines))
    assert built["uneven"] == []
    wanted = {}
    for one in invoices:
        for line in one["details"]:
            place = one["yearPeriod"], one["monthPeriod"], line["serviceContractId"]
            wanted[place] = wanted.get(place, 0) + line["amount"]
    query = "SELECT year, month, contract_id, amount FROM prizz_cost_monthly"
    assert {row[:3]: row[3] for row in sqlite3.connect(file).execute(query)} == wanted


def test_view_and_check_are_good_for_postgres(warehouse_of, prizz):
    warehouse = warehouse_of("postgres")
    prizz.seed(contracts=1, invoices=1)
    invoice, other = prizz.records("invoice")
    line = invoice["details"][0]
    prizz.world.update(prizz.world.get("invoice_detail", line["id"]), amount=line["amount"] + 1)
    for resource in ("service_contract", "invoice", "invoice_detail"):
        PrizzToSqlOperator(
            task_id="load", resource=resource, sql_conn_id=warehouse.conn_id, table=f"prizz_{resource}"
        ).execute({})

    with Database(warehouse.conn_id) as database, database.transaction():
        for statement in database.dialect.view("costs", costs_of(database.dialect.quote)):
            database.execute(statement)
        odd = uneven(database)

    assert odd == [invoice["ref"]]
    ((contract,),) = [{(one["id"], one["name"]) for one in prizz.records("service_contract")}]
    assert warehouse.query("SELECT contract_id, contract, amount FROM costs ORDER BY year, month") == [
        (*contract, sum(one["amount"] for one in found["details"]) + (found is invoice))
        for found in sorted((invoice, other), key=lambda one: (one["yearPeriod"], one["monthPeriod"]))
    ]
