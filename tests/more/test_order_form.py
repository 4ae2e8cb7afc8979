"""What people write into the form of `covage_quote_to_order`: lines that are sites, and others."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from jsonschema import FormatChecker, ValidationError, validate
from samples import ADDRESS

from airflow_provider_covage.api.errors import InputError
from covage_order_form import sites_of
from covage_quote_to_order import dag
from covage_site_lines import PARTS, fields_of_line
from tools.environment import ROOT

LINE = "Bakery; site-rouen; 4 Rue Andrei Sakharov; 76130 Mont-Saint-Aignan; 76451"
FIELDS = {
    "end_customer_name": "Bakery",
    "product_offering_qualification_item_id": "site-rouen",
    **ADDRESS,
}


EXAMPLES = ROOT / "docs" / "examples"


MINE = {
    "enni": "CN054321",
    "contact1_firstname": "Eve",
    "contact1_lastname": "Durand",
    "contact1_phone_number": "+33 1 23 45 67 89",
    "contact1_email_address": "eve@bakery.example.org",
}
ELSEWHERE = "https://api.example.net"


@pytest.fixture(autouse=True)
def _sandbox_on_this_machine(leads_to):
    leads_to("http://127.0.0.1")


def with_part(place: int, text: str) -> str:
    parts = LINE.split("; ")
    return "; ".join([*parts[:place], text, *parts[place + 1 :]])


def read(*sites, **params):
    return sites_of({**dag.params.dump(), "sites": list(sites), **params})


def refusal_of_form(name, value):
    """What Airflow says of a value before there is a run."""
    with pytest.raises(ValidationError) as refusal:
        validate(value, dag.params.get_param(name).schema, format_checker=FormatChecker())
    return str(refusal.value)


def test_line_is_a_site():
    assert fields_of_line(LINE, "line 1") == FIELDS


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace("; ", ";"),
        LINE.replace("; ", " ;  "),
        LINE.replace("; ", "\t"),
        f"  {LINE}  ",
        f"{LINE};",
    ],
    ids=["no spaces", "many spaces", "pasted from a spreadsheet", "spaces around", "semicolon at the end"],
)
def test_spaces_and_separators(line):
    (site,) = read(line)
    assert (site["end_customer_name"], site["order"]["related_contact_information"][0]["city"]) == (
        "Bakery",
        "Mont-Saint-Aignan",
    )


@pytest.mark.parametrize(
    ("text", "number", "extension", "street"),
    [
        ("4 bis Rue Andrei Sakharov", "4", "bis", "Rue Andrei Sakharov"),
        ("4B, Rue de l'Église", "4", "B", "Rue de l'Église"),
        ("12-14 Rue Saint-Pierre", "12-14", None, "Rue Saint-Pierre"),
        ("4 Boulevard Foch", "4", None, "Boulevard Foch"),
        ("1 Place du 8 Mai 1945", "1", None, "Place du 8 Mai 1945"),
    ],
)
def test_addresses(text, number, extension, street):
    site = fields_of_line(with_part(2, text), "line 1")
    assert (site["street_number"], site.get("street_number_extension"), site["street_name"]) == (
        number,
        extension,
        street,
    )


def test_communes_of_corsica():
    site = fields_of_line(with_part(4, "2A004"), "line 1")
    assert site["insee_code"] == "2A004"


def test_further_parts_are_fields():
    (site,) = read(
        f"{LINE}; product_id=2174; product_offerings=2174, 2180; contact1_firstname=Eve; note=floor=2"
    )

    assert (site["product_id"], site["product_offerings"], site["note"]) == (
        "2174",
        ["2174", "2180"],
        "floor=2",
    )
    assert site["order"]["related_contact_information"][0]["contact1_firstname"] == "Eve"


def test_example_of_a_form():
    rouen, caen = read(*(EXAMPLES / "order_sites.txt").read_text().splitlines())

    assert (rouen["end_customer_name"], caen["end_customer_name"]) == (
        "Example Bakery, Rouen",
        "Example Bakery, Caen",
    )
    assert (caen["product_id"], caen["note"]) == ("2174", "second floor")


def test_example_of_a_program():
    conf = json.loads((EXAMPLES / "order_sites.json").read_text())
    for name, value in conf.items():
        validate(value, dag.params.get_param(name).schema)

    rouen, caen = read(*conf.pop("sites"), **conf)

    assert (rouen["product_offerings"], caen["product_offerings"]) == (["2173", "2174"], ["2174", "2180"])
    assert caen["order"]["vlan_reference"] == 12
    assert caen["order"]["related_contact_information"][0]["contact1_phone_number"] == "0987654321"


def test_what_the_form_says_holds_for_every_site():
    lines = [LINE, LINE.replace("site-rouen", "site-caen"), {**FIELDS, "order": {"enni": "CN012346"}}]
    lines[2]["product_offering_qualification_item_id"] = "site-lille"
    contact = {"contact1_lastname": "Durand", "contact1_phone_number": "+33 1 23 45 67 89"}

    sites = read(*lines, offers="2180,2173", enni="CN012347", order={"vlan_reference": 12}, **contact)

    assert [site["product_offerings"] for site in sites] == [["2180", "2173"]] * 3
    assert [site["order"]["enni"] for site in sites] == ["CN012347", "CN012347", "CN012346"]
    for site in sites:
        (told,) = site["order"]["related_contact_information"]
        assert told == told | contact | ADDRESS | {"end_customer_name": "Bakery"}
        assert site["order"]["vlan_reference"] == 12
        assert not site.keys() & ADDRESS.keys(), "an address is no part of a quotation line"


def test_empty_lines_are_no_sites_and_are_counted():
    with pytest.raises(InputError, match=r"line 4 \(Bakery\): colour: no such field; nothing was sent"):
        read(LINE, "", "  ", f"{LINE}; colour=red")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["", " "], "no site"),
        ([LINE, LINE], "site-rouen: in more than one site"),
        ([f"{LINE}; trace_file=/nowhere/trace.kmz"], "/nowhere/trace.kmz"),
        ([f"{LINE}; site_conection_type=FTTO"], "did you mean site_connection_type"),
        ([f"{LINE}; product_offerings=1,2,3,4,5"], "product_offerings"),
    ],
    ids=["only empty lines", "a site twice", "no such trace", "no such field", "too many offers"],
)
def test_lines_that_say_what_cannot_be(lines, told):
    with pytest.raises(InputError, match="nothing was sent") as refusal:
        read(*lines)
    assert told in str(refusal.value)


def test_contact_without_a_telephone_is_named_before_anything_is_sent():
    with pytest.raises(InputError, match=r"order of line 1 \(Bakery\): .*contact1_phone_number is missing"):
        read(LINE, contact1_phone_number=" ")


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "127.1.2.3"]
)
def test_form_may_go_to_a_sandbox_on_this_machine_as_it_came(leads_to, host):
    leads_to(host)
    assert len(read(*dag.params["sites"])) == 3


@pytest.mark.parametrize("host", [ELSEWHERE, "https://localhost.example.net", "https://10.0.0.1"])
def test_form_as_it_came_is_sent_nowhere_else(leads_to, host):
    leads_to(host)

    with pytest.raises(InputError) as refusal:
        read(*dag.params["sites"])

    told = str(refusal.value)
    for name in MINE:
        assert f"({name}={dag.params[name]})" in told
    assert f"connection covage_default leads to {urlsplit(host).hostname}" in told
    assert "fill in your own ENNI, and under Contact on site whom Covage shall call; nothing was sent" in told


@pytest.mark.parametrize("forgotten", MINE)
def test_each_field_left_as_it_came_is_named(leads_to, forgotten):
    leads_to(ELSEWHERE)
    with pytest.raises(InputError) as refusal:
        read(LINE, **{**MINE, forgotten: dag.params[forgotten]})
    assert [name for name in MINE if f"({name}=" in str(refusal.value)] == [forgotten]


@pytest.mark.parametrize("enni", ["CN054321", None], ids=["own ENNI", "offers without one"])
def test_own_contact_and_enni_go_anywhere(leads_to, enni):
    leads_to(ELSEWHERE)
    (site,) = read(LINE, **{**MINE, "enni": enni})
    (told,) = site["order"]["related_contact_information"]
    assert told["contact1_lastname"] == "Durand"


def test_what_each_site_brings_itself_is_what_counts(leads_to):
    leads_to(ELSEWHERE)
    contact = {name: value for name, value in MINE.items() if name != "enni"}
    own = {**FIELDS, **contact, "order": {"enni": "CN054321"}}
    forgetful = {
        **own,
        "product_offering_qualification_item_id": "site-caen",
        "contact1_phone_number": "0123456789",
    }

    assert len(read(own)) == 1
    with pytest.raises(InputError, match=r"^Telephone \(contact1_phone_number=0123456789\): made up"):
        read(own, forgetful)


BAD_PARTS = [
    (0, ""),
    (1, ""),
    (2, "Rue Andrei Sakharov"),
    (2, "4"),
    (3, "Mont-Saint-Aignan 76130"),
    (3, "7613 Mont-Saint-Aignan"),
    (4, "764511"),
    (4, "Rouen"),
]


@pytest.mark.parametrize(("place", "text"), BAD_PARTS)
def test_form_says_what_a_part_has_to_look_like(place, text):
    line = with_part(place, text)

    told = " ".join(refusal_of_form("sites", [LINE, line]).replace("'", " ").split())

    part = PARTS[place]
    assert part.title in told
    assert "such as" in told
    assert "On instance[1]" in told
    with pytest.raises(InputError, match=f"line 2: part {place + 1} of a site is its {part.title}"):
        read(LINE, line)


@pytest.mark.parametrize("line", ["Bakery", "Bakery; site-rouen", f"{LINE}; second floor", f"{LINE}; a; b=c"])
def test_form_refuses_lines_with_too_few_parts_or_parts_without_a_name(line):
    assert line in refusal_of_form("sites", [line])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sites", None),
        ("sites", []),
        ("sites", [4]),
        ("sites", [{"end_customer_name": "Bakery"}]),
        ("offers", ""),
        ("offers", "1,2,3,4,5"),
        ("offers", "2173,,2174"),
        ("contact1_email_address", "ada"),
        ("contact1_phone_number", "Ada"),
        ("contact1_lastname", ""),
    ],
)
def test_form_refuses(name, value):
    refusal_of_form(name, value)
