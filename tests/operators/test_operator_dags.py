"""Operators in whole DAG runs: mapped, chained by XComs, retried by Airflow, cleared and run again."""

from datetime import datetime, timedelta

import pytest
from airflow.sdk import DAG, task
from samples import CONTACT, LINE

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.operators.order import (
    CovageAddOrderItemOperator,
    CovageConfirmOrderOperator,
    CovageCreateOrderOperator,
    CovageUpdateOrderItemOperator,
)
from airflow_provider_covage.operators.quote import (
    CovageAcceptQuoteItemOperator,
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)

SITES = [{**LINE, "product_offering_qualification_item_id": f"site-{n}"} for n in range(3)]


def dag(dag_id, **default_args):
    return DAG(
        dag_id,
        schedule=None,
        start_date=datetime(2025, 1, 1),
        default_args={"retry_delay": timedelta(0), "settling_time": 0, **default_args},
    )


def effects(sandbox):
    return [entry["operation"] for entry in sandbox.ledger]


def order_sites(sandbox):
    """From a quotation with three lines to confirmed orders, lines and acceptances mapped."""
    with dag("order_sites", retries=3) as made:
        create = CovageCreateQuoteOperator(task_id="create")
        add = CovageAddQuoteItemOperator.partial(task_id="add", quote_id=create.output).expand(fields=SITES)
        confirm = CovageConfirmQuoteOperator(task_id="confirm", quote_id=create.output)

        @task
        def let_time_pass():
            sandbox.advance(60)

        accept = CovageAcceptQuoteItemOperator.partial(task_id="accept", product_id="2173").expand(
            quote_item_id=add.output
        )

        @task
        def complete_with(made):
            return [
                {**one, "fields": {"enni": "CN012345", "related_contact_information": [CONTACT]}}
                for one in made
            ]

        complete = CovageUpdateOrderItemOperator.partial(task_id="complete").expand_kwargs(
            complete_with(accept.output)
        )
        order = CovageConfirmOrderOperator.partial(task_id="order").expand(
            product_order_id=accept.output.map(lambda one: one["product_order_id"])
        )
        add >> confirm >> let_time_pass() >> accept >> complete >> order
    return made


def test_three_mapped_sites_are_ordered(sandbox, run_dag):
    run = run_dag(order_sites(sandbox))

    assert run.state == "success"
    assert {effect: effects(sandbox).count(effect) for effect in dict.fromkeys(effects(sandbox))} == {
        "quote.create": 1,
        "quote_item.create": 3,
        "quote.confirm": 1,
        "quote_item.accept": 3,
        "product_order_item.update": 3,
        "product_order.confirm": 3,
    }
    assert len({entry["key"] for entry in sandbox.ledger if entry["operation"] == "quote_item.create"}) == 3
    accepted = [run.xcom("accept", index) for index in range(3)]
    assert [run.xcom("accept", 1, key=key) for key in accepted[1]] == list(accepted[1].values())


@pytest.mark.parametrize("fault", ["close_before", "close_after"])
def test_three_mapped_sites_are_ordered_once_whatever_is_lost(fault, sandbox, run_dag):
    # The second request of each operation, and the first one for those that are sent only once.
    for nth in (1, 2):
        sandbox.fault(fault, match="quote*.c*", nth=nth)
        sandbox.fault(fault, match="*.accept", nth=nth)
        sandbox.fault(fault, match="product_order.confirm", nth=nth)

    run = run_dag(order_sites(sandbox))

    assert run.state == "success"
    made = effects(sandbox)
    assert [made.count(name) for name in ("quote.create", "quote_item.create", "quote.confirm")] == [1, 3, 1]
    assert [made.count(name) for name in ("quote_item.accept", "product_order.confirm")] == [3, 3]


def test_ids_of_an_acceptance_are_xcoms_of_their_own(sandbox, steps, run_dag):
    offer = steps.offer()
    with dag("chained") as made:
        accept = CovageAcceptQuoteItemOperator(task_id="accept", **offer)
        CovageUpdateOrderItemOperator(
            task_id="complete",
            product_order_id=accept.output["product_order_id"],
            product_order_item_id=accept.output["product_order_item_id"],
            fields={"note": "for {{ dag.dag_id }}"},
        )

    run = run_dag(made)

    assert run.state == "success"
    line = sandbox.record("product_order_item", run.xcom("accept")["product_order_item_id"])
    assert line["note"] == "for chained"


def test_same_run_again_adopts_everything(sandbox, run_dag):
    """What a cleared run does, or a second scheduler: the same run id, and a database that knows nothing."""
    with dag("again") as made:
        create = CovageCreateOrderOperator(task_id="create")
        add = CovageAddOrderItemOperator.partial(task_id="add", product_order_id=create.output).expand(
            fields=[
                {**site, "product_offering_id": "2173", "enni": "CN012345"}
                | {"related_contact_information": [CONTACT]}
                for site in map(order_line, SITES)
            ]
        )
        add >> CovageConfirmOrderOperator(task_id="confirm", product_order_id=create.output)
    date = datetime.fromisoformat("2026-01-01T00:00:00+00:00")

    first = run_dag(made, logical_date=date)
    done = effects(sandbox)
    second = run_dag(made, logical_date=date)

    assert (first.state, second.state) == ("success", "success")
    assert second.run_id == first.run_id
    assert [second.xcom("add", n) for n in range(3)] == [first.xcom("add", n) for n in range(3)]
    assert effects(sandbox) == done


class AcceptAndFail(CovageAcceptQuoteItemOperator):
    """Accepts, and then its worker is in trouble once."""

    def act(self, context):
        made = super().act(context)
        if context["ti"].try_number == 1:
            raise TransientError("the disk is full")
        return made


@pytest.mark.since_3_3
def test_second_try_goes_straight_to_what_the_first_has_noted(sandbox, steps, run_dag):
    with dag("noted", retries=1) as made:
        AcceptAndFail(task_id="accept", **steps.offer())
    before = len(sandbox.requests)

    run = run_dag(made)

    assert run.state == "success"
    assert run.tries["accept", -1] == 2
    sent = [one["operation"] for one in sandbox.requests[before:] if one["operation"] != "auth.token"]
    assert sent == ["quote_item.get", "quote_item.accept", "product_order_item.get"]


def test_what_no_retry_can_mend_is_not_retried(sandbox, run_dag):
    with dag("refused", retries=3) as made:
        CovageAddQuoteItemOperator(task_id="add", quote_id="nowhere", fields=LINE)

    run = run_dag(made)

    assert run.of("add") == ["failed"]
    assert run.tries["add", -1] == 1


def test_what_may_pass_is_retried(sandbox, run_dag):
    sandbox.fault("unavailable", match="quote.create", retry_after=0, times=2)
    with dag("retried", retries=3) as made:
        CovageCreateQuoteOperator(task_id="create")

    run = run_dag(made)

    assert run.of("create") == ["success"]
    assert run.tries["create", -1] == 3
    assert effects(sandbox) == ["quote.create"]


def test_result_of_a_task_that_was_skipped_is_refused(sandbox, run_dag):
    with dag("skipped") as made:

        @task
        def nothing():
            return None

        CovageConfirmQuoteOperator(task_id="confirm", quote_id=nothing())

    run = run_dag(made)

    assert run.of("confirm") == ["failed"]
    assert sandbox.requests == []


def order_line(site):
    name = "product_offering_qualification_item_id"
    return {name: site[name]}
