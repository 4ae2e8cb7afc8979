"""Changing and deleting what is confirmed, or gone."""

import pytest
from operator_steps import context, in_dialects
from operator_writes import WRITES
from samples import CONTACT

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.order import CovageUpdateOrderItemOperator

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
def test_change_that_was_never_sent_is_not_taken_for_done_later(write, steps, sent):
    """Somebody has mended the DAG and cleared the task, or its first try never reached the API."""
    arguments = write.begin(steps)
    confirm(steps, arguments)
    sent.begin()

    with pytest.raises(AirflowFailException, match="this was not done before: its ") as failure:
        write.make(arguments).execute(context(2))

    wanted = {**arguments, **arguments.get("fields", {})}
    assert any(f"not {value}" in str(failure.value) for value in wanted.values())
    assert sent() == []


def change(steps, ids, **fields):
    """Change an order line, confirm its session, and clear the task that has changed it."""
    made = {"task_id": "act", "settling_time": 0, **ids, "fields": fields}
    CovageUpdateOrderItemOperator(**made).execute(context(1))
    steps.client.product_order.confirm(ids["product_order_id"])
    return lambda **others: CovageUpdateOrderItemOperator(**{**made, "fields": {**fields, **others}}).execute(
        context(2)
    )


@in_dialects(
    "external_id_empty_for_lines", "enni_field_enni2", "cpe_field_network", "unset_null", "vlan_string"
)
def test_change_that_was_made_is_recognised_however_it_is_shown(steps, sent, logs):
    again = change(
        steps,
        steps.order_line(),
        external_id="RACK-7",
        enni="CN012346",
        enni_2="CN012345",
        note=" second  floor ",
        option_ids=["7021"],
        cpe_networking_number="1",
        cpe_serial_number="2",
        vlan_reference="100",
        scheduled_delivery_date="2030-01-02",
        related_contact_information=[{**CONTACT, "latitude": 49.0, "longitude": 1}],
    )
    sent.begin()

    assert again()["enni"] == "CN012346"
    assert sent() == []
    assert any("an earlier try has seen to it" in line for line in logs())


@pytest.mark.parametrize(
    "other",
    [
        {"enni": "CN012345"},
        {"note": "third floor"},
        {"note": ""},
        {"technical_note": "rack 7"},
        {"option_ids": ["2210"]},
        {"vlan_reference": 101},
        {"related_contact_information": [{**CONTACT, "city": "Caen"}]},
        {"related_contact_information": [CONTACT, CONTACT]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_other_change_is_told_from_the_one_that_was_made(other, steps, sent):
    again = change(
        steps,
        steps.order_line(),
        enni="CN012346",
        note="second floor",
        option_ids=["2210", "2220"],
        vlan_reference=100,
        related_contact_information=[CONTACT],
    )
    sent.begin()

    with pytest.raises(AirflowFailException, match=f"not done before: its {next(iter(other))} is "):
        again(**other)

    assert sent() == []


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


@pytest.mark.parametrize("fault", [("html", {}), ("error_before", {"body": "json"})], ids=["HTML", "JSON"])
@pytest.mark.parametrize("write", DELETIONS, ids=str)
def test_deletion_where_nothing_is_is_no_success(write, fault, sandbox, steps, sent):
    """The base URL has a slip in its path: what answers there is not the API, and knows no record."""
    arguments = write.begin(steps)
    kind, options = fault
    sandbox.fault(kind, match="*", times=None, status=404, **options)
    sent.begin()

    with pytest.raises(AirflowFailException, match="404"):
        write.make(arguments).execute(context())

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
