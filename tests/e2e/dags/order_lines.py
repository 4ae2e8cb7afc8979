"""The example DAG as it is, but for its patience: tests wait moments, not minutes.

Airflow reads only files that hold its name and the word DAG.
"""

from __future__ import annotations

from datetime import timedelta

from airflow_provider_covage.testing import hurry
from covage_quote_to_order import dag

hurry(dag, poke_interval=1, retry_delay=timedelta(seconds=1))
