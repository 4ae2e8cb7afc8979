"""From an address to a signature as a DAG: what one task leaves, the next one takes."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import dag, task

from airflow_provider_covage.api.prizz.eligibility import cheapest_combination
from airflow_provider_covage.operators.prizz import (
    PrizzFastOrderOperator,
    PrizzRequestEligibilityOperator,
    PrizzSignCommercialOfferOperator,
    PrizzSubmitCommercialOfferOperator,
)
from airflow_provider_covage.sensors.prizz import (
    PrizzCommercialOfferSensor,
    PrizzEligibilitySensor,
    PrizzServiceContractSensor,
)

CODE = "4711-signed"


@dag(schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC), default_args={"poke_interval": 0.1})
def prizz_line():
    request = PrizzRequestEligibilityOperator(task_id="request", client_id=1, address="1 rue X")
    found = PrizzEligibilitySensor(task_id="found", eligibility_id=request.output)

    @task
    def choose(record):
        return cheapest_combination(record, limit=45_000)["combinationId"]

    @task
    def ask():
        return {"params_input": {"code": CODE}}

    @task
    def contracts(signed):
        return signed["service_contract_ids"]

    order = PrizzFastOrderOperator(
        task_id="order", eligibility_id=request.output, combination_id=choose(found.output), name="Agency"
    )
    submit = PrizzSubmitCommercialOfferOperator(task_id="submit", commercial_offer_id=order.output)
    priced = PrizzCommercialOfferSensor(task_id="priced", commercial_offer_id=order.output)
    send_code = PrizzSignCommercialOfferOperator(task_id="send_code", commercial_offer_id=order.output)
    code = ask()
    sign = PrizzSignCommercialOfferOperator(
        task_id="sign",
        commercial_offer_id=order.output,
        code="{{ ti.xcom_pull('ask')['params_input']['code'] }}",
    )
    submit >> priced >> send_code >> code >> sign
    PrizzServiceContractSensor.partial(task_id="live").expand(service_contract_id=contracts(sign.output))


def rendered(run, task_id):
    from airflow.models.renderedtifields import RenderedTaskInstanceFields as Rendered
    from airflow.utils.session import create_session
    from sqlalchemy import select

    shown = select(Rendered.rendered_fields).filter_by(dag_id=run.dag_id, run_id=run.run_id, task_id=task_id)
    with create_session() as session:
        return session.scalar(shown)


def test_a_line_is_ordered_once_and_the_code_shown_to_nobody(prizz, run_dag, requests_mock):
    prizz.contracts = {number: {"id": number, "status": "active"} for number in range(100, 120)}
    run = run_dag(prizz_line())

    assert run.state == "success", run.states
    (offer,) = prizz.offers.values()
    assert offer["status"] == "signed"
    contract = offer["sections"][0]["serviceContract"]["id"]
    assert run.xcom("order") == offer["id"]
    assert run.xcom("sign", key="service_contract_ids") == [contract]
    assert run.xcom("live", map_index=0)["id"] == contract
    assert prizz.writes[1][1]["combinationId"] == "c-2"
    assert rendered(run, "sign")["code"] == "***"


def test_a_run_that_is_cleared_orders_nothing_again(prizz, run_dag, requests_mock):
    prizz.contracts = {number: {"id": number, "status": "active"} for number in range(100, 120)}
    date = datetime.now(UTC)
    first = run_dag(prizz_line(), logical_date=date)
    assert first.state == "success", first.states
    written = len(prizz.writes)
    again = run_dag(prizz_line(), logical_date=date)
    assert again.run_id == first.run_id
    assert again.xcom("order") == first.xcom("order")
    # An eligibility request costs nothing and is made again.
    assert [path for path, _ in prizz.writes[written:]] == ["/eligibility"]
