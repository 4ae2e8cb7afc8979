"""What each state means to one who waits: the tables of the documents, row by row."""

from __future__ import annotations

import pytest

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.lifecycle import Verdict, export_state

WAIT, REACHED, FAILED, UNKNOWN = Verdict.WAITING, Verdict.REACHED, Verdict.FAILED, Verdict.UNKNOWN

TABLES: dict[str, dict[str, Verdict]] = {
    "quote": {
        "acknowledged": WAIT,
        "created": WAIT,
        "confirmed": WAIT,
        "partial_ready": WAIT,
        "ready": REACHED,
        "partial_finalized": REACHED,
        "finalized": REACHED,
        lifecycle.FINALIZED_WITHOUT_PRICE: FAILED,
    },
    "quote_item": {
        "acknowledged": WAIT,
        "confirmed": WAIT,
        "ready": REACHED,
        "unable_to_provide": FAILED,
        "expired": FAILED,
        "refused": FAILED,
        "accepted": REACHED,
    },
    "product_order": {
        "created": WAIT,
        "in_progress": WAIT,
        "completed": REACHED,
        "partial": FAILED,
        "rejected": FAILED,
    },
    "product_order_item": {
        "created": WAIT,
        "in_progress": WAIT,
        "acknowledged": WAIT,
        lifecycle.ORDERED: REACHED,
        "held_adv_validation": REACHED,
        "rejected_creation": FAILED,
        "technical_error": FAILED,
    },
    "export": {"running": WAIT, "success": REACHED, "failure": FAILED},
    "fon": {"acknowledged": WAIT, "created": WAIT, "confirmed": REACHED},
    "eligibility": {
        "acknowledged": WAIT,
        "in_progress.elig": WAIT,
        "in_progress.offer": WAIT,
        "in_progress.price": WAIT,
        "in_progress.something_new": WAIT,
        "done.ready": REACHED,
        "done.unable_to_provide": FAILED,
        "terminated_with_error": FAILED,
    },
    "order": {
        lifecycle.NOT_TRACKED_YET: WAIT,
        "confirmed": WAIT,
        "in_progress": WAIT,
        "active": REACHED,
        "change_in_progress": REACHED,
        "terminate_in_progress": FAILED,
        "terminated": FAILED,
        "rejected": FAILED,
        "cancelled": FAILED,
        # of the older page
        "acknowledged": WAIT,
        "held_adv_validation": WAIT,
        "pending_cancellation": WAIT,
        "completed": REACHED,
        "rejected_adv": FAILED,
        "rejected_provider": FAILED,
    },
}
ROWS = [(name, state, verdict) for name, table in TABLES.items() for state, verdict in table.items()]
each_watch = pytest.mark.parametrize("name", WATCHES)


def judge(name, state, targets=None, failures=None):
    machine = WATCHES[name].lifecycle
    return machine.judge(state, *machine.checked(targets, failures))


@pytest.mark.parametrize(("name", "state", "verdict"), ROWS)
def test_a_state_means_what_the_documents_say(name, state, verdict):
    assert judge(name, state) is verdict


@each_watch
def test_every_state_has_its_row(name):
    known = WATCHES[name].lifecycle.states
    assert known - set(TABLES[name]) <= {"created", "in_progress"}


@each_watch
def test_every_state_that_is_named_is_known(name):
    machine = WATCHES[name].lifecycle
    named = machine.target | machine.failure | machine.draft
    followers = {state for states in machine.arrows.values() for state in states}
    assert named | followers <= machine.states


@each_watch
@pytest.mark.parametrize("state", ["some_new_state", "", None])
def test_an_unknown_state_is_neither_success_nor_failure(name, state):
    assert judge(name, state) is UNKNOWN


@pytest.mark.parametrize(
    ("name", "targets", "state", "verdict"),
    [
        ("quote", ["confirmed"], "ready", REACHED),
        ("quote", ["confirmed"], "acknowledged", WAIT),
        ("quote", ["partial_ready"], "ready", REACHED),
        ("quote", ["partial_ready"], "partial_ready", REACHED),
        ("quote", ["finalized"], "partial_finalized", WAIT),
        ("quote", ["partial_ready", "finalized"], "ready", REACHED),
        ("quote_item", ["confirmed"], "accepted", REACHED),
        ("quote_item", ["accepted"], "ready", WAIT),
        ("quote_item", ["refused"], "refused", REACHED),
        ("quote_item", ["refused", "expired"], "unable_to_provide", FAILED),
        ("product_order", ["in_progress"], "completed", REACHED),
        ("product_order", ["completed", "partial"], "partial", REACHED),
        ("product_order", ["rejected"], "rejected", REACHED),
        ("order", ["in_progress"], "active", REACHED),
        ("order", ["terminated"], "active", WAIT),
        ("order", ["terminated"], "terminate_in_progress", WAIT),
        ("order", ["terminated"], "terminated", REACHED),
        ("order", ["terminated"], "rejected", FAILED),
        ("order", ["confirmed"], "rejected", FAILED),
        ("eligibility", ["done.ready", "done.unable_to_provide"], "done.unable_to_provide", REACHED),
        ("eligibility", ["in_progress.offer"], "in_progress.price", REACHED),
    ],
)
def test_targets_of_the_caller(name, targets, state, verdict):
    assert judge(name, state, targets) is verdict


@pytest.mark.parametrize(
    ("name", "failures", "state", "verdict"),
    [
        ("product_order", [], "rejected", WAIT),
        ("product_order", ["rejected"], "partial", WAIT),
        ("product_order", ["in_progress"], "in_progress", FAILED),
        ("product_order", ["completed"], "completed", REACHED),
        ("quote_item", ["some_new_state"], "some_new_state", FAILED),
        ("quote", ["finalized"], "finalized", FAILED),
    ],
)
def test_failures_of_the_caller(name, failures, state, verdict):
    assert judge(name, state, failures=failures) is verdict


@pytest.mark.parametrize(
    ("targets", "failures", "message"),
    [
        ("ready", None, r"\['ready'\]"),
        (None, "expired", r"\['expired'\]"),
        ([], None, "no target state"),
    ],
)
def test_states_are_given_as_a_list_that_is_not_empty(targets, failures, message):
    with pytest.raises(InputError, match=message):
        lifecycle.QUOTE_ITEM.checked(targets, failures)


def test_a_target_is_no_failure():
    targets, failures = lifecycle.ORDER.checked({"completed", "partial"}, None)
    assert targets == {"completed", "partial"}
    assert failures == {"rejected"}


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ({"started": None, "stopped": None, "success": None}, "running"),
        ({"started": "2026-04-23T10:00:00", "stopped": None, "success": False}, "running"),
        ({"started": "2026-04-23T10:00:00", "stopped": "", "success": True}, "running"),
        ({"stopped": "2026-04-23T10:00:05", "success": True}, "success"),
        ({"stopped": "2026-04-23T10:00:05", "success": False}, "failure"),
        ({"stopped": "2026-04-23T10:00:05", "success": None}, "failure"),
        ({"stopped": "2026-04-23T10:00:05"}, "failure"),
        ({}, "running"),
    ],
)
def test_an_export_is_over_when_it_has_stopped(record, state):
    assert export_state(record) == state


@each_watch
def test_a_draft_says_what_it_waits_for(name):
    machine = WATCHES[name].lifecycle
    assert bool(machine.draft) == bool(machine.next_step)
