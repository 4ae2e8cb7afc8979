"""Accepting an offer: once, only what can be accepted, and never a guess about what came of it."""

import pytest
from operator_steps import context, run_with_retries

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator

OFFERS = {"product_offerings": ["2173", "2174"]}


def accept(offer, try_number=1):
    return CovageAcceptQuoteItemOperator(task_id="act", settling_time=0, **offer).execute(context(try_number))


def why_not(offer, try_number=1):
    with pytest.raises(AirflowFailException) as failure:
        accept(offer, try_number)
    return str(failure.value)


def acceptances(sandbox):
    return sum(request["operation"] == "quote_item.accept" for request in sandbox.requests)


def test_each_of_the_two_ids_is_an_xcom_of_its_own():
    assert CovageAcceptQuoteItemOperator(task_id="act", quote_item_id="i", product_id="p").multiple_outputs


def test_second_acceptance_adopts_what_the_first_has_made(sandbox, steps, logs):
    offer = steps.offer(**OFFERS)
    first = accept(offer)

    assert accept(offer) == first
    assert accept(offer, try_number=2) == first
    assert acceptances(sandbox) == 1
    assert any("adopted; nothing is sent" in line for line in logs())


def test_order_line_is_found_among_many(sandbox, steps):
    offers = [steps.offer(**OFFERS) for _ in range(12)]
    made = [accept(offer) for offer in offers]

    assert [accept(offer) for offer in offers] == made


@pytest.mark.parametrize("try_number", [1, 2])
def test_other_offer_was_accepted(try_number, sandbox, steps):
    offer = steps.offer(**OFFERS)
    made = steps.client.quote_item.accept(offer["quote_item_id"], product_id="2174")

    why = why_not(offer, try_number)

    assert "accepted with offer 2174, not 2173" in why
    assert made["product_order_id"] in why
    assert made["product_order_item_id"] in why
    assert acceptances(sandbox) == 1


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("acknowledged", "confirm its basket first (CovageConfirmQuoteOperator)"),
        ("confirmed", "wait for its price first (CovageQuoteItemSensor)"),
        ("expired", "ask for a new quotation"),
        ("refused", "take the refusal back first (CovageRestoreQuoteItemPriceOperator)"),
        ("unable_to_provide", "only a line that is ready can be accepted"),
    ],
)
def test_line_that_cannot_be_accepted(state, advice, sandbox, steps):
    ids = steps.confirmed_line()
    sandbox.set_state("quote_item", ids["quote_item_id"], state)
    reference = sandbox.record("quote_item", ids["quote_item_id"])["reference"]

    why = why_not({"quote_item_id": ids["quote_item_id"], "product_id": "2173"})

    assert f"is {state}" in why
    assert advice in why
    assert reference in why
    assert acceptances(sandbox) == 0


def test_offer_that_was_not_asked_for(sandbox, steps):
    why = why_not(steps.offer() | {"product_id": "9999"})
    assert "product_id: This product was not asked for on this line." in why


def test_line_that_is_not_there(sandbox):
    why = why_not({"quote_item_id": "nowhere", "product_id": "2173"})
    assert "/quote_item/nowhere/ -> 404" in why
    assert acceptances(sandbox) == 0


def test_unknown_state_is_left_to_the_api(sandbox, steps):
    offer = steps.offer()
    sandbox.set_state("quote_item", offer["quote_item_id"], "negotiating")

    assert "A line in state negotiating cannot be accepted." in why_not(offer)


def test_order_line_that_does_not_name_its_quotation(sandbox, steps):
    offer = steps.offer(**OFFERS)
    made = accept(offer)
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})

    assert accept(offer) == made


def test_other_offer_was_accepted_and_the_order_line_does_not_name_its_quotation(sandbox, steps):
    offer = steps.offer(**OFFERS)
    made = steps.client.quote_item.accept(offer["quote_item_id"], product_id="2174")
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})

    why = why_not(offer)

    assert "accepted with offer 2174, not 2173" in why
    assert made["product_order_item_id"] in why


