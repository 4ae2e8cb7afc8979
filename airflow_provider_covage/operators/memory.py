"""What a task has noted for its own later tries: a short cut to what it made, and nothing more.

Airflow keeps it from version 3.3 on. It may be gone after a clear, and nobody vouches for what is in it:
whoever reads it looks at the record that it names before believing it, and goes the usual way otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAME = "covage_made"
"""Name of the note in the store."""


class Memory:
    """The note of one task instance.

    Args:
        context: The task's context; without a store in it (Airflow before 3.3) nothing is kept.
        log: Where to tell that the store does not work.
    """

    def __init__(self, context: Mapping[str, Any], log: Any) -> None:
        self._store = context.get("task_state_store")
        self._log = log

    def read(self) -> dict[str, str] | None:
        """Read the note.

        Returns:
            Identifiers by name; None where there is no note that can be read.
        """
        if self._store is None:
            return None
        try:
            noted = self._store.get(NAME)
        except Exception as error:
            # Whatever Airflow raises: without the note the way is longer, no more.
            self._log.info("the task's store cannot be read (%s); looked up as usual", error)
            return None
        is_note = isinstance(noted, dict) and all(
            value and isinstance(value, str) for value in noted.values()
        )
        return dict(noted) if is_note and noted else None

    def write(self, ids: Mapping[str, str]) -> None:
        """Write the note.

        Args:
            ids: Identifiers by name.
        """
        if self._store is None:
            return
        try:
            self._store.set(NAME, dict(ids))
        except Exception as error:
            self._log.info("the task's store cannot be written (%s); a retry looks up as usual", error)
