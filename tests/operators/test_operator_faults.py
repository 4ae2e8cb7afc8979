"""Whatever becomes of a request or its answer: after Airflow's retries its effect is there exactly once."""

import pytest
from operator_steps import context, run_with_retries
from operator_writes import CREATIONS, ONCE_ONLY, WRITES

from airflow_provider_covage.operators.quote import (
    CovageDeclineQuoteItemOperator,
    CovageRestoreQuoteItemPriceOperator,
)
from airflow_provider_covage.sandbox import Dialect

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


# A second basket cannot be deleted, a second export or eligibility request cannot be told from the first.
SECOND_STAYS = {"quote.create", "eligibility.create"}
WITHOUT_REMAINS = [
    write for write in WRITES if write.operation not in SECOND_STAYS and ".export_" not in write.operation
]


@pytest.mark.parametrize("answer", ["first", "last"])
@pytest.mark.parametrize("write", WITHOUT_REMAINS, ids=str)
def test_request_that_arrives_twice_is_no_failure(write, answer, sandbox, steps):
    arguments = write.begin(steps)
    sandbox.fault("duplicate", match=write.operation, answer=answer)

    result = write.make(arguments).execute(context(1))

    write.check(steps, arguments, result)


@pytest.mark.covage_sandbox(dialect=Dialect(decline="keeps_line"))
@pytest.mark.parametrize("verb", ["decline", "restore_price"])
def test_decision_about_one_of_several_offers_arrives_twice(verb, sandbox, steps, sent):
    offer = steps.offer(product_offerings=["2173", "2174"])
    decline = CovageDeclineQuoteItemOperator(task_id="act", settling_time=0, **offer)
    restore = CovageRestoreQuoteItemPriceOperator(task_id="act", settling_time=0, **offer)
    sandbox.fault("duplicate", match=f"quote_item.{verb}")

    decline.execute(context(1))
    restored = restore.execute(context(1))

    assert restored["id"] == offer["quote_item_id"]
    assert sent().count(f"quote_item.{verb}") == 1


def _assert_once(write, effects):
    assert set(effects) == {write.operation}
    assert write.repeatable or len(effects) == 1
