"""The link of a task to its record in Covage's portal."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperatorLink

from airflow_provider_covage.api.errors import CovageError

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

log = logging.getLogger(__name__)

_ID_NAMES: Mapping[str, str] = {
    "quote": "quote_id",
    "quote_item": "quote_item_id",
    "product_order": "product_order_id",
    "product_order_item": "product_order_item_id",
    "fon": "fon_request_id",
    "export": "export_task_id",
    "eligibility": "eligibility_request_id",
    "order": "order_reference",
}
"""Under which name operators, sensors and what they return hold the id of a record."""


class CovagePortalLink(BaseOperatorLink):
    """Leads to the task's record in the portal; shown where the connection has a `portal_url`.

    Airflow has it made on the worker, each time that a task ends or begins to wait, and keeps it as an XCom.
    A new record has its link once the task has created it.
    """

    name = "Covage portal"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Make the link.

        Args:
            operator: The operator or sensor, with its arguments rendered.
            ti_key: The task instance.

        Returns:
            The address; nothing where there is no `portal_url`, no record (yet), or where the template asks
            for a reference that the task does not know.
        """
        resource: Any = getattr(operator, "portal_resource", None) or getattr(operator, "resource", None)
        if resource not in _ID_NAMES:
            return ""
        from airflow_provider_covage.hooks.covage import CovageHook

        try:
            hook = CovageHook(operator.covage_conn_id)  # type: ignore[attr-defined]
            return hook.portal_link(_Record(operator, resource, ti_key).find) or ""
        except CovageError as error:
            log.warning("no link to the portal: %s", error)
            return ""


class _Record:
    """What is known of a task's record: by its arguments, else by what it has returned."""

    def __init__(self, operator: Any, resource: str, ti_key: Any) -> None:
        self.resource = resource
        self._id_name = _ID_NAMES[resource]
        self._operator = operator
        self._ti_key = ti_key

    def find(self, name: str) -> str | None:
        """Give the value of a placeholder."""
        value = self.resource if name == "resource" else self._id() if name == "id" else self._reference()
        return str(value) if value else None

    def _id(self) -> Any:
        own = getattr(self._operator, self._id_name, None)
        if isinstance(own, str | int):
            return own
        if isinstance(self._returned, str):
            return self._returned
        return self._fields.get(self._id_name) or self._fields.get("id")

    def _reference(self) -> Any:
        if self.resource == "order":
            return self._id()
        return self._fields.get("reference") or self._fields.get("order_reference")

    @property
    def _fields(self) -> Mapping[str, Any]:
        return self._returned if isinstance(self._returned, Mapping) else {}

    @functools.cached_property
    def _returned(self) -> Any:
        """What the task has returned; None as long as it has not."""
        from airflow.sdk.execution_time.xcom import XCom

        return XCom.get_value(ti_key=self._ti_key, key="return_value")
