"""Waiting for many records at once on one connection, politely."""

from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.polling.poller import Poller
from airflow_provider_covage.api.polling.rhythm import Rhythm
from airflow_provider_covage.api.polling.wait import Ending

POLLING = Patience(attempts=2, longest_pause=1.0)
"""A poller looks again anyway, and pauses for all when the API asks for it."""

__all__ = ["POLLING", "Ending", "Poller", "Rhythm"]
