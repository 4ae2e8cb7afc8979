"""The operators against the sandbox, which is written from the documents alone, each answer lost once."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from airflow_provider_covage.api.prizz.eligibility import cheapest_combination
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.operators.prizz import (
    PrizzAddSectionOperator,
    PrizzCreateCommercialOfferOperator,
    PrizzFastOrderOperator,
    PrizzOpenTicketOperator,
    PrizzRemoveSectionOperator,
    PrizzRequestEligibilityOperator,
    PrizzSetServiceContractVlanOperator,
    PrizzSignCommercialOfferOperator,
    PrizzSubmitCommercialOfferOperator,
)
from airflow_provider_covage.sandbox import PrizzDialect
from airflow_provider_covage.sensors.prizz import (
    PrizzCommercialOfferSensor,
    PrizzEligibilitySensor,
    PrizzServiceContractSensor,
)

OTHERWISE = PrizzDialect(
    refusals="bad_request",
    ids="workflow",
    eligibility_context="wf",
    first_page="zero",
    after_last_page="not_found",
    order="descending",
    signature="later",
    submission="late",
    nesting="shallow",
    unset="null",
    errors="html",
)

ONCE = (
    "commercial_offer.fast_order",
    "commercial_offer.create",
    "commercial_offer_section.create",
    "commercial_offer_section.delete",
    "commercial_offer.submit",
    "ticket.open",
)


@pytest.fixture(params=[PrizzDialect(), OTHERWISE], ids=["as documented", "read otherwise"])
def prizz_sandbox_options(request):
    return {"speed": 0, "dialect": request.param}


@pytest.fixture
def sandbox(prizz_sandbox):
    return prizz_sandbox


def wait(sandbox, sensor, **arguments):
    """Look until it is there, some seconds apart by the clock of the sandbox."""
    made = sensor(task_id="wait", **arguments)
    for _ in range(60):
        seen = made.poke({})
        if seen.is_done:
            return seen.xcom_value
        sandbox.advance(5)
    raise AssertionError(f"{made.waiter.name} does not get there")


@pytest.mark.parametrize("fault", ["close_before", "close_after"])
def test_a_line_is_ordered_once(sandbox, run_with_retries, fault):
    client = PrizzHook().get_conn()
    company = next(client.client_legal_entity.list())

    def run(operation, operator, **arguments):
        sandbox.fault(fault, match=operation)
        return run_with_retries(operator, **arguments)

    request = run(
        "eligibility.create",
        PrizzRequestEligibilityOperator,
        client_id=company["id"],
        address="12 Rue de la Fibre 76000 Rouen",
    )
    best = cheapest_combination(wait(sandbox, PrizzEligibilitySensor, eligibility_id=request))
    offer = run(
        "commercial_offer.fast_order",
        PrizzFastOrderOperator,
        eligibility_id=request,
        combination_id=best["combinationId"],
        name="Agency",
    )
    ids = {"commercial_offer_id": offer}
    run("commercial_offer.submit", PrizzSubmitCommercialOfferOperator, **ids)
    wait(sandbox, PrizzCommercialOfferSensor, **ids)
    run("commercial_offer.sign", PrizzSignCommercialOfferOperator, **ids)
    code = sandbox.code(offer)
    sandbox.fault(fault, match="commercial_offer.sign")
    # Where the status comes some time after the signature, the retry is refused: nothing is signed twice.
    with contextlib.suppress(AirflowFailException):
        run_with_retries(PrizzSignCommercialOfferOperator, **ids, code=code)
    wait(sandbox, PrizzCommercialOfferSensor, **ids, target_states=["signed"])
    signed = run_with_retries(PrizzSignCommercialOfferOperator, **ids, code=code)
    (contract,) = signed["service_contract_ids"]
    run(
        "service_contract.set_vlan",
        PrizzSetServiceContractVlanOperator,
        service_contract_id=contract,
        vid=120,
    )
    active = wait(sandbox, PrizzServiceContractSensor, service_contract_id=contract)
    service = active["services"][0]["id"] if active.get("services") else next(client.service.list())["id"]
    run("ticket.open", PrizzOpenTicketOperator, operator_id=42, service_id=service)

    draft = run(
        "commercial_offer.create", PrizzCreateCommercialOfferOperator, client_legal_entity_id=company["id"]
    )
    section = run(
        "commercial_offer_section.create",
        PrizzAddSectionOperator,
        commercial_offer_id=draft,
        name="Shop",
        client_contract_id=client.client_legal_entity.get(company["id"])["contracts"][0]["id"],
    )
    run(
        "commercial_offer_section.delete",
        PrizzRemoveSectionOperator,
        commercial_offer_id=draft,
        section_id=section,
    )

    done = Counter(entry["operation"] for entry in sandbox.ledger)
    assert {name: done[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert len(list(client.service_contract.list())) == 1
