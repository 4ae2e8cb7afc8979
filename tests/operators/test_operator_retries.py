"""The policy that operators and sensors bring along: when and whether Airflow tries again."""

from datetime import timedelta

import pytest
from airflow.sdk import RetryAction, RetryPolicy
from operator_steps import context

from airflow_provider_covage.api.errors import Exchange, InputError, RateLimitedError, TransientError
from airflow_provider_covage.operators.quote import CovageCreateQuoteOperator
from airflow_provider_covage.operators.retries import CovageRetryPolicy
from airflow_provider_covage.sensors.covage import CovageQuoteSensor


def decide(error):
    return CovageRetryPolicy().evaluate(error, try_number=1, max_tries=3)


def test_what_no_retry_can_mend_fails_at_once():
    decision = decide(InputError("no such field"))
    assert decision.action is RetryAction.FAIL
    assert decision.reason == "no such field"


def test_delay_is_what_the_api_asks_for():
    decision = decide(RateLimitedError(Exchange("POST", "/x", status=429), retry_after=90))
    assert decision.action is RetryAction.RETRY
    assert decision.retry_delay == timedelta(seconds=90)
    assert "too many requests" in decision.reason


@pytest.mark.parametrize("error", [TransientError("no route"), ValueError("a bug")], ids=str)
def test_everything_else_is_left_to_the_task(error):
    assert decide(error).action is RetryAction.DEFAULT


def test_long_retry_after_reaches_the_policy(sandbox):
    sandbox.fault("rate_limit", match="quote.create", retry_after=3600)
    with pytest.raises(TransientError) as failure:
        CovageCreateQuoteOperator(task_id="act").execute(context())
    assert decide(failure.value).retry_delay == timedelta(hours=1)


def test_policy_can_be_stored():
    again = CovageRetryPolicy.deserialize(CovageRetryPolicy().serialize())
    assert isinstance(again, CovageRetryPolicy)


@pytest.mark.parametrize(
    "make",
    [
        lambda **arguments: CovageCreateQuoteOperator(task_id="act", **arguments),
        lambda **arguments: CovageQuoteSensor(task_id="act", quote_id="Q", **arguments),
    ],
    ids=["operator", "sensor"],
)
def test_policy_is_there_unless_the_task_has_its_own(make):
    class Own(RetryPolicy):
        def evaluate(self, exception, try_number, max_tries, context=None):
            raise NotImplementedError

    own = Own()
    assert isinstance(make().retry_policy, CovageRetryPolicy)
    assert make(retry_policy=own).retry_policy is own
