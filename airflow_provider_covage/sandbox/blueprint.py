"""What the application of one API is built from: its operations, and what serves each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from airflow_provider_covage.sandbox.store import Json


@dataclass(frozen=True)
class Operation:
    """One operation of an API."""

    id: str
    method: str
    path: str
    summary: str
    area: str


@dataclass(frozen=True)
class Endpoint:
    """What serves an operation.

    Attributes:
        method: Called with what the request holds; its annotations say what that is.
        answer: What it answers: a model, a list of models, files of some types, or nothing (204).
        creates: Whether a record is created, which has a status of its own.
        parameters: OpenAPI descriptions of query parameters that `method` reads by itself.
        body: OpenAPI description of a body that `method` reads by itself.
        errors: Model of each error status, where it is not that of the API.
        open: Whether it needs no token.
    """

    method: Callable[..., Any]
    answer: Any
    creates: bool = False
    parameters: tuple[Json, ...] = ()
    body: Json | None = None
    errors: Mapping[int, type[BaseModel]] | None = None
    open: bool = False


@dataclass(frozen=True, eq=False)
class Blueprint:
    """One API, as far as it is the same for all sandboxes.

    Attributes:
        name: Connection type of Airflow, and how the command calls the API.
        title: Name for people.
        description: What the page about the API begins with.
        operations: Every operation by its id.
        endpoints: Makes a world of its own and tells what serves each operation.
        errors: Description and model of each error status.
        security: OpenAPI description of the ways to authorise a request, by name.
        token: Command line that gets a token, with `{url}` for the base URL.
        authorization: Value of the header that the page shows.
    """

    name: str
    title: str
    description: str
    operations: Mapping[str, Operation]
    endpoints: Callable[[], Mapping[str, Endpoint]]
    errors: Mapping[int, tuple[str, type[BaseModel]]]
    security: Mapping[str, Json]
    token: str
    authorization: str


def table(areas: Mapping[str, str], prefix: str = "") -> dict[str, Operation]:
    """Read operations written as `id | method | path | summary`, one a line, by area."""
    operations = {}
    for area, rows in areas.items():
        for line in rows.strip().splitlines():
            name, method, path, summary = (part.strip() for part in line.split("|"))
            operations[name] = Operation(name, method, prefix + path, summary, area)
    return operations
