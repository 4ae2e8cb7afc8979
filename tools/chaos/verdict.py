"""What a run has brought about, and what was lost or came twice against an undisturbed one."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox.controls import Controls

Json = dict[str, Any]
Effect = tuple[str, str]
"""An operation, and the thing on which it took effect."""

RESOURCES = ("quote", "quote_item", "product_order", "product_order_item", "fon", "order")

REPEATABLE = frozenset(
    {"update", "upload_sites", "upload_trace", "export_pdf", "export_price_pdf", "export_csv"}
)
"""Verbs of what may happen more than once: it orders nothing, and the last time counts."""

MAKES = frozenset({"create", "accept", "export_pdf", "export_price_pdf", "export_csv"})
"""Verbs of the operations that make a record."""

_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.,-]+(?:Z|\+\d\d:?\d\d)?"), "(date)"),
    (re.compile(r"(?:_\d{8})?_\d{6,8}(?!\d)"), "_(number)"),
    (re.compile(r"\b(af-[A-Za-z0-9_]+?(?:-\d+)?)-[0-9a-f]{12}\b"), r"\1"),
)
"""What is different in every run and means nothing: dates, numbers of references, digits of keys."""


@dataclass(frozen=True)
class Evidence:
    """What a run has brought about.

    Args:
        effects: How often each operation took effect on each thing.
        state: Every record by its name, without what is different in every run.
        left: Drafts that nobody uses.
    """

    effects: Counter[Effect]
    state: Mapping[str, Json]
    left: list[str] = field(default_factory=list)

    @classmethod
    def collect(cls, sandbox: Controls, run_id: str, *, twice: bool = False) -> Evidence:
        """Read it off the sandbox.

        Args:
            sandbox: The sandbox.
            run_id: The run, whose id may stand in the names of files.
            twice: Whether requests were delivered twice. Then what was made and deleted again does not
                count, and empty drafts of baskets, which the API cannot delete, are counted apart.

        Returns:
            The evidence.
        """
        names = _names(sandbox)
        entries = sandbox.ledger
        left = _empty_baskets(sandbox) if twice else set()
        if twice:
            entries = [one for one in _lasting(entries) if one["ids"].get("quote") not in left]
        state = dict(_state(sandbox, names, run_id, without=left))
        effects = Counter((entry["operation"], _thing(entry, names)) for entry in entries)
        return cls(effects, state, [f"an empty basket {one}" for one in sorted(left)])


@dataclass
class Verdict:
    """What is to be said about a run that was disturbed.

    Args:
        case: What had been done to it.
        run_state: How it ended.
        missing: Effects that the undisturbed run had.
        doubled: Effects that it had not, or less often.
        wrong: Differences of the final state.
        left: Drafts that nobody uses and the API cannot delete: they order nothing.
        tasks: Task instances that did not end as in the undisturbed run.
        tries: Most tries of a task.
        struck: How many of the troubles happened.
        planned: How many were planned.
        seconds: How long it took.
        log: Where Airflow's log of the run is, if it was kept.
        error: Why it could not be brought to an end.
        requests: What was sent, for whoever looks into a case that went wrong.
    """

    case: str
    run_state: str = "not ended"
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    tries: int = 0
    struck: int = 0
    planned: int = 0
    seconds: float = 0.0
    log: str = ""
    error: str = ""
    requests: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the run did not end well."""
        return self.run_state != "success" or bool(self.tasks) or bool(self.error)

    @property
    def ok(self) -> bool:
        """Whether everything is there, and once."""
        return not (self.missing or self.doubled or self.wrong or self.failed)

    @property
    def problems(self) -> list[str]:
        """Everything that is not as it has to be, one line each."""
        found = [f"missing: {one}" for one in self.missing] + [f"doubled: {one}" for one in self.doubled]
        found += [f"wrong: {one}" for one in self.wrong] + [f"task: {one}" for one in self.tasks]
        if self.run_state != "success":
            found.append(f"the run is {self.run_state}")
        return [*found, self.error] if self.error else found


