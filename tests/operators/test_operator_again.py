"""A task that comes back: killed after its effect, cleared long after, or beside a twin."""

import pytest
from operator_steps import context, run_with_retries
from operator_writes import CREATIONS, WRITES
from samples import LINE, ORDER_LINE

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.api.transport import Transport
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator
from airflow_provider_covage.operators.order import CovageAddOrderItemOperator
from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageCreateQuoteOperator,
    CovageDeclineQuoteItemOperator,
    CovageRestoreQuoteItemPriceOperator,
)
from airflow_provider_covage.sandbox import Dialect

KEYS_HIDDEN = Dialect(external_id="empty_for_lines")


class Killed(BaseException):
    """The worker was killed."""


@pytest.fixture
def kill_after_effect(monkeypatch):
    """`kill_after_effect(operator, context)`: the process dies when its first write has been answered."""
    perform = Transport.perform

    def dying(self, call):
        result = perform(self, call)
        if call.request.is_write:
            raise Killed
        return result

    def kill(operator, context):
        with monkeypatch.context() as patch:
            patch.setattr(Transport, "perform", dying)
            with pytest.raises(Killed):
                operator.execute(context)

    return kill


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_killed_right_after_the_effect(write, steps, sent, kill_after_effect):
    arguments = write.begin(steps)
    sent.begin()

    kill_after_effect(write.make(arguments), context(1))
    result = run_with_retries(lambda: write.make(arguments), first_try=2)

    write.check(steps, arguments, result)
    assert set(sent()) == {write.operation}
    assert write.repeatable or len(sent()) == 1


@pytest.mark.parametrize("write", CREATIONS, ids=str)
def test_killed_right_after_the_effect_and_lists_lag_behind(write, sandbox, steps, sent, kill_after_effect):
    arguments = write.begin(steps)
    sent.begin()
    sandbox.fault("lag", match=write.operation, calls=1)

    kill_after_effect(write.make(arguments), context(1))
    result = run_with_retries(lambda: write.make(arguments), first_try=2)

    write.check(steps, arguments, result)
    assert sent() == [write.operation]


@pytest.mark.parametrize("write", [write for write in WRITES if write.later], ids=str)
def test_cleared_when_everything_is_done(write, steps, sent, logs):
    arguments = write.begin(steps)
    made = write.make(arguments).execute(context(1))
    write.later(steps, arguments, made)
    sent.begin()

    result = write.make(arguments).execute(context(2))

    write.check(steps, arguments, result)
    assert sent() == []
    assert any("nothing is sent" in line for line in logs())


@pytest.mark.parametrize("write", CREATIONS, ids=str)
def test_second_run_makes_its_own(write, steps, sent):
    arguments = write.begin(steps)
    sent.begin()

    first = write.make(arguments).execute(context(run_id="monday"))
    second = write.make(arguments).execute(context(run_id="tuesday"))

    assert first != second
    assert sent() == [write.operation] * 2


@pytest.mark.covage_sandbox(dialect=Dialect(decline="keeps_line"))
def test_decline_of_one_of_several_offers_whose_answer_was_lost(sandbox, steps, sent):
    offer = steps.offer(product_offerings=["2173", "2174"])
    sent.begin()
    sandbox.fault("close_after", match="quote_item.decline")

    result = run_with_retries(lambda: _decline(offer))

    assert result["id"] == offer["quote_item_id"]
    assert sent() == ["quote_item.decline"]


@pytest.mark.covage_sandbox(dialect=Dialect(decline="keeps_line"))
def test_decline_is_cleared_after_another_offer_was_accepted(steps, sent):
    offer = steps.offer(product_offerings=["2173", "2174"])
    _decline(offer).execute(context(1))
    steps.client.quote_item.accept(offer["quote_item_id"], product_id="2174")
    sent.begin()

    result = _decline(offer).execute(context(2))

    assert result["state"] == "accepted"
    assert sent() == []


