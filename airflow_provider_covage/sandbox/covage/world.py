"""Everything that one sandbox of Covage knows; what is done with it is in the modules of the resources."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.responses import JSONResponse, RedirectResponse, Response

from airflow_provider_covage.sandbox.covage.auth import Account, OAuthTokens, unauthorized
from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.kinds import INDEXED, OUTCOMES
from airflow_provider_covage.sandbox.covage.operations import API_PREFIX
from airflow_provider_covage.sandbox.covage.timing import Timing
from airflow_provider_covage.sandbox.errors import ApiError, flat
from airflow_provider_covage.sandbox.world import BaseSettings, BaseWorld

API = f"{API_PREFIX}/"
FON = f"{API}specific_request/fon/"
FON_DOUBLED = f"{API}v1/specific_request/fon/"


@dataclass(frozen=True, kw_only=True)
class Settings(BaseSettings):
    """How a sandbox of Covage is set up."""

    account: Account = field(default_factory=Account)
    timing: Timing = field(default_factory=Timing)
    dialect: Dialect = field(default_factory=Dialect)


class World(BaseWorld):
    """The state of one sandbox of Covage."""

    title = "Covage"
    dialect: Dialect
    tokens: OAuthTokens

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.dialect = settings.dialect
        self.timing = settings.timing
        super().__init__(settings, INDEXED, OUTCOMES)

    @property
    def created(self) -> int:
        """Status of a creation (C55)."""
        return int(self.dialect.created)

    def new_tokens(self) -> OAuthTokens:
        """Return the tokens of a sandbox in which nobody has logged in."""
        return OAuthTokens(self.settings.account)

    def refusal(self, error: ApiError) -> Response:
        """Return the answer for an error, in one of the two styles of the dialect (C55)."""
        status, body = error.status, error.body
        if self.dialect.errors == "list" and status == 400 and "detail" not in body:
            status, body = 422, {"detail": list(flat(body, ["body"]))}
        return JSONResponse(body, status, dict(error.headers or {}))

    def unauthorized(self) -> ApiError:
        """Return the error for a token that is not valid."""
        return unauthorized("Given token not valid for any token type")

    def conflict(self, detail: str) -> ApiError:
        """Return the error for what the state forbids; its status is not documented (C56)."""
        return ApiError(int(self.dialect.conflict), {"detail": detail})

    def route(self, method: str, path: str) -> str | Response:
        """Return the path with its slash and with one `/v1`, where the dialect takes it as it was sent."""
        if path.startswith(API) and not path.endswith("/"):
            if self.dialect.slash == "redirect":
                return RedirectResponse(f"{path}/", 308)
            if self.dialect.slash == "required":
                return _unknown()
            path += "/"
        if method != "POST" or path not in (FON, FON_DOUBLED):
            return path
        sent = "single" if path == FON else "double"
        return FON if self.dialect.fon_prefix in (sent, "both") else _unknown()


def _unknown() -> Response:
    return JSONResponse({"detail": "Not Found"}, 404)
