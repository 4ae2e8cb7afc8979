"""From a record to an answer, in the words of the dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from airflow_provider_covage.sandbox.clock import format_date
from airflow_provider_covage.sandbox.prizz import money
from airflow_provider_covage.sandbox.prizz.answers.common import CENTS, DATE
from airflow_provider_covage.sandbox.prizz.dialect import PrizzDialect
from airflow_provider_covage.sandbox.prizz.kinds import STANDING
from airflow_provider_covage.sandbox.prizz.relations import RELATIONS, Model
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

Source = Record | Mapping[str, Any]

DEEPEST = 2
"""How deep objects are nested where the dialect has it shallow."""

EMPTY: dict[Any, Any] = {list: [], dict: {}, bool: False, int: 0, float: 0.0}
"""What stands for nothing in a field that is not nullable; a text is empty."""

CORRECTED = {
    "guaranteeddDownloadMin": "guaranteedDownloadMin",
    "guaranteeddDownloadMax": "guaranteedDownloadMax",
    "missing_custromer": "missing_customer",
    "quaterly": "quarterly",
    "upgade_lag": "upgrade_lag",
}


@dataclass(frozen=True)
class _Field:
    name: str
    model: Model | None
    many: bool
    nullable: bool
    empty: Any
    unit: str | None
    twin: bool
    named: bool


def shape(world: World, model: Model, source: Source, depth: int = 0) -> Json:
    """Return the answer that shows a record, or something that is no record of its own."""
    shallow = world.dialect.nesting == "shallow"
    standing = isinstance(source, Record) and source.kind in STANDING
    key = (model, source.kind, source.id, depth if shallow else 0) if isinstance(source, Record) else None
    if standing and key in world.shapes:
        return world.shapes[key]
    shown = _fields(world, model, source, depth)
    if isinstance(source, Record):
        shown.update(world.extras.get(source.kind, {}))
        shown.update(source.extra)
    if standing:
        world.shapes[key] = shown
    return shown


def shapes(world: World, model: Model, sources: list[Record]) -> list[Json]:
    """Return the answer that shows some records."""
    return [shape(world, model, source) for source in sources]


def words(dialect: PrizzDialect) -> dict[str, str]:
    """Return what is written otherwise in a dialect (P1, P11)."""
    changed = dict(CORRECTED) if dialect.spelling == "corrected" else {}
    return changed | ({"iru": "location"} if dialect.product_group == "location" else {})


def _fields(world: World, model: Model, source: Source, depth: int) -> Json:
    data = source.data if isinstance(source, Record) else source
    relations = RELATIONS.get(model, {})
    written = words(world.dialect)
    shown: Json = {}
    for field in _plan(model):
        if field.model and depth >= DEEPEST and world.dialect.nesting == "shallow":
            continue
        relation = relations.get(field.name)
        value = relation(world, source) if relation else data.get(field.name)
        if field.model:
            value = _nested(world, field, value, depth)
            if value is None and not field.nullable and world.dialect.unset == "omitted":
                continue
        elif field.twin and not relation:
            value = _in_words(world, model, source, field.name)
        elif value is not None:
            value = _plain(world, field, value, data, written)
        elif not field.nullable:
            value = field.empty
        shown[written.get(field.name, field.name)] = value
    return shown


def _nested(world: World, field: _Field, value: Any, depth: int) -> Any:
    assert field.model
    if field.many:
        return [shape(world, field.model, element, depth + 1) for element in value or ()]
    return None if value is None else shape(world, field.model, value, depth + 1)


def _plain(world: World, field: _Field, value: Any, data: Mapping[str, Any], written: dict[str, str]) -> Any:
    if field.unit == DATE:
        return format_date(value, milliseconds=False)
    if field.name == "unitPriceDiscount" and world.dialect.discount == "rate":
        return _rate(value, data.get("unitPrice"))
    if field.unit == CENTS:
        if isinstance(value, Mapping):
            return {written.get(k, k): money.shown(world.dialect, v) for k, v in value.items()}
        return money.shown(world.dialect, value)
    return written.get(value, value) if field.named else value


def _in_words(world: World, model: Model, source: Source, name: str) -> Any:
    """Return the readable form of an amount."""
    base = name.removesuffix("Str")
    relation = RELATIONS.get(model, {}).get(base)
    data = source.data if isinstance(source, Record) else source
    value = relation(world, source) if relation else data.get(base)
    if isinstance(value, Mapping):
        written = words(world.dialect)
        return {written.get(key, key): money.euros(cents) for key, cents in value.items()}
    if base == "unitPriceDiscount" and world.dialect.discount == "rate":
        return f"{_rate(value, data.get('unitPrice'))} %"
    return money.euros(value)


def _rate(discount: int | None, price: int | None) -> int:
    return round(100 * (discount or 0) / price) if price else 0


@cache
def _plan(model: Model) -> tuple[_Field, ...]:
    return tuple(_field(model, name, info) for name, info in model.model_fields.items())


def _field(model: Model, name: str, info: FieldInfo) -> _Field:
    options = get_args(info.annotation) if NoneType in get_args(info.annotation) else (info.annotation,)
    kind = next(option for option in options if option is not NoneType)
    origin = get_origin(kind)
    inner = get_args(kind)[0] if origin is list else kind
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    unit = extra.get("format") or extra.get("x-unit")
    return _Field(
        name,
        model=inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None,
        many=origin is list,
        nullable=NoneType in options,
        empty=EMPTY.get(origin or kind, ""),
        unit=str(unit) if unit else None,
        twin=name.endswith("Str") and name.removesuffix("Str") in model.model_fields,
        named=origin is Literal,
    )
