"""Links from tasks to the portal; the sandbox has a page for every record."""

import json

import pytest
import requests
from airflow.sdk import DAG
from airflow.sdk.execution_time.xcom import XCom
from operator_steps import context
from operator_writes import WRITES

from airflow_provider_covage import get_provider_info
from airflow_provider_covage.hooks.links import CovagePortalLink, PrizzPortalLink
from airflow_provider_covage.operators.export import CovageDownloadExportOperator
from airflow_provider_covage.operators.fon import CovageDownloadFonTemplateOperator
from airflow_provider_covage.operators.quote import CovageChooseOfferOperator, CovageCreateQuoteOperator
from airflow_provider_covage.sensors import covage as sensors

GONE = {"CovageDeleteOrderOperator", "CovageDeleteFonRequestOperator"}


@pytest.fixture
def link(monkeypatch):
    """`link(operator, returned)` gives the link of a task that has returned this."""

    def link(operator, returned=None):
        (kind,) = operator.operator_extra_links
        monkeypatch.setattr(XCom, "get_value", lambda *, ti_key, key: returned)
        return kind.get_link(operator, ti_key=context()["ti"])

    return link


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_task_leads_to_its_record(write, steps, link):
    operator = write.make(write.begin(steps))
    returned = json.loads(json.dumps(operator.execute(context())))

    address = link(operator, returned)

    if type(operator).__name__ in GONE:
        assert address == ""
    else:
        page = requests.get(address, timeout=10)
        assert page.ok, address
        resource, record = address.rsplit("/", 2)[1:]
        assert resource == operator.portal_resource
        assert record in json.dumps([returned, vars(operator)], default=str)


SENSORS = {
    sensors.CovageQuoteSensor: ("quote", "quote_id"),
    sensors.CovageQuoteItemSensor: ("quote_item", "quote_item_id"),
    sensors.CovageOrderSensor: ("product_order", "product_order_id"),
    sensors.CovageOrderItemSensor: ("product_order_item", "product_order_item_id"),
    sensors.CovageExportSensor: ("export", "export_task_id"),
    sensors.CovageFonRequestSensor: ("fon", "fon_request_id"),
    sensors.CovageEligibilitySensor: ("eligibility", "eligibility_request_id"),
    sensors.CovageOrderTrackingSensor: ("order", "order_reference"),
}


@pytest.mark.parametrize("sensor", SENSORS)
def test_sensor_leads_to_what_it_waits_for_while_it_waits(sensor, sandbox, link):
    resource, name = SENSORS[sensor]
    assert link(sensor(task_id="wait", **{name: "some id"})) == f"{sandbox.url}/portal/{resource}/some%20id"


def test_human_is_led_to_the_line_while_the_question_waits(sandbox, link):
    asking = CovageChooseOfferOperator(task_id="choose", quote_item_id="1")
    assert link(asking) == f"{sandbox.url}/portal/quote_item/1"


def test_reference_comes_from_what_the_task_has_returned(connection, link):
    connection(portal_url="https://p.example.net/{reference}")
    waiting = sensors.CovageQuoteItemSensor(task_id="wait", quote_item_id="1")
    assert link(waiting) == ""
    assert link(waiting, {"reference": "QO_1"}) == "https://p.example.net/QO_1"
    tracking = sensors.CovageOrderTrackingSensor(task_id="wait", order_reference="CMD_1")
    assert link(tracking) == "https://p.example.net/CMD_1"


def test_no_link_before_there_is_a_record(sandbox, link):
    assert link(CovageCreateQuoteOperator(task_id="create")) == ""


def test_no_link_where_there_is_no_record(sandbox, link):
    assert link(CovageDownloadFonTemplateOperator(task_id="get", to="/tmp/x"), "/tmp/x") == ""
    download = CovageDownloadExportOperator(task_id="get", export_task_id="7", to="/tmp/x")
    assert link(download, "/tmp/x").endswith("/export/7")


@pytest.mark.parametrize("portal_url", [None, "", "javascript:alert(1)", "https://p/{secret}"])
def test_no_link_without_a_portal_that_can_be_used(portal_url, connection, link):
    connection(portal_url=portal_url)
    assert link(sensors.CovageQuoteSensor(task_id="wait", quote_id="1")) == ""


def test_argument_that_was_not_rendered_is_no_id(sandbox, link):
    with DAG("links", schedule=None):
        create = CovageCreateQuoteOperator(task_id="create")
        wait = sensors.CovageQuoteSensor(task_id="wait", quote_id=create.output)
    assert link(wait) == ""


def test_airflow_is_told_of_it():
    kinds = (CovagePortalLink, PrizzPortalLink)
    assert get_provider_info()["extra-links"] == [f"{kind.__module__}.{kind.__name__}" for kind in kinds]
