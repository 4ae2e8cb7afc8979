"""The file of DAG `covage_bulk_sites`: what is read from it, and what is said of a bad one."""

from __future__ import annotations

import json

import pytest
from more_steps import context
from samples import ADDRESS

from airflow_provider_covage.api.errors import InputError

GOOD = {"end_customer_name": "Bakery", "eligibility_id": "address-rouen", **ADDRESS}
HEADER = ",".join(GOOD)
ROUEN, CAEN, EVREUX = (
    ",".join([f"address-{town}", *ADDRESS.values()]) for town in ("rouen", "caen", "evreux")
)


@pytest.fixture
def read(example, leads_to, tmp_path):
    """`read("sites.csv", content)` is what the DAG reads from such a file."""
    dag = example("covage_bulk_sites")
    leads_to("http://127.0.0.1")

    def run(name, content, **params):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        told = {**dag.params.dump(), "sites": str(path), **params}
        return dag.task_dict["read_sites"].python_callable(params=told, ti=context()["ti"])

    return run


def test_sites_are_completed_by_the_params(read):
    (site,) = read("sites.csv", f"{HEADER}\nBakery,{ROUEN}\n", product_id="2174", contact1_firstname="Eve")

    assert (site["site_connection_type"], site["product_offerings"]) == ("FTTO", ["2174"])
    (contact,) = site["order"]["related_contact_information"]
    assert contact == contact | ADDRESS | {"end_customer_name": "Bakery", "contact1_firstname": "Eve"}


def test_what_the_orders_will_need_is_named_for_every_site(read):
    with pytest.raises(InputError) as refusal:
        read("sites.csv", f"{HEADER}\nBakery,{ROUEN}\nGarage,address-caen,4,,14000,Caen,14118\nShop,b,,,,,\n")

    told = str(refusal.value)
    assert "site 1" not in told
    assert "order of site 2: related_contact_information[0].street_name is missing" in told
    assert "order of site 3: related_contact_information[0].city is missing" in told


