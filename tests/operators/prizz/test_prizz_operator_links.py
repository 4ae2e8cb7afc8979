"""Links from tasks to the extranet, by the template in the connection."""

from __future__ import annotations

import json

import pytest
from airflow.sdk.execution_time.xcom import XCom
from fake_prizz import context

from airflow_provider_covage.operators import prizz as operators
from airflow_provider_covage.sensors import prizz as sensors

OFFER = {"commercial_offer_id": 5}
SECTION = {**OFFER, "section_id": 7}
MADE = {
    "PrizzRequestEligibilityOperator": ({"client_id": 1, "address": "1 rue X"}, 3, "eligibility/3"),
    "PrizzFastOrderOperator": (
        {"eligibility_id": 3, "combination_id": "c", "name": "Agency"},
        5,
        "commercial_offer/5",
    ),
    "PrizzCreateCommercialOfferOperator": ({"client_legal_entity_id": 1}, 5, "commercial_offer/5"),
    "PrizzAddSectionOperator": ({**OFFER, "name": "Agency"}, 7, "commercial_offer/5"),
    "PrizzSetSectionOfferOperator": ({**SECTION, "offer_id": 2}, {"id": 7}, "commercial_offer/5"),
    "PrizzUpdateSectionItemsOperator": (SECTION, {"id": 7}, "commercial_offer/5"),
    "PrizzRenameSectionOperator": ({**SECTION, "name": "Shop"}, {"id": 7}, "commercial_offer/5"),
    "PrizzRemoveSectionOperator": (SECTION, {"deleted": True}, "commercial_offer/5"),
    "PrizzSubmitCommercialOfferOperator": (OFFER, {"id": 5}, "commercial_offer/5"),
    "PrizzSignCommercialOfferOperator": (OFFER, {"step": "signed"}, "commercial_offer/5"),
    "PrizzDownloadCommercialOfferPdfOperator": ({**OFFER, "to": "/tmp/x"}, "/tmp/x", "commercial_offer/5"),
    "PrizzDownloadInvoicePdfOperator": ({"invoice_id": 8, "to": "/tmp/x"}, "/tmp/x", "invoice/8"),
    "PrizzSetServiceContractVlanOperator": (
        {"service_contract_id": 6, "vid": 1},
        {"id": 6},
        "service_contract/6",
    ),
    "PrizzAddCommentOperator": (
        {"service_contract_id": 6, "content": "Hello"},
        {"id": 9},
        "service_contract/6",
    ),
    "PrizzOpenTicketOperator": (
        {"operator_id": 42},
        {"numero": "T1", "ticket_id": "11", "process_id": 12},
        "ticket/11",
    ),
    "PrizzRunProcessOperator": ({"operator_id": 42, "process_id": 12}, {"state": "new"}, "process/12"),
    "PrizzCreateWorkflowOperator": ({"context_name": "X", "entity_id": 1}, 13, "workflow/13"),
    "PrizzRunWorkflowOperator": ({"workflow_id": 13}, {"id": 13}, "workflow/13"),
}
WAITING = {
    sensors.PrizzEligibilitySensor: ({"eligibility_id": 3}, "eligibility/3"),
    sensors.PrizzCommercialOfferSensor: (OFFER, "commercial_offer/5"),
    sensors.PrizzServiceContractSensor: ({"service_contract_id": 6}, "service_contract/6"),
    sensors.PrizzWorkflowSensor: ({"workflow_id": 13, "target_states": ["done"]}, "workflow/13"),
    sensors.PrizzAppointmentSensor: ({"appointment_id": 14}, "appointment/14"),
}


@pytest.fixture
def link(monkeypatch):
    """`link(task, returned, template)` gives the link of a task that has returned this."""

    def link(task, returned=None, template="https://p.example.net/{resource}/{id}"):
        extra = {"portal_url": template} if template else {}
        connection = {"conn_type": "prizz", "host": "https://a", "password": "x", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_PRIZZ_DEFAULT", json.dumps(connection))
        monkeypatch.setattr(XCom, "get_value", lambda *, ti_key, key: returned)
        (kind,) = task.operator_extra_links
        return kind.get_link(task, ti_key=context()["ti"])

    return link


@pytest.mark.parametrize("name", operators.__all__)
def test_a_task_leads_to_its_record(name, link):
    arguments, returned, where = MADE[name]
    task = getattr(operators, name)(task_id="act", **arguments)
    assert link(task, returned) == f"https://p.example.net/{where}"
    assert link(task, returned, template=None) == ""


@pytest.mark.parametrize("sensor", WAITING)
def test_a_sensor_leads_to_what_it_waits_for_while_it_waits(sensor, link):
    arguments, where = WAITING[sensor]
    assert link(sensor(task_id="wait", **arguments)) == f"https://p.example.net/{where}"


@pytest.mark.parametrize(
    ("sensor", "arguments", "where"),
    [
        (sensors.PrizzTicketSensor, {"ref": "T1", "operator_id": 42}, "ticket/T1"),
        (
            sensors.PrizzOperationalStatusSensor,
            {"service_name": "FTO1", "target_states": ["ok"]},
            "service_contract/FTO1",
        ),
    ],
)
def test_what_has_a_name_for_its_identifier_leads_there_by_its_reference(sensor, arguments, where, link):
    by_reference = "https://p.example.net/{resource}/{reference}"
    task = sensor(task_id="wait", **arguments)
    assert link(task, template=by_reference) == f"https://p.example.net/{where}"
    assert link(task) == ""


def test_no_link_before_there_is_a_record(link):
    create = operators.PrizzCreateCommercialOfferOperator(task_id="create", client_legal_entity_id=1)
    assert link(create) == ""
