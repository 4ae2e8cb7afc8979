"""Dates of tickets: texts without a documented form (P12)."""

from __future__ import annotations

from datetime import datetime

from airflow_provider_covage.sandbox.clock import PARIS, format_date
from airflow_provider_covage.sandbox.prizz.world import World


def ticket_date(world: World, date: float) -> str:
    """Write a date of a ticket."""
    if world.dialect.ticket_dates == "french":
        return datetime.fromtimestamp(date, PARIS).strftime("%d/%m/%Y %H:%M")
    return format_date(date, milliseconds=False)
