"""DAG `covage_quote_to_order`, whole, on real Airflow, against the sandbox."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from airflow.sdk.definitions.param import ParamValidationError
from samples import ADDRESS, TRIES_IN_VAIN

from airflow_provider_covage.sandbox import Dialect

ONCE_PER_SITE = {"quote_item.create": 2, "quote_item.accept": 2, "product_order_item.update": 2}
ONCE = {"quote.create": 1, "quote.confirm": 1, **ONCE_PER_SITE, "product_order.confirm": 2}


def site(name: str, **more: Any) -> dict[str, Any]:
    return {
        "product_offering_qualification_item_id": f"site-{name}",
        "end_customer_name": f"Bakery {name}",
        "site_connection_type": "FTTO",
        "product_offerings": ["2173", "2174"],
        **ADDRESS,
        **more,
    }


TWO = [site("rouen"), site("caen")]


def test_the_sites_of_the_defaults_are_ordered(quote_to_order, run_dag, sandbox, effects):
    run = run_dag(quote_to_order)

    assert run.state == "success"
    rows = run.xcom("report")
    assert [row["site"] for row in rows] == [f"Example Bakery, {town}" for town in ("Rouen", "Caen", "Lille")]
    lines = {line["id"]: line for line in sandbox.records("product_order_item")}
    for row in rows:
        line = lines.pop(row["product_order_item_id"])
        assert row["order_reference"] == line["order_reference"]
        assert row["order_reference"]
        assert (row["quote_item_id"], row["product_id"]) == (line["quote_item_id"], "2173")
        assert (row["quote_state"], row["reason"]) == ("accepted", "")
    assert not lines
    assert effects("accept", "confirm") == {
        "quote.confirm": 1,
        "quote_item.accept": 3,
        "product_order.confirm": 3,
    }


def test_a_site_that_covage_cannot_provide_is_reported_and_the_others_are_ordered(
    quote_to_order, run_dag, sandbox, effects
):
    sandbox.outcome("quote_item", "unable_to_provide", product_offering_qualification_item_id="site-caen")

    run = run_dag(quote_to_order, {"sites": [site("rouen"), site("caen"), site("lille")]})

    assert run.state == "success"
    rouen, caen, lille = run.xcom("report")
    assert rouen["order_reference"]
    assert lille["order_reference"]
    assert caen["order_reference"] is None
    assert caen["quote_state"] == "unable_to_provide"
    assert "unable_to_provide" in caen["reason"]
    assert run.of("order_site.wait_for_price") == ["success", "skipped", "success"]
    assert run.of("order_site.accept") == ["success", "skipped", "success"]
    assert effects("accept")["quote_item.accept"] == 2
    assert effects("confirm")["product_order.confirm"] == 2


def test_a_site_with_a_trace_file_gets_it_uploaded(quote_to_order, run_dag, sandbox, trace):
    run = run_dag(quote_to_order, {"sites": [site("rouen"), site("caen", trace_file=str(trace))]})

    assert run.state == "success"
    (upload,) = [entry for entry in sandbox.ledger if entry["operation"] == "quote_item.upload_trace"]
    of_line = sandbox.record("quote_item", upload["ids"]["quote_item"])
    assert of_line["product_offering_qualification_item_id"] == "site-caen"
    confirmed = [entry["seq"] for entry in sandbox.ledger if entry["operation"] == "quote.confirm"]
    assert upload["seq"] < min(confirmed)


def test_a_site_may_have_an_offer_and_order_fields_of_its_own(quote_to_order, run_dag, sandbox):
    other = site("caen", product_id="2174", order={"enni": "CN012346"})

    run = run_dag(quote_to_order, {"sites": [site("rouen"), other]})

    assert run.state == "success"
    rouen, caen = run.xcom("report")
    assert (rouen["product_id"], caen["product_id"]) == ("2173", "2174")
    ennis = [
        sandbox.record("product_order_item", row["product_order_item_id"])["enni"] for row in (rouen, caen)
    ]
    assert ennis == ["CN012345", "CN012346"]


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in site("rouen").items() if name != field}


@pytest.mark.parametrize(
    "conf",
    [
        pytest.param({"sites": []}, id="no sites"),
        pytest.param(
            {"sites": [without("product_offering_qualification_item_id")]}, id="no qualification item"
        ),
        pytest.param({"sites": [site("rouen"), without("end_customer_name")]}, id="no name"),
        pytest.param({"sites": [site("rouen", product_offerings=list("12345"))]}, id="five offers"),
        pytest.param({"sites": [site("rouen", product_offerings=[])]}, id="no offer"),
        pytest.param({"product_id": ""}, id="no offer to accept"),
    ],
)
def test_params_that_do_not_fit_their_schema_make_no_run(conf, quote_to_order, run_dag, sandbox):
    refusal = ValueError if version("apache-airflow").startswith("3.2.") else ParamValidationError
    with pytest.raises(refusal, match="Invalid input for param"):
        run_dag(quote_to_order, conf)

    assert sandbox.requests == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"colour": "red"}, id="a field that no line has"),
        pytest.param({"expected_response_date": "soon"}, id="no date"),
        pytest.param({"trace_file": "/nowhere/trace.kmz"}, id="no file"),
        pytest.param({"trace_file": __file__}, id="no trace"),
        pytest.param({"order": {"colour": "red"}}, id="a field that no order line has"),
        pytest.param({"related_contact_information": [{}, {}, {}]}, id="three contacts"),
    ],
)
def test_bad_sites_fail_once_and_before_anything_is_sent(fields, quote_to_order, run_dag, sandbox):
    run = run_dag(quote_to_order, {"sites": [site("rouen"), site("caen", **fields)]})

    assert run.state == "failed"
    assert run.states["read_sites", -1] == "failed"
    assert sandbox.requests == [] or {request["method"] for request in sandbox.requests} == {"GET"}
    assert sandbox.ledger == []
    assert run.tries["read_sites", -1] == TRIES_IN_VAIN


def test_a_second_run_of_everything_orders_nothing_twice(quote_to_order, run_dag, effects, sandbox):
    first = run_dag(quote_to_order, {"sites": TWO})
    assert first.state == "success"
    before = sandbox.records("product_order_item")

    again = run_dag(quote_to_order, {"sites": TWO}, logical_date=first.logical_date)

    assert again.run_id == first.run_id
    assert again.state == "success"
    assert again.xcom("report") == first.xcom("report")
    assert sandbox.records("product_order_item") == before
    assert effects() == ONCE


def test_another_run_orders_anew(quote_to_order, run_dag, effects):
    run_dag(quote_to_order, {"sites": TWO[:1]})
    run_dag(quote_to_order, {"sites": TWO[:1]})

    assert effects("accept")["quote_item.accept"] == 2


# The other writes are disturbed in tests/chaos.
@pytest.mark.parametrize("operation", ["quote_item.create", "quote_item.accept", "product_order_item.update"])
def test_an_answer_that_is_lost_orders_nothing_twice(operation, quote_to_order, run_dag, sandbox, effects):
    sandbox.fault("close_after", match=operation)

    run = run_dag(quote_to_order, {"sites": TWO})

    assert run.state == "success"
    assert [fault.hits for fault in sandbox.faults] == [1]
    allowed = {**ONCE}
    if operation == "product_order_item.update":
        allowed[operation] += 1  # may be done twice, and is
    assert effects() == allowed
    assert all(row["order_reference"] for row in run.xcom("report"))


def test_an_unsteady_api_orders_every_site_once(quote_to_order, run_dag, sandbox, effects):
    sandbox.fault("error_after", nth=4, times=1, status=502, match="quote*")
    sandbox.fault("unavailable", nth=6, times=2, retry_after=0, match="*.get")
    sandbox.fault("unauthorized", nth=3, match="quote*")
    sandbox.fault("rate_limit", nth=2, retry_after=0, match="product_order*")

    run = run_dag(quote_to_order, {"sites": TWO})

    assert run.state == "success"
    assert effects("accept", "create", "confirm") == {
        name: count for name, count in ONCE.items() if not name.endswith("update")
    }


@pytest.mark.covage_sandbox(dialect=Dialect(accept="shared_session"))
def test_a_session_that_all_sites_share_is_confirmed_once(quote_to_order, run_dag, effects, sandbox):
    run = run_dag(quote_to_order, {"sites": TWO})

    assert run.state == "success"
    assert len({row["product_order_id"] for row in run.xcom("report")}) == 1
    assert effects("confirm")["product_order.confirm"] == 1
    assert all(line["order_reference"] for line in sandbox.records("product_order_item"))


def test_a_site_that_fails_on_its_own_does_not_keep_the_others_from_being_ordered(
    quote_to_order, run_dag, sandbox, effects
):
    run = run_dag(quote_to_order, {"sites": [site("rouen"), site("caen", product_id="9999")]})

    assert run.state == "failed"
    assert run.of("order_site.accept") == ["success", "failed"]
    assert run.states["report", -1] == "failed"
    rouen, caen = run.xcom("report")
    assert rouen["order_reference"]
    assert caen["order_reference"] is None
    assert caen["reason"]
    assert effects("accept")["quote_item.accept"] == 1


def test_an_order_that_is_rejected_fails_the_run_and_is_told(quote_to_order, run_dag, sandbox):
    sandbox.outcome(
        "product_order_item",
        "rejected_creation",
        product_offering_qualification_item_id="site-caen",
    )

    run = run_dag(quote_to_order, {"sites": TWO})

    assert run.state == "failed"
    rouen, caen = run.xcom("report")
    assert rouen["order_reference"]
    assert caen["order_state"] == "rejected_creation"
    assert caen["reason"]
