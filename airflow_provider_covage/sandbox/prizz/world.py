"""Everything that one sandbox of Prizz-Telecom knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from inspect import isclass
from typing import Any

from starlette.responses import Response

from airflow_provider_covage.sandbox.blueprint import Endpoint
from airflow_provider_covage.sandbox.errors import ApiError, not_found
from airflow_provider_covage.sandbox.prizz.answers.common import Done
from airflow_provider_covage.sandbox.prizz.dialect import PrizzDialect
from airflow_provider_covage.sandbox.prizz.errors import RefusalError, forbidden, render_error
from airflow_provider_covage.sandbox.prizz.kinds import INDEXED, INSIDE_STANDING, OUTCOMES
from airflow_provider_covage.sandbox.prizz.timing import PrizzTiming
from airflow_provider_covage.sandbox.prizz.tokens import PrizzAccount, PrizzTokens, unauthorized
from airflow_provider_covage.sandbox.store import Json, Record
from airflow_provider_covage.sandbox.world import BaseSettings, BaseWorld

FIRST_ID = 1000
"""Ids below this one are those of the catalogue."""


@dataclass(frozen=True, kw_only=True)
class Settings(BaseSettings):
    """How a sandbox of Prizz-Telecom is set up."""

    account: PrizzAccount = field(default_factory=PrizzAccount)
    timing: PrizzTiming = field(default_factory=PrizzTiming)
    dialect: PrizzDialect = field(default_factory=PrizzDialect)


class World(BaseWorld):
    """The state of one sandbox of Prizz-Telecom.

    No two records have the same id, whatever they are: one that is taken for another is never found.
    """

    title = "Prizz-Telecom"
    dialect: PrizzDialect
    tokens: PrizzTokens

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.dialect = settings.dialect
        self.timing = settings.timing
        self.shapes: dict[Any, Json] = {}
        super().__init__(settings, INDEXED, OUTCOMES)

    def reset(self) -> None:
        """Forget all state."""
        super().reset()
        self.shapes.clear()

    def new_tokens(self) -> PrizzTokens:
        """Return the tokens of a sandbox in which nobody has logged in."""
        return PrizzTokens(self.settings.account, bare=self.dialect.bare_tokens == "taken")

    def refusal(self, error: ApiError) -> Response:
        """Return the answer for an error."""
        if isinstance(error, RefusalError) and self.dialect.refusals == "success_false":
            return error.answer
        return render_error(error, self.dialect.errors)

    def unauthorized(self) -> ApiError:
        """Return the error for a token that is not valid."""
        return unauthorized()

    def before(self, operation: str, endpoint: Endpoint) -> None:
        """Let everything happen that is due; refuse a write of which a rule says so (P5)."""
        super().before(operation, endpoint)
        answers_success = isclass(endpoint.answer) and issubclass(endpoint.answer, Done)
        if answers_success and self.outcomes.of("operation", {"operation": operation}) == "refused":
            status = self.created if endpoint.creates else 200
            raise RefusalError(f"{operation} was refused.", self.number(), status=status)

    def number(self) -> int:
        """Return a number that is no id yet."""
        self.store.references["id"] += 1
        return FIRST_ID + self.store.references["id"]

    def new_id(self, data: Json) -> str:
        """Give a new record an id, which is put among its fields where it has none."""
        return str(data.setdefault("id", self.number()))

    def dated(self, kind: str, data: Json, parent: Record | None = None) -> Record:
        """Keep a new record that was made now."""
        return self.add(kind, {"createDate": self.today(), "lastModifiedDate": None, **data}, parent=parent)

    def get(self, kind: str, record_id: object) -> Record:
        """Return a record, or raise the 404."""
        return self.find(kind, str(record_id))

    def several(self, kind: str, ids: list[int]) -> list[Record]:
        """Return records by their ids; those that do not exist are left out."""
        found = (self.store[kind].get(str(record_id)) for record_id in ids)
        return [record for record in found if record]

    def update(self, record: Record, **changes: Any) -> None:
        """Change fields of a record, and forget how things looked that show it."""
        super().update(record, **changes)
        if record.kind in INSIDE_STANDING:
            self.shapes.clear()

    def modify(self, record: Record, **changes: Any) -> None:
        """Change fields of a record, and note when."""
        self.update(record, **changes, lastModifiedDate=self.today())

    def client(self, client_id: object) -> Record:
        """Return a customer company of the user's; raise the 404 or, for somebody else's, the 403."""
        found = self.store["client_legal_entity"].get(str(client_id))
        if found is None:
            raise not_found()
        if not found.data["allowed"]:
            raise forbidden()
        return found

    def clients(self) -> list[Record]:
        """Return the customer companies of the user."""
        return [record for record in self.store["client_legal_entity"] if record.data["allowed"]]

    def named(self, prefix: str) -> str:
        """Return the next reference such as `CPT000001`."""
        self.store.references[prefix] += 1
        return f"{prefix}{self.store.references[prefix]:06d}"
