"""Judging one look after the other."""

import logging

import pytest

from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.errors import Exchange, RateLimitedError, TransientError
from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.api.watching import Observation


@pytest.fixture
def waiter(caplog):
    caplog.set_level(logging.INFO, logger="airflow_provider_covage.api.waiting")
    watch = WATCHES["quote_item"]
    return Waiter(watch, "L", frozenset({"ready"}), watch.lifecycle.failure)


def look(state, *reasons, **extra):
    return Observation({"id": "L", "state": state}, state, reasons, **extra)


def test_each_change_is_told_once(waiter, caplog):
    verdicts = [
        waiter.judge(look(state)) for state in ("confirmed", "confirmed", "odd", "odd", "confirmed", "ready")
    ]

    waiting = Verdict.WAITING
    assert verdicts == [waiting, waiting, Verdict.UNKNOWN, Verdict.UNKNOWN, waiting, Verdict.REACHED]
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "quotation line L is confirmed (waiting)"),
        ("WARNING", "quotation line L is in state 'odd', which no document knows; waiting for ready"),
        ("INFO", "quotation line L is confirmed (waiting)"),
        ("INFO", "quotation line L is ready (reached)"),
    ]


def test_record_without_state_is_told_and_waited_on(waiter, caplog):
    assert [waiter.judge(look(None)) for _ in range(3)] == [Verdict.UNKNOWN] * 3
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("reasons", "message"),
    [
        ((), "quotation line L is expired, so it will not be ready"),
        (("too late", "sorry"), "quotation line L is expired, so it will not be ready: too late; sorry"),
    ],
)
def test_failure_in_words(reasons, message, waiter):
    seen = look("expired", *reasons)
    assert waiter.judge(seen) is Verdict.FAILED
    assert waiter.failure(seen) == message


def test_time_out_in_words(waiter):
    assert waiter.timed_out(60) == "quotation line L is of unknown state after 60 s and not yet ready"
    waiter.judge(look("confirmed"))
    assert waiter.timed_out(60) == "quotation line L is confirmed after 60 s and not yet ready"
    waiter.trouble(TransientError("no route"))
    assert waiter.timed_out(60).endswith("and not yet ready; last trouble: TransientError: no route")


def test_trouble_is_told_once_per_kind_until_it_is_over(waiter, caplog):
    limited = RateLimitedError(Exchange("GET", "/x", status=429))
    for error in (TransientError("one"), TransientError("two"), limited, limited):
        waiter.trouble(error)
    waiter.judge(look("confirmed"))
    waiter.trouble(TransientError("three"))

    told = [record.message for record in caplog.records]
    assert [line.rpartition(": ")[2] for line in told if "cannot be read" in line] == [
        "one",
        "GET /x -> 429 was refused: too many requests".rpartition(": ")[2],
        "three",
    ]
    assert told.count("quotation line L can be read again") == 1


def test_every_step_is_told_once(waiter, caplog):
    waiter.judge(look("confirmed", steps=("ordered",)))
    waiter.judge(look("confirmed", steps=("ordered", "built")))

    told = [record.message for record in caplog.records]
    assert [line for line in told if "ordered" in line or "built" in line] == [
        "quotation line L: ordered",
        "quotation line L: built",
    ]


def test_better_identifier_is_kept(waiter):
    waiter.judge(look("confirmed", resource_id="L2"))
    waiter.judge(look("confirmed"))
    assert waiter.resource_id == "L2"
