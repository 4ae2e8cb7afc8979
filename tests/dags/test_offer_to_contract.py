"""DAG `prizz_offer_to_contract`, whole, on real Airflow, against the sandbox; a human types in the code."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter

import pytest
from sqlalchemy.exc import OperationalError

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.testing import hurry
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load


@pytest.fixture
def offer_to_contract():
    dag = load(EXAMPLE_DAGS / "prizz_offer_to_contract.py")
    hurry(dag)
    return dag


@pytest.fixture
def human(prizz_sandbox):
    """`human()` is one who gets the code that the sandbox sends, and answers Airflow's question with it.

    Gives the question's body. The answer goes the way of Airflow's API, for which there is no server here.
    """

    over = threading.Event()

    def answer(asked):
        while not asked and not over.wait(0.2):
            # Airflow writes to the same file: whoever finds it locked comes again.
            with contextlib.suppress(OperationalError):
                codes = [message["text"] for message in prizz_sandbox.messages]
                asked += filter(None, [_answered({"code": codes[-1]})] if codes else [])

    def human():
        asked = []
        threading.Thread(target=answer, args=[asked], daemon=True).start()
        return asked

    yield human
    over.set()


def _answered(params):
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import handle_event_submit
    from airflow.sdk import timezone
    from airflow.triggers.base import TriggerEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session(scoped=False) as session:
        parked = select(TaskInstance).filter_by(task_id="ask_code", state="awaiting_input")
        instance = session.scalar(parked)
        if instance is None:
            return None
        detail = session.scalar(select(HITLDetail).filter_by(ti_id=instance.id))
        detail.responded_by, detail.responded_at = {"id": "1", "name": "Ada"}, timezone.utcnow()
        detail.chosen_options, detail.params_input = ["OK"], params
        session.add(detail)
        payload = detail.as_resume_event_payload()
        handle_event_submit(TriggerEvent(payload), task_instance=instance, session=session)
        return detail.body


# Before, dag.test() has no answer for the trigger that waits for one.
@pytest.mark.since_3_3
def test_a_line_is_ordered_with_the_code_of_a_human(prizz_sandbox, offer_to_contract, run_dag, human):
    asked = human()

    run = run_dag(offer_to_contract)

    assert run.state == "success", run.states
    (offer,) = prizz_sandbox.records("commercial_offer")
    assert offer["name"] in asked[0]
    (contract,) = prizz_sandbox.records("service_contract")
    assert (contract["status"], contract["attributes"]["vlan"]) == ("active", 120)
    assert run.xcom("contract") == contract["id"]
    assert Counter(entry["operation"] for entry in prizz_sandbox.ledger) == {
        "eligibility.create": 1,
        "commercial_offer.fast_order": 1,
        "commercial_offer.submit": 1,
        "commercial_offer.sign": 2,  # the code, and the signature
        "service_contract.set_vlan": 1,
    }


@pytest.mark.parametrize(
    ("limit", "words"),
    [(100, r"costs 100 euro cents or less; the cheapest one costs 400$"), (0, "the cheapest one costs 400")],
)
def test_nothing_is_chosen_above_the_limit(offer_to_contract, limit, words):
    combinations = [{"combinationId": "a", "total": 500}, {"combinationId": "b", "total": 400}]
    found = {"response": [{"offerId": 3, "combinations": combinations}]}
    choose = offer_to_contract.get_task("choose").python_callable

    with pytest.raises(AirflowFailException, match=words):
        choose(found, {"limit": limit, "address": "1 rue X"})


def test_no_signature_is_tried_where_nobody_has_given_a_code(offer_to_contract):
    code_from = offer_to_contract.get_task("code_from").python_callable

    assert code_from({"step": "signed"}, {"codes_url": None}) == "signed"
    # With anything else before it, that would be enough to start it.
    assert offer_to_contract.get_task("sign").upstream_task_ids == {"ask_code", "read_code"}