@pytest.mark.covage_sandbox(dialect=Dialect(decline="keeps_line"))
@pytest.mark.parametrize("fault", ["close_before", "unavailable"])
def test_restoring_one_of_several_offers_is_not_taken_for_done(fault, sandbox, steps, sent):
    offer = steps.offer(product_offerings=["2173", "2174"])
    steps.client.quote_item.decline(offer["quote_item_id"], product_id=offer["product_id"])
    sent.begin()
    sandbox.fault(fault, match="quote_item.restore_price")

    run_with_retries(lambda: CovageRestoreQuoteItemPriceOperator(task_id="a", settling_time=0, **offer))

    assert sent() == ["quote_item.restore_price"]


@pytest.mark.covage_sandbox(dialect=KEYS_HIDDEN)
@pytest.mark.parametrize("fault", ["none", "close_before", "close_after"])
@pytest.mark.parametrize("kind", ["quote", "order", "fon"])
def test_twins_do_not_adopt_each_others_line_on_their_first_try(kind, fault, sandbox, steps):
    make = _adder(kind, steps)
    first = make().execute(context(map_index=0))
    if fault != "none":
        sandbox.fault(fault, match="*.create")

    try:
        second = make().execute(context(map_index=1))
    except (AirflowFailException, TransientError):
        return  # it does not know, and says so

    assert second != first


@pytest.mark.covage_sandbox(dialect=KEYS_HIDDEN)
@pytest.mark.parametrize("kind", ["quote", "order", "fon"])
def test_twins_whose_lines_cannot_be_told_apart_stop_for_a_person(kind, steps, sent):
    make = _adder(kind, steps)
    lines = [make().execute(context(map_index=index)) for index in (0, 1)]
    sent.begin()

    with pytest.raises(AirflowFailException, match="2 candidates") as failure:
        make().execute(context(2, map_index=1))

    assert all(line in str(failure.value) for line in lines)
    assert sent() == []


@pytest.mark.parametrize("kind", ["quote", "order"])
def test_twins_find_their_own_line_by_its_key(kind, steps, sent):
    make = _adder(kind, steps)
    lines = [make().execute(context(map_index=index)) for index in (0, 1)]
    sent.begin()

    again = [make().execute(context(2, map_index=index)) for index in (0, 1)]

    assert again == lines
    assert sent() == []


@pytest.mark.covage_sandbox(dialect=KEYS_HIDDEN)
def test_line_for_another_site_is_not_adopted(steps, sent):
    basket = steps.basket()
    steps.line(**basket, product_offering_qualification_item_id="site-caen")
    sent.begin()

    CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, **basket).execute(context(2))

    assert sent() == ["quote_item.create"]


def test_earliest_of_several_with_the_same_key_is_adopted(steps, sent):
    baskets = [steps.basket(external_id="MINE") for _ in range(2)]
    sent.begin()

    adopted = CovageCreateQuoteOperator(task_id="a", external_id="MINE").execute(context())

    assert adopted == baskets[0]["quote_id"]
    assert sent() == []


def test_settling_time_lies_between_two_looks(steps, monkeypatch):
    slept = []
    monkeypatch.setattr("airflow_provider_covage.operators.once.time.sleep", slept.append)

    CovageCreateQuoteOperator(task_id="a").execute(context(1))
    CovageCreateQuoteOperator(task_id="b", settling_time=7).execute(context(2, task_id="other"))

    assert slept == [7]


def _decline(offer):
    return CovageDeclineQuoteItemOperator(task_id="act", settling_time=0, **offer)


def _adder(kind, steps):
    """Return what makes an operator that always creates the same."""
    if kind == "fon":
        fields = {"end_customer_name": "Bakery"}
        return lambda: CovageCreateFonRequestOperator(task_id="a", settling_time=0, fields=fields, mark=False)
    if kind == "quote":
        where = steps.basket()
        return lambda: CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, **where)
    where = steps.session()
    return lambda: CovageAddOrderItemOperator(task_id="a", settling_time=0, fields=ORDER_LINE, **where)
