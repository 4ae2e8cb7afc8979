"""The tables know every documented field of every list, with its documented type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.covage.tables import TABLES as COVAGE
from airflow_provider_covage.api.prizz.tables import TABLES as PRIZZ
from airflow_provider_covage.api.tables import Kind
from airflow_provider_covage.sandbox.prizz.answers import contract, invoice, offer

FACTS = Path(__file__).parents[1] / "facts"
COVAGE_LISTS = {
    one["id"].removesuffix(".list"): one
    for one in json.loads((FACTS / "covage.json").read_text())["operations"]
    if one["id"].endswith(".list")
}
PRIZZ_FACTS = json.loads((FACTS / "prizz.json").read_text())
PRIZZ_LISTS = {
    one["call"].removesuffix(".list"): one
    for one in PRIZZ_FACTS["operations"]
    if one["call"].endswith(".list")
}

covage = pytest.mark.parametrize("table", COVAGE, ids=lambda table: table.resource)
prizz = pytest.mark.parametrize("table", PRIZZ, ids=lambda table: table.resource)


def covage_kinds(field):
    if field["type"] in ("array", "object"):
        return {Kind.JSON}
    if field["type"] in ("number", "integer"):
        return {Kind.NUMBER}
    by_format = {"date": {Kind.DATE}, "date-time": {Kind.TIMESTAMP}}
    if field.get("format") in by_format:
        return by_format[field["format"]]
    return {Kind.DATE, Kind.TIMESTAMP} if field["name"].endswith("_date") else {Kind.TEXT}


def prizz_kind(field):
    if field.get("format") == "date-time":
        return Kind.TIMESTAMP
    plain = {
        "string": Kind.TEXT,
        "integer": Kind.INTEGER,
        "number": Kind.NUMBER,
        "boolean": Kind.BOOLEAN,
    }
    return plain.get(field["type"], Kind.JSON)


def prizz_fields(table):
    answer = PRIZZ_LISTS[table.listed.resource]["response"]
    model = PRIZZ_FACTS["models"][answer.get("items_model") or answer["model"]]
    fields = model["fields"] if isinstance(model, dict) else model
    if not table.part_of:
        return fields
    (parts,) = [field for field in fields if field["name"] == table.part_of.within]
    model = PRIZZ_FACTS["models"][parts["items"]]
    return model["fields"] if isinstance(model, dict) else model


def test_every_list_is_a_table():
    assert {table.resource for table in COVAGE} == set(COVAGE_LISTS)


@covage
def test_columns_are_the_documented_fields(table):
    fields = {field["name"]: field for field in COVAGE_LISTS[table.resource]["response"]["fields"]}

    assert {column.name for column in table.columns} == set(fields)
    for column in table.columns:
        assert column.kind in covage_kinds(fields[column.name])
    assert {table.key, table.state} <= set(fields)


@prizz
def test_columns_are_the_fields_of_the_documented_model(table):
    wanted = {field["name"]: prizz_kind(field) for field in prizz_fields(table)}

    assert {column.name: column.kind for column in table.columns} == wanted
    assert len(table.columns) == len(wanted)
    named = {table.key, table.state, table.closed, table.inner}
    named |= {table.cut.by} if table.cut else set()
    named |= {table.part_of.parent} if table.part_of else set()
    assert named - {None} <= set(wanted)
    # SQL does not tell them apart.
    assert len({name.casefold() for name in wanted}) == len(wanted)


@pytest.mark.parametrize(
    ("resource", "model"),
    [
        ("commercial_offer", offer.CommercialOffer),
        ("service", contract.Service),
        ("invoice", invoice.Invoice),
        ("invoice_detail", invoice.InvoiceDetail),
    ],
)
def test_every_amount_says_what_is_known_of_its_unit(resource, model):
    (table,) = [table for table in PRIZZ if table.resource == resource]
    schema = model.model_json_schema()["properties"]
    described = {column.name for column in table.columns if "cents" in column.description}

    amounts = {name for name, field in schema.items() if field.get("x-unit") == "cents"}

    assert amounts
    assert amounts <= described


@covage
def test_windows_are_documented_filters(table):
    filters = {parameter["name"] for parameter in COVAGE_LISTS[table.resource]["query_params"]}

    assert ({"creation_date_gt", "creation_date_lt"} <= filters) == (table.cut is not None)
    assert table.times <= filters


def test_final_states_are_left_for_nothing():
    cycles = {
        "quote": lifecycle.QUOTE,
        "quote_item": lifecycle.QUOTE_ITEM,
        "product_order": lifecycle.ORDER,
        "product_order_item": lifecycle.ORDER_ITEM,
        "order": lifecycle.TRACKED_ORDER,
    }
    for table in COVAGE:
        for state in table.final:
            assert cycles[table.resource].arrows[state] == ()
    by_name = {table.resource: table for table in COVAGE}
    assert "refused" not in by_name["quote_item"].final
    assert "active" not in by_name["order"].final
    by_name = {table.resource: table for table in PRIZZ}
    assert by_name["commercial_offer"].final == {"signed", "abandoned"}
    assert {"active", "ending"}.isdisjoint(by_name["service_contract"].final)
