"""What can be templated, which connection is used, and what is returned."""

import inspect

import pytest
from operator_steps import context
from operator_writes import WRITES

from airflow_provider_covage.operators import eligibility, export, fon, order, quote
from airflow_provider_covage.operators.base import CovageOperator

OPERATORS = sorted(
    {
        found
        for module in (eligibility, export, fon, order, quote)
        for name, found in inspect.getmembers(module)
        if name.startswith("Covage") and name.endswith("Operator") and found is not CovageOperator
    },
    key=lambda found: found.__name__,
)
# How a task behaves, and nothing that another task could know.
NOT_TEMPLATED = {"self", "kwargs", "settling_time", "preflight", "check_references"} | {
    "mark",
    "check",
    "check_families",
    "response_timeout",
    "decline_offers",
}


def arguments_of(operator):
    return {
        name
        for one in operator.__mro__[: operator.__mro__.index(CovageOperator) + 1]
        for name in inspect.signature(one.__init__).parameters
    } - NOT_TEMPLATED


def test_all_operators_are_here():
    assert len(OPERATORS) == 35
    assert {write.operator for write in WRITES} < set(OPERATORS)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_argument_is_a_template_field_and_is_set(operator):
    names = arguments_of(operator)

    made = operator(task_id="act", **{name: f"{{{{ {name} }}}}" for name in names})

    assert set(operator.template_fields) == names
    assert {name: getattr(made, name) for name in names} == {name: f"{{{{ {name} }}}}" for name in names}


@pytest.mark.parametrize("operator", OPERATORS)
def test_templates_are_rendered_in_every_argument(operator):
    names = arguments_of(operator)
    made = operator(task_id="act", **{name: f"{{{{ {name} }}}}" for name in names})

    made.render_template_fields({name: f"rendered {name}" for name in names})

    assert {name: getattr(made, name) for name in names} == {name: f"rendered {name}" for name in names}


def test_fields_are_rendered_to_their_depth():
    made = quote.CovageAddQuoteItemOperator(
        task_id="act", quote_id="Q", fields={"product_offerings": ["{{ offer }}"], "option_ids": []}
    )

    made.render_template_fields({"offer": "2173"})

    assert made.fields == {"product_offerings": ["2173"], "option_ids": []}


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_result_is_what_the_operator_promises(write, steps, sent):
    arguments = write.begin(steps)
    sent.begin()

    result = write.make(arguments).execute(context())

    write.check(steps, arguments, result)
    assert sent() == [write.operation]


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_connection_of_another_name(write, steps, connection, monkeypatch):
    arguments = write.begin(steps)
    connection(conn_id="covage_elsewhere")
    monkeypatch.delenv("AIRFLOW_CONN_COVAGE_DEFAULT")

    result = write.make({**arguments, "covage_conn_id": "covage_elsewhere"}).execute(context())

    write.check(steps, arguments, result)


@pytest.mark.parametrize("operator", OPERATORS)
def test_negative_settling_time_is_refused_when_the_dag_is_read(operator):
    with pytest.raises(ValueError, match="settling_time"):
        operator(task_id="act", settling_time=-1, **dict.fromkeys(arguments_of(operator), "x"))


@pytest.mark.parametrize(
    "operator",
    [
        quote.CovageAcceptQuoteItemOperator,
        quote.CovageDeclineQuoteItemOperator,
        export.CovageExportQuoteItemPdfOperator,
    ],
)
def test_offer_may_be_a_number(operator, steps, sent):
    ids = steps.priced_line() | {"product_id": 2173}
    names = {"quote_item_id", "product_id", "quote_id"} & arguments_of(operator)
    sent.begin()

    operator(task_id="act", **{name: ids[name] for name in names}).execute(context())

    assert len(sent()) == 1


def test_offer_to_restore_may_be_a_number(steps, sent):
    offer = steps.refused_offer() | {"product_id": 2173}
    sent.begin()

    quote.CovageRestoreQuoteItemPriceOperator(task_id="act", **offer).execute(context())

    assert sent() == ["quote_item.restore_price"]
