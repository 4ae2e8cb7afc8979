"""How this Covage speaks: one switch for each thing that its documents leave open or contradict.

The first value of every switch is the default: what the newest document says, and where none says
anything, what the examples show. `C1` to `C64` are the ambiguities that a switch stands for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True)
class Dialect:
    """One way of reading the documents. Every combination of values is possible."""

    confirm: Literal["body", "no_content"] = "body"
    """`quote.confirm` answers the basket or 204 without body (C48)."""
    item_update: Literal["line", "basket"] = "line"
    """`quote_item.update` answers the line or its basket (C49)."""
    paging: Literal["number", "path", "url"] = "number"
    """Form of `next_page` and `previous_page` (C41)."""
    lists: Literal["envelope", "documented", "array"] = "envelope"
    """Every list in the envelope, only those documented as paginated, or bare arrays (C42)."""
    last_page: Literal["empty", "not_found"] = "empty"
    """A page after the last one is empty or 404 (C41)."""
    external_id: Literal["echoed", "empty_for_lines", "empty"] = "echoed"
    """Whether `external_id` comes back (C64). Filters on it work in any case."""
    first_state: Literal["acknowledged", "created"] = "acknowledged"
    """State of a draft basket, quotation line or FON request (C1, C8)."""
    session_detail: Literal["without_state", "with_state"] = "without_state"
    """Whether `product_order.get` and its like show the state (C3)."""
    inner_lines: Literal["full", "ids"] = "full"
    """What the arrays of lines inside basket and session details hold (C62)."""
    enni_code: Literal["lower", "upper"] = "lower"
    """`code` or `Code` in `referential.enni` (C34)."""
    eligibility_items: Literal["singular", "plural"] = "singular"
    """Name of the array of elements of an eligibility answer (C35). Both names are taken in requests."""
    slash: Literal["optional", "required", "redirect"] = "optional"
    """A path without trailing slash works, is 404, or is redirected with 308 (C39)."""
    fon_prefix: Literal["single", "double", "both"] = "single"
    """Where FON requests are created: one `/v1` in the path, the two of the document, or both (C38)."""
    cpe_field: Literal["networking", "network"] = "networking"
    """`cpe_networking_number` (tables) or `cpe_network_number` (examples) in answers (C12)."""
    enni_field: Literal["enni_2", "enni2"] = "enni_2"
    """Name of the second ENNI in answers: as in the tables or as in the examples (C13)."""
    unset: Literal["empty", "null"] = "empty"
    """Unset strings are `""` or null (C32)."""
    unset_arrays: Literal["empty", "null"] = "empty"
    """Unset arrays are `[]` or null (C27, C32)."""
    dates: Literal["milliseconds", "seconds"] = "milliseconds"
    """Precision of dates in answers (C31)."""
    deletions: Literal["body", "no_content"] = "body"
    """Deletions answer what the documents say, or 204 (C50)."""
    session_deletion: Literal["no_content", "body"] = "no_content"
    """`product_order.delete`, for which nothing is documented: 204 or a `detail` (C50)."""
    vlan: Literal["number", "string"] = "number"
    """Type of `vlan_reference` in answers (C14)."""
    line_states: Literal["order_page", "tracking_page"] = "order_page"
    """Names of the states of an order line after the confirmation (C2)."""
    tracking_states: Literal["new", "old"] = "new"
    """Names of the states of tracked orders: newer or older page (C10)."""
    line_list: Literal["with_creation_date", "without_creation_date"] = "with_creation_date"
    """Whether the elements of `quote_item.list` have a creation date."""
    accept: Literal["own_session", "shared_session"] = "own_session"
    """Every acceptance opens a session, or one session gathers those of a basket (C53)."""
    accept_external_id: Literal["line", "none", "both"] = "line"
    """What bears the quotation's `external_id` after an acceptance: line, nothing, line and session (C53)."""
    decline: Literal["keeps_line", "refuses_line"] = "keeps_line"
    """Declining one of several offers leaves the line ready, or refuses the line (C6)."""
    quote_date: Literal["creation", "confirmation"] = "creation"
    """When a basket gets its `quote_date` (C22, C23)."""
    order_reference: Literal["always", "after_confirmation"] = "always"
    """Whether a draft order line shows `order_reference` (C20)."""
    export_success: Literal["null", "false"] = "null"
    """`success` of an export that is not finished (C52)."""
    historic: Literal["array", "envelope"] = "array"
    """Form of `order.historic`."""
    conflict: Literal["409", "400"] = "409"
    """Status of a call that the state forbids (C56)."""
    created: Literal["201", "200"] = "201"
    """Status of a creation (C55)."""
    errors: Literal["fields", "list"] = "fields"
    """Errors field by field (400), or as a list of `loc` and `msg` (422) (C55)."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of every value of every switch, for instance `confirm_no_content`."""
        return tuple(_named())

    @classmethod
    def named(cls, *names: str) -> Dialect:
        """Return the default dialect with these switches thrown, for instance `paging_url`."""
        known = _named()
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"unknown dialect {', '.join(unknown)}; known: {', '.join(known)}")
        thrown: dict[str, Any] = dict(known[name] for name in names)
        return replace(cls(), **thrown)

    @classmethod
    def mixture(cls, seed: int) -> Dialect:
        """Return a dialect with a value for every switch that depends on nothing but the seed."""
        chance = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
        chosen: dict[str, Any] = {name: chance.choice(values) for name, values in _switches().items()}
        return cls(**chosen)


def _switches() -> dict[str, tuple[str, ...]]:
    hints = get_type_hints(Dialect)
    return {field.name: get_args(hints[field.name]) for field in fields(Dialect)}


def _named() -> dict[str, tuple[str, str]]:
    """Return `<switch>_<value>` for every value, defaults included so that they can be said too."""
    return {f"{name}_{value}": (name, value) for name, values in _switches().items() for value in values}
