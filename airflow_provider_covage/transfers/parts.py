"""Parts of records as records of their own, such as the lines of invoices."""

from __future__ import annotations

from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.transfers.spool import Spool


def take_out(wholes: Spool, parts: Spool, within: str) -> None:
    """Take parts out of the records that they stand in.

    Args:
        wholes: The records, all of them.
        parts: Takes the parts.
        within: Which column they stand in.

    Raises:
        UnreadableAnswerError: That column holds something else than records.
    """
    where = Request("GET", f"{wholes.table.resource}.{within}")
    for batch in wholes.batches():
        for text in batch.column(within).drop_null():
            parts.take(parts.read(Answer(where, 200, {}, body=text.as_buffer().to_pybytes())))
