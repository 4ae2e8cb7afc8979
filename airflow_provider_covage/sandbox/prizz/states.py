"""Free strings and bare numbers: the states of eligibility requests, workflows and ticket processes (P4)."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.world import World

PENDING, RUNNING, FINISHED, FAILED = "pending", "running", "finished", "failed"

_FRENCH = {PENDING: "en_attente", RUNNING: "en_cours", FINISHED: "termine", FAILED: "erreur"}
_ENGLISH_CODES = {PENDING: 0, RUNNING: 1, FINISHED: 2, FAILED: 3}
_FRENCH_CODES = {PENDING: 100, RUNNING: 150, FINISHED: 200, FAILED: 500}


def state_word(world: World, state: str) -> str:
    """Return the word for a state."""
    return _FRENCH[state] if world.dialect.free_states == "french" else state


def state_code(world: World, state: str) -> int:
    """Return the number of a state."""
    return (_FRENCH_CODES if world.dialect.free_states == "french" else _ENGLISH_CODES)[state]
