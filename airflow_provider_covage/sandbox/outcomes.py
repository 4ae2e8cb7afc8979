"""Rules told from outside about what becomes of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Rule:
    """Records of a resource that match all fields have this outcome."""

    resource: str
    outcome: str
    match: Mapping[str, str] = field(default_factory=dict)

    def applies(self, resource: str, data: Mapping[str, Any]) -> bool:
        """Whether this rule is about such a record."""
        return resource == self.resource and all(
            _matches(data.get(name), pattern) for name, pattern in self.match.items()
        )


class Outcomes:
    """The rules, the newest of which wins."""

    def __init__(self, known: Mapping[str, tuple[str, ...]]) -> None:
        """Begin without rules; `known` is what can become of each resource, the usual outcome first."""
        self.known = known
        self.rules: list[Rule] = []

    def add(self, resource: str, outcome: str, match: Mapping[str, Any]) -> Rule:
        """Add a rule; the values to match are exact ones or globs."""
        possible = self.known.get(resource)
        if possible is None:
            raise ValueError(f"unknown resource {resource!r}; known: {', '.join(self.known)}")
        if outcome not in possible:
            raise ValueError(f"{resource} cannot become {outcome!r}; known: {', '.join(possible)}")
        rule = Rule(resource, outcome, {name: str(value) for name, value in match.items()})
        self.rules.append(rule)
        return rule

    def told(self, resource: str, data: Mapping[str, Any]) -> str | None:
        """Return what a rule says becomes of a record, if one does."""
        for rule in reversed(self.rules):
            if rule.applies(resource, data):
                return rule.outcome
        return None

    def of(self, resource: str, data: Mapping[str, Any]) -> str:
        """Return what becomes of a record: what a rule says, or the usual."""
        return self.told(resource, data) or self.known[resource][0]


def _matches(value: object, pattern: str) -> bool:
    if isinstance(value, list | tuple):
        return any(_matches(element, pattern) for element in value)
    text = "" if value is None else str(value)
    return text == pattern or fnmatchcase(text, pattern)
