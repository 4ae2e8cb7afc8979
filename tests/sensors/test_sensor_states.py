"""What each sensor makes of the states that the documents leave in doubt."""

import pytest
from sensor_waits import WAITS, basket, order, order_line, run_sensor, session

from airflow_provider_covage.compat import AirflowFailException, AirflowSensorTimeout
from airflow_provider_covage.sandbox import Dialect
from airflow_provider_covage.sandbox.store import Lag

REACHED, FAILED, WAITS_ON = "reached", "failed", "waits"
WAIT = {wait.sensor.resource: wait for wait in WAITS}


def in_dialects(*names):
    """Run a test once for each of these dialects."""
    cases = [
        pytest.param(marks=pytest.mark.covage_sandbox(dialect=Dialect.named(name)), id=name) for name in names
    ]
    return pytest.mark.parametrize((), cases)


def look(resource, resource_id, **arguments):
    """Return how one look at a record ends, and what was returned or said."""
    try:
        return REACHED, run_sensor("poke", WAIT[resource].make(resource_id), timeout=0, **arguments)
    except AirflowFailException as failure:
        return FAILED, str(failure)
    except AirflowSensorTimeout:
        return WAITS_ON, ""


@pytest.mark.parametrize(
    ("state", "lines", "ends"),
    [
        ("acknowledged", ["acknowledged"], WAITS_ON),
        ("created", ["created"], WAITS_ON),
        ("confirmed", ["confirmed"], WAITS_ON),
        ("partial_ready", ["ready", "confirmed"], WAITS_ON),
        ("ready", ["ready", "unable_to_provide"], REACHED),
        ("partial_finalized", ["accepted", "ready"], REACHED),
        ("finalized", ["accepted", "refused"], REACHED),
        ("finalized", ["unable_to_provide", "expired"], FAILED),
    ],
)
@in_dialects("inner_lines_full", "inner_lines_ids")
def test_basket(state, lines, ends, sandbox):
    quote_id = basket(sandbox, state, lines)

    found, said = look("quote", quote_id)

    assert found == ends
    if found == FAILED:
        references = [line["reference"] for line in sandbox.records("quote_item")]
        states = zip(references, lines, strict=True)
        assert all(f"line {name} is {line_state}" in said for name, line_state in states)


def test_one_priced_line_can_be_enough(sandbox):
    quote_id = basket(sandbox, "partial_ready", ["ready", "confirmed"])
    assert look("quote", quote_id, target_states=["partial_ready"])[0] == REACHED


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("created", WAITS_ON),
        ("in_progress", WAITS_ON),
        ("completed", REACHED),
        ("partial", FAILED),
        ("rejected", FAILED),
        ("suspended", WAITS_ON),
    ],
)
@in_dialects("session_detail_without_state", "session_detail_with_state")
def test_session(state, ends, sandbox):
    assert look("product_order", session(sandbox, state, "acknowledged"))[0] == ends


def test_partial_session_can_be_enough(sandbox):
    product_order_id = session(sandbox, "partial")
    assert look("product_order", product_order_id, target_states=["completed", "partial"])[0] == REACHED


@pytest.mark.parametrize(
    ("line_state", "ends"),
    [
        ("in_progress", WAITS_ON),
        ("acknowledged", REACHED),
        ("held_adv_validation", REACHED),
        ("rejected_creation", FAILED),
        ("technical_error", FAILED),
    ],
)
def test_session_that_lists_do_not_show_is_judged_by_its_lines(line_state, ends, sandbox):
    product_order_id = session(sandbox, "in_progress", line_state)
    sandbox.world.store["product_order"].lagging[product_order_id] = Lag()

    assert look("product_order", product_order_id)[0] == ends


