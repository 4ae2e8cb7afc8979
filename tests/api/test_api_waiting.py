"""What one who waits is told: each thing once, and in the end why it did not come."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.api.watching import Observation


def waiter(name: str = "quote_item", **states: Any) -> Waiter:
    watch = WATCHES[name]
    targets, failures = watch.lifecycle.checked(states.get("targets"), states.get("failures"))
    return Waiter(watch, "l1", targets, failures)


def seen(state: str | None, *reasons: str, **more: Any) -> Observation:
    return Observation({"id": "l1", "state": state}, state, reasons, **more)


@pytest.fixture(autouse=True)
def _level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_each_change_is_told_once(caplog):
    waiting = waiter()
    for state in ("confirmed", "confirmed", "confirmed", "ready", "ready"):
        verdict = waiting.judge(seen(state))
    assert verdict is Verdict.REACHED
    assert caplog.messages == [
        "quotation line l1 is confirmed (waiting)",
        "quotation line l1 is ready (reached)",
    ]


def test_a_draft_is_told_with_what_it_waits_for(caplog):
    waiting = waiter("product_order")
    waiting.judge(seen("created"))
    waiting.judge(seen("created"))
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    assert "nothing moves before you confirm the session (product_order.confirm)" in caplog.text


@pytest.mark.parametrize("state", ["some_new_state", "", None])
def test_an_unknown_state_is_told_as_a_warning(caplog, state):
    assert waiter().judge(seen(state)) is Verdict.UNKNOWN
    assert caplog.records[0].levelno == logging.WARNING
    assert "no document knows" in caplog.text


def test_a_failure_is_put_into_words():
    waiting = waiter("product_order_item")
    last = seen("rejected_creation", "order_refused enni CN012345")
    assert waiting.judge(last) is Verdict.FAILED
    assert waiting.failure(last) == (
        "order line l1 is rejected_creation, so it will not be held_adv_validation or ordered: "
        "order_refused enni CN012345"
    )


def test_trouble_is_told_once_and_its_end_too(caplog):
    waiting = waiter()
    lost = errors.AnswerLostError(errors.Exchange("GET", "/api/v1/quote_item/l1/"))
    for _ in range(3):
        waiting.trouble(lost)
    waiting.trouble(errors.RateLimitedError(errors.Exchange("GET", "/x/", status=429)))
    waiting.judge(seen("confirmed"))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "INFO", "INFO"]
    assert "can be read again" in caplog.messages[2]


def test_a_wait_that_takes_too_long_says_what_was_seen_last():
    waiting = waiter()
    waiting.judge(seen("confirmed"))
    waiting.trouble(errors.AnswerLostError(errors.Exchange("GET", "/api/v1/quote_item/l1/")))
    text = waiting.timed_out(3600.4)
    assert text.startswith("quotation line l1 is confirmed after 3600 s and not yet ready; last trouble: ")
    assert "got no complete answer" in text


def test_a_wait_that_saw_nothing_says_so():
    assert "of unknown state" in waiter().timed_out(10)


def test_steps_are_told_once_each(caplog):
    waiting = waiter("order")
    waiting.judge(seen("in_progress", steps=("a (Monday)",)))
    waiting.judge(seen("in_progress", steps=("a (Monday)", "b (Tuesday)")))
    told = [message for message in caplog.messages if "day)" in message]
    assert told == ["order l1: a (Monday)", "order l1: b (Tuesday)"]


def test_a_better_identifier_is_used_from_then_on():
    waiting = waiter("order")
    waiting.judge(seen("in_progress", resource_id="CMD_X_1"))
    assert waiting.resource_id == "CMD_X_1"
    waiting.judge(seen("in_progress"))
    assert waiting.name == "order CMD_X_1"
