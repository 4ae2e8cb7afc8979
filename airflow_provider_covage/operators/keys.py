"""The key that a thing bears on the operator's side, so that whoever comes again finds it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from airflow_provider_covage.api.errors import KeyTakenError

_READABLE = 24
_KEY = re.compile(r"af-[A-Za-z0-9_]+(-\d+)?-[0-9a-f]{12}")
_MARK = re.compile(rf"\[{_KEY.pattern}\]")


def derive(context: Mapping[str, Any]) -> str | None:
    """Derive the key of what a task instance creates.

    It is the same for every try, for a cleared task and for a second scheduler, and another one for every
    run, task and map index. It looks like `af-create_quote-0-3f9a2c81d04e`: the task and the map index are
    there to be read in the portal, the digits hold DAG, run, task and map index.

    Args:
        context: The task's context.

    Returns:
        The key; None outside of a task instance, where nothing can come again.
    """
    instance = context.get("ti") or context.get("task_instance")
    if instance is None:
        return None
    map_index = getattr(instance, "map_index", -1)
    index = f"-{map_index}" if isinstance(map_index, int) and map_index >= 0 else ""
    return _key(instance.task_id, index, (instance.dag_id, instance.run_id, instance.task_id, map_index))


def derive_each(context: Mapping[str, Any], task_id: str, things: Iterable[str]) -> list[str]:
    """Derive a key for each of the tasks that are going to be mapped, by what it is for.

    A key that holds the map index is another one when the list that is mapped over comes in another order, or
    grows in the middle, in the next try of the same run. These stay: they hold DAG, run, the task, the thing,
    and how often the same thing came before in the list.

    Args:
        context: Context of the task that prepares the list.
        task_id: The task that is going to be mapped.
        things: What each is for, such as the site; all that distinguishes it from the others.

    Returns:
        A key for each, to be given as its `external_id`.
    """
    instance = context.get("ti") or context["task_instance"]
    run, before, made = (instance.dag_id, instance.run_id, task_id), Counter[str](), []
    for thing in things:
        made.append(_key(task_id, "", (*run, "for", thing, before[thing])))
        before[thing] += 1
    return made


def _key(task_id: str, index: str, identity: Iterable[Any]) -> str:
    text = "\n".join(str(part) for part in identity)
    digits = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    task = re.sub(r"[^A-Za-z0-9_]+", "_", str(task_id).rpartition(".")[2])[:_READABLE]
    return f"af-{task}{index}-{digits}"


def mark(key: str) -> str:
    """Make a mark out of a key, for what bears no key of its own.

    Args:
        key: The key.

    Returns:
        The key in brackets, to stand at the end of a note.
    """
    return f"[{key}]"


def mark_in(note: Any) -> str | None:
    """Find the mark in a note.

    Args:
        note: The note of a record.

    Returns:
        The last mark in it, None when there is none; earlier ones are quotations.
    """
    found = [match.group(0) for match in _MARK.finditer(str(note or ""))]
    return found[-1] if found else None


def is_derived(record: Mapping[str, Any]) -> bool:
    """Say whether a record bears a key that was derived here, and not one that a user has chosen.

    Args:
        record: The record.

    Returns:
        Whether its `external_id` is such a key, or its note ends in such a mark.
    """
    return bool(_KEY.fullmatch(str(record.get("external_id") or "")) or mark_in(record.get("note")))


def came_before(context: Mapping[str, Any]) -> bool:
    """Say whether the same task instance may have run before.

    Args:
        context: The task's context.

    Returns:
        True from the second try on; clearing a task counts its tries on.
    """
    instance = context.get("ti") or context.get("task_instance")
    try_number = getattr(instance, "try_number", 1)
    return isinstance(try_number, int) and try_number > 1


def run_began(context: Mapping[str, Any]) -> datetime | None:
    """Say from when on the task instance may have run for the first time.

    Args:
        context: The task's context.

    Returns:
        The moment after which its run was to start: unlike the beginning of the run it stays when the run is
        cleared. None outside of a run.
    """
    moment = getattr(context.get("dag_run"), "run_after", None)
    return moment if isinstance(moment, datetime) and moment.tzinfo else None


def taken(name: str, found: Mapping[Any, list[str]]) -> KeyTakenError:
    """Make the error for a key that only something else bears.

    Args:
        name: What was to be made, with its key.
        found: What speaks against each record that bears the key, by its identifier.

    Returns:
        The error, not raised.
    """
    told = "; ".join(f"{number}: its {', its '.join(slips)}" for number, slips in found.items())
    return KeyTakenError(
        f"{name}: what bears this key was made for something else, so it is not adopted ({told}). Did the "
        "mapped tasks of this run come in another order before? Bring that order back, or start a new run "
        "for what is not ordered yet. Do two of them share a key? Give each its own. Was the record changed "
        "on purpose? Give this task what it shows now"
    )
