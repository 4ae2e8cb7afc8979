"""What the dialects of all APIs share: switches, each with a name for every value."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from typing import Any, Self, get_args, get_type_hints


@dataclass(frozen=True)
class Switches:
    """One way of reading the documents. Every combination of values is possible.

    Each field of a subclass is a `Literal` of strings, the first of which is the default.
    """

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of every value of every switch, for instance `confirm_no_content`."""
        return tuple(cls._named())

    @classmethod
    def named(cls, *names: str) -> Self:
        """Return the default dialect with these switches thrown, for instance `paging_url`."""
        known = cls._named()
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"unknown dialect {', '.join(unknown)}; known: {', '.join(known)}")
        thrown: dict[str, Any] = dict(known[name] for name in names)
        return replace(cls(), **thrown)

    @classmethod
    def mixture(cls, seed: int) -> Self:
        """Return a dialect with a value for every switch that depends on nothing but the seed."""
        chance = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
        chosen: dict[str, Any] = {name: chance.choice(values) for name, values in cls._switches().items()}
        return cls(**chosen)

    @classmethod
    def _switches(cls) -> dict[str, tuple[str, ...]]:
        hints = get_type_hints(cls)
        return {field.name: get_args(hints[field.name]) for field in fields(cls)}

    @classmethod
    def _named(cls) -> dict[str, tuple[str, str]]:
        """Return `<switch>_<value>` for every value, defaults included so that they can be said too."""
        switches = cls._switches().items()
        return {f"{name}_{value}": (name, value) for name, values in switches for value in values}
