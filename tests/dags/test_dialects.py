"""The main job in every reading of the documentation, several at a time."""

from __future__ import annotations

import dataclasses

import pytest

from airflow_provider_covage.sandbox import Dialect

DEFAULT = Dialect()
MIXTURES = {f"mixture-{seed}": Dialect.mixture(seed) for seed in range(11)}


def other_than_default(dialect: Dialect) -> set[tuple[str, object]]:
    return set(dataclasses.asdict(dialect).items()) - set(dataclasses.asdict(DEFAULT).items())


@pytest.mark.parametrize("name", [name for name in Dialect.names() if Dialect.named(name) != DEFAULT])
def test_every_reading_is_in_a_mixture(name):
    wanted = other_than_default(Dialect.named(name))
    assert any(wanted <= other_than_default(mixture) for mixture in MIXTURES.values())


@pytest.mark.parametrize(
    "mixture",
    [
        pytest.param(name, marks=pytest.mark.covage_sandbox(speed=100, dialect=dialect), id=name)
        for name, dialect in MIXTURES.items()
    ],
)
def test_the_main_job_orders_every_site_once(mixture, quote_to_order, run_dag, effects):
    sites = quote_to_order.params["sites"][:2]

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
