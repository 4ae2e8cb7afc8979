"""Waiting for an order to be produced, by either form of its reference and either list of states."""

from __future__ import annotations

import pytest
from more_steps import context, in_dialects, why_not
from samples import ORDER_LINE
from waiting import deferred, event_of

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.sensors.covage import CovageOrderTrackingSensor

CREATION, PRODUCTION = 20, 200
STEPS = [
    "production_manager_assigned",
    "optical_route_received",
    "technical_visit_planned",
    "connection_planned",
    "service_delivered",
]
BOTH_LISTS = in_dialects("tracking_states_new", "tracking_states_old")


@pytest.fixture
def line(client):
    """`line()` makes a session with one line and returns the line; nothing is confirmed yet."""

    def make():
        session = client.product_order.create()["id"]
        return client.product_order_item.create(session, **ORDER_LINE) | {"product_order_id": session}

    return make


@pytest.fixture
def order(client, sandbox, line):
    """`order()` makes an order and returns its two references: `CMD_...` and `PO_...`."""

    def make():
        made = line()
        client.product_order.confirm(made["product_order_id"])
        sandbox.advance(CREATION)
        tracked = sandbox.records("order")[-1]
        return tracked["order_reference"], tracked["id"]

    return make


def sensor(reference, **arguments):
    return CovageOrderTrackingSensor(task_id="track", order_reference=reference, **arguments)


@BOTH_LISTS
@pytest.mark.parametrize("form", [0, 1], ids=["CMD", "PO"])
def test_order_is_waited_for_and_returned(form, order, sandbox):
    references = order()
    assert [reference.partition("_")[0] for reference in references] == ["CMD", "PO"]
    wait = sensor(references[form])
    assert not wait.poke(context())
    sandbox.advance(40)
    assert not wait.poke(context())
    sandbox.advance(PRODUCTION)

    record = sensor(references[form]).execute(context())

    assert record["state"] in ("active", "completed")
    assert (record["order_reference"], record["id"]) == references
    assert [step["step"] for step in record["historic"]] == STEPS


@BOTH_LISTS
@pytest.mark.parametrize("deferrable", [False, True], ids=["poking", "deferrable"])
@pytest.mark.parametrize(
    ("outcome", "states"),
    [("rejected", ("rejected", "rejected_provider")), ("cancelled", ("cancelled",))],
)
def test_failure_is_final(outcome, states, deferrable, order, sandbox):
    sandbox.outcome("order", outcome)
    _, reference = order()
    sandbox.advance(PRODUCTION)

    why = why_not(lambda: sensor(reference, deferrable=deferrable).execute(context()))

    assert any(f"is {state}, so it will not be active or completed" in why for state in states)
    assert ("Cancelled by request" in why) == (outcome == "cancelled")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("confirmed", "waits"),
        ("acknowledged", "waits"),
        ("held_adv_validation", "waits"),
        ("in_progress", "waits"),
        ("pending_cancellation", "waits"),
        ("active", "there"),
        ("completed", "there"),
        ("change_in_progress", "there"),
        ("terminate_in_progress", "fails"),
        ("terminated", "fails"),
        ("rejected", "fails"),
        ("rejected_adv", "fails"),
        ("rejected_provider", "fails"),
        ("cancelled", "fails"),
    ],
)
def test_every_state_of_both_lists(state, told, order, sandbox, logs):
    reference, _ = order()
    sandbox.set_state("order", reference, state)

    try:
        seen = "there" if sensor(reference).poke(context()) else "waits"
    except AirflowFailException:
        seen = "fails"

    assert seen == told
    assert not logs("which no document knows")


def test_unknown_state_is_waited_on(order, sandbox, logs):
    reference, _ = order()
    sandbox.set_state("order", reference, "blocked")
    wait = sensor(reference)

    assert not wait.poke(context())
    assert not wait.poke(context())
    assert len(logs("is in state 'blocked', which no document knows")) == 1


def test_termination_can_be_waited_for(order, sandbox):
    reference, _ = order()
    wait = sensor(reference, target_states=["terminated"])
    for state in ("active", "terminate_in_progress"):
        sandbox.set_state("order", reference, state)
        assert not wait.poke(context())

    sandbox.set_state("order", reference, "terminated")
    assert wait.poke(context())


def test_reference_of_a_line_is_waited_for_until_it_is_tracked(line, client, sandbox, logs):
    made = line()
    wait = sensor(made["order_reference"])
    assert not wait.poke(context())
    client.product_order.confirm(made["product_order_id"])
    assert not wait.poke(context())
    assert not logs("which no document knows")
    assert len(logs("is not_tracked_yet (waiting)")) == 1

    sandbox.advance(CREATION + PRODUCTION)

    look = wait.poke(context())
    assert look
    assert look.xcom_value["id"] == made["order_reference"]


def test_reference_that_nobody_has_waits_to_the_end(sandbox):
    assert not sensor("PO_DC173_20250423_999999").poke(context())


@pytest.mark.parametrize("deferrable", [False, True], ids=["poking", "deferrable"])
def test_unknown_order_fails_at_once(deferrable, order):
    order()
    why = why_not(lambda: sensor("CMD_X_99999999", deferrable=deferrable).execute(context()))
    assert "/api/v1/order/CMD_X_99999999/ -> 404 found nothing" in why


def test_order_that_disappears_ends_the_wait_in_the_triggerer(order, sandbox):
    reference, _ = order()
    trigger = deferred(sensor(reference, deferrable=True, poke_interval=0.05))
    sandbox.reset()

    event = event_of(trigger)

    assert event["status"] == "error"
    assert "404 found nothing" in event["message"]


def test_order_is_looked_up_in_the_list_once(order, sandbox):
    _, reference = order()
    wait = sensor(reference)
    for _ in range(4):
        wait.poke(context())

    operations = [one["operation"] for one in sandbox.requests]
    assert operations.count("order.list") == 1
    assert operations.count("order.get") == 4


def test_order_is_found_on_a_later_page(order, sandbox):
    references = [order()[1] for _ in range(12)]
    sandbox.advance(PRODUCTION)

    assert sensor(references[-1]).poke(context()).xcom_value["id"] == references[-1]


def test_the_triggerer_waits_by_the_better_reference(order, sandbox):
    reference, of_line = order()
    wait = sensor(of_line, deferrable=True, poke_interval=0.05)
    trigger = deferred(wait)
    assert trigger.order_reference == reference
    sandbox.speed = 200

    record = wait.execute_complete(context(), event_of(trigger))

    assert (record["state"], record["id"]) == ("active", of_line)
    assert [step["step"] for step in record["historic"]] == STEPS


def test_the_triggerer_waits_for_what_is_not_tracked_yet(line, client, sandbox):
    made = line()
    trigger = deferred(sensor(made["order_reference"], deferrable=True, poke_interval=0.05))
    client.product_order.confirm(made["product_order_id"])
    sandbox.speed = 200

    event = event_of(trigger)

    assert event["status"] == "reached"
    assert event["record"]["id"] == made["order_reference"]
