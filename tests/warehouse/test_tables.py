"""The tables know every documented field of every list, with its documented type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.covage.tables import TABLES
from airflow_provider_covage.api.tables import Kind

FACTS = json.loads((Path(__file__).parents[1] / "facts" / "covage.json").read_text())
LISTS = {one["id"].removesuffix(".list"): one for one in FACTS["operations"] if one["id"].endswith(".list")}


def kinds_of(field):
    if field["type"] in ("array", "object"):
        return {Kind.JSON}
    if field["type"] in ("number", "integer"):
        return {Kind.NUMBER}
    by_format = {"date": {Kind.DATE}, "date-time": {Kind.TIMESTAMP}}
    if field.get("format") in by_format:
        return by_format[field["format"]]
    return {Kind.DATE, Kind.TIMESTAMP} if field["name"].endswith("_date") else {Kind.TEXT}


def test_every_list_is_a_table():
    assert {table.resource for table in TABLES} == set(LISTS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.resource)
def test_columns_are_the_documented_fields(table):
    fields = {field["name"]: field for field in LISTS[table.resource]["response"]["fields"]}

    assert {column.name for column in table.columns} == set(fields)
    for column in table.columns:
        assert column.kind in kinds_of(fields[column.name])
    assert {table.key, table.state} <= set(fields)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.resource)
def test_windows_are_documented_filters(table):
    filters = {parameter["name"] for parameter in LISTS[table.resource]["query_params"]}

    assert ({table.created_after, table.created_before} <= filters) == (table.created is not None)


def test_final_states_are_left_for_nothing():
    cycles = {
        "quote": lifecycle.QUOTE,
        "quote_item": lifecycle.QUOTE_ITEM,
        "product_order": lifecycle.ORDER,
        "product_order_item": lifecycle.ORDER_ITEM,
        "order": lifecycle.TRACKED_ORDER,
    }
    for table in TABLES:
        for state in table.final:
            assert cycles[table.resource].arrows[state] == ()
    by_name = {table.resource: table for table in TABLES}
    assert "refused" not in by_name["quote_item"].final
    assert "active" not in by_name["order"].final
