"""Amounts: kept in cents, shown in what the dialect says."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.dialect import PrizzDialect

VAT_RATE = 20.0


def euros(cents: int | None) -> str:
    """Write an amount for people."""
    whole, rest = divmod(abs(cents or 0), 100)
    sign = "-" if (cents or 0) < 0 else ""
    thousands = f"{whole:,}".replace(",", " ")
    return f"{sign}{thousands},{rest:02d} €"


def shown(dialect: PrizzDialect, cents: int) -> int:
    """Return an amount in the unit of the dialect (P10)."""
    return cents if dialect.amounts == "cents" else round(cents / 100)


def with_vat(cents: int) -> int:
    """Return an amount with VAT."""
    return round(cents * (1 + VAT_RATE / 100))
