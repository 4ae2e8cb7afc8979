"""The sandbox of Covage as a context manager."""

from __future__ import annotations

from airflow_provider_covage.sandbox.covage.auth import Account
from airflow_provider_covage.sandbox.covage.controls import Controls
from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.operations import TOKEN_PATH
from airflow_provider_covage.sandbox.covage.timing import Timing
from airflow_provider_covage.sandbox.covage.world import Settings
from airflow_provider_covage.sandbox.sandbox import ServedSandbox
from airflow_provider_covage.sandbox.store import Json


class Sandbox(Controls, ServedSandbox):
    """A stateful double of the Covage API.

    Example:
        >>> with Sandbox(speed=100) as sandbox:
        ...     sandbox.outcome("quote_item", "unable_to_provide", external_id="LINE-7")
        ...     connection = sandbox.connection_json  # give this to Airflow

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        speed: How many times faster than real time things happen; 0 stops the clock.
        login: Name of the service account.
        password: Password of the service account.
        bearer_token: A token that is accepted besides those of the token endpoint, and never expires.
        token_lifetime: Real seconds for which an access token is valid.
        refresh_lifetime: Real seconds for which a refresh token is valid.
        dialect: How the API speaks where its documents leave that open.
        timing: How long things take at speed 1.
        page_size: Default size of a page.
        max_page_size: Largest page that is served.
        jitter_seed: Durations vary a little from record to record, by this seed.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        login: str = "sandbox",
        password: str = "sandbox",  # noqa: S107 - invented, public, and good for this sandbox only
        bearer_token: str | None = None,
        token_lifetime: float = 300.0,
        refresh_lifetime: float = 1800.0,
        dialect: Dialect | None = None,
        timing: Timing | None = None,
        page_size: int = 10,
        max_page_size: int = 100,
        jitter_seed: int = 0,
    ) -> None:
        account = Account(login, password, bearer_token, token_lifetime, refresh_lifetime)
        super().__init__(
            Settings(
                account=account,
                speed=speed,
                timing=timing or Timing(),
                dialect=dialect or Dialect(),
                page_size=page_size,
                max_page_size=max_page_size,
                jitter_seed=jitter_seed,
            )
        )
        self.address = (host, port)

    @property
    def token_url(self) -> str:
        """URL of the token endpoint."""
        return self.url + TOKEN_PATH

    @property
    def connection(self) -> Json:
        """The Airflow connection to this sandbox."""
        account = self.world.settings.account
        return {
            "conn_type": "covage",
            "host": self.url,
            "login": account.login,
            "password": account.password,
            "extra": {"token_url": self.token_url, "portal_url": f"{self.url}/portal/{{resource}}/{{id}}"},
        }
