"""Lists without Airflow: pages decoded, and changed while somebody reads them."""

from __future__ import annotations

import json

from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.transfers.spool import Spool


def once(action):
    """A check that acts when the first page has come."""
    done = []

    def check(_page):
        if not done:
            done.append(True)
            action()

    return check


def decoded(folder, table, *pages):
    """The records of pages, as a transfer takes them in."""
    with Spool(folder, table) as spool:
        for page in pages:
            body = page if isinstance(page, bytes) else json.dumps(page).encode()
            headers = {"content-type": "application/json"}
            spool.take(spool.read(Answer(Request("GET", "/list"), 200, headers, body=body)))
        return [record for batch in spool.batches() for record in batch.to_pylist()]