def test_other_offer_was_accepted_and_its_order_line_lags_behind(sandbox, steps):
    offer = steps.offer(**OFFERS)
    sandbox.fault("lag", match="quote_item.accept", calls=20)
    steps.client.quote_item.accept(offer["quote_item_id"], product_id="2174")

    assert "accepted with offer 2174, not 2173" in why_not(offer)


@pytest.mark.parametrize("try_number", [1, 2])
def test_nothing_shows_which_offer_was_accepted(try_number, sandbox, steps):
    offer = steps.offer(**OFFERS)
    made = steps.client.quote_item.accept(offer["quote_item_id"], product_id="2174")
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})
    sandbox.extra_fields("quote_item", {"prices": []})

    why = why_not(offer, try_number)

    assert "no order line shows offer 2173" in why
    assert "offer 2174" in why
    assert made["product_order_item_id"] in why
    assert acceptances(sandbox) == 1


def test_order_lines_that_cannot_be_told_apart_are_named(sandbox, steps):
    offers = [steps.offer(**OFFERS) for _ in range(2)]
    made = [accept(offer) for offer in offers]
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})

    why = why_not(offers[0])

    assert "2 candidates" in why
    assert all(one["product_order_item_id"] in why for one in made)
    assert acceptances(sandbox) == 2


def test_order_line_that_may_be_that_of_another_quotation_is_not_taken(sandbox, steps):
    offers = [steps.offer(**OFFERS) for _ in range(2)]
    others = accept(offers[0])
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})
    sandbox.fault("lag", match="quote_item.accept", calls=20)
    steps.client.quote_item.accept(offers[1]["quote_item_id"], product_id="2173")

    why = why_not(offers[1], 2)

    assert others["product_order_item_id"] in why
    assert all(offer["quote_item_id"] in why for offer in offers)


def test_order_line_for_another_site_is_no_candidate(sandbox, steps):
    offer = steps.offer(**OFFERS)
    made = accept(offer)
    steps.order_line(product_offering_qualification_item_id="site-caen")
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})

    assert accept(offer) == made


def test_order_line_that_was_there_before_the_quotation_is_no_candidate(sandbox, steps):
    steps.order_line()
    offer = steps.offer(**OFFERS)
    made = accept(offer)
    sandbox.extra_fields("product_order_item", {"quote_item_id": ""})

    assert accept(offer) == made


def test_order_line_that_does_not_show_up_yet_is_waited_for(sandbox, steps):
    offer = steps.offer(**OFFERS)
    sandbox.fault("lag", match="quote_item.accept", calls=2)
    made = steps.client.quote_item.accept(offer["quote_item_id"], product_id="2173")

    assert run_with_retries(lambda: CovageAcceptQuoteItemOperator(task_id="act", **offer)) == made
    assert acceptances(sandbox) == 1


def test_answer_without_the_two_ids_is_looked_up(requests_mock, monkeypatch):
    api = "http://covage.test/api/v1"
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", _connection("http://covage.test"))
    line = {"id": "L", "product_offering_qualification_item_id": "site", "creation_date": None}
    order_line = {"id": "OL", "product_order_id": "O", "quote_item_id": "L", "product_offering_id": "2173"}
    requests_mock.get(
        f"{api}/quote_item/L/", [{"json": {**line, "state": state}} for state in ("ready", "accepted")]
    )
    requests_mock.patch(f"{api}/quote_item/L/accept/", json={**line, "state": "accepted"})
    requests_mock.get(f"{api}/product_order_item/", json=[{"id": "OL"}])
    requests_mock.get(f"{api}/product_order_item/OL/", json=order_line)

    made = accept({"quote_item_id": "L", "product_id": "2173"})

    assert made == {"product_order_id": "O", "product_order_item_id": "OL"}


def _connection(host):
    return f'{{"conn_type": "covage", "host": "{host}", "password": "token"}}'
