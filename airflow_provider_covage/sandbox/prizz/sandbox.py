"""The sandbox of Prizz-Telecom as a context manager."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.controls import Controls
from airflow_provider_covage.sandbox.prizz.dialect import PrizzDialect
from airflow_provider_covage.sandbox.prizz.operations import TOKEN_PATH
from airflow_provider_covage.sandbox.prizz.timing import PrizzTiming
from airflow_provider_covage.sandbox.prizz.tokens import PrizzAccount
from airflow_provider_covage.sandbox.prizz.world import Settings
from airflow_provider_covage.sandbox.sandbox import ServedSandbox
from airflow_provider_covage.sandbox.store import Json


class PrizzSandbox(Controls, ServedSandbox):
    """A stateful double of the API of Prizz-Telecom.

    Example:
        >>> with PrizzSandbox(speed=100) as sandbox:
        ...     sandbox.outcome("commercial_offer", "estimated", clientReference="SITE-7")
        ...     connection = sandbox.connection_json  # give this to Airflow

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        speed: How many times faster than real time things happen; 0 stops the clock.
        api_token: The token made in the customer area; it never expires.
        email: E-mail address of the user, for `/sicom/auth`.
        password: Password of the user.
        token_lifetime: Real seconds for which an access token of `/sicom/auth` is valid.
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
        api_token: str = "sandbox-token",  # noqa: S107 - invented, public, and good for this sandbox only
        email: str = "sandbox@example.com",
        password: str = "sandbox",  # noqa: S107 - likewise
        token_lifetime: float = 300.0,
        dialect: PrizzDialect | None = None,
        timing: PrizzTiming | None = None,
        page_size: int = 10,
        max_page_size: int = 100,
        jitter_seed: int = 0,
    ) -> None:
        super().__init__(
            Settings(
                account=PrizzAccount(email, password, api_token, token_lifetime),
                speed=speed,
                timing=timing or PrizzTiming(),
                dialect=dialect or PrizzDialect(),
                page_size=page_size,
                max_page_size=max_page_size,
                jitter_seed=jitter_seed,
            )
        )
        self.address = (host, port)

    @property
    def token_url(self) -> str:
        """URL of the legacy way to an access token."""
        return self.url + TOKEN_PATH

    @property
    def connection(self) -> Json:
        """The Airflow connection to this sandbox."""
        token = self.world.settings.account.api_token
        extra = {"portal_url": f"{self.url}/portal/{{resource}}/{{id}}"}
        return {"conn_type": "prizz", "host": self.url, "password": token, "extra": extra}
