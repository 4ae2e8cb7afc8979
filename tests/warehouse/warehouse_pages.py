"""Pages of lists: decoded, changed while somebody reads them, and what was asked for."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

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


def asked(sandbox, operation):
    """The requests for an operation so far."""
    return [one for one in sandbox.requests if one["operation"] == operation]


def queries(requests):
    """What requests have asked for."""
    return [dict(parse_qsl(one["query"])) for one in requests]
