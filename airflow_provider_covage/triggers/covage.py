"""The trigger behind every deferred Covage sensor, and the one behind assets."""

from __future__ import annotations

from typing import Any

from airflow_provider_covage.api.covage import AsyncCovageClient
from airflow_provider_covage.api.covage.observe import WATCHES
from airflow_provider_covage.api.polling import POLLING
from airflow_provider_covage.api.watching import Watch
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.hooks.links import CovagePortalLink
from airflow_provider_covage.triggers.base import StateTrigger
from airflow_provider_covage.triggers.events import EventTrigger


class _CovageConnection:
    """Mixin: the client of a trigger's connection."""

    conn_type = CovageHook.conn_type
    conn_id_name = CovageHook.conn_name_attr
    covage_conn_id: str

    async def connect(self) -> AsyncCovageClient:
        """Make a client of the connection.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        return await CovageHook(self.covage_conn_id).get_async_conn(patience=POLLING)


class CovageStateTrigger(_CovageConnection, StateTrigger):
    """Waits until a record of Covage has come into a state.

    Args:
        covage_conn_id: The Airflow connection; no credentials are among the arguments.
        **kwargs: Arguments of every such trigger, see `StateTrigger`; `resource` is a key of `WATCHES`.
    """

    portal_link = CovagePortalLink()

    def __init__(self, *, covage_conn_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.covage_conn_id = covage_conn_id

    @property
    def watch(self) -> Watch:
        """The kind of record."""
        return WATCHES[self.resource]


class CovageEventTrigger(_CovageConnection, EventTrigger):
    """Tells changes of state of baskets, lines, sessions, orders or requests for dark fibre.

    Give it to an asset, and DAGs that are scheduled on the asset start::

        Asset("ready_quotes", watchers=[
            AssetWatcher(name="ready", trigger=CovageEventTrigger(resource="quote", states=["ready"]))
        ])

    Args:
        covage_conn_id: The Airflow connection; no credentials are among the arguments.
        **kwargs: Arguments of every such trigger, see `EventTrigger`; `resource` is `quote`, `quote_item`,
            `product_order`, `product_order_item`, `order` (tracked) or `fon`.
    """

    watches = WATCHES

    def __init__(self, *, covage_conn_id: str = CovageHook.default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.covage_conn_id = covage_conn_id