@pytest.mark.parametrize(
    ("state", "session_state", "ends"),
    [
        ("created", "created", WAITS_ON),
        ("in_progress", "in_progress", WAITS_ON),
        ("acknowledged", "in_progress", WAITS_ON),  # received, by one page; ordered, by the other
        ("created", "completed", REACHED),  # an outcome, by the tracking page
        ("in_progress", "completed", REACHED),
        ("in_progress", "partial", REACHED),
        ("held_adv_validation", "in_progress", REACHED),
        ("rejected_creation", "completed", FAILED),
        ("technical_error", "in_progress", FAILED),
        ("in_progress", "rejected", FAILED),
        ("suspended", "in_progress", WAITS_ON),
    ],
)
def test_order_line(state, session_state, ends, sandbox):
    assert look("product_order_item", order_line(sandbox, state, session_state))[0] == ends


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("acknowledged", REACHED),
        ("in_progress", WAITS_ON),
        ("created", WAITS_ON),
        ("technical_error", FAILED),
    ],
)
def test_order_line_that_does_not_name_its_session(state, ends, sandbox):
    product_order_item_id = order_line(sandbox, state)
    sandbox.extra_fields("product_order_item", {"product_order_id": None})

    assert look("product_order_item", product_order_item_id)[0] == ends


def test_states_of_an_order_line_can_be_chosen(sandbox):
    product_order_item_id = order_line(sandbox, "acknowledged", "in_progress")
    ends, _ = look("product_order_item", product_order_item_id, target_states=["acknowledged"])
    assert ends == REACHED


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("acknowledged", WAITS_ON),
        ("in_progress.elig", WAITS_ON),
        ("in_progress.price", WAITS_ON),
        ("in_progress.something_new", WAITS_ON),
        ("done.ready", REACHED),
        ("done.unable_to_provide", FAILED),
        ("terminated_with_error", FAILED),
    ],
)
@pytest.mark.parametrize("request_shows_it", [True, False])
def test_eligibility(state, ends, request_shows_it, sandbox):
    wait = WAIT["eligibility"]
    request_id = wait.begin(sandbox)
    sandbox.set_state("eligibility", request_id, state)
    if not request_shows_it:
        sandbox.extra_fields("eligibility", {"state": None})

    found, said = look("eligibility", request_id)

    assert found == ends
    if found == FAILED:
        assert state in said


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("confirmed", WAITS_ON),
        ("in_progress", WAITS_ON),
        ("pending_cancellation", WAITS_ON),
        ("active", REACHED),
        ("completed", REACHED),
        ("change_in_progress", REACHED),
        ("terminate_in_progress", FAILED),
        ("terminated", FAILED),
        ("rejected", FAILED),
        ("rejected_adv", FAILED),
        ("rejected_provider", FAILED),
        ("cancelled", FAILED),
    ],
)
def test_tracked_order(state, ends, sandbox):
    assert look("order", order(sandbox, state))[0] == ends


def test_termination_can_be_waited_for(sandbox):
    reference = order(sandbox, "terminate_in_progress")
    states = {"target_states": ["terminated"], "failure_states": ["rejected"]}

    assert look("order", reference, **states)[0] == WAITS_ON
    sandbox.set_state("order", reference, "terminated")
    assert look("order", reference, **states)[0] == REACHED


def test_order_is_tracked_by_the_reference_that_its_line_shows(sandbox):
    order(sandbox, "active")
    reference = sandbox.records("product_order_item")[0]["order_reference"]

    ends, tracked = look("order", reference)

    assert ends == REACHED
    assert tracked["id"] == reference


def test_order_that_is_not_tracked_yet_is_waited_for(sandbox):
    assert look("order", "PO_DC173_20250423_003363")[0] == WAITS_ON


@pytest.mark.parametrize("mode", ["poke", "reschedule", "deferrable"])
def test_production_steps_are_told_once_and_returned(mode, sandbox, after_looks, logs):
    reference = order(sandbox)
    sandbox.world.store["order"].get(reference).data["steps"] = [
        {"step": name, "date": None, "comment": ""}
        for name in ("optical_route_received", "service_delivered")
    ]
    after_looks(4, "order.historic", lambda: sandbox.set_state("order", reference, "active"))

    tracked = run_sensor(mode, WAIT["order"].make(reference))

    assert [step["step"] for step in tracked["historic"]] == ["optical_route_received", "service_delivered"]
    # A sensor tells its trigger what it has told; a poke that is scheduled anew does not know.
    assert len(logs(": service_delivered")) == (5 if mode == "reschedule" else 1)
