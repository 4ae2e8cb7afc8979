"""What every write leaves behind: an answer, an entry of the ledger, and the workflow that it was (P6)."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz import contexts
from airflow_provider_covage.sandbox.prizz.states import FINISHED, state_code, state_word
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record


def done(
    world: World,
    context: str,
    made: Record,
    parent: Record,
    *,
    key: str | None = None,
    log: str = "",
    effects: Json | None = None,
) -> Json:
    """Note that a write has taken effect, and return its answer.

    Args:
        world: State of the sandbox.
        context: Short name of the context that the write is a workflow of.
        made: What was made or changed.
        parent: What that belongs to.
        key: The customer's own reference.
        log: Last line of the log.
        effects: Further ids for the ledger, by kind.
    """
    ids = {made.kind: made.data["id"], parent.kind: parent.data["id"], **(effects or {})}
    world.ledger.effect(ids, key)
    workflow = note(world, context, parent, log or "Done.")
    chosen = {"made": made, "parent": parent, "workflow": workflow}[world.dialect.ids]
    return {"id": chosen.data["id"], "success": True, "lastLog": log or "Done."}


def note(world: World, context: str, entity: Record, log: str) -> Record:
    """Keep the finished workflow that stands behind a write."""
    data = {
        "context": contexts.full(context),
        "entityId": entity.data["id"],
        "entityKind": entity.kind,
        "phase": FINISHED,
        "state": state_word(world, FINISHED),
        "statusCode": state_code(world, FINISHED),
        "lastRunDate": world.today(),
        "lastLog": log,
        "hidden": True,
    }
    return world.dated("workflow", data)
