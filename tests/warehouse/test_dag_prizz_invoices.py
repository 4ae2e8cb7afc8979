"""DAG `prizz_invoices_to_warehouse`, whole, on real Airflow, against the sandbox."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import hurry, load


def test_contracts_cost_what_the_lines_of_their_invoices_say(run_dag, prizz, tmp_path):
    prizz.seed(contracts=3, invoices=6)
    dag = load(EXAMPLE_DAGS / "prizz_invoices_to_warehouse.py")
    hurry(dag, poke_interval=0.1, retry_delay=timedelta())
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
