"""What the documents say about answers: `tests/facts/prizz.json`, held against an answer."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

FACTS = json.loads((Path(__file__).parents[1] / "facts" / "prizz.json").read_text())
OPERATIONS = {operation["call"]: operation for operation in FACTS["operations"]}
MODELS = {name: {field["name"]: field for field in fields} for name, fields in FACTS["models"].items()}
UNIONS = {name: union.get("one_of") or union["any_of"] for name, union in FACTS["model_unions"].items()}
OPEN = set(FACTS["models_with_additional_properties"])
TYPES = {
    "integer": int,
    "number": (int, float),
    "string": str,
    "boolean": bool,
    "object": dict,
    "array": list,
}


class Documented:
    """Checks answers, and remembers which fields of which models it has seen filled."""

    def __init__(self):
        self.seen = defaultdict(set)

    def check(self, call, answer):
        """Hold an answer against what its operation is documented to answer."""
        described = OPERATIONS[call]["response"]
        expected = [code["status"] for code in described["status_codes"] if code["status"] < 300]
        assert answer.status_code in expected, f"{call}: {answer.status_code} {answer.text}"
        if described["kind"] == "none":
            assert answer.content == b""
            return None
        if described["kind"] == "pdf":
            assert answer.headers["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF-")
            return None
        body = answer.json()
        elements = body if described["container"] == "list" else [body]
        assert isinstance(elements, list), call
        for element in elements:
            self.model(described["model"], element, call)
        return body

    def unseen(self):
        """Return the objects inside other objects of which no answer has shown one."""
        objects = {
            name: {field for field, described in MODELS[name].items() if described["type"] in MODELS} - seen
            for name, seen in self.seen.items()
        }
        return {name: missing for name, missing in objects.items() if missing}

    def model(self, name, value, where):
        """Check an object: no field missing but objects that are not there yet, none unknown."""
        if name in UNIONS and name not in MODELS:
            return self.model(UNIONS[name][0], value, where)
        if name in UNIONS and len(UNIONS[name]) > 1:
            fitting = [option for option in UNIONS[name] if set(MODELS[option]) == set(value)]
            assert fitting, f"{where}: {sorted(value)} is none of {UNIONS[name]}"
            name = fitting[0]
        assert isinstance(value, dict), f"{where}: {value!r} is no {name}"
        fields = MODELS[name]
        unknown = set(value) - set(fields)
        assert not unknown or name in OPEN, f"{where}: {name} has unknown fields {unknown}"
        for field, described in fields.items():
            inside = f"{where}.{field}"
            if field not in value:
                assert described["type"] in MODELS, f"{inside} is missing"
                continue
            if value[field] is not None:
                self.seen[name].add(field)
            self.field(described, value[field], inside)
        return None

    def field(self, described, value, where):
        """Check a field: its type, its form, and that its value is a documented one."""
        if value is None:
            assert described.get("nullable"), f"{where} is null"
            return
        kind = described["type"]
        if kind in MODELS or kind in UNIONS:
            self.model(kind, value, where)
            return
        self.typed(kind, value, where)
        if kind == "array":
            for element in value:
                if described["items"] in MODELS or described["items"] in UNIONS:
                    self.model(described["items"], element, where)
                else:
                    self.typed(described["items"], element, where)
                    self.listed(described.get("items_enum_ref"), described.get("items_enum"), element, where)
        elif kind == "object" and described.get("values", "any") != "any":
            for element in value.values():
                self.typed(described["values"], element, where)
        if described.get("format") == "date-time":
            assert datetime.fromisoformat(value).tzinfo, f"{where}: {value} has no offset"
        self.listed(described.get("enum_ref"), described.get("enum"), value, where)

    def typed(self, kind, value, where):
        if kind == "any":
            return
        assert isinstance(value, TYPES[kind]), f"{where}: {value!r} is no {kind}"
        assert kind == "boolean" or not isinstance(value, bool), f"{where}: {value!r} is no {kind}"

    def listed(self, reference, values, value, where):
        allowed = FACTS["enums"][reference] if reference else values
        assert not allowed or value in allowed, f"{where}: {value!r} is not documented"
