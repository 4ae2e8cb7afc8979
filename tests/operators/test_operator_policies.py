"""Deciding without a human."""

import pytest
from asking import Task

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.quote import CovageChooseOfferOperator


def line_with(*prices):
    """A line that shows these prices, of offers 2173, 2174, ..."""
    return {"prices": [{"product_id": str(2173 + number), **price} for number, price in enumerate(prices)]}


DEAR_AND_CHEAP = line_with({"monthly_price": 240.0}, {"monthly_price": "99,50"})


@pytest.fixture
def decide(monkeypatch, steps, sandbox):
    """`decide("cheapest", line)` gives what is decided about such a line; None when a human is asked."""
    line = steps.priced_line()["quote_item_id"]

    def decide(auto_accept, fields, **arguments):
        sandbox.extra_fields("quote_item", fields, line)
        task = Task(monkeypatch, quote_item_id=line, auto_accept=auto_accept, **arguments)
        result = task.run()
        if task.form:
            return None
        assert task.xcoms["decision"] == "accept"
        assert task.xcoms["decided_by"].startswith("policy ")
        return result

    return decide


@pytest.mark.parametrize(
    ("policy", "line", "chosen"),
    [
        ("cheapest", DEAR_AND_CHEAP, "2174"),
        ("cheapest", line_with({"monthly_price": 1}), "2173"),
        ("cheapest", line_with({"monthly_price": 1, "state": "refused"}, {"monthly_price": 2}), "2174"),
        ("cheapest", line_with({"monthly_price": 7}, {"monthly_price": 7}), None),
        ("cheapest", line_with({"monthly_price": 7}, {"monthly_price": None}), None),
        ("cheapest", line_with({"monthly_price": 7}, {"monthly_price": "NaN"}), None),
        ("cheapest", line_with({"monthly_price": 7}, {"monthly_price": True}), None),
        ("cheapest", line_with({"monthly_price": 7}, {"tariff": 1}), None),
        (
            "cheapest",
            line_with({"monthly_price": 7, "currency": "EUR"}, {"monthly_price": 6, "currency": "XPF"}),
            None,
        ),
        ("cheapest_under:200", line_with({"monthly_price": "1,234"}), None),
        ("cheapest_under:200", line_with({"monthly_price": "0,125"}), "2173"),
        ("cheapest_under:2000", line_with({"monthly_price": "1234,5"}), "2173"),
        ("cheapest", line_with({"monthly_price": 7}, {"monthly_price": "1,234"}), None),
        ("cheapest_under:100", DEAR_AND_CHEAP, "2174"),
        ("cheapest_under:99.50", DEAR_AND_CHEAP, None),
        ("cheapest_under: 99,51 ", DEAR_AND_CHEAP, "2174"),
        ("only_offer", DEAR_AND_CHEAP, None),
        ("only_offer", line_with({"monthly_price": 7}), "2173"),
        ("only_offer", line_with({"state": "refused"}, {}), "2174"),
        ("offer:2174", DEAR_AND_CHEAP, "2174"),
        ("offer:9999", DEAR_AND_CHEAP, None),
        ("human", line_with({"monthly_price": 7}), None),
        ("", DEAR_AND_CHEAP, None),
        (None, DEAR_AND_CHEAP, None),
        (lambda line: line["prices"][1]["product_id"], DEAR_AND_CHEAP, "2174"),
        (lambda line: 2173, DEAR_AND_CHEAP, "2173"),
        (lambda line: None, DEAR_AND_CHEAP, None),
    ],
)
def test_what_is_decided(decide, policy, line, chosen):
    assert decide(policy, line) == chosen


def test_another_field_may_hold_the_price(decide):
    line = line_with({"monthly_price": 1, "total": 9}, {"monthly_price": 2, "total": 8})
    assert decide("cheapest", line, price_field="total") == "2174"


def test_offer_that_is_not_there_is_never_accepted(decide):
    with pytest.raises(AirflowFailException, match=r"auto_accept: .* no offer 9999 .* there are 2173, 2174"):
        decide(lambda line: "9999", DEAR_AND_CHEAP)


def test_offer_that_was_refused_is_never_accepted(decide):
    with pytest.raises(AirflowFailException, match="no offer 2173"):
        decide(lambda line: "2173", line_with({"state": "refused"}, {}))


UNDER = ["cheapest_under", "cheapest_under:", "cheapest_under:x", "cheapest_under:-1"]
WRONG = ["cheap", "cheapest:5", "offer", "offer:", *UNDER]


@pytest.mark.parametrize("policy", WRONG)
def test_policy_that_does_not_exist_is_refused_when_the_dag_is_read(policy):
    with pytest.raises(ValueError, match="auto_accept"):
        CovageChooseOfferOperator(task_id="choose", quote_item_id="x", auto_accept=policy)


@pytest.mark.parametrize("policy", WRONG)
def test_policy_that_comes_out_of_a_template_is_refused_before_anybody_is_asked(policy, monkeypatch, steps):
    task = Task(monkeypatch, quote_item_id=steps.priced_line()["quote_item_id"])
    operator = CovageChooseOfferOperator(
        task_id="choose", quote_item_id=task.arguments["quote_item_id"], auto_accept="{{ policy }}"
    )
    operator.render_template_fields({"policy": policy})
    with pytest.raises(AirflowFailException, match="auto_accept"):
        operator.execute(task._context())
    assert task.form is None


def test_function_is_not_taken_for_a_template(monkeypatch, steps):
    """Airflow calls what it finds callable among the template fields."""
    line = steps.priced_line()["quote_item_id"]
    operator = CovageChooseOfferOperator(
        task_id="choose", quote_item_id="{{ line }}", auto_accept=lambda line: line["prices"][0]["product_id"]
    )
    operator.render_template_fields({"line": line})
    assert operator.execute(Task(monkeypatch)._context()) == "2173"
