"""A small star of tables, and a daily funnel, made of the merged lists: SQL for any database.

No DAG stands here, only what `covage_export_to_warehouse` builds with it; keep the file beside it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_covage.transfers.sql.database import Database
    from airflow_provider_covage.transfers.sql.standard import Dialect

# Lists that the star is made of, and their tables.
LISTS = {
    "quote_item": "covage_quote_item",
    "product_order_item": "covage_product_order_item",
    "order": "covage_order",
}

STEPS = ("quoted", "accepted", "ordered", "active")

# One row for each quotation line: when it came to each step, as far as it came. A line of an order belongs to
# a quotation line by the qualification of the site; an order to a line of one by its reference.
FACTS = """
SELECT q.id AS quote_item_id, q.reference, q.end_customer_name, q.project_id, q.state AS quote_state,
       l.order_reference, o.state AS order_state,
       CASE WHEN q.state IN ('ready', 'accepted', 'refused', 'expired')
            THEN COALESCE(q.order_date, q.creation_date) END AS quoted_at,
       CASE WHEN q.state = 'accepted' THEN l.accepted_at END AS accepted_at,
       CASE WHEN q.state = 'accepted' THEN l.ordered_at END AS ordered_at,
       CASE WHEN o.state IN ('active', 'completed') THEN o.completion_date END AS active_at
FROM covage_quote_item q
LEFT JOIN (
    SELECT product_offering_qualification_item_id AS site, MIN(creation_date) AS accepted_at,
           MIN(order_date) AS ordered_at, MIN(order_reference) AS order_reference
    FROM covage_product_order_item WHERE _deleted_at IS NULL
    GROUP BY product_offering_qualification_item_id
) l ON l.site = q.product_offering_qualification_item_id AND q.state = 'accepted'
LEFT JOIN covage_order o ON o.id = l.order_reference AND o._deleted_at IS NULL
WHERE q._deleted_at IS NULL
"""

CUSTOMERS = """
SELECT end_customer_name, COUNT(*) AS lines, COUNT(active_at) AS active_lines FROM fact_line
GROUP BY end_customer_name
"""

PROJECTS = """
SELECT project_id, COUNT(*) AS lines, COUNT(active_at) AS active_lines FROM fact_line GROUP BY project_id
"""

TABLES = {"fact_line": FACTS, "dim_customer": CUSTOMERS, "dim_project": PROJECTS}
VIEW = "funnel_daily"


def funnel(dialect: Dialect) -> str:
    """The view: a row for each day of quotation, what has become of its lines, and how long it took."""
    day = dialect.day("quoted_at")
    counts = ", ".join(f"COUNT({step}_at) AS {step}" for step in STEPS)
    days = ", ".join(
        f"AVG({dialect.days_between(f'{one}_at', f'{after}_at')}) AS days_{one}_to_{after}"
        for one, after in pairwise(STEPS)
    )
    return (
        f"SELECT {day} AS day, {counts}, {days} FROM fact_line WHERE quoted_at IS NOT NULL "  # noqa: S608
        f"GROUP BY {day}"
    )


def build(database: Database) -> dict[str, int]:
    """Make the star anew from what the lists hold, in one transaction; its tables stay the same ones."""
    with database.transaction():
        for name, query in TABLES.items():
            database.execute(f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM ({query}) made WHERE 1 = 0")  # noqa: S608
            database.execute(f"DELETE FROM {name}")  # noqa: S608
            database.execute(f"INSERT INTO {name} {query}")
        for statement in database.dialect.view(VIEW, funnel(database.dialect)):
            database.execute(statement)
        return {name: database.query(f"SELECT COUNT(*) FROM {name}")[0][0] for name in (*TABLES, VIEW)}  # noqa: S608
