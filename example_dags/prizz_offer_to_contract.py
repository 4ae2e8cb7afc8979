"""From an address to an active line of Prizz-Telecom: eligibility, offer, signature, contract, VLAN.

The cheapest combination under a limit becomes a commercial offer: in one step (`fast_order`), or section by
section (`sections`). Once it is validated, a code is sent to the signer. A human types it in under "Required
actions" in Airflow's UI; with param `codes_url` it is read from there, without a human. The signature orders.

A code that was wrong or has run out fails `sign`: clear `send_code` with what comes after it, and another one
is sent. An offer that is signed is left alone, however often tasks are cleared.

Runs as it stands against the sandbox (`python -m airflow_provider_covage.sandbox --api prizz`), which shows
its codes at `/_sandbox/messages`. For the real API, point the connection `prizz_default` at it.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLEntryOperator
from airflow.sdk import DAG, Param, TaskGroup, TriggerRule, task

from airflow_provider_covage.api.prizz.eligibility import cheapest_combination
from airflow_provider_covage.api.prizz.lookup import contracts_of
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.operators.prizz import (
    PrizzAddSectionOperator,
    PrizzCreateCommercialOfferOperator,
    PrizzFastOrderOperator,
    PrizzRequestEligibilityOperator,
    PrizzSetSectionOfferOperator,
    PrizzSetServiceContractVlanOperator,
    PrizzSignCommercialOfferOperator,
    PrizzSubmitCommercialOfferOperator,
    PrizzUpdateSectionItemsOperator,
)
from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.sensors.prizz import (
    PrizzCommercialOfferSensor,
    PrizzEligibilitySensor,
    PrizzServiceContractSensor,
)

# Seconds between two looks at what is waited for.
POKE_INTERVAL = float(os.environ.get("PRIZZ_POKE_INTERVAL", "60"))

# With the policy, where this Airflow has one, tasks of one's own fail at once on what no retry can mend, too.
DEFAULT_ARGS = with_retry_policy({"retries": 3, "retry_delay": timedelta(minutes=2)})

FINAL_STATES = ["finished", "failed"]

PARAMS = {
    "client_id": Param(
        101,
        type="integer",
        title="Customer company",
        description_md="Its id; `PrizzHook().client_legal_entity.list()` shows those of the token.",
    ),
    "address": Param("12 Rue de la Fibre 76000 Rouen", type="string", minLength=5, title="Site, in one line"),
    "name": Param(
        "Example Bakery, Rouen",
        type="string",
        minLength=1,
        title="Name of the service",
        description_md="Of the section of the offer, and the description of the contract later.",
    ),
    "limit": Param(
        60_000,
        type="integer",
        minimum=0,
        title="Limit (euro cents)",
        description_md="The most that the total of the combination may be; none under it fails the run.",
    ),
    "way": Param(
        "fast_order",
        enum=["fast_order", "sections"],
        title="How the offer is made",
        description_md="`fast_order`: in one step. `sections`: an empty offer, a section, its offer of the "
        "catalogue, its items.",
    ),
    "final_states": Param(
        FINAL_STATES,
        type="array",
        items={"type": "string"},
        title="Final states of an eligibility request",
        description_md="Values of `wfs` after which no offer comes any more. They are not documented; these "
        "are those of the sandbox.",
    ),
    "codes_url": Param(
        None,
        type=["null", "string"],
        title="Where the code is read",
        description_md="Empty: a human types it in. Else an address that answers with a JSON list of "
        '`{"about": "signature", "ids": {"commercial_offer": 1}, "text": "123456"}`, the latest last.',
    ),
    "vlan": Param(
        120,
        type=["null", "integer"],
        minimum=1,
        maximum=4094,
        title="VLAN",
        description_md="Number inside the customer's VLAN group; empty: none is set.",
    ),
}

CODE = (
    "{{ (ti.xcom_pull('ask_code') or {}).get('params_input', {}).get('code') or ti.xcom_pull('read_code') }}"
)


@task
def choose(eligibility: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The cheapest combination under the limit."""
    chosen = cheapest_combination(eligibility, limit=params["limit"])
    if chosen is None:
        dearer = cheapest_combination(eligibility)
        cheapest = f"the cheapest one costs {dearer['total']}" if dearer else "none has a price"
        raise AirflowFailException(
            f"no combination for {params['address']} costs {params['limit']} euro cents or less; {cheapest}"
        )
    items = {name: chosen["attributes"].get(name) for name in ("bandwidth", "grt", "commitment")}
    return {"combination_id": chosen["combinationId"], "offer_id": chosen["offerId"], **items}


@task.branch
def way(params: dict[str, Any]) -> str:
    """How the offer is made."""
    return "fast_order" if params["way"] == "fast_order" else "sections.create_offer"


@task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
def offer(fast_order: int | None, with_sections: int | None) -> int:
    """The offer, whichever way it was made."""
    made = fast_order or with_sections
    assert made
    return made


@task.branch
def code_from(sent: dict[str, Any], params: dict[str, Any]) -> str:
    """Who gives the code; nobody needs to where the first call has signed."""
    if sent["step"] == "signed":
        return "signed"
    return "read_code" if params["codes_url"] else "ask_code"


