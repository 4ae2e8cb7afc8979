"""The link of a task to its record in the portal of an operator."""

from __future__ import annotations

import functools
import logging
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperatorLink

from airflow_provider_covage.api.errors import CovageError

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

    from airflow_provider_covage.hooks.base import ApiHook

log = logging.getLogger(__name__)

MakeAddress = Callable[[Callable[[str], str | None]], str | None]


class PortalLink(BaseOperatorLink):
    """Leads to the task's record in the portal; shown where the connection has a `portal_url`.

    Airflow has it made on the worker, each time that a task ends or begins to wait, and keeps it as an XCom.
    A new record has its link once the task has created it. The trigger of a wait without a worker does the
    same.
    """

    id_names: ClassVar[Mapping[str, str]]
    """Under which name operators, sensors and what they return hold the id of a record."""

    reference_names: ClassVar[tuple[str, ...]]
    """Under which names they hold its reference."""

    @abstractmethod
    def hook(self, operator: Any) -> ApiHook[Any, Any, Any]:
        """Make the hook of a task's connection.

        Args:
            operator: The operator or sensor.

        Returns:
            The hook.
        """

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Make the link.

        Args:
            operator: The operator or sensor, with its arguments rendered.
            ti_key: The task instance.

        Returns:
            The address; nothing where there is no `portal_url`, no record (yet), or where the template asks
            for a reference that the task does not know.
        """
        return self.address(operator, functools.partial(_returned, ti_key), self.hook(operator).portal_link)

    def address(self, owner: Any, returned: Callable[[], Any], make: MakeAddress) -> str:
        """Make the link for whoever has the arguments.

        Args:
            owner: The operator or sensor, or the trigger of a sensor, with its arguments rendered.
            returned: Gives what the task has returned; None as long as it has not.
            make: Makes an address of what gives the values of its placeholders.

        Returns:
            The address, empty where there is none.
        """
        resource: Any = getattr(owner, "portal_resource", None) or getattr(owner, "resource", None)
        if resource not in self.id_names:
            return ""
        try:
            return make(_Record(self, owner, resource, returned).find) or ""
        except CovageError as error:
            log.warning("no link to the portal: %s", error)
            return ""


class CovagePortalLink(PortalLink):
    """Leads to the record in Covage's portal."""

    name = "Covage portal"
    id_names: ClassVar[Mapping[str, str]] = {
        "quote": "quote_id",
        "quote_item": "quote_item_id",
        "product_order": "product_order_id",
        "product_order_item": "product_order_item_id",
        "fon": "fon_request_id",
        "export": "export_task_id",
        "eligibility": "eligibility_request_id",
        "order": "order_reference",
    }
    reference_names = ("reference", "order_reference")

    def hook(self, operator: Any) -> ApiHook[Any, Any, Any]:
        """Make the hook of a task's connection.

        Args:
            operator: The operator or sensor.

        Returns:
            The hook.
        """
        from airflow_provider_covage.hooks.covage import CovageHook

        return CovageHook(operator.covage_conn_id)


class PrizzPortalLink(PortalLink):
    """Leads to the record in the extranet of Prizz-Telecom."""

    name = "Prizz-Telecom extranet"
    id_names: ClassVar[Mapping[str, str]] = {
        "eligibility": "eligibility_id",
        "commercial_offer": "commercial_offer_id",
        "service_contract": "service_contract_id",
        "invoice": "invoice_id",
        "ticket": "ticket_id",
        "process": "process_id",
        "workflow": "workflow_id",
        "appointment": "appointment_id",
    }
    reference_names = ("service_name", "ref", "numero", "name")

    def hook(self, operator: Any) -> ApiHook[Any, Any, Any]:
        """Make the hook of a task's connection.

        Args:
            operator: The operator or sensor.

        Returns:
            The hook.
        """
        from airflow_provider_covage.hooks.prizz import PrizzHook

        return PrizzHook(operator.prizz_conn_id)


class _Record:
    """What is known of a task's record: by its arguments, else by what it has returned."""

    def __init__(self, link: PortalLink, owner: Any, resource: str, returned: Callable[[], Any]) -> None:
        self.resource = resource
        self._id_name = link.id_names[resource]
        self._reference_names = link.reference_names
        self._owner = owner
        self._ask = returned

    def find(self, name: str) -> str | None:
        """Give the value of a placeholder."""
        value = self.resource if name == "resource" else self._id() if name == "id" else self._reference()
        return str(value) if value else None

    def _id(self) -> Any:
        own = getattr(self._owner, self._id_name, None)
        if isinstance(own, str | int):
            return own
        if isinstance(self._returned, str | int):
            return self._returned
        return self._fields.get(self._id_name) or self._fields.get("id")

    def _reference(self) -> Any:
        # The name of an argument is that of the record only where it identifies it.
        own = (getattr(self._owner, name, None) for name in self._reference_names if name != "name")
        known = (value for value in own if isinstance(value, str))
        shown = (self._fields.get(name) for name in self._reference_names)
        return next(known, None) or next((value for value in shown if value), None)

    @property
    def _fields(self) -> Mapping[str, Any]:
        return self._returned if isinstance(self._returned, Mapping) else {}

    @functools.cached_property
    def _returned(self) -> Any:
        return self._ask()


def _returned(ti_key: Any) -> Any:
    """What the task has returned; None as long as it has not."""
    from airflow.sdk.execution_time.xcom import XCom

    return XCom.get_value(ti_key=ti_key, key="return_value")
