"""What the hooks of both APIs share: the connection form, and the order of steps of a test."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from airflow.sdk import BaseHook

from airflow_provider_covage import get_provider_info
from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import Auth
from airflow_provider_covage.api.exchange import Patience
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.hooks import form, portal

_LONGEST_TEST = 10.0


class ApiHook(BaseHook):
    """Base of the hooks."""

    conn_type: ClassVar[str]
    conn_name_attr: ClassVar[str]

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

    def test_connection(self) -> tuple[bool, str]:
        """Try the connection: authenticate, and read something small. Changes nothing.

        Returns:
            Whether it works, and in words what does not: the host, the credentials, or the URLs.
        """
        try:
            settings, auth = self._connected()
            if template := self._portal_url():
                portal.check(template)
            timeout = min(settings.timeout, _LONGEST_TEST)
            quick = dataclasses.replace(settings, patience=Patience(attempts=1), timeout=timeout)
            seen = self._greet(quick, auth)
        except errors.CovageError as error:
            return False, self._explain(error)
        return True, f"Connected to {settings.base_url}: {seen}"

    def _connection(self) -> Any:
        return self.get_connection(getattr(self, self.conn_name_attr))

    def _portal_url(self) -> str:
        # Read by itself: a slip in an address for people stops no order.
        return str(self._connection().extra_dejson.get("portal_url") or "").strip()

    @abstractmethod
    def _connected(self) -> tuple[Settings, Auth]:
        """Read the connection."""

    @abstractmethod
    def _greet(self, settings: Settings, auth: Auth) -> str:
        """Read something small; says what was read."""

    @abstractmethod
    def _explain(self, error: errors.CovageError) -> str:
        """Put trouble into words: what to look at."""
