"""The main job in every reading of the documentation, one by one and in mixtures of them."""

from __future__ import annotations

import pytest

from airflow_provider_covage.sandbox import Dialect

DEFAULT = Dialect()
OTHER_READINGS = [name for name in Dialect.names() if Dialect.named(name) != DEFAULT]


def in_dialect(dialect: Dialect, name: str):
    return pytest.param(name, marks=pytest.mark.covage_sandbox(speed=100, dialect=dialect), id=name)


READINGS = [
    *(in_dialect(Dialect.named(name), name) for name in OTHER_READINGS),
    *(in_dialect(Dialect.mixture(seed), f"mixture-{seed}") for seed in range(6)),
]


# What one line alone does not show; the others are run with a single site, and with three in the mixtures.
BETWEEN_LINES = ("external_id", "accept", "inner", "line", "lists", "paging", "page", "item", "session")


@pytest.mark.parametrize("reading", READINGS)
def test_the_main_job_orders_every_site_once(reading, quote_to_order, run_dag, effects):
    sites = quote_to_order.params["sites"]
    if not reading.startswith("mixture"):
        sites = sites[: 2 if any(word in reading for word in BETWEEN_LINES) else 1]

    run = run_dag(quote_to_order, {"sites": sites})

    assert run.state == "success"
    assert all(row["order_reference"] for row in run.xcom("report"))
    assert len(run.xcom("report")) == len(sites)
    sessions = len({row["product_order_id"] for row in run.xcom("report")})
    assert sessions in (1, len(sites))
    assert effects("create", "confirm", "accept") == {
        "quote.create": 1,
        "quote_item.create": len(sites),
        "quote.confirm": 1,
        "quote_item.accept": len(sites),
        "product_order.confirm": sessions,
    }
