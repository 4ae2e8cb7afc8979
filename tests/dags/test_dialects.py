"""The main job in every reading of the documentation, one by one and in mixtures of them."""

from __future__ import annotations

import pytest

from airflow_provider_covage.sandbox import Dialect

DEFAULT = Dialect()
OTHER_READINGS = [name for name in Dialect.names() if Dialect.named(name) != DEFAULT]


def in_dialect(dialect: Dialect, name: str):
    return pytest.param(name, marks=pytest.mark.sandbox(speed=100, dialect=dialect), id=name)


READINGS = [
    *(in_dialect(Dialect.named(name), name) for name in OTHER_READINGS),
    *(in_dialect(Dialect.mixture(seed), f"mixture-{seed}") for seed in range(6)),
]


@pytest.mark.parametrize("reading", READINGS)
def test_the_main_job_orders_every_site_once(reading, quote_to_order, run_dag, effects):
    run = run_dag(quote_to_order)

    assert run.state == "success"
    assert all(row["order_reference"] for row in run.xcom("report"))
    sessions = 1 if len({row["product_order_id"] for row in run.xcom("report")}) == 1 else 3
    assert effects("create", "confirm", "accept") == {
        "quote.create": 1,
        "quote_item.create": 3,
        "quote.confirm": 1,
        "quote_item.accept": 3,
        "product_order.confirm": sessions,
    }
