"""Two copies of one task at the same time, or one request that arrives twice: one record is kept."""

import uuid

import pytest
from operator_steps import context, in_dialects, run_with_retries
from samples import LINE, ORDER_LINE

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator
from airflow_provider_covage.operators.order import (
    CovageAddOrderItemOperator,
    CovageConfirmOrderOperator,
    CovageCreateOrderOperator,
)
from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)

OWN = {"external_id": "MINE-1"}
# What is created: operator, arguments, client's resource, kind of record, arguments with a key of one's own.
KINDS = {
    "basket": (CovageCreateQuoteOperator, lambda steps: {}, "quote", "quote", OWN),
    "line": (
        CovageAddQuoteItemOperator,
        lambda steps: {**steps.basket(), "fields": LINE},
        "quote_item",
        "quote_item",
        {"fields": {**LINE, **OWN}},
    ),
    "session": (CovageCreateOrderOperator, lambda steps: {}, "product_order", "product_order", OWN),
    "order line": (
        CovageAddOrderItemOperator,
        lambda steps: {**steps.session(), "fields": ORDER_LINE},
        "product_order_item",
        "product_order_item",
        {"fields": {**ORDER_LINE, **OWN}},
    ),
    "fibre": (CovageCreateFonRequestOperator, lambda steps: {"fields": {"note": "n"}}, "fon", "fon", None),
}


@pytest.fixture(autouse=True)
def _descending_ids(monkeypatch):
    """An identifier says nothing about what was there first: here the later one is always the smaller."""
    left = iter(range(2**64, 0, -1))
    monkeypatch.setattr("airflow_provider_covage.sandbox.world.uuid.uuid4", lambda: uuid.UUID(int=next(left)))


def run_two_at_once(operator, arguments, resource, monkeypatch):
    """Run two copies so that both have looked before either creates; return what each returned."""
    first, second = (operator(task_id="act", settling_time=0, **arguments) for _ in range(2))
    api = getattr(second.client, resource)
    create, returned = api.create, []

    def create_after_the_first(*args, **fields):
        returned.append(first.execute(context(1)))
        return create(*args, **fields)

    monkeypatch.setattr(api, "create", create_after_the_first)
    returned.append(second.execute(context(1)))
    return returned


@in_dialects("dates_milliseconds", "dates_seconds")
@pytest.mark.parametrize("kind", KINDS)
def test_both_go_on_with_the_earliest(kind, sandbox, steps, monkeypatch, logs):
    operator, begin, resource, record, _ = KINDS[kind]

    first, second = run_two_at_once(operator, begin(steps), resource, monkeypatch)

    assert first == second
    there = [one["id"] for one in sandbox.records(record)]
    if kind == "basket":  # baskets cannot be deleted
        assert len(there) == 2
        assert there[0] == first
        assert any(there[1] in line and "do not confirm it" in line for line in logs())
    else:
        assert there == [first]


@pytest.mark.parametrize("kind", ["line", "session", "order line"])
def test_a_key_of_ones_own_makes_no_difference(kind, sandbox, steps, monkeypatch):
    operator, begin, resource, record, own = KINDS[kind]

    first, second = run_two_at_once(operator, {**begin(steps), **own}, resource, monkeypatch)

    assert first == second
    assert [one["id"] for one in sandbox.records(record)] == [first]


@pytest.mark.parametrize("answer", ["first", "last"])
@pytest.mark.parametrize("kind", KINDS)
def test_of_a_request_that_arrives_twice_the_first_is_kept(kind, answer, sandbox, steps, logs):
    operator, begin, resource, _, _ = KINDS[kind]
    arguments = begin(steps)
    sandbox.fault("duplicate", match=f"{resource}.create", answer=answer)

    made = operator(task_id="act", settling_time=0, **arguments).execute(context(1))

    assert_only_the_first_counts(kind, made, sandbox, logs)


