"""What a run has brought about, and what was lost or came twice against an undisturbed one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tools.chaos.apis import Api, behind

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox.controls import Controls

Json = dict[str, Any]
Effect = tuple[str, str]
"""An operation, and the thing on which it took effect."""


@dataclass(frozen=True)
class Evidence:
    """What a run has brought about.

    Args:
        api: Where.
        effects: How often each operation took effect on each thing.
        state: Every record by its name, without what is different in every run.
        left: Drafts that nobody uses.
    """

    api: Api
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
                count, and drafts that nobody uses and the API cannot delete are counted apart.

        Returns:
            The evidence.
        """
        api = behind(sandbox)
        names = api.names(sandbox)
        entries = sandbox.ledger
        left = api.unused(sandbox) if twice else set()
        if twice:
            entries = [one for one in _lasting(entries) if str(one["ids"].get(api.draft)) not in left]
        state = dict(_state(sandbox, api, names, run_id, without=left))
        effects = Counter((api.effect(entry), _thing(entry, names)) for entry in entries)
        return cls(api, effects, state, [f"a draft of a {api.draft} {one}" for one in sorted(left)])


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
        void: Whether none happened, because the request was not sent this time: how often something is
            looked at depends on how busy the machine is. Such a run proves nothing.
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
    void: bool = False
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
        """Whether everything is there, and once, in spite of the trouble."""
        return not (self.void or self.bad)

    @property
    def bad(self) -> bool:
        """Whether something is not as it has to be."""
        return bool(self.missing or self.doubled or self.wrong or self.failed)

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
        is_repeatable = expected.api.is_repeatable(effect[0])
        if lack > 0 and (not found.effects[effect] or not is_repeatable):
            verdict.missing.append(_words(effect, lack))
        elif lack < 0 and not is_repeatable:
            verdict.doubled.append(_words(effect, -lack))
    verdict.wrong += _differences(expected.state, found.state)
    verdict.left += found.left


def _words(effect: Effect, times: int) -> str:
    return f"{effect[0]} of {effect[1]}" + (f" ({times} times)" if times > 1 else "")


def _lasting(entries: list[Json]) -> list[Json]:
    """Leave out what was made and deleted again."""
    ids = [(entry["operation"], str(entry["ids"].get(_resource(entry)))) for entry in entries]
    deleted = {(operation, one) for operation, one in ids if operation.endswith(".delete")}
    gone = {one for operation, one in deleted if (operation.replace(".delete", ".create"), one) in ids}
    return [entry for entry in entries if str(entry["ids"].get(_resource(entry))) not in gone]


def _resource(entry: Json) -> str:
    return str(entry["operation"]).partition(".")[0]


def _thing(entry: Json, names: Mapping[str, str]) -> str:
    """Name what an operation took effect on: that of its ids which is of its own resource."""
    return names.get(str(entry["ids"].get(_resource(entry))), "something")


def _state(
    sandbox: Controls, api: Api, names: Mapping[str, str], run_id: str, without: set[str]
) -> Iterator[tuple[str, Json]]:
    """Yield each record, named such that two of the same name stay two."""
    for resource in api.resources:
        seen: Counter[str] = Counter()
        for shown, record in zip(sandbox.records(resource), sandbox.world.store[resource], strict=True):
            if record.id in without:
                continue
            files = {f"file {role}": api.file(file.content) for role, file in record.files.items()}
            name = f"{resource} {names[record.id]}"
            seen[name] += 1
            numbered = f"{name} #{seen[name]}" if seen[name] > 1 else name
            plain = _plain({**shown, **files}, _Words(api, names, run_id))
            yield numbered, cast(Json, plain)


@dataclass(frozen=True)
class _Words:
    """Leaves out of texts and numbers what is different in every run."""

    api: Api
    names: Mapping[str, str]
    run_id: str

    def of(self, value: Any) -> Any:
        if isinstance(value, int):
            return self.names.get(str(value), value)
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        for one in (self.run_id, self.run_id.replace(":", "-")):
            text = text.replace(one, "(run)").replace(re.sub(r"[^\w.-]+", "_", one), "(run)")
        for record_id, name in self.names.items():
            # What is only a number may stand in a text by chance.
            text = text if record_id.isdigit() else text.replace(record_id, name)
        for pattern, replacement in self.api.changing:
            text = pattern.sub(replacement, text)
        return text


def _plain(value: Any, words: _Words) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner, words) for key, inner in value.items()}
    return [_plain(inner, words) for inner in value] if isinstance(value, list) else words.of(value)


def _differences(expected: Mapping[str, Json], found: Mapping[str, Json]) -> Iterator[str]:
    for name in sorted({*expected, *found}):
        if name not in found:
            yield f"{name} is not there"
        elif name not in expected:
            yield f"{name} is there"
        else:
            yield from _changes(name, expected[name], found[name])


def _changes(name: str, expected: Any, found: Any) -> Iterator[str]:
    """Yield what is different, named by where it stands."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            yield from _changes(f"{name}: {key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True), start=1):
            yield from _changes(f"{name} {number}", one, other)
    elif expected != found:
        yield f"{name} is {found!r} and has to be {expected!r}"
