"""Checking before a confirmation what the confirmation will check, and saying it all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.operators import keys

if TYPE_CHECKING:
    from airflow_provider_covage.api.covage import CovageClient


def refuse_gaps(
    what: str, lines: Sequence[Mapping[str, Any]], gaps_of: Callable[[Mapping[str, Any]], list[str]]
) -> None:
    """Refuse a confirmation that would fail.

    Args:
        what: The basket or the session.
        lines: Its lines.
        gaps_of: Says what one line misses.

    Raises:
        InputError: There is no line, or a line misses something; every gap of every line is named.
    """
    if not lines:
        raise InputError(f"{what} has no line to confirm; nothing was sent")
    faulty = {_name(line): gaps for line in lines if (gaps := gaps_of(line))}
    if faulty:
        told = "; ".join(f"line {name}: {', '.join(gaps)}" for name, gaps in faulty.items())
        raise InputError(
            f"{what} cannot be confirmed, nothing was sent. {told}. "
            "Change these lines first (or set preflight=False where the API does not show what it has)"
        )


def refuse_twins(what: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a confirmation that would order one line twice.

    Copies of a line are deleted when they come into being; here is stopped what has slipped through, such as
    lines that no list has shown in time.

    Args:
        what: The basket or the session.
        lines: Its lines.

    Raises:
        InputError: Several lines bear one and the same key that was derived for one task; all are named.
    """
    by_key: dict[str, list[str]] = {}
    for line in lines:
        if keys.is_derived({"external_id": line.get("external_id")}):
            by_key.setdefault(str(line["external_id"]), []).append(_name(line))
    twins = {key: names for key, names in by_key.items() if len(names) > 1}
    if twins:
        told = "; ".join(f"{key}: {', '.join(names)}" for key, names in twins.items())
        raise InputError(
            f"{what} would order a line twice, nothing was sent. One and the same task has made {told}. "
            "Delete all but one of each (or give those that are meant another external_id, or set "
            "preflight=False)"
        )


def refuse_unknown_references(client: CovageClient, what: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a confirmation that names a project or an ENNI that the reference data do not have.

    Args:
        client: The client.
        what: The basket or the session.
        records: It and its lines.

    Raises:
        InputError: A `project_id` or an `enni` is unknown or not active; all of them are named.
    """
    projects, ennis = _values(records, "project_id"), _values(records, "enni", "enni_2", "enni2")
    known_projects = {
        code
        for code in projects
        if any(one.get("code") == code and _is_active(one) for one in client.referential.projects(code=code))
    }
    known_ennis = {
        reference
        for reference in ennis
        if any(
            one.get("reference") == reference and _is_active(one)
            for one in client.referential.enni(reference=reference)
        )
    }
    told = [f"project {code}" for code in sorted(projects - known_projects)]
    told += [f"ENNI {reference}" for reference in sorted(ennis - known_ennis)]
    if told:
        raise InputError(f"{what}: the reference data have no active {', no '.join(told)}; nothing was sent")


def _values(records: Sequence[Mapping[str, Any]], *names: str) -> set[str]:
    return {str(record[name]) for record in records for name in names if record.get(name)}


def _is_active(record: Mapping[str, Any]) -> bool:
    return record.get("active") is not False


def _name(line: Mapping[str, Any]) -> str:
    words = [
        line.get("reference") or line.get("order_reference"),
        line.get("id"),
        line.get("end_customer_name"),
    ]
    return " ".join(str(word) for word in words if word)