@pytest.mark.parametrize("answer", ["first", "last"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_arrives_twice_and_its_answer_is_lost(kind, answer, sandbox, steps, logs):
    operator, begin, resource, _, _ = KINDS[kind]
    arguments = begin(steps)
    sandbox.fault("duplicate", match=f"{resource}.create", answer=answer)
    sandbox.fault("close_after", match=f"{resource}.create")

    made = run_with_retries(lambda: operator(task_id="act", settling_time=0, **arguments))

    assert_only_the_first_counts(kind, made, sandbox, logs)


@pytest.mark.parametrize("kind", ["basket", "session", "fibre"])
def test_a_request_arrives_twice_and_lists_lag_behind(kind, sandbox, steps, logs):
    operator, begin, resource, _, _ = KINDS[kind]
    arguments = begin(steps)
    sandbox.fault("duplicate", match=f"{resource}.create")
    sandbox.fault("lag", match=f"{resource}.create", calls=1)

    made = operator(task_id="act", settling_time=0, **arguments).execute(context(1))

    assert_only_the_first_counts(kind, made, sandbox, logs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_arrives_twice_and_the_task_is_killed(kind, sandbox, steps, logs):
    operator, begin, resource, _, _ = KINDS[kind]
    arguments = begin(steps)
    sandbox.fault("duplicate", match=f"{resource}.create")
    # The first try sees the effect no more than a process that is gone.
    sandbox.fault("close_after", match=f"{resource}.create")
    sandbox.fault("unavailable", match="*.list", nth=2, times=2, retry_after=0)
    sandbox.fault("unavailable", match="*.get", nth=2, times=2, retry_after=0)

    made = run_with_retries(lambda: operator(task_id="act", settling_time=0, **arguments))

    assert_only_the_first_counts(kind, made, sandbox, logs)


def assert_only_the_first_counts(kind, made, sandbox, logs):
    there = [one["id"] for one in sandbox.records(KINDS[kind][3])]
    assert there[0] == made
    if kind == "basket":  # baskets cannot be deleted
        assert any(there[1] in line and "do not confirm it" in line for line in logs())
    else:
        assert there == [made]


@pytest.mark.parametrize(
    ("kind", "confirm", "argument"),
    [
        ("line", CovageConfirmQuoteOperator, "quote_id"),
        ("order line", CovageConfirmOrderOperator, "product_order_id"),
    ],
)
def test_line_that_would_be_ordered_twice_is_not_confirmed(kind, confirm, argument, sandbox, steps, sent):
    """Where nobody has seen that there are two: the last look before it costs money."""
    operator, begin, resource, record, _ = KINDS[kind]
    arguments = begin(steps)
    operator(task_id="act", settling_time=0, **arguments).execute(context(1))
    key = sandbox.ledger[-1]["key"]
    getattr(steps.client, resource).create(arguments[argument], **arguments["fields"], external_id=key)
    both = [one["id"] for one in sandbox.records(record)]
    sent.begin()

    with pytest.raises(AirflowFailException, match="would order a line twice") as failure:
        confirm(task_id="confirm", **{argument: arguments[argument]}).execute(context(1))

    assert all(one in str(failure.value) for one in (key, *both))
    assert sent() == []
    confirm(task_id="confirm", preflight=False, **{argument: arguments[argument]}).execute(context(1))
    assert sent() == [f"{resource.removesuffix('_item')}.confirm"]


@pytest.mark.parametrize("kind", ["line", "session", "order line", "fibre"])
def test_copy_that_cannot_be_deleted_does_not_stop_the_task(kind, sandbox, steps, monkeypatch, logs):
    operator, begin, resource, record, _ = KINDS[kind]
    arguments = begin(steps)
    sandbox.fault("error_before", match=f"{resource}.delete", status=409)

    first, second = run_two_at_once(operator, arguments, resource, monkeypatch)

    assert first == second
    assert len(sandbox.records(record)) == 2
    assert any("could not be deleted" in line for line in logs())


@pytest.mark.parametrize("kind", ["line", "session", "order line", "fibre"])
def test_copy_that_a_person_has_made_is_not_deleted(kind, sandbox, steps):
    """Whoever copies a record in the portal copies its key; a task that comes back must not take it away."""
    operator, begin, resource, record, _ = KINDS[kind]
    arguments = begin(steps)
    made = operator(task_id="act", settling_time=0, **arguments).execute(context(1))
    bearer = sandbox.record(record, made)
    parent = [value for name, value in arguments.items() if name.endswith("_id")]
    make_older(sandbox.world.store[record].get(made), seconds=3600)
    copied = ("external_id", "note", "product_offering_id", "product_offering_qualification_item_id")
    copy = getattr(steps.client, resource).create(
        *parent, **{name: bearer[name] for name in copied if bearer.get(name)}
    )

    again = operator(task_id="act", settling_time=0, **arguments).execute(context(2))

    assert again == made
    assert {made, copy["id"]} == {one["id"] for one in sandbox.records(record)}


def make_older(record, seconds):
    record.data["creation_date"] -= seconds
    for change in record.data.get("state_change", []):
        change["change_date"] -= seconds


@pytest.mark.parametrize("kind", KINDS)
def test_look_after_the_creation_may_fail(kind, sandbox, steps):
    operator, begin, _, record, _ = KINDS[kind]
    arguments = begin(steps)
    for look in ("*.list", "*.get"):
        sandbox.fault("unavailable", match=look, nth=2, times=4, retry_after=0)

    made = operator(task_id="act", settling_time=0, **arguments).execute(context(1))

    assert [one["id"] for one in sandbox.records(record)] == [made]
