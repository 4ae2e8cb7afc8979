"""Following all records of a kind: which of them have changed their state since somebody was told."""

from airflow_provider_covage.api.events.mark import Mark
from airflow_provider_covage.api.events.snapshot import Snapshot
from airflow_provider_covage.api.events.stream import Scope, Stream
from airflow_provider_covage.api.events.teller import Teller

__all__ = ["Mark", "Scope", "Snapshot", "Stream", "Teller"]