def test_a_made_up_contact_is_for_this_machine_alone(read, leads_to):
    leads_to("https://api.example.net")

    with pytest.raises(InputError, match=r"contact1_phone_number=.* leads to api\.example\.net"):
        read("sites.csv", f"{HEADER}\nBakery,{ROUEN}\n", enni="CN054321")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_line_ends_and_byte_order_mark(encoding, end, read):
    text = end.join([HEADER, f"Bakery,{ROUEN}", f'"Garage, Évreux",{EVREUX}', ""])

    sites = read("sites.csv", text.encode(encoding))

    assert [site["end_customer_name"] for site in sites] == ["Bakery", "Garage, Évreux"]
    assert [site["eligibility_id"] for site in sites] == ["address-rouen", "address-evreux"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_json(encoding, read):
    sites = read("sites.json", json.dumps([GOOD, {**GOOD, "product_offerings": ["2180"]}]).encode(encoding))
    assert [site["product_offerings"] for site in sites] == [["2173"], ["2180"]]


def test_number_in_json_that_has_lost_its_zero_is_named(read):
    sites = json.dumps([{**GOOD, "postcode": 1000, "insee_code": 1053}, {**GOOD, "street_number": 4}])

    with pytest.raises(InputError) as refusal:
        read("sites.json", sites)

    told = str(refusal.value)
    assert "address of site 1: " in told
    assert (
        "insee_code: a text is wanted: as a number it has lost the zeros that it begins with, got 1053"
        in told
    )
    assert "postcode: a text is wanted" in told
    assert "site 2" not in told


def test_each_site_has_a_key_that_its_place_does_not_change(read):
    rows = [f"Bakery,{ROUEN}", f"Garage,{ROUEN}", f"Bakery,{CAEN}", f"Bakery,{CAEN}"]
    keys = [
        [site["external_id"] for site in read("sites.csv", "\n".join([HEADER, *order]))]
        for order in (rows, rows[::-1])
    ]

    assert len(set(keys[0])) == 4
    assert keys[1] == [keys[0][2], keys[0][3], keys[0][1], keys[0][0]]


def test_key_of_ones_own_wins(read):
    (site,) = read("sites.json", json.dumps([{**GOOD, "external_id": "RACK-7"}]))
    assert site["external_id"] == "RACK-7"


def test_empty_cells_leave_the_defaults(read):
    (site,) = read("sites.csv", f"{HEADER},site_connection_type,note\nBakery,{ROUEN},,\n")
    assert site["site_connection_type"] == "FTTO"
    assert "note" not in site


def test_columns_in_another_order(read):
    header, row = ",".join(reversed(GOOD)), ",".join(reversed(GOOD.values()))
    (site,) = read("sites.csv", f"{header}\n{row}\n")
    assert (site["end_customer_name"], site["eligibility_id"]) == ("Bakery", "address-rouen")


def test_everything_that_is_missing_is_named(read):
    with pytest.raises(InputError) as refusal:
        read("sites.csv", f"{HEADER}\n,{ROUEN}\nBakery,{CAEN}\nGarage,,,,,,\n")

    told = str(refusal.value)
    assert "sites.csv" in told
    assert "site 1: end_customer_name is missing" in told
    assert "site 2" not in told
    assert "site 3: eligibility_id is missing" in told
    assert "nothing was sent" in told


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sites.csv", ""),
        ("sites.csv", f"{HEADER}\n"),
        ("sites.csv", "end_customer_name\nBakery\n"),
        ("sites.csv", "Bakery,address-rouen\n"),
        ("sites.csv", f"{HEADER},colour\nBakery,{ROUEN},red\n"),
        ("sites.csv", f"{HEADER}\nBakery,{ROUEN},left over\n"),
        ("sites.csv", f"{HEADER},order\nBakery,{ROUEN},CN012345\n"),
        ("sites.csv", f"{HEADER}\nBoulangerie Zoé,{ROUEN}\n".encode("latin-1")),
        ("sites.csv", f"{HEADER}\nBakery,{ROUEN}\n".encode("utf-16")),
        ("sites.csv", f'{HEADER}\n"Bakery,{ROUEN}\n' + f"Garage,{CAEN}\n" * 10_000),
        ("sites.json", ""),
        ("sites.json", "[]"),
        ("sites.json", "[{"),
        ("sites.json", json.dumps(GOOD)),
        ("sites.json", json.dumps({"sites": [GOOD]})),
        ("sites.json", json.dumps(["address-rouen"])),
        ("sites.json", json.dumps([GOOD, None])),
        ("sites.json", json.dumps([{**GOOD, "order": "CN012345"}])),
        ("sites.json", json.dumps([{**GOOD, "product_offerings": "2173"}])),
        ("sites.json", json.dumps([{**GOOD, "product_offerings": list("12345")}])),
    ],
    ids=[
        "empty",
        "header only",
        "missing column",
        "no header",
        "a column that no line has",
        "more values than columns",
        "order as a text",
        "latin-1",
        "UTF-16",
        "a quotation mark left open",
        "empty JSON",
        "no site in a JSON",
        "broken JSON",
        "one site that is no array",
        "an object around the array",
        "texts for sites",
        "null for a site",
        "order as a text in a JSON",
        "offers as a text",
        "five offers",
    ],
)
def test_bad_file_is_refused_as_input(name, content, read):
    with pytest.raises(InputError):
        read(name, content)


def test_file_that_is_not_there_is_refused_as_input(example):
    dag = example("covage_bulk_sites")
    params = {**dag.params.dump(), "sites": "/nowhere/sites.csv"}
    with pytest.raises(InputError, match="nowhere"):
        dag.task_dict["read_sites"].python_callable(params=params, ti=None)


def test_semicolons_are_named(read):
    with pytest.raises(InputError, match=r"separated by (semicolons|';')"):
        read("sites.csv", "end_customer_name;eligibility_id\nBakery;address-rouen\n")
