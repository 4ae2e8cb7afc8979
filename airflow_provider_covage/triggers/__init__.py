"""Waiting without a worker."""

from datetime import timedelta

GRACE = timedelta(minutes=10)
"""How much later than the wait itself Airflow ends a trigger that it has started without a worker."""
