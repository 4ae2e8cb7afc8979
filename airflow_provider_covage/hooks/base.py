"""What the hooks of both APIs share: their clients, the connection form, and the order of steps of a test."""

from __future__ import annotations

import dataclasses
import functools
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from airflow.sdk import BaseHook

from airflow_provider_covage import get_provider_info
from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.hooks import form, portal
from airflow_provider_covage.hooks.connection import ExtraT, read_extra, read_settings
from airflow_provider_covage.hooks.metrics import AirflowMeter

_LONGEST_TEST = 10.0

ClientT = TypeVar("ClientT")
AsyncClientT = TypeVar("AsyncClientT")


class ApiHook(BaseHook, Generic[ClientT, AsyncClientT, ExtraT]):
    """Base of the hooks.

    One hook has one client with one pooled session; make it where it is used, not at the top of a DAG file.
    """

    conn_type: ClassVar[str]
    conn_name_attr: ClassVar[str]

    extra_class: type[ExtraT]
    """The extras that a connection of this type knows."""

    def get_conn(self) -> ClientT:
        """Give the client; the same one at every call.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        return self._client

    async def get_async_conn(self, patience: Patience | None = None) -> AsyncClientT:
        """Give a new asynchronous client, for triggers and for reading in bulk; close it after use.

        Args:
            patience: How often its calls are repeated, None for the default.

        Returns:
            The client.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        settings, auth = self._read(await self.aget_connection(getattr(self, self.conn_name_attr)))
        return self._open_async(dataclasses.replace(settings, patience=patience or settings.patience), auth)

    def get_bulk_conn(self) -> AsyncClientT:
        """Give a new asynchronous client to one who has no event loop yet; close it after use.

        Returns:
            The client; it belongs to the event loop of its first use.

        Raises:
            InputError: The connection misses something or a value makes no sense.
        """
        return self._open_async(*self._read(self._connection()))

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """Give the fields of the connection form to Airflow before 3.2, which asks the hook for them.

        Returns:
            A widget for each extra.
        """
        return form.widgets(get_provider_info(), cls.conn_type)

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Give labels and placeholders to Airflow before 3.2, which asks the hook for them.

        Returns:
            Hidden fields, labels and placeholders.
        """
        return form.behaviour(get_provider_info(), cls.conn_type)

    def portal_link(self, find: Callable[[str], str | None]) -> str | None:
        """Make the address of a record in the portal, by the connection's `portal_url`.

        Args:
            find: Gives the value of a placeholder (`resource`, `id`, `reference`); None where unknown.

        Returns:
            The address; None where the connection has no `portal_url` or a value is missing.

        Raises:
            InputError: The `portal_url` is not usable.
        """
        template = self._portal_url()
        return portal.link(template, find) if template else None

    async def aportal_url(self) -> str:
        """Read the template for such addresses without holding up an event loop.

        Returns:
            The connection's `portal_url`, empty where there is none.
        """
        return _portal_url_in(await self.aget_connection(getattr(self, self.conn_name_attr)))

    def test_connection(self) -> tuple[bool, str]:
        """Try the connection: authenticate, and read something small. Changes nothing.

        Returns:
            Whether it works, and in words what does not: the host, the credentials, or the URLs.
        """
        try:
            settings, auth = self._read(self._connection())
            if template := self._portal_url():
                portal.check(template)
            timeout = min(settings.timeout, _LONGEST_TEST)
            quick = dataclasses.replace(settings, patience=Patience(attempts=1), timeout=timeout)
            seen = self._greet(self._open(quick, auth))
        except errors.CovageError as error:
            return False, self._explain(error)
        return True, f"Connected to {settings.base_url}: {seen}"

    def _connection(self) -> Any:
        return self.get_connection(getattr(self, self.conn_name_attr))

    def _portal_url(self) -> str:
        return _portal_url_in(self._connection())

    @functools.cached_property
    def _client(self) -> ClientT:
        return self._open(*self._read(self._connection()))

    def _read(self, connection: Any) -> tuple[Settings, Auth]:
        extra = read_extra(connection, self.extra_class)
        meter = AirflowMeter(self.conn_type, connection.conn_id)
        settings = dataclasses.replace(read_settings(connection, extra), meter=meter)
        try:
            return settings, self._authenticate(connection, extra)
        except errors.InputError as error:
            raise errors.InputError(f"connection {connection.conn_id}: {error}") from None

    @abstractmethod
    def _open(self, settings: Settings, auth: Auth) -> ClientT:
        """Make a client for tasks."""

    @abstractmethod
    def _open_async(self, settings: Settings, auth: Auth) -> AsyncClientT:
        """Make a client for triggers."""

    @abstractmethod
    def _authenticate(self, connection: Any, extra: ExtraT) -> Auth:
        """Say how to authenticate with the credentials of a connection."""

    @abstractmethod
    def _greet(self, client: ClientT) -> str:
        """Read something small and close the client; says what was read."""

    @abstractmethod
    def _explain(self, error: errors.CovageError) -> str:
        """Put trouble into words: what to look at."""


def _portal_url_in(connection: Any) -> str:
    # Read by itself: a slip in an address for people stops no order.
    return str(connection.extra_dejson.get("portal_url") or "").strip()
