"""The provider on a complete Airflow: what Airflow knows of it, and the main job among killed processes.

All in one file: tests that run in parallel are shared out by file, and these share four servers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta

import psutil
import pytest
import requests
from pages import Connections, Graph, TaskDetails, TriggerForm, picture, shows
from playwright.sync_api import expect
from questions import Questions, confirmed_lines

from airflow_provider_covage import get_provider_info
from covage_quote_to_order import PARAMS
from tools.environment import free_port
from tools.processes import members, wait_until

pytestmark = pytest.mark.timeout(300)

GREEN = "rgb(0, 128, 0)"
COVAGE_SECRET, PRIZZ_SECRET = "Password (or bearer token)", "API token"


def ordered_once(sites: int) -> dict[str, int]:
    """What has to be in the ledger, and no more."""
    per_site = ("quote_item.create", "quote_item.accept", "product_order_item.update")
    counts = dict.fromkeys((*per_site, "product_order.confirm"), sites)
    return {"quote.create": 1, "quote.confirm": 1, **counts}


def test_sites_are_ordered_while_the_waiting_is_done_in_the_triggerer(
    airflow, sandbox, start, metrics, kept, secrets
):
    sandbox.outcome("quote_item", "unable_to_provide", product_offering_qualification_item_id="site-caen")
    job = start("rouen", "caen", "lille")

    job.wait_for("order_site.wait_for_price", "deferred", count=3)
    wait_until(lambda: looks(sandbox) >= 4, "a look of the triggerer", 60)
    line = sandbox.records("quote_item")[0]["id"]
    assert {"table trigger", "table xcom"} <= set(kept({line})), "what is no secret is found"
    assert kept(secrets) == []
    sandbox.advance(60)
    job.wait_for("wait_for_order", "deferred", count=2)
    assert job.end() == "success"

    rouen, caen, lille = job.report()
    assert rouen["order_reference"]
    assert lille["order_reference"]
    assert caen["order_reference"] is None
    assert caen["quote_state"] == "unable_to_provide"
    lines = {line["order_reference"] for line in sandbox.records("product_order_item")}
    assert lines == {rouen["order_reference"], lille["order_reference"]}
    assert job.effects() == {**ordered_once(2), "quote_item.create": 3}
    for_price, for_order = (trigger_logs(airflow, job, task) for task in ("wait_for_price", "wait_for_order"))
    assert (len(for_price), len(for_order)) == (3, 2)
    # Tasks tell of orders, the triggerer of waits.
    told = ("orders_confirmed.CovageConfirmOrderOperator", "wait_time.quote_item.reached")
    expected = (job.effects()["product_order.confirm"], 2)
    wait_until(lambda: tuple(counted(metrics, name) for name in told) == expected, f"{told} in {metrics}", 10)


def counted(metrics, name):
    return sum(line.startswith(f"airflow.covage.{name}:") for line in metrics)


def trigger_logs(stack, job, task):
    """What only a triggerer writes: a log of its own for each trigger, beside that of the task."""
    run = stack.home / "logs" / "dag_id=covage_quote_to_order" / f"run_id={job.run_id}"
    return list(run.glob(f"task_id=*{task}/map_index=*/*.trigger.*.log"))


def test_tasks_that_are_killed_at_the_worst_moment_order_once(sandbox, start):
    """Each is killed when Covage has done what it was asked, and before the task knows."""
    worst = {
        "quote.create": "create_quote",
        "quote_item.create": "add_quote_item",
        "quote.confirm": "confirm_quote",
        "quote_item.accept": "order_site.accept",
        "product_order.confirm": "confirm_order",
    }
    for operation in worst:
        sandbox.fault("stall", match=operation, seconds=120)
    sandbox.speed = 100
    try:
        job = start("rouen")
        for operation, task_id in worst.items():
            job.wait_for_effect(operation)
            (instance,) = job.wait_for(task_id, "running")
            os.kill(instance["pid"], signal.SIGKILL)
            job.wait_for(task_id, "success")
    finally:
        sandbox.speed = 0
    assert job.end() == "success"

    assert [fault.hits for fault in sandbox.faults] == [1] * len(worst)
    assert job.effects() == ordered_once(1)
    assert {task_id: job.instances(task_id, "success")[0]["try_number"] for task_id in worst.values()} == (
        dict.fromkeys(worst.values(), 2)
    )
    (line,) = sandbox.records("product_order_item")
    assert job.report()[0]["order_reference"] == line["order_reference"]


def test_a_triggerer_that_is_killed_loses_no_order(airflow, sandbox, start):
    job = start("rouen", "caen")
    job.wait_for("order_site.wait_for_price", "deferred", count=2)
    watched = wait_until(lambda: looks(sandbox) >= 4 and looks(sandbox), "looks of the triggerer", 60)

    airflow.processes["triggerer"].kill()
    sandbox.advance(60)
    airflow.start_server("triggerer")
    assert job.end() == "success"

    assert looks(sandbox) > watched
    assert all(row["order_reference"] for row in job.report())
    assert job.effects() == ordered_once(2)
    states = job.instances("order_site.wait_for_price", "success")
    assert [one["try_number"] for one in states] == [1, 1], "taken over, not tried again"


def test_hundreds_of_waits_hold_no_worker_and_survive_a_killed_triggerer(airflow, sandbox):
    sandbox.seed(quotes=1, lines_per_quote=300)
    lines = [line["id"] for line in sandbox.records("quote_item")]
    for line in lines:
        sandbox.set_state("quote_item", line, "confirmed")
    dag_id, mapped = "covage_waits", lines[:3]
    run_id = airflow.api.trigger(dag_id, {"lines": lines, "few": mapped})

    def instances(*states):
        found = airflow.api.task_instances(dag_id, run_id)
        return [one for one in found if one["state"] in states]

    wait_until(lambda: len(instances("deferred")) == 304, "304 waits in the triggerer", 120)
    wait_until(lambda: lists(sandbox) >= 2, "sweeps of the list", 60)
    portal = {"Covage portal": f"{sandbox.url}/portal/quote_item/{lines[0]}"}
    wait_until(lambda: airflow.api.links(dag_id, run_id, "by_output") == portal, "the link of a wait", 60)
    airflow.processes["triggerer"].kill()
    for line in lines:
        sandbox.set_state("quote_item", line, "ready")
    airflow.start_server("triggerer")
    assert airflow.api.wait_for_run(dag_id, run_id) == "success"

    ended = instances("success")
    assert Counter(one["task_id"] for one in ended)["each.wait"] == 300
    assert {one["try_number"] for one in ended if one["task_id"] != "mapped"} <= {0, 1}
    assert airflow.api.xcom(dag_id, run_id, "by_output")["id"] == lines[0]
    assert airflow.api.links(dag_id, run_id, "by_output") == portal
    # A few tokens (of workers and of two triggerers), and nothing that grows with the time waited.
    operations = Counter(request["operation"] for request in sandbox.requests)
    assert operations["auth.token"] <= 10
    assert operations["quote_item.get"] <= len(mapped) + 300 + 304


def lists(sandbox):
    return sum(request["operation"] == "quote_item.list" for request in sandbox.requests)


def test_what_is_failed_by_hand_while_it_waits_and_cleared_later_is_not_asked_for_again(
    airflow, sandbox, start
):
    job = start("rouen")
    run = f"/dags/covage_quote_to_order/dagRuns/{job.run_id}"
    asked_for = {"quote.create": 1, "quote_item.create": 1, "quote.confirm": 1}
    job.wait_for("order_site.wait_for_price", "deferred")

    airflow.api.call("PATCH", run, {"state": "failed"})
    airflow.api.call("POST", f"{run}/clear", {"dry_run": False, "only_failed": False})
    wait_until(lambda: has_come_back(job), "the second try of the tasks before the sensor", 120)
    job.wait_for("order_site.wait_for_price", "deferred")

    assert job.effects() == asked_for
    airflow.api.call("PATCH", run, {"state": "failed"})


def has_come_back(job):
    return [one for one in job.instances("confirm_quote", "success") if one["try_number"] == 2]


def looks(sandbox):
    return sum(request["operation"] == "quote_item.get" for request in sandbox.requests)


def test_an_offer_is_ordered_by_a_click_in_the_browser(airflow, sandbox, page, monkeypatch):
    """Of three lines one is clicked, one is declined, and nobody answers for the third in time."""
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", sandbox.connection_json)
    clicked, declined, late = lines = confirmed_lines("rouen", "caen", "lille")
    sandbox.advance(60)
    soon = datetime.now(UTC) + timedelta(seconds=15)
    sandbox.extra_fields("quote_item", {"validity_date": soon.isoformat()}, late)
    questions = Questions(airflow, lines)

    form = questions.wait_for(0)
    (option,) = [one for one in form["options"] if one.startswith("2174 ")]
    price = next(
        one for one in sandbox.record("quote_item", clicked)["prices"] if one["product_id"] == "2174"
    )
    shown = ["Bakery rouen", "Monthly price", str(price["monthly_price"]), price["name"]]
    questions.click(page, 0, option, shown)
    questions.wait_for(1)
    questions.answer(1, "Decline")
    assert questions.end() == "success"

    (order,) = sandbox.records("product_order_item")
    assert (order["quote_item_id"], order["product_offering_id"]) == (clicked, "2174")
    accepts = [entry for entry in sandbox.ledger if entry["operation"] == "quote_item.accept"]
    assert len(accepts) == 1
    assert sandbox.record("quote_item", declined)["state"] == "refused"
    assert [questions.left(index, "decision") for index in range(3)] == ["accept", "decline", "decline"]
    assert [questions.left(index, "decided_by") for index in range(3)] == ["admin", "admin", "default"]
    portal = f"{sandbox.url}/portal"
    assert questions.links("site.choose", 2) == {"Covage portal": f"{portal}/quote_item/{late}"}
    accepted = {"Covage portal": f"{portal}/product_order_item/{order['id']}"}
    assert questions.links("site.accept", 0) == accepted
    assert requests.get(accepted["Covage portal"], timeout=10).ok


@pytest.mark.since_3_3
def test_sites_are_ordered_by_the_form_in_the_browser(airflow, sandbox, page, started):
    """A slip is named in the form; what is written there becomes a run, whose tasks lead to the portal."""
    dag_id = "covage_quote_to_order"
    airflow.api.wait_for_dag(dag_id)
    sites = [
        "Bakery, Rouen; site-rouen; 4 Rue Andrei Sakharov; 76130 Mont-Saint-Aignan; 76451",
        "Bakery, Caen; site-caen; 12 Rue Saint-Pierre; 14000 Caen; 14118",
    ]
    form = TriggerForm(page, dag_id)
    for name, param in PARAMS.items():
        shows(form.form, name, param.schema["title"], param.schema.get("description_md", ""))
    picture(page, "order-form.png", *form.corners(), height=1300)

    form.param("sites").fill("\n".join(sites))
    form.param("product_id").fill("2174")
    form.refuses("sites", sites[0].replace("; 4 Rue", "; Rue"), "part 3 of a site is its number and street")
    form.refuses("offers", "2173, 2174, 2175, 2180, 2181", "param offers: '2173, 2174, 2175, 2180, 2181'")
    form.param("offers").fill("2174, 2180")
    form.section("Contact on site").click()
    form.refuses("contact1_phone_number", "none", "param contact1_phone_number: 'none'")
    form.refuses("contact1_email_address", "durand", "'durand' is not a 'email'")
    form.param("contact1_lastname").fill("")
    expect(form.sender).to_be_disabled()
    form.param("contact1_lastname").fill("Durand")
    assert sandbox.requests == []
    form.submit()
    job = started(form.run_id())
    job.wait_for("order_site.wait_for_price", "deferred", count=2)

    lines = {line["end_customer_name"]: line for line in sandbox.records("quote_item")}
    assert lines.keys() == {"Bakery, Rouen", "Bakery, Caen"}
    assert [line["product_offerings"] for line in lines.values()] == [["2174", "2180"]] * 2
    (order, _) = airflow.api.xcom(dag_id, job.run_id, "order_requests")
    (contact,) = order["fields"]["related_contact_information"]
    assert (contact["street_number"], contact["contact1_lastname"]) == ("4", "Durand")

    details = TaskDetails(page, dag_id, job.run_id, "add_quote_item", 0)
    link = details.link("Covage portal")
    rouen = f"{sandbox.url}/portal/quote_item/{lines['Bakery, Rouen']['id']}"
    expect(link).to_have_attribute("href", rouen)
    picture(page, "portal-link.png", *details.corners(), link)
    with page.context.expect_page() as opened:
        link.click()
    expect(opened.value).to_have_url(rouen)

    graph = Graph(page, dag_id, job.run_id)
    groups = ("ask_for_prices", "order_site", "confirm_and_track")
    for name in ("read_sites", *groups):
        expect(graph.node(name)).to_be_visible()
    expect(graph.node("create_quote")).to_have_count(0)
    graph.unfold("order_site")
    expect(graph.node("wait_for_price")).to_contain_text("deferred")
    picture(page, "graph.png", *graph.nodes.all())
    graph.unfold_all()
    for name in ("create_quote", "add_quote_item", "confirm_quote", "accept", "confirm_order", "track_order"):
        expect(graph.node(name)).to_be_visible()
    airflow.api.call("PATCH", f"/dags/{dag_id}/dagRuns/{job.run_id}", {"state": "failed"})


@pytest.mark.since_3_3
def test_connections_are_added_and_tried_in_the_browser(airflow, sandbox, prizz_sandbox, page, wrong_secret):
    """First with a secret that is wrong, which is shown nowhere, then with the right one."""
    covage, prizz = sandbox.connection, prizz_sandbox.connection

    connections = begin(page, "covage_north", "covage")
    fill_in(connections, covage, {"Service account": covage["login"], COVAGE_SECRET: wrong_secret})
    extras = [connections.section(title) for title in ("Extra Fields", "Extra Fields JSON")]
    picture(page, "covage-extras.png", *extras, height=1700)
    connections.save()
    connections.press_test("covage_north")
    told = "The login was not accepted; check login, password and client_id"
    expect(connections.trouble()).to_contain_text(told)
    assert wrong_secret not in page.content()
    mend_and_try(connections, "covage_north", COVAGE_SECRET, covage["password"])

    connections = begin(page, "prizz_north", "prizz")
    expect(connections.field("Service account")).to_have_count(0)
    fill_in(connections, prizz, {PRIZZ_SECRET: wrong_secret})
    connections.save()
    # Anew, without the note that it was saved, which would lie over the list.
    connections = Connections(page)
    expect(connections.press_test("covage_north")).to_have_css("color", GREEN)
    connections.press_test("prizz_north")
    expect(connections.trouble()).to_contain_text("The token was not accepted")
    table = page.get_by_role("table")
    picture(page, "connection-test.png", table, *connections.told().all(), height=700)
    assert wrong_secret not in page.content()
    mend_and_try(connections, "prizz_north", PRIZZ_SECRET, prizz["password"])

    for conn_id in ("covage_north", "prizz_north"):
        stored = airflow.api.call("GET", f"/connections/{conn_id}")
        assert stored["password"] == "***"
        airflow.api.call("DELETE", f"/connections/{conn_id}")


def begin(page, conn_id, kind):
    """Open the form for a new connection, and see that all is there that the provider says of it."""
    (said,) = [one for one in get_provider_info()["connection-types"] if one["connection-type"] == kind]
    connections = Connections(page)
    connections.begin(conn_id, said["hook-name"])
    behaviour = said["ui-field-behaviour"]
    for name, placeholder in behaviour["placeholders"].items():
        field = connections.field(behaviour["relabeling"][name])
        expect(field).to_have_attribute("placeholder", placeholder)
    for name, extra in said["conn-fields"].items():
        shows(connections.form, name, extra["label"], extra.get("description", ""))
        expect(connections.extra(name)).to_have_value(str(extra["schema"].get("default", "")))
    expect(connections.extra("proxies")).to_have_attribute("type", "password")
    return connections


def fill_in(connections, connection, fields):
    """The host, its port, these fields and the extras; leaves a picture."""
    host, _, port = connection["host"].rpartition(":")
    # Airflow 3.3.2 tries out no connection without a port: it asks for port 0 then.
    connections.fill({"API base URL": host, "Port": port, **fields})
    label = COVAGE_SECRET if COVAGE_SECRET in fields else PRIZZ_SECRET
    expect(connections.field(label)).to_have_attribute("type", "password")
    picture(connections.page, f"{connection['conn_type']}-connection.png", *connections.corners())
    connections.unfold()
    for name, value in connection["extra"].items():
        connections.extra(name).fill(value)


def mend_and_try(connections, conn_id, label, secret):
    connections.edit(conn_id)
    expect(connections.field(label)).to_have_value("***")
    connections.fill({label: secret})
    connections.save()
    sign = connections.press_test(conn_id)
    expect(sign).to_have_css("color", GREEN)


def test_a_basket_made_by_hand_starts_the_run_that_accepts_it_once(airflow, sandbox, by_hand):
    """The triggerer is killed while one becomes ready: its successor tells that one, and none twice."""
    dag_id = "covage_ready_quotes"
    with unpaused(airflow, dag_id):
        wait_until(lambda: sweeps(sandbox) >= 2, "sweeps of the triggerer", 120)
        first = by_hand("rouen", "caen")
        wait_until(lambda: accepted(sandbox) == ["site-caen", "site-rouen"], "the acceptances", 120)

        airflow.processes["triggerer"].kill()
        second = by_hand("lille")
        airflow.start_server("triggerer")
        everything = ["site-caen", "site-lille", "site-rouen"]
        wait_until(lambda: accepted(sandbox) == everything, "the acceptance after the restart", 120)
        seen = sweeps(sandbox)
        wait_until(lambda: sweeps(sandbox) >= seen + 3, "more sweeps", 60)

    told = airflow.api.call("GET", "/assets/events?order_by=timestamp")["asset_events"]
    changes = [change for event in told for change in event["extra"]["payload"]["changes"]]
    assert [(change["id"], change["state"]) for change in changes] == [(first, "ready"), (second, "ready")]
    made = airflow.api.call("GET", f"/dags/{dag_id}/dagRuns")["dag_runs"]
    assert [run["run_type"] for run in made] == ["asset_triggered"] * 2
    assert accepted(sandbox) == everything


@contextlib.contextmanager
def unpaused(airflow, dag_id):
    airflow.api.wait_for_dag(dag_id)
    airflow.api.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})
    try:
        yield
    finally:
        airflow.api.call("PATCH", f"/dags/{dag_id}", {"is_paused": True})


def sweeps(sandbox):
    return sum(request["operation"] == "quote.list" for request in sandbox.requests)


def accepted(sandbox):
    return sorted(
        line["product_offering_qualification_item_id"] for line in sandbox.records("product_order_item")
    )


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
