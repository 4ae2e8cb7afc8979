"""What the DAG that events start makes of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.sandbox import Dialect
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load


@pytest.fixture
def call():
    """`call(task_id, *arguments)` calls what a task of the DAG calls."""
    dag = load(EXAMPLE_DAGS / "covage_ready_quotes.py")
    return lambda task_id, *arguments: dag.get_task(task_id).python_callable(*arguments)


def event(*changes):
    made = [
        {"id": quote_id, "old_state": "confirmed", "state": "ready", "record": {"external_id": external_id}}
        for quote_id, external_id in changes
    ]
    return SimpleNamespace(extra={"from_trigger": True, "payload": {"resource": "quote", "changes": made}})


class AllOf:
    """Events as Airflow hands them over: by asset."""

    def __init__(self, *events):
        self._events = events

    def __getitem__(self, asset):
        assert asset.name == "covage_ready_quotes"
        return self._events


def test_baskets_of_all_events_are_taken_but_not_those_that_another_dag_has_made(call):
    events = AllOf(event(("b", ""), ("mine", "af-create_quote-3f9a2c81d04e")), event(("a", None), ("b", "")))
    assert call("ready_baskets", events) == ["a", "b"]


def showing(name):
    return pytest.param(marks=pytest.mark.covage_sandbox(speed=0, dialect=Dialect.named(name)), id=name)


@pytest.mark.parametrize((), [showing("inner_lines_full"), showing("inner_lines_ids")])
def test_only_lines_that_are_ready_and_have_the_offer_are_accepted(sandbox, call):
    sandbox.outcome("quote_item", "unable_to_provide", product_offering_qualification_item_id="caen")
    hook = CovageHook()
    quote = hook.quote.create()["id"]
    lines = {
        name: hook.quote_item.create(
            quote,
            product_offering_qualification_item_id=name,
            end_customer_name=name,
            site_connection_type="FTTO",
            product_offerings=offers,
        )["id"]
        for name, offers in {"rouen": ["2173", "2174"], "caen": ["2173"], "lille": ["2180"]}.items()
    }
    hook.quote.confirm(quote)
    sandbox.advance(60)

    found = call("lines_to_accept", [quote], {"product_id": "2173"})

    assert found == [{"quote_item_id": lines["rouen"], "product_id": "2173"}]
