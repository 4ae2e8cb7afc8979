"""Who is looked at next, and together with whom."""

import asyncio

import pytest

from airflow_provider_covage.api.covage import observe
from airflow_provider_covage.api.polling.agenda import Agenda
from airflow_provider_covage.api.polling.rhythm import Rhythm
from airflow_provider_covage.api.polling.wait import Wait
from airflow_provider_covage.api.waiting import Waiter

NOW = 1_800_000_000.0
WATCH = observe.WATCHES["quote_item"]


@pytest.fixture(autouse=True)
def loop():
    """What a wait needs to be made."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def wait(monkeypatch, loop):
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)

    def make(due, pause=10.0):
        waiter = Waiter.of(WATCH, {"quote_item_id": "L1"}, None, None)
        one = Wait(waiter, Rhythm(pause, NOW + 1e6, started=NOW), NOW, NOW)
        one.due, one.pause = NOW + due, pause
        return one

    return make


def test_nobody():
    agenda = Agenda()
    assert (agenda.first, agenda.due, agenda.take(NOW)) == (None, float("inf"), [])


def test_in_order_and_only_once_each(wait):
    agenda = Agenda()
    late, early, soon = wait(30), wait(0), wait(0.9)
    for one in (late, early, soon):
        agenda.add(one)
    agenda.add_all([early, late])
    assert agenda.first is early
    assert agenda.take(NOW) == [early, soon]
    assert agenda.take(NOW) == []
    assert agenda.due == NOW + 30


def test_those_that_have_a_long_pause_are_taken_along_earlier(wait):
    agenda = Agenda()
    agenda.add_all([wait(0), short := wait(50, pause=60.0), patient := wait(51, pause=600.0)])
    assert len(agenda.take(NOW)) == 1
    assert agenda.first is short
    assert agenda.take(NOW + 44) == [short, patient]


def test_one_that_was_planned_anew_is_taken_at_its_new_time_only(wait):
    agenda = Agenda()
    one = wait(0)
    agenda.add(one)
    one.due = NOW + 60
    agenda.add(one)
    assert agenda.take(NOW + 10) == []
    assert agenda.take(NOW + 60) == [one]


def test_one_that_is_over_is_left_out(wait):
    agenda = Agenda()
    ended, dropped, here = wait(0), wait(0), wait(0)
    agenda.add_all([ended, dropped, here])
    ended.ending.set_result(None)
    dropped.ending.cancel()
    assert agenda.take(NOW) == [here]
    agenda.add_all([ended])
    assert agenda.first is None
