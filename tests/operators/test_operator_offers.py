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


DECIDE = {
    "decline": (CovageDeclineQuoteItemOperator, "offer", "quote_item.decline"),
    "restore": (CovageRestoreQuoteItemPriceOperator, "refused_offer", "quote_item.restore_price"),
}


@pytest.mark.parametrize("try_number", [1, 2])
@pytest.mark.parametrize("verb", DECIDE)
@pytest.mark.parametrize("shown", ["state of each offer", "state of the line"])
def test_refusal_is_not_taken_for_done_where_the_api_shows_otherwise(shown, verb, try_number, sandbox, steps):
    operator, begin, operation = DECIDE[verb]
    offers = OFFERS if shown == "state of each offer" else {}
    offer = getattr(steps, begin)(**offers)
    if not offers:
        sandbox.extra_fields("quote_item", {"prices": [{"product_id": offer["product_id"]}]})
    sandbox.fault("error_before", match=operation, status=400)

    with pytest.raises(AirflowFailException, match="400"):
        operator(task_id="act", settling_time=0, **offer).execute(context(try_number))


@pytest.mark.parametrize(
    ("try_number", "ends_well"), [(1, False), (2, True)], ids=["first try", "after a lost answer"]
)
def test_refusal_is_taken_for_done_later_where_the_api_shows_nothing(try_number, ends_well, sandbox, steps):
    offer = steps.offer(**OFFERS)
    sandbox.extra_fields("quote_item", {"prices": [{"product_id": one} for one in ("2173", "2174")]})
    sandbox.fault("error_before", match="quote_item.decline", status=409)
    decline = CovageDeclineQuoteItemOperator(task_id="act", settling_time=0, **offer)

    if ends_well:
        assert decline.execute(context(try_number))["id"] == offer["quote_item_id"]
    else:
        with pytest.raises(AirflowFailException, match="409"):
            decline.execute(context(try_number))
