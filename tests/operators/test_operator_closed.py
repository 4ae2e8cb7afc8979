"""Changing and deleting what is confirmed, or gone."""

import pytest
from operator_steps import context, in_dialects
from operator_writes import WRITES

from airflow_provider_covage.compat import AirflowFailException

CHANGES = [write for write in WRITES if write.operation.endswith(".update")]
DELETIONS = [write for write in WRITES if write.operation.endswith(".delete")]


def confirm(steps, arguments):
    """Confirm whatever the operator is about to work on."""
    if "fon_request_id" in arguments:
        steps.client.fon.confirm(arguments["fon_request_id"])
    elif "quote_id" in arguments:
        if not steps.client.quote.get(arguments["quote_id"])["quote_item"]:
            steps.line(arguments["quote_id"])
        steps.client.quote.confirm(arguments["quote_id"])
    else:
        if not steps.client.product_order.get(arguments["product_order_id"])["product_order_item"]:
            steps.order_line(arguments["product_order_id"])
        steps.client.product_order.confirm(arguments["product_order_id"])


@pytest.mark.parametrize("write", CHANGES, ids=str)
@in_dialects("session_detail_without_state", "session_detail_with_state")
def test_change_after_the_confirmation_is_refused_on_the_first_try(write, sandbox, steps, sent):
    arguments = write.begin(steps)
    confirm(steps, arguments)
    sent.begin()

    with pytest.raises(AirflowFailException, match="cannot be changed or deleted any more"):
        write.make(arguments).execute(context(1))

    assert sent() == []
    assert write.operation not in [request["operation"] for request in sandbox.requests]


@pytest.mark.parametrize("write", CHANGES, ids=str)
@in_dialects("session_detail_without_state", "item_update_basket")
def test_change_after_the_confirmation_is_taken_for_done_later(write, steps, sent, logs):
    arguments = write.begin(steps)
    confirm(steps, arguments)
    sent.begin()

    result = write.make(arguments).execute(context(2))

    id_name = [name for name in arguments if name.endswith("_id") and name != "project_id"][-1]
    assert result["id"] == arguments[id_name]
    assert sent() == []
    assert any("an earlier try has seen to it" in line for line in logs())


@pytest.mark.parametrize("write", DELETIONS, ids=str)
@pytest.mark.parametrize("try_number", [1, 2])
def test_deletion_after_the_confirmation_is_refused(write, try_number, sandbox, steps, sent):
    arguments = write.begin(steps)
    confirm(steps, arguments)
    sent.begin()

    with pytest.raises(AirflowFailException, match="cannot be changed or deleted any more"):
        write.make(arguments).execute(context(try_number))

    assert sent() == []
    assert write.operation not in [request["operation"] for request in sandbox.requests]


@pytest.mark.parametrize("write", DELETIONS, ids=str)
@pytest.mark.parametrize("try_number", [1, 2])
def test_deletion_of_what_is_gone_is_a_success(write, try_number, sandbox, steps, sent):
    arguments = write.begin(steps)
    write.make(arguments).execute(context())
    sent.begin()

    result = write.make(arguments).execute(context(try_number, task_id="another"))

    write.check(steps, arguments, result)
    assert sent() == []


@pytest.mark.parametrize("write", CHANGES, ids=str)
def test_change_of_what_is_not_there(write, steps, sent):
    arguments = write.begin(steps)
    steps.sandbox.reset()
    sent.begin()

    with pytest.raises(AirflowFailException, match="404"):
        write.make(arguments).execute(context())

    assert sent() == []


def test_updates_change_nothing_else(steps):
    ids = steps.line(note="first floor", customer_order_name="ours")
    (write,) = (write for write in CHANGES if write.operation == "quote_item.update")

    line = write.make({**ids, "fields": {"note": "second floor"}}).execute(context())

    assert line["note"] == "second floor"
    assert line["customer_order_name"] == "ours"