def compare(expected: Evidence, found: Evidence, verdict: Verdict) -> None:
    """Say what was lost, what came twice and what is wrong in the end.

    Args:
        expected: What the undisturbed run has brought about.
        found: What the disturbed run has.
        verdict: Where to say it.
    """
    for effect in sorted({*expected.effects, *found.effects}):
        lack = expected.effects[effect] - found.effects[effect]
        if lack > 0 and (not found.effects[effect] or not _is_repeatable(effect[0])):
            verdict.missing.append(_words(effect, lack))
        elif lack < 0 and not _is_repeatable(effect[0]):
            verdict.doubled.append(_words(effect, -lack))
    verdict.wrong += _differences(expected.state, found.state)
    verdict.left += found.left


def _is_repeatable(operation: str) -> bool:
    return operation.partition(".")[2] in REPEATABLE


def _words(effect: Effect, times: int) -> str:
    return f"{effect[0]} of {effect[1]}" + (f" ({times} times)" if times > 1 else "")


def _lasting(entries: list[Json]) -> list[Json]:
    """Leave out what was made and deleted again."""
    ids = [(entry["operation"], str(entry["ids"].get(_resource(entry)))) for entry in entries]
    deleted = {(operation, one) for operation, one in ids if operation.endswith(".delete")}
    gone = {one for operation, one in deleted if (operation.replace(".delete", ".create"), one) in ids}
    return [entry for entry in entries if str(entry["ids"].get(_resource(entry))) not in gone]


def _empty_baskets(sandbox: Controls) -> set[str]:
    return {
        basket.id
        for basket in sandbox.world.store["quote"]
        if not basket.children and basket.state in ("acknowledged", "created")
    }


def _resource(entry: Json) -> str:
    return str(entry["operation"]).partition(".")[0]


def _names(sandbox: Controls) -> dict[str, str]:
    """Name every record by what it is for, as ids are different in every run."""
    names = {record["id"]: "basket" for record in sandbox.records("quote")}
    names |= {record["id"]: "request" for record in sandbox.records("fon")}
    for resource in ("quote_item", "product_order_item"):
        for record in sandbox.records(resource):
            names[record["id"]] = str(record["product_offering_qualification_item_id"])
    for record in sandbox.records("product_order"):
        names[record["id"]] = f"session of {_sites(sandbox, record['id'], names)}"
    for order in sandbox.world.store["order"]:
        names[order.id] = names[order.data["product_order_item_id"]]
    return names


def _sites(sandbox: Controls, session: str, names: Mapping[str, str]) -> str:
    record = sandbox.world.store["product_order"].get(session)
    lines = record.children if record else []
    return " and ".join(sorted(names[line] for line in lines)) or "no line"


def _thing(entry: Json, names: Mapping[str, str]) -> str:
    """Name what an operation took effect on: that of its ids which is of its own resource."""
    return names.get(str(entry["ids"].get(_resource(entry))), "something")


def _state(
    sandbox: Controls, names: Mapping[str, str], run_id: str, without: set[str]
) -> Iterator[tuple[str, Json]]:
    """Yield each record, named such that two of the same name stay two."""
    for resource in RESOURCES:
        seen: Counter[str] = Counter()
        for shown, record in zip(sandbox.records(resource), sandbox.world.store[resource], strict=True):
            if record.id in without:
                continue
            files = {f"file {role}": _digest(file.content) for role, file in record.files.items()}
            name = f"{resource} {names[record.id]}"
            seen[name] += 1
            numbered = f"{name} #{seen[name]}" if seen[name] > 1 else name
            yield numbered, _plain({**shown, **files}, names, run_id)


def _plain(record: Json, names: Mapping[str, str], run_id: str) -> Json:
    """Leave out what is different in every run."""
    text = json.dumps(record)
    for one in (run_id, run_id.replace(":", "-")):
        text = text.replace(one, "(run)").replace(re.sub(r"[^\w.-]+", "_", one), "(run)")
    for record_id, name in names.items():
        text = text.replace(record_id, name)
    for pattern, replacement in _CHANGING:
        text = pattern.sub(replacement, text)
    plain: Json = json.loads(text)
    return plain


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _differences(expected: Mapping[str, Json], found: Mapping[str, Json]) -> Iterator[str]:
    for name in sorted({*expected, *found}):
        if name not in found:
            yield f"{name} is not there"
        elif name not in expected:
            yield f"{name} is there"
        else:
            yield from _changes(name, expected[name], found[name])


def _changes(name: str, expected: Json, found: Json) -> Iterator[str]:
    for key in sorted({*expected, *found}):
        if expected.get(key) != found.get(key):
            yield f"{name}: {key} is {found.get(key)!r} and has to be {expected.get(key)!r}"
