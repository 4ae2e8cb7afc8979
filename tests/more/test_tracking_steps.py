"""Production steps: each is told once, and all of them are returned."""

from __future__ import annotations

import pytest
from more_steps import context, in_dialects
from samples import ORDER_LINE
from waiting import deferred, event_of

from airflow_provider_covage.api.covage.tracking import step_name
from airflow_provider_covage.sensors.covage import CovageOrderTrackingSensor

STEPS = [
    "production_manager_assigned",
    "optical_route_received",
    "technical_visit_planned",
    "connection_planned",
    "service_delivered",
]
HISTORIC = "http://covage/api/v1/order/CMD_X_1/historic/"


@pytest.fixture
def reference(client, sandbox):
    """The reference of an order that nothing has happened to yet."""
    session = client.product_order.create()["id"]
    client.product_order_item.create(session, **ORDER_LINE)
    client.product_order.confirm(session)
    sandbox.advance(15)
    return sandbox.records("order")[0]["order_reference"]


def sensor(reference, **arguments):
    return CovageOrderTrackingSensor(task_id="track", order_reference=reference, **arguments)


def told(logs):
    """How often each step stands in the log."""
    return {name: len(logs(f": {name} (")) for name in STEPS}


ONCE = dict.fromkeys(STEPS, 1)


def test_each_step_is_told_when_it_is_seen_and_once(reference, sandbox, logs):
    wait = sensor(reference)
    seen = []
    while not wait.poke(context()):
        seen.append(sum(told(logs).values()))
        sandbox.advance(10)

    assert seen == sorted(seen)
    assert set(range(6)) == set(seen) | {0, 5}
    assert told(logs) == ONCE
    (line,) = logs(": technical_visit_planned (")
    assert reference in line


def test_each_step_is_told_once_in_the_triggerer(reference, sandbox, logs):
    trigger = deferred(sensor(reference, deferrable=True, poke_interval=0.05))
    sandbox.speed = 200

    event = event_of(trigger)

    assert told(logs) == ONCE
    assert [step["step"] for step in event["record"]["historic"]] == STEPS


def test_what_was_told_before_the_deferral_is_not_told_again(reference, sandbox, logs):
    sandbox.advance(45)
    trigger = deferred(sensor(reference, deferrable=True, poke_interval=0.05))
    assert sum(told(logs).values()) == 2
    sandbox.advance(200)

    assert event_of(trigger)["status"] == "reached"

    assert told(logs) == ONCE


@in_dialects("historic_array", "historic_envelope")
@pytest.mark.parametrize("deferrable", [False, True], ids=["poking", "deferrable"])
def test_history_as_array_and_as_envelope(deferrable, reference, client, sandbox):
    sandbox.advance(200)

    record = sensor(reference, deferrable=deferrable).execute(context())

    assert record["historic"] == list(client.order.historic(reference))
    assert [step["step"] for step in record["historic"]] == STEPS


@pytest.fixture
def historic(api):
    """`historic(...)` is what the API shows as the history of order CMD_X_1, page by page."""
    order = {"order_reference": "CMD_X_1", "id": "PO_1", "state": "active"}
    api.get("http://covage/api/v1/order/CMD_X_1/", json=order)

    def show(*pages, status_code=200):
        for number, page in enumerate(pages, start=1):
            where = HISTORIC if number == 1 else f"{HISTORIC}?page={number}"
            api.get(where, json=page, status_code=status_code)

    return show


@pytest.mark.parametrize("content", [[{"name": "visit"}], {"results": [{"name": "visit"}]}])
def test_history_whose_steps_are_named_otherwise(content, historic, logs):
    historic(content)

    assert sensor("CMD_X_1").execute(context())["historic"] == [{"name": "visit"}]
    assert len(logs("CMD_X_1: visit")) == 1


@pytest.mark.parametrize("content", [[], {"results": []}], ids=["array", "envelope"])
def test_history_that_is_empty(content, historic):
    historic(content)
    assert sensor("CMD_X_1").execute(context())["historic"] == []


def test_history_on_two_pages(historic):
    first = {"results": [{"name": "visit"}], "next_page": 2, "count": 2}
    historic(first, {"results": [{"name": "connection"}], "next_page": None, "count": 2})

    record = sensor("CMD_X_1").execute(context())

    assert [step["name"] for step in record["historic"]] == ["visit", "connection"]


def test_order_without_a_history_is_there_all_the_same(historic):
    historic({"detail": "Not found."}, status_code=404)
    assert sensor("CMD_X_1").execute(context()) == {
        "order_reference": "CMD_X_1",
        "id": "PO_1",
        "state": "active",
        "historic": [],
    }


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ({"step": "visit", "date": "2025-04-10"}, "visit (2025-04-10)"),
        ({"name": "visit", "change_date": "2025-04-10"}, "visit (2025-04-10)"),
        ({"status": "visit"}, "visit"),
        ({"colour": "red"}, "{'colour': 'red'}"),
    ],
)
def test_name_of_a_step(step, name):
    assert step_name(step) == name
