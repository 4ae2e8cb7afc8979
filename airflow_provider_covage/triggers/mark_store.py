"""Keeping a mark in the state store of the assets that a trigger watches for (Airflow 3.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from airflow_provider_covage.api.events import Mark
from airflow_provider_covage.api.events.mark import part_names
from airflow_provider_covage.api.events.trouble import Trouble

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0


class Store(Protocol):
    """What is needed of the state store of one asset."""

    async def aget(self, key: str, default: Any = None) -> Any:
        """Read a value.

        Args:
            key: Its name.
            default: What to return where there is none.
        """

    async def aset(self, key: str, value: Any) -> None:
        """Write a value.

        Args:
            key: Its name.
            value: The value.
        """


class MarkStore:
    """The place where a mark is kept.

    Args:
        store: What Airflow has given to the trigger; None where this Airflow has no state store.
        name: Name of the mark; a trigger that tells something else has another one.
        log: Where trouble is told.
    """

    def __init__(self, store: Any, name: str, log: Any) -> None:
        self._stores = _each(store)
        self._name = name
        self._log = log
        self._trouble = Trouble(log, f"mark {name} cannot be read or written")

    async def load(self) -> Mark | None:
        """Read the mark, however long it takes: to begin without it would be to forget what was told.

        Returns:
            The mark, None where there is none yet.
        """
        pause = _FIRST_PAUSE
        while True:
            try:
                found = await self._loaded()
            except Exception as error:
                self._trouble.met(error)
            else:
                self._trouble.is_over()
                return found
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def save(self, values: Mapping[str, Any]) -> bool:
        """Write what has changed in a mark.

        Args:
            values: The values by their names, in the order in which they have to be written.

        Returns:
            Whether all of it is written; if not, it has to be written the next time.
        """
        try:
            for name, value in values.items():
                for store in self._stores:
                    await store.aset(self._key(name), value)
        except Exception as error:
            self._trouble.met(error)
            return False
        self._trouble.is_over()
        return True

    async def _loaded(self) -> Mark | None:
        for store in self._stores:
            head = await store.aget(self._key(""))
            if head is None:
                continue
            parts = {name: await store.aget(self._key(name)) for name in part_names()}
            try:
                return Mark.restored(head, parts)
            except ValueError as error:
                self._log.warning("mark %s was not written by this version (%s): anew", self._name, error)
        return None

    def _key(self, name: str) -> str:
        return f"{self._name}.{name}" if name else self._name


def _each(store: Any) -> list[Store]:
    if store is None:
        return []
    # The accessor of a trigger of several assets wants to be asked for each, and does not say which they are.
    accessors = [*getattr(store, "_by_name", {}).values(), *getattr(store, "_by_uri", {}).values()]
    return accessors or [store]
