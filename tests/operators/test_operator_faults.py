"""Whatever becomes of a request or its answer: after Airflow's retries its effect is there exactly once."""

import pytest
from operator_steps import run_with_retries
from operator_writes import CREATIONS, ONCE_ONLY, WRITES

FAULTS = {
    "closed before": ("close_before", {}),
    "closed after": ("close_after", {}),
    "bad gateway before": ("error_before", {}),
    "error after": ("error_after", {"status": 500, "body": "html"}),
    "truncated": ("truncate", {}),
    "HTML": ("html", {}),
    "rate limit": ("rate_limit", {"retry_after": 0}),
    "unavailable": ("unavailable", {"retry_after": 0}),
    "unauthorized": ("unauthorized", {}),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("write", WRITES, ids=str)
def test_effect_is_there_once(write, fault, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    kind, options = FAULTS[fault]
    sandbox.fault(kind, match=write.operation, **options)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    _assert_once(write, sent())


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_effect_is_there_once_when_the_answer_comes_too_late(write, sandbox, steps, sent, connection):
    arguments = write.begin(steps)
    sent.begin()
    connection(timeout=0.25)
    sandbox.fault("stall", match=write.operation, seconds=2)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    _assert_once(write, sent())


@pytest.mark.parametrize("write", CREATIONS, ids=str)
def test_effect_is_there_once_when_several_tries_are_lost(write, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    sandbox.fault("close_before", match=write.operation, times=2)
    sandbox.fault("close_after", match=write.operation)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    _assert_once(write, sent())


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("write", [*CREATIONS, *(w for w in WRITES if "accept" in w.operation)], ids=str)
def test_effect_is_there_once_when_lists_lag_behind(write, calls, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    sandbox.fault("lag", match=write.operation, calls=calls)
    sandbox.fault("close_after", match=write.operation)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    _assert_once(write, sent())


@pytest.mark.parametrize("write", ONCE_ONLY, ids=str)
def test_effect_is_there_once_when_looking_fails_too(write, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    sandbox.fault("close_after", match=write.operation)
    sandbox.fault("unavailable", match="*.get", nth=2, times=5, retry_after=0)
    sandbox.fault("unavailable", match="*.list", nth=2, times=5, retry_after=0)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    _assert_once(write, sent())


def _assert_once(write, effects):
    assert set(effects) == {write.operation}
    assert write.repeatable or len(effects) == 1
