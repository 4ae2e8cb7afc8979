"""Sandboxes of both APIs: for demonstrations and tests, without an account.

They keep their state in memory and are written from the public documentation alone, on purpose apart from
the clients of this package, so that the two check each other. Start one with
`python -m airflow_provider_covage.sandbox`, or in a test:

    with Sandbox(speed=100) as sandbox:
        os.environ["AIRFLOW_CONN_COVAGE_DEFAULT"] = sandbox.connection_json
"""

from __future__ import annotations

from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.sandbox import Sandbox
from airflow_provider_covage.sandbox.covage.timing import Timing
from airflow_provider_covage.sandbox.prizz.dialect import PrizzDialect
from airflow_provider_covage.sandbox.prizz.sandbox import PrizzSandbox
from airflow_provider_covage.sandbox.prizz.timing import PrizzTiming

__all__ = ["Dialect", "PrizzDialect", "PrizzSandbox", "PrizzTiming", "Sandbox", "Timing"]
