"""Declining an offer, and taking the refusal back."""

import pytest
from operator_steps import context, in_dialects

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.quote import (
    CovageDeclineQuoteItemOperator,
    CovageRestoreQuoteItemPriceOperator,
)

OFFERS = {"product_offerings": ["2173", "2174"]}


def run(operator, offer, **arguments):
    return operator(task_id="act", settling_time=0, **offer, **arguments).execute(context())


@pytest.mark.parametrize(
    ("operator", "state", "words"),
    [
        (CovageDeclineQuoteItemOperator, "confirmed", "wait for its price first (CovageQuoteItemSensor)"),
        (CovageDeclineQuoteItemOperator, "acknowledged", "confirm its basket first"),
        (CovageDeclineQuoteItemOperator, "accepted", "has to be ready"),
        (CovageDeclineQuoteItemOperator, "expired", "ask for a new quotation"),
        (CovageDeclineQuoteItemOperator, "unable_to_provide", "has to be ready"),
        (CovageRestoreQuoteItemPriceOperator, "accepted", "has to be ready or refused"),
        (CovageRestoreQuoteItemPriceOperator, "confirmed", "wait for its price first"),
        (CovageRestoreQuoteItemPriceOperator, "expired", "ask for a new quotation"),
    ],
)
def test_line_in_the_wrong_state(operator, state, words, sandbox, steps, sent):
    offer = steps.offer()
    sandbox.set_state("quote_item", offer["quote_item_id"], state)
    sent.begin()

    with pytest.raises(AirflowFailException) as failure:
        run(operator, offer)

    assert f"is {state}" in str(failure.value)
    assert words in str(failure.value)
    assert sent() == []


def test_comment_is_sent(sandbox, steps):
    offer = steps.offer()
    run(CovageDeclineQuoteItemOperator, offer, comment="too dear")
    assert sandbox.record("quote_item", offer["quote_item_id"])["prices"][0]["comment"] == "too dear"


def test_line_that_is_refused_already_is_left_alone(steps, sent):
    offer = steps.refused_offer()
    sent.begin()

    assert run(CovageDeclineQuoteItemOperator, offer)["state"] == "refused"
    assert sent() == []


@in_dialects("decline_keeps_line")
def test_one_of_several_offers(sandbox, steps):
    offer = steps.offer(**OFFERS)

    assert run(CovageDeclineQuoteItemOperator, offer)["state"] == "ready"
    assert run(CovageDeclineQuoteItemOperator, {**offer, "product_id": "2174"})["state"] == "refused"
    assert run(CovageRestoreQuoteItemPriceOperator, offer)["state"] == "ready"
    prices = sandbox.record("quote_item", offer["quote_item_id"])["prices"]
    assert [price["state"] for price in prices] == ["ready", "refused"]


@pytest.mark.parametrize("operator", [CovageDeclineQuoteItemOperator, CovageRestoreQuoteItemPriceOperator])
def test_offer_that_was_not_asked_for(operator, steps):
    offer = steps.offer() | {"product_id": "9999"}
    with pytest.raises(AirflowFailException, match="This product was not asked for on this line"):
        run(operator, offer)
