"""The example DAG as it is, but for its patience.

Airflow reads only files that hold its name and the word DAG.
"""

from __future__ import annotations

from datetime import timedelta

from airflow_provider_covage.testing import hurry
from covage_ready_quotes import READY_QUOTES, dag

hurry(dag, poke_interval=1, retry_delay=timedelta(seconds=1))
for watcher in READY_QUOTES.watchers:
    watcher.trigger.poke_interval = 1.0
