"""The trigger behind every deferred Prizz sensor."""

from __future__ import annotations

from typing import Any

from airflow_provider_covage.api.polling import POLLING
from airflow_provider_covage.api.prizz import AsyncPrizzClient
from airflow_provider_covage.api.prizz.observe import WATCHES
from airflow_provider_covage.api.watching import Watch
from airflow_provider_covage.hooks.links import PrizzPortalLink
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.triggers.base import StateTrigger


class PrizzStateTrigger(StateTrigger):
    """Waits until a record of Prizz has come into a state.

    Args:
        prizz_conn_id: The Airflow connection; no credentials are among the arguments.
        **kwargs: Arguments of every such trigger, see `StateTrigger`; `resource` is a key of `WATCHES`.
    """

    conn_type = PrizzHook.conn_type
    conn_id_name = PrizzHook.conn_name_attr
    portal_link = PrizzPortalLink()

    def __init__(self, *, prizz_conn_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prizz_conn_id = prizz_conn_id

    @property
    def watch(self) -> Watch:
        """The kind of record."""
        return WATCHES[self.resource]

    async def connect(self) -> AsyncPrizzClient:
        """Make a client of the connection.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        return await PrizzHook(self.prizz_conn_id).get_async_conn(patience=POLLING)