@task(retries=10, retry_delay=timedelta(seconds=30))
def read_code(commercial_offer_id: int, params: dict[str, Any]) -> str:
    """The code that was sent last to sign this offer; the next try looks again where there is none yet."""
    import requests

    answer = requests.get(params["codes_url"], timeout=30)
    answer.raise_for_status()
    codes = [
        str(message["text"])
        for message in answer.json()
        if message["about"] == "signature"
        and str(message["ids"]["commercial_offer"]) == str(commercial_offer_id)
    ]
    if not codes:
        raise RuntimeError(f"no code for commercial offer {commercial_offer_id} at {params['codes_url']} yet")
    return codes[-1]


@task
def contract(commercial_offer_id: int) -> int:
    """The service contract that the section has become."""
    found = contracts_of(PrizzHook().commercial_offer.get(commercial_offer_id))
    if len(found) != 1:
        raise RuntimeError(f"commercial offer {commercial_offer_id} has contracts {found}, one is wanted")
    return found[0]


@task.short_circuit
def wants_vlan(params: dict[str, Any]) -> bool:
    """Whether a VLAN is to be set."""
    return params["vlan"] is not None


with DAG(
    "prizz_offer_to_contract",
    description="Order a line of Prizz-Telecom: from an eligibility request to an active contract.",
    schedule=None,
    start_date=datetime(2025, 1, 1),
    catchup=False,
    params=PARAMS,
    default_args=DEFAULT_ARGS,
    tags=["prizz"],
    doc_md=__doc__,
) as dag:
    waiting = {"deferrable": True, "poke_interval": POKE_INTERVAL}
    request = PrizzRequestEligibilityOperator(
        task_id="request_eligibility", client_id="{{ params.client_id }}", address="{{ params.address }}"
    )
    found = PrizzEligibilitySensor(
        task_id="wait_for_offers",
        eligibility_id=request.output,
        # With its default: Airflow 3.1 cannot store a reference without.
        failure_states=dag.param("final_states", FINAL_STATES),
        **waiting,
    )
    combination = choose(found.output)
    fast_order = PrizzFastOrderOperator(
        task_id="fast_order",
        eligibility_id=request.output,
        combination_id=combination["combination_id"],
        name="{{ params.name }}",
    )
    with TaskGroup("sections") as sections:
        create_offer = PrizzCreateCommercialOfferOperator(
            task_id="create_offer", client_legal_entity_id="{{ params.client_id }}"
        )
        add_section = PrizzAddSectionOperator(
            task_id="add_section", commercial_offer_id=create_offer.output, name="{{ params.name }}"
        )
        section = {"commercial_offer_id": create_offer.output, "section_id": add_section.output}
        set_offer = PrizzSetSectionOfferOperator(
            task_id="set_offer", offer_id=combination["offer_id"], address="{{ params.address }}", **section
        )
        update_items = PrizzUpdateSectionItemsOperator(
            task_id="update_items",
            bandwidth=combination["bandwidth"],
            grt=combination["grt"],
            commitment=combination["commitment"],
            **section,
        )
        set_offer >> update_items
    made = offer(fast_order.output, create_offer.output)
    combination >> way() >> [fast_order, create_offer]
    sections >> made

    submit = PrizzSubmitCommercialOfferOperator(task_id="submit", commercial_offer_id=made)
    validated = PrizzCommercialOfferSensor(
        task_id="wait_for_validation",
        commercial_offer_id=made,
        timeout=timedelta(days=30).total_seconds(),
        **waiting,
    )
    send_code = PrizzSignCommercialOfferOperator(task_id="send_code", commercial_offer_id=made)
    ask_code = HITLEntryOperator(
        task_id="ask_code",
        subject="Signature of {{ params.name }}",
        body="Commercial offer {{ ti.xcom_pull('wait_for_validation')['name'] }}, "
        "{{ ti.xcom_pull('wait_for_validation')['totalStr'] }}: type in the code that the signer was sent. "
        "**With it the line is ordered.**",
        params={"code": Param("", type="string", title="Code")},
    )
    sign = PrizzSignCommercialOfferOperator(
        task_id="sign",
        # As a template: it comes after the tasks that give the code alone, or it would run without one.
        commercial_offer_id="{{ ti.xcom_pull('offer') }}",
        code=CODE,
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    )
    signed = PrizzCommercialOfferSensor(
        task_id="signed",
        commercial_offer_id=made,
        target_states=["signed"],
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        **waiting,
    )
    ordered = contract(made)
    active = PrizzServiceContractSensor(
        task_id="wait_for_contract",
        service_contract_id=ordered,
        timeout=timedelta(days=180).total_seconds(),
        **waiting,
    )
    set_vlan = PrizzSetServiceContractVlanOperator(
        task_id="set_vlan", service_contract_id=ordered, vid="{{ params.vlan }}"
    )

    giver = code_from(send_code.output)
    submit >> validated >> send_code >> giver >> [ask_code, read_code(made), signed]
    [ask_code, dag.get_task("read_code")] >> sign >> signed >> ordered >> active >> wants_vlan() >> set_vlan
