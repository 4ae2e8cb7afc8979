"""The key that a created thing bears: the same for every try, another one for everything else."""

import re

import pytest
from operator_steps import context
from operator_writes import CREATIONS
from samples import LINE, ORDER_LINE

from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.order import CovageAddOrderItemOperator, CovageCreateOrderOperator
from airflow_provider_covage.operators.quote import CovageAddQuoteItemOperator, CovageCreateQuoteOperator

BASE = {"dag_id": "orders", "run_id": "manual__1", "task_id": "create_quote", "map_index": -1}


def test_key_is_the_same_for_every_try():
    assert keys.derive(context(1, **BASE)) == keys.derive(context(7, **BASE))


@pytest.mark.parametrize(
    "change",
    [{"dag_id": "other"}, {"run_id": "manual__2"}, {"task_id": "other"}, {"map_index": 0}, {"map_index": 1}],
    ids=str,
)
def test_key_differs_with_each_part_of_the_identity(change):
    assert keys.derive(context(**BASE)) != keys.derive(context(**{**BASE, **change}))


def test_keys_of_many_instances_are_all_different():
    made = {keys.derive(context(run_id=f"r{n}", map_index=i)) for n in range(50) for i in range(50)}
    assert len(made) == 2500


def test_parts_of_the_identity_do_not_run_into_each_other():
    one = keys.derive(context(dag_id="a", run_id="b_c", task_id="t"))
    other = keys.derive(context(dag_id="a_b", run_id="c", task_id="t"))
    assert one != other


def test_same_task_in_two_groups_has_two_keys():
    assert keys.derive(context(task_id="north.add")) != keys.derive(context(task_id="south.add"))


@pytest.mark.parametrize(
    ("task_id", "map_index", "readable"),
    [
        ("create_quote", -1, r"af-create_quote-[0-9a-f]{12}"),
        ("order_site.add", 4, r"af-add-4-[0-9a-f]{12}"),
        ("Straße-1", 0, r"af-Stra_e_1-0-[0-9a-f]{12}"),
        ("a" * 200, 12345, r"af-a{24}-12345-[0-9a-f]{12}"),
    ],
)
def test_key_can_be_read_and_stays_short(task_id, map_index, readable):
    key = keys.derive(context(task_id=task_id, map_index=map_index))
    assert re.fullmatch(readable, key)
    assert len(key) <= 48


def test_no_key_without_a_task_instance():
    assert keys.derive({}) is None
    assert not keys.came_before({})


def test_task_instance_is_found_under_its_long_name_too():
    instance = context(2)["ti"]
    assert keys.derive({"task_instance": instance}) == keys.derive({"ti": instance})
    assert keys.came_before({"task_instance": instance})


@pytest.mark.parametrize("write", CREATIONS, ids=str)
def test_what_is_created_bears_the_derived_key(write, sandbox, steps):
    write.make(write.begin(steps)).execute(context(map_index=3))

    # A request for dark fibre has it in its note.
    assert keys.derive(context(map_index=3)) in sandbox.ledger[-1]["key"]


@pytest.mark.parametrize("write", CREATIONS, ids=str)
def test_creation_works_outside_of_a_task_instance(write, sandbox, steps):
    arguments = write.begin(steps)

    made = write.make(arguments).execute({})

    write.check(steps, arguments, made)
    assert "af-" not in (sandbox.ledger[-1]["key"] or "")


@pytest.mark.parametrize("operator", [CovageCreateQuoteOperator, CovageCreateOrderOperator])
def test_own_key_wins(operator, sandbox):
    operator(task_id="act", external_id="MINE-1").execute(context())

    assert sandbox.ledger[-1]["key"] == "MINE-1"


def test_own_key_wins_inside_fields(sandbox, steps):
    fields = {"external_id": "MINE-1"}
    CovageAddQuoteItemOperator(task_id="a", **steps.basket(), fields={**LINE, **fields}).execute(context())
    assert sandbox.ledger[-1]["key"] == "MINE-1"

    CovageAddOrderItemOperator(task_id="a", **steps.session(), fields={**ORDER_LINE, **fields}).execute(
        context()
    )
    assert sandbox.ledger[-1]["key"] == "MINE-1"


@pytest.mark.parametrize("empty", ["", None])
@pytest.mark.parametrize("operator", [CovageCreateQuoteOperator, CovageCreateOrderOperator])
def test_key_is_derived_where_templating_gives_none(operator, empty, sandbox):
    operator(task_id="act", external_id=empty).execute(context())

    assert sandbox.ledger[-1]["key"] == keys.derive(context())


@pytest.mark.parametrize("operator", [CovageCreateQuoteOperator, CovageCreateOrderOperator])
def test_key_that_is_a_number_is_found_again(operator, sandbox, sent):
    made = operator(task_id="act", settling_time=0, external_id=4711).execute(context(1))

    again = operator(task_id="act", settling_time=0, external_id=4711).execute(context(2))

    assert again == made
    assert len(sent()) == 1


def test_fields_are_left_as_they_were_given(steps):
    fields = dict(LINE)
    CovageAddQuoteItemOperator(task_id="a", **steps.basket(), fields=fields).execute(context())
    assert fields == LINE


@pytest.mark.parametrize(
    ("operator", "begin", "kind"),
    [
        (CovageCreateQuoteOperator, lambda steps, key: {"external_id": key}, "quote"),
        (CovageCreateOrderOperator, lambda steps, key: {"external_id": key}, "product_order"),
        (
            CovageAddQuoteItemOperator,
            lambda steps, key: {**steps.basket(), "fields": {**LINE, "external_id": key}},
            "quote_item",
        ),
        (
            CovageAddOrderItemOperator,
            lambda steps, key: {**steps.session(), "fields": {**ORDER_LINE, "external_id": key}},
            "product_order_item",
        ),
    ],
)
def test_blanks_around_a_key_of_ones_own_are_left_out(operator, begin, kind, sandbox, steps):
    """A service that drops them would give back another key than it was given."""
    operator(task_id="act", settling_time=0, **begin(steps, " RACK-7\n")).execute(context())

    assert [record["external_id"] for record in sandbox.records(kind)] == ["RACK-7"]
