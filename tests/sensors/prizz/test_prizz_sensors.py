"""Sensors of Prizz: what they wait for, what ends a wait, in every mode."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sensor_waits import MODES, run_sensor

from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.prizz import lifecycle
from airflow_provider_covage.compat import AirflowFailException, AirflowSensorTimeout
from airflow_provider_covage.sensors.prizz import (
    PrizzAppointmentSensor,
    PrizzCommercialOfferSensor,
    PrizzEligibilitySensor,
    PrizzOperationalStatusSensor,
    PrizzServiceContractSensor,
    PrizzTicketSensor,
    PrizzWorkflowSensor,
)

FACTS = json.loads((Path(__file__).parents[2] / "facts" / "prizz.json").read_text())
FOUND = {"wfs": "finished", "response": [{"code": "L2", "combinations": [{"combinationId": "c"}]}]}

each_mode = pytest.mark.parametrize("mode", MODES)

WAITS = {
    "eligibility": (
        PrizzEligibilitySensor,
        {"eligibility_id": 5},
        "/eligibility/5",
        [{"wfs": "pending", "response": []}, {"wfs": "whatever", "response": None}, FOUND],
    ),
    "commercial_offer": (
        PrizzCommercialOfferSensor,
        {"commercial_offer_id": "5"},
        "/commercial_offers/5",
        [{"status": "estimate_pending"}, {"status": "approval_pending"}, {"status": "validated"}],
    ),
    "commercial_offer past the target": (
        PrizzCommercialOfferSensor,
        {"commercial_offer_id": 5},
        "/commercial_offers/5",
        [{"status": "new"}, {"status": "signed"}],
    ),
    "service_contract": (
        PrizzServiceContractSensor,
        {"service_contract_id": 5},
        "/service_contracts/5",
        [{"status": "new"}, {"status": "staging"}, {"status": "active", "canceledDate": None}],
    ),
    "operational_status": (
        PrizzOperationalStatusSensor,
        {"service_name": "FTO1", "target_states": ["ok"]},
        "/service_contracts_by_name/FTO1/operational_status",
        [{"status": "critical"}, {"status": "unknown"}, {"status": "ok"}],
    ),
    "ticket": (
        PrizzTicketSensor,
        {"ref": "T1", "operator_id": 42},
        "/exploitation/operator/42/tickets/T1",
        [{"etat": "dispatch"}, {"etat": "resolu"}],
    ),
    "workflow": (
        PrizzWorkflowSensor,
        {"workflow_id": 5, "target_states": ["fini"]},
        "/workflow/5",
        [{"state": "en cours", "transitions": [{"name": "go"}]}, {"state": "fini"}],
    ),
    "appointment": (
        PrizzAppointmentSensor,
        {"appointment_id": 5},
        "/appointments/5",
        [{"status": "to_plan"}, {"status": "planned", "date": "2026-12-01"}, {"status": "terminated"}],
    ),
}


@each_mode
@pytest.mark.parametrize("name", WAITS)
def test_the_record_is_returned_when_it_is_there(api, mode, name):
    sensor, arguments, path, records = WAITS[name]
    api.shows(path, *records)
    assert run_sensor(mode, sensor, **arguments) == records[-1]
    assert api.asked == [path] * len(records)


FAILURES = {
    "offer abandoned": (
        PrizzCommercialOfferSensor,
        {"commercial_offer_id": 5},
        "/commercial_offers/5",
        {"status": "abandoned", "notes": "too dear"},
        "commercial offer 5 is abandoned, so it will not be validated: too dear",
    ),
    "contract cancelled": (
        PrizzServiceContractSensor,
        {"service_contract_id": 5},
        "/service_contracts/5",
        {"status": "staging", "canceledDate": "2026-01-01", "canceledReason": "no duct"},
        "service contract 5 is canceled, so it will not be active: no duct",
    ),
    "contract ending": (
        PrizzServiceContractSensor,
        {"service_contract_id": 5},
        "/service_contracts/5",
        {"status": "ending"},
        "is ending",
    ),
    "appointment missed": (
        PrizzAppointmentSensor,
        {"appointment_id": 5},
        "/appointments/5",
        {"status": "missing_custromer"},
        "is missing_custromer",
    ),
    "appointment missed, spelled better": (
        PrizzAppointmentSensor,
        {"appointment_id": 5},
        "/appointments/5",
        {"status": "missing_customer"},
        "is missing_customer",
    ),
    "workflow that the caller calls failed": (
        PrizzWorkflowSensor,
        {"workflow_id": 5, "target_states": ["fini"], "failure_states": ["refus"]},
        "/workflow/5",
        {"state": "refus"},
        "is refus, so it will not be fini",
    ),
    "eligibility that the caller calls final": (
        PrizzEligibilitySensor,
        {"eligibility_id": 5, "failure_states": ["finished"]},
        "/eligibility/5",
        {"wfs": "finished", "response": []},
        "is finished, so it will not be offers_found",
    ),
}


@each_mode
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_state_fails_at_once_with_the_words_of_the_api(api, mode, name):
    sensor, arguments, path, record, message = FAILURES[name]
    api.shows(path, record)
    with pytest.raises(AirflowFailException, match=message):
        run_sensor(mode, sensor, **arguments)
    assert api.asked == [path]


@each_mode
def test_a_contract_can_be_waited_for_until_its_end(api, mode):
    api.shows("/service_contracts/5", {"status": "active"}, {"status": "ending"}, {"status": "terminated"})
    arguments = {"service_contract_id": 5, "target_states": ["terminated"]}
    assert run_sensor(mode, PrizzServiceContractSensor, **arguments)["status"] == "terminated"


@pytest.mark.parametrize("last", [{"wfs": "finished", "response": []}, FOUND])
def test_an_eligibility_without_offer_can_be_an_answer_too(api, last):
    api.shows("/eligibility/5", {"wfs": "pending"}, last)
    arguments = {"eligibility_id": 5, "target_states": ["finished"]}
    assert run_sensor("poke", PrizzEligibilitySensor, **arguments) == last


@each_mode
def test_a_ticket_whose_reference_is_its_identifier_is_found_in_the_list(api, mode):
    listed = {"id": "77", "numero": "T1", "etat": "end"}
    api.shows("/exploitation/operator/42/tickets", [{"id": "76", "numero": "T0"}, listed])
    assert run_sensor(mode, PrizzTicketSensor, ref="77", operator_id="42") == listed


@each_mode
def test_trouble_that_passes_is_survived(api, mode):
    api.shows("/commercial_offers/5", *[503] * 4, {"status": "validated"})
    arguments = {"commercial_offer_id": 5, "poke_interval": 0.01}
    assert run_sensor(mode, PrizzCommercialOfferSensor, **arguments) == {"status": "validated"}


@each_mode
@pytest.mark.parametrize(("status", "message"), [(404, "found nothing"), (403, "no right"), (401, "token")])
def test_what_the_api_refuses_to_show_fails_at_once(api, mode, status, message):
    api.shows("/service_contracts_by_name/FTO1/operational_status", status)
    with pytest.raises(AirflowFailException, match=message):
        run_sensor(mode, PrizzOperationalStatusSensor, service_name="FTO1", target_states=["ok"])


@each_mode
def test_free_states_are_waited_on_until_the_time_out(api, mode):
    api.shows("/workflow/5", {"state": "anything"})
    with pytest.raises(AirflowSensorTimeout):
        run_sensor(mode, PrizzWorkflowSensor, workflow_id=5, target_states=["done"], timeout=0.2)


@pytest.mark.parametrize("sensor", [PrizzWorkflowSensor, PrizzOperationalStatusSensor])
def test_what_to_wait_for_has_to_be_said_where_no_document_says_it(sensor):
    with pytest.raises(TypeError, match="target_states"):
        sensor(task_id="wait", workflow_id=5, service_name="FTO1")


@pytest.mark.parametrize(
    ("sensor", "arguments"),
    [
        (PrizzCommercialOfferSensor, {"commercial_offer_id": "None"}),
        (PrizzCommercialOfferSensor, {"commercial_offer_id": None}),
        (PrizzTicketSensor, {"ref": None, "operator_id": 42}),
        (PrizzTicketSensor, {"ref": "T1", "operator_id": "forty-two"}),
    ],
)
def test_bad_identifiers_fail_at_once(api, sensor, arguments):
    with pytest.raises(AirflowFailException):
        run_sensor("poke", sensor, **arguments)
    assert api.asked == []


@pytest.mark.since_3_3
def test_a_wait_can_begin_in_the_triggerer():
    sensor = PrizzTicketSensor(
        task_id="wait", ref="{{ params.ref }}", operator_id=42, start_from_trigger=True, timeout=60
    )
    assert sensor.start_trigger_args is not None
    assert sensor.start_trigger_args.trigger_kwargs["ref"] == "42/{{ params.ref }}"
    assert sensor.start_trigger_args.timeout > timedelta(seconds=60)


@pytest.mark.parametrize(
    ("states", "documented"),
    [
        (lifecycle.COMMERCIAL_OFFER, "commercial_offer_status"),
        (lifecycle.SERVICE_CONTRACT, "service_contract_status"),
        (lifecycle.TICKET, "ticket_etat"),
        (lifecycle.OPERATIONAL_STATUS, "operational_status"),
        (lifecycle.APPOINTMENT, "appointment_status"),
    ],
)
def test_every_documented_state_is_known_and_only_those_in_doubt_are_added(states, documented):
    known = set(FACTS["enums"][documented])
    assert known <= states.states
    assert states.states - known <= {lifecycle.CANCELED, "missing_customer"}
    assert states.target | states.failure <= states.states


@pytest.mark.parametrize("state", [*FACTS["enums"]["commercial_offer_status"], "some_new_status"])
def test_what_each_status_of_an_offer_means_to_one_who_waits(state):
    meant = {
        "validated": Verdict.REACHED,
        "signed": Verdict.REACHED,
        "abandoned": Verdict.FAILED,
        "some_new_status": Verdict.UNKNOWN,
    }
    targets, failures = lifecycle.COMMERCIAL_OFFER.checked(None, None)
    assert lifecycle.COMMERCIAL_OFFER.judge(state, targets, failures) is meant.get(state, Verdict.WAITING)
