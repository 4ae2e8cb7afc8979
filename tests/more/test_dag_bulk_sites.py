"""DAG `covage_bulk_sites`, whole, on real Airflow, against the sandbox."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from samples import ADDRESS, TRIES_IN_VAIN

pytestmark = pytest.mark.covage_sandbox(speed=200)

NOTHING_ORDERED = {"order_reference": None, "order_state": None}


@pytest.fixture
def dag(example):
    return example("covage_bulk_sites")


@pytest.fixture
def effects(sent):
    """How often each creation, acceptance and confirmation has taken effect."""
    return lambda: Counter(
        operation for operation in sent() if operation.partition(".")[2] in ("create", "accept", "confirm")
    )


def ordered(number, *, baskets=1):
    return {
        "quote.create": baskets,
        "quote_item.create": number,
        "quote.confirm": baskets,
        "quote_item.accept": number,
        "product_order.confirm": number,
    }


def references(sandbox):
    """Reference of each order by the place that it is for."""
    places = {
        item["id"]: item["eligibility_id"]
        for record in sandbox.records("eligibility")
        for item in record["product_offering_qualification_item"]
    }
    return {
        places[line["product_offering_qualification_item_id"]]: line["order_reference"]
        for line in sandbox.records("product_order_item")
    }


def test_the_made_up_sites_are_ordered(dag, run_dag, sandbox, effects):
    run = run_dag(dag)

    assert run.state == "success"
    rows = run.xcom("summary")
    orders = references(sandbox)
    assert [row["site"] for row in rows] == [f"Example Bakery, {city}" for city in ("Rouen", "Caen", "Lille")]
    assert [row["order_reference"] for row in rows] == [
        orders[f"address-{city}"] for city in ("rouen", "caen", "lille")
    ]
    for row in rows:
        assert (row["eligibility"], row["reason"]) == ("done.ready", "")
        assert row["order_state"] == "acknowledged"
        assert row["quote_reference"].startswith("QO_")
        assert [price["product_id"] for price in row["prices"]] == ["2173"]
    assert run.of("track_order") == ["success"] * 3
    assert {order["state"] for order in sandbox.records("order")} == {"active"}
    assert effects() == {"eligibility.create": 3, **ordered(3)}


def test_sites_of_a_csv_of_which_two_cannot_be_served(dag, run_dag, sandbox, effects, tmp_path):
    sandbox.outcome("eligibility", "done.unable_to_provide", eligibility_id="address-caen")
    sandbox.outcome("quote_item", "unable_to_provide", end_customer_name="Garage, Lille")
    path = tmp_path / "sites.csv"
    names, values = ",".join(ADDRESS), ",".join(ADDRESS.values())
    path.write_text(
        f"end_customer_name,eligibility_id,{names},product_id,note\r\n"
        f'"Bakery, Rouen",address-rouen,{values},,second floor\r\n'
        f'"Bakery, Caen",address-caen,{values},,\r\n'
        f'"Garage, Lille",address-lille,{values},,\r\n'
        f'"Garage, Évreux",address-evreux,{values},2173,\r\n',
        encoding="utf-8-sig",
        newline="",
    )

    run = run_dag(dag, {"sites": str(path)})

    assert run.state == "success"
    rouen, caen, lille, evreux = run.xcom("summary")
    orders = references(sandbox)
    assert [row["site"] for row in (rouen, evreux)] == ["Bakery, Rouen", "Garage, Évreux"]
    assert [row["order_reference"] for row in (rouen, evreux)] == [
        orders["address-rouen"],
        orders["address-evreux"],
    ]
    assert [row["reason"] for row in (rouen, evreux)] == ["", ""]
    assert caen | NOTHING_ORDERED == caen
    assert (caen["eligibility"], caen["quote_reference"]) == ("done.unable_to_provide", None)
    assert caen["reason"] == "eligibility is done.unable_to_provide"
    assert lille | NOTHING_ORDERED == lille
    assert lille["eligibility"] == "done.ready"
    assert lille["quote_reference"].startswith("QO_")
    assert "unable_to_provide" in lille["reason"]
    assert run.of("qualify.wait_for_eligibility") == ["success", "skipped", "success", "success"]
    assert run.of("order_site.accept") == ["success", "skipped", "success"]
    expected = ordered(2) | {"quote_item.create": 3, "eligibility.create": 4}
    assert effects() == expected
    notes = {line["end_customer_name"]: line["note"] for line in sandbox.records("quote_item")}
    assert notes == {"Bakery, Rouen": "second floor", "Garage, Lille": "", "Garage, Évreux": ""}


def test_sites_of_a_json_with_fields_of_their_own(dag, run_dag, sandbox, tmp_path):
    # Whether an eligibility request has a state, or only its sites, is not said (C9).
    sandbox.extra_fields("eligibility", {"state": None})
    path = tmp_path / "sites.json"
    sites = [
        {
            "end_customer_name": "Bakery",
            "eligibility_id": "address-rouen",
            "product_offerings": ["2173", "2174"],
            "product_id": "2174",
            **ADDRESS,
        },
        {
            "end_customer_name": "Garage",
            "eligibility_id": "address-caen",
            "order": {"enni": "CN012346"},
            **ADDRESS,
        },
    ]
    path.write_text(json.dumps(sites))

    run = run_dag(dag, {"sites": f"file://{path}", "project_id": "PRJ"})

    assert run.state == "success"
    assert all(row["order_reference"] for row in run.xcom("summary"))
    lines = {line["end_customer_name"]: line for line in sandbox.records("product_order_item")}
    bakery, garage = lines["Bakery"], lines["Garage"]
    assert (bakery["product_offering_id"], bakery["enni"]) == ("2174", "CN012345")
    assert (garage["product_offering_id"], garage["enni"]) == ("2173", "CN012346")
    assert [basket["project_id"] for basket in sandbox.records("quote")] == ["PRJ"]
    assert [row["eligibility"] for row in run.xcom("summary")] == ["done.ready", "done.ready"]


def test_two_sites_of_one_customer_have_a_row_each(dag, run_dag, sandbox, tmp_path):
    path = tmp_path / "sites.json"
    places = ("address-rouen", "address-caen")
    sites = [{"end_customer_name": "Bakery", "eligibility_id": one, **ADDRESS} for one in places]
    path.write_text(json.dumps(sites))

    run = run_dag(dag, {"sites": str(path)})

    assert run.state == "success"
    orders = references(sandbox)
    assert [row["order_reference"] for row in run.xcom("summary")] == [orders[place] for place in places]


def test_none_of_the_sites_can_be_served(dag, run_dag, sandbox, effects):
    sandbox.outcome("eligibility", "done.unable_to_provide")

    run = run_dag(dag)

    assert run.state == "failed"
    assert run.tries["eligible_sites", -1] == TRIES_IN_VAIN
    assert effects() == {"eligibility.create": 3}
    assert {row["reason"] for row in run.xcom("summary")} == {"eligibility is done.unable_to_provide"}


def test_run_that_is_cleared_when_another_site_is_eligible(example, run_dag, sandbox, effects):
    """The sites that are mapped over come in other places, and are qualified anew."""
    dag = example("covage_bulk_sites", retries=0)
    date = datetime(2026, 1, 1, tzinfo=UTC)  # the same date is the same run
    sandbox.outcome("eligibility", "done.unable_to_provide", eligibility_id="address-rouen")
    sandbox.fault("error_before", match="quote.confirm", times=None, status=403)
    assert run_dag(dag, logical_date=date).state == "failed"
    sandbox.clear_faults()
    sandbox.outcome("eligibility", "done.ready", eligibility_id="address-rouen")

    run = run_dag(dag, logical_date=date)

    assert run.state == "success"
    orders = references(sandbox)
    towns = ("rouen", "caen", "lille")
    assert [row["order_reference"] for row in run.xcom("summary")] == [
        orders[f"address-{one}"] for one in towns
    ]
    assert len(set(orders.values())) == 3
    assert effects() == {"eligibility.create": 6, **ordered(3)}
    lines = sandbox.records("product_order_item")
    assert {
        (line["end_customer_name"], line["related_contact_information"][0]["city"]) for line in lines
    } == {
        ("Example Bakery, Rouen", "Mont-Saint-Aignan"),
        ("Example Bakery, Caen", "Caen"),
        ("Example Bakery, Lille", "Lille"),
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sites.csv", "end_customer_name\nBakery\n"),
        ("sites.json", "[]"),
    ],
    ids=["missing column", "no site"],
)
def test_bad_file_fails_before_anything_is_sent(name, content, example, run_dag, sent, asked, tmp_path):
    path = tmp_path / name
    path.write_text(content)

    run = run_dag(example("covage_bulk_sites", retries=0), {"sites": str(path)})

    assert run.state == "failed"
    assert run.states["read_sites", -1] == "failed"
    assert sent() == []
    assert asked("POST", "PATCH", "DELETE") == []


@pytest.mark.since_3_3
def test_bad_file_fails_once_and_is_tried_no_more(dag, run_dag, tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("end_customer_name\nBakery\n")

    run = run_dag(dag, {"sites": str(path)})

    assert run.state == "failed"
    assert run.states["read_sites", -1] == "failed"
    assert [one for one, tries in run.tries.items() if tries > 1] == []
