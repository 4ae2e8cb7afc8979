"""What the transfers need to know of an API: its lists, and how to get a client.

All of it is had by calling, so that a DAG file that names an operator imports none of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_covage.api.tables import Table


@dataclasses.dataclass(frozen=True)
class Source:
    """An API that records are read from.

    Args:
        name: Its name, for URIs and messages.
        tables: Gives its lists.
        connect: Gives a new asynchronous client for the id of an Airflow connection.
        calls: Gives the API over a `Recorder` that asks for pages of a size.
    """

    name: str
    tables: Callable[[], tuple[Table, ...]]
    connect: Callable[[str], Any]
    calls: Callable[[int | None], Any]
