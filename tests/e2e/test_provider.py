"""What Airflow knows of the provider: its listing, its connection form, its connection test."""

from __future__ import annotations

import json

import psutil
import pytest

from tools.environment import free_port
from tools.processes import members

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("airflow")]


def test_airflow_lists_the_provider(airflow):
    (found,) = [
        one
        for one in json.loads(airflow.command("providers", "list", "--output", "json"))
        if one["package_name"] == "airflow-provider-covage"
    ]
    assert "Covage" in found["description"]


def test_the_connection_form_has_the_fields_of_covage(airflow):
    kinds = airflow.api.request("GET", "/ui/connections/hook_meta").json()
    (form,) = [kind for kind in kinds if kind["connection_type"] == "covage"]

    assert form["hook_name"] == "Covage"
    assert form["standard_fields"]["host"]["title"] == "API base URL"
    assert form["standard_fields"]["password"]["title"] == "Password (or bearer token)"
    assert {"token_url", "client_id", "timeout", "verify"} <= set(form["extra_fields"])


@pytest.fixture
def connection(sandbox):
    fields = sandbox.connection
    return {**fields, "connection_id": "covage_tested", "extra": json.dumps(fields["extra"])}


def try_out(airflow, connection):
    answer = airflow.api.call("POST", "/connections/test", connection)
    return answer["status"], answer["message"]


def test_the_connection_test_succeeds(airflow, connection):
    works, message = try_out(airflow, connection)
    assert works, message


def test_the_connection_test_tells_a_wrong_login_from_a_host_that_is_not_there(airflow, connection):
    refused, why = try_out(airflow, {**connection, "password": "wrong"})
    assert not refused
    assert "login was not accepted" in why
    assert "wrong" not in why

    nowhere = f"http://127.0.0.1:{free_port()}"
    reached, why = try_out(airflow, {**connection, "host": nowhere})
    assert not reached
    assert "host cannot be reached" in why


def test_the_connection_test_names_a_token_url_that_is_not_there(airflow, connection):
    extra = {"token_url": f"http://127.0.0.1:{free_port()}/token"}
    works, why = try_out(airflow, {**connection, "extra": json.dumps(extra)})
    assert not works
    assert "token_url" in why


def test_nothing_can_be_reached_from_other_machines(airflow):
    addresses = {
        listening.laddr.ip
        for server in airflow.processes.values()
        for pid in members(server.pid)
        for listening in psutil.Process(pid).net_connections()
        if listening.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}
