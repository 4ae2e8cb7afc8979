"""A sandbox of the Covage API: for demonstrations and tests, without an account.

It keeps its state in memory and is written from the public documentation alone, on purpose apart from
the client of this package, so that the two check each other. Start it with
`python -m airflow_provider_covage.sandbox`, or in a test:

    with Sandbox(speed=100) as sandbox:
        os.environ["AIRFLOW_CONN_COVAGE_DEFAULT"] = sandbox.connection_json
"""

from __future__ import annotations

from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.sandbox import Sandbox
from airflow_provider_covage.sandbox.covage.timing import Timing

__all__ = ["Dialect", "Sandbox", "Timing"]
