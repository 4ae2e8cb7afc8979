"""Rules told from outside about what becomes of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

OUTCOMES: dict[str, tuple[str, ...]] = {
    "quote_item": ("ready", "unable_to_provide", "expired", "never"),
    "product_order": ("completed", "partial", "rejected", "never"),
    "product_order_item": (
        "acknowledged",
        "held_adv_validation",
        "in_progress",
        "rejected_creation",
        "technical_error",
    ),
    "eligibility": ("done.ready", "done.unable_to_provide", "terminated_with_error", "never"),
    "export": ("success", "failure", "never"),
    "order": ("active", "rejected", "cancelled", "never"),
}
"""What can become of each resource, the usual outcome first; `never` is to stay as it is."""


@dataclass(frozen=True)
class Rule:
    """Records of a resource that match all fields have this outcome."""

    resource: str
    outcome: str
    match: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = OUTCOMES.get(self.resource)
        if known is None:
            raise ValueError(f"unknown resource {self.resource!r}; known: {', '.join(OUTCOMES)}")
        if self.outcome not in known:
            raise ValueError(f"{self.resource} cannot become {self.outcome!r}; known: {', '.join(known)}")

    def applies(self, resource: str, data: Mapping[str, Any]) -> bool:
        """Whether this rule is about such a record."""
        return resource == self.resource and all(
            _matches(data.get(name), pattern) for name, pattern in self.match.items()
        )


class Outcomes:
    """The rules, the newest of which wins."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, resource: str, outcome: str, match: Mapping[str, Any]) -> Rule:
        """Add a rule; the values to match are exact ones or globs."""
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
        return self.told(resource, data) or OUTCOMES[resource][0]


def _matches(value: object, pattern: str) -> bool:
    if isinstance(value, list | tuple):
        return any(_matches(element, pattern) for element in value)
    text = "" if value is None else str(value)
    return text == pattern or fnmatchcase(text, pattern)
