"""From a record to an answer, in the words of the dialect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from airflow_provider_covage.sandbox.clock import format_date
from airflow_provider_covage.sandbox.covage import answers, answers_order, answers_quotation
from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.store import Json, Record

Convert = Callable[[Any], Any]
LINES = frozenset({"quote_item", "product_order_item"})


@dataclass(frozen=True)
class View:
    """One way of showing records of a kind: the fields of a model, some read from another field."""

    kind: str
    model: type[BaseModel]
    sources: dict[str, str] = field(default_factory=dict, hash=False)


BASKET = View("quote", answers_quotation.Basket)
BASKET_DETAIL = View("quote", answers_quotation.BasketDetail)
QUOTE_ITEM = View("quote_item", answers_quotation.QuoteItem)
QUOTE_ITEM_DETAIL = View("quote_item", answers_quotation.QuoteItemDetail, {"order_date": "quote_date"})
QUOTE_ITEM_LISTED = View("quote_item", answers_quotation.QuoteItemListed, {"order_date": "quote_date"})
EXPORT = View("export", answers_quotation.ExportStatus)
SESSION = View("product_order", answers_order.Session)
SESSION_DETAIL = View("product_order", answers_order.SessionDetail)
ORDER_ITEM = View("product_order_item", answers_order.OrderItem)
ORDER_ITEM_UPDATED = View("product_order_item", answers_order.OrderItemUpdated)
ORDER_ITEM_DETAIL = View("product_order_item", answers_order.OrderItemDetail)
ORDER_ITEM_LISTED = View("product_order_item", answers_order.OrderItemListed)
FON = View("fon", answers.FonRequest)
QUALIFICATION = View("eligibility", answers.Qualification)
CATEGORY = View("category", answers.Category)
PROJECT = View("project", answers.Project)
ENNI = View("enni", answers.Enni)
ORDER = View("order", answers.TrackedOrder)
ORDER_DETAIL = View("order", answers.TrackedOrderDetail)
STEP = View("step", answers.Step)

FULL: dict[str, View] = {
    "quote": BASKET,
    "quote_item": QUOTE_ITEM_DETAIL,
    "export": EXPORT,
    "product_order": SESSION,
    "product_order_item": ORDER_ITEM_DETAIL,
    "fon": FON,
    "eligibility": QUALIFICATION,
    "order": ORDER_DETAIL,
}
"""The view that shows most of each resource."""


def render(world: World, view: View, record: Record) -> Json:
    """Return the answer that shows a record."""
    shown = render_data(world.dialect, view, record.data)
    shown.update(world.extras.get(record.kind, {}))
    shown.update(record.extra)
    return shown


def render_data(dialect: Dialect, view: View, data: Json) -> Json:
    """Return the answer that shows the fields of something that is not a record of its own."""
    shown = {}
    for name, source, convert in _plan(dialect, view.kind, view.model, tuple(view.sources.items())):
        value = data.get(source)
        shown[name] = convert(value) if convert else value
    return shown


@cache
def _plan(
    dialect: Dialect, kind: str, model: type[BaseModel], sources: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str, Convert | None], ...]:
    renamed, hidden, by_name = _renamed(dialect), _hidden(dialect, model), dict(sources)
    return tuple(
        (renamed.get((kind, name), name), by_name.get(name, name), _converter(dialect, kind, name, info))
        for name, info in model.model_fields.items()
        if name not in hidden
    )


def _renamed(dialect: Dialect) -> dict[tuple[str, str], str]:
    renamed = {}
    if dialect.enni_field == "enni2":
        renamed["product_order_item", "enni_2"] = "enni2"
    if dialect.cpe_field == "network":
        renamed["product_order_item", "cpe_networking_number"] = "cpe_network_number"
    if dialect.enni_code == "upper":
        renamed["enni", "code"] = "Code"
    if dialect.eligibility_items == "plural":
        renamed["eligibility", "product_offering_qualification_item"] = "product_offering_qualification_items"
    return renamed


def _hidden(dialect: Dialect, model: type[BaseModel]) -> set[str]:
    if dialect.line_list == "without_creation_date" and model is answers_quotation.QuoteItemListed:
        return {"creation_date"}
    return set()


def _converter(dialect: Dialect, kind: str, name: str, info: FieldInfo) -> Convert | None:
    unset = "" if dialect.unset == "empty" else None
    extra = info.json_schema_extra
    if isinstance(extra, dict) and extra.get("format") == "date-time":
        return _date_converter(dialect)
    if name == "external_id" and _external_id_is_hidden(dialect, kind):
        return lambda _value: unset
    if name == "vlan_reference":
        return _vlan_converter(dialect, unset)
    if name == "state_change":
        return _history_converter(dialect)
    if str(info.annotation).startswith("list["):
        return lambda value: value or ([] if dialect.unset_arrays == "empty" else None)
    is_text = info.annotation == (str | None) and not extra
    return (lambda value: value or unset) if is_text else None


def _external_id_is_hidden(dialect: Dialect, kind: str) -> bool:
    if kind == "order":
        return False
    return dialect.external_id == "empty" or (dialect.external_id == "empty_for_lines" and kind in LINES)


def _date_converter(dialect: Dialect) -> Convert:
    milliseconds = dialect.dates == "milliseconds"
    return lambda date: None if date is None else format_date(date, milliseconds=milliseconds)


def _vlan_converter(dialect: Dialect, unset: str | None) -> Convert:
    if dialect.vlan == "number":
        return lambda value: value
    return lambda value: unset if value is None else str(value)


def _history_converter(dialect: Dialect) -> Convert:
    date = _date_converter(dialect)
    return lambda changes: [{**change, "change_date": date(change["change_date"])} for change in changes]
