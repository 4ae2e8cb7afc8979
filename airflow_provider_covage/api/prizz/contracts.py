"""Service contracts and services (prizz-extranet.txt, "Service contract" and "Service")."""

from __future__ import annotations

from typing import Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.prizz.models import (
    CommentFields,
    ContractFilters,
    ServiceFilters,
    VlanFields,
)
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class ServiceContract(PrizzResource[AnyTransport]):
    """Service contracts: what a signed section has become."""

    @operation
    def get(self, service_contract_id: Id) -> Call[Record]:
        """Read a service contract.

        Args:
            service_contract_id: The contract.

        Returns:
            The contract. One with a `canceledDate` is cancelled, whatever its status.

        Raises:
            NotFoundError: There is no such contract.
        """
        return self._read(_contract(service_contract_id))

    @operation
    def get_by_name(self, service_name: str) -> Call[Record]:
        """Read a service contract by its name.

        Args:
            service_name: The name.

        Returns:
            The contract.

        Raises:
            NotFoundError: There is no such contract.
        """
        return self._read(path("service_contracts_by_name", service_name))

    @operation
    def operational_status(self, service_name: str) -> Call[Record]:
        """Read the measured health of a service.

        Args:
            service_name: The name of the contract.

        Returns:
            `status` (ok, warning, critical or unknown) and `lastCheck`.

        Raises:
            ForbiddenError: The account may not see it, or it is not shared for this contract (P28).
            NotFoundError: There is no such contract.
        """
        return self._read(path("service_contracts_by_name", service_name, "operational_status"))

    @operation
    def set_vlan(self, service_contract_id: Id, **fields: Unpack[VlanFields]) -> Call[Record]:
        """Set the VLAN of a service contract.

        Args:
            service_contract_id: The contract.
            **fields: `vid`, a number inside the customer's VLAN group.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: It is no number; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; the same may be sent again.
        """
        json = body(VlanFields, fields, of="service_contract.set_vlan")
        return self._write(_contract(service_contract_id, "vlan"), json)

    @operation
    def add_comment(self, service_contract_id: Id, **fields: Unpack[CommentFields]) -> Call[Record]:
        """Add a comment to a service contract.

        Args:
            service_contract_id: The contract.
            **fields: See `prizz.models.CommentFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; look at the threads of the contract.
        """
        json = body(CommentFields, fields, of="service_contract.add_comment")
        return self._write(_contract(service_contract_id, "comments"), json or None)

    @listing
    def list(self, **filters: Unpack[ContractFilters]) -> Listing:
        """List service contracts.

        Args:
            **filters: See `prizz.models.ContractFilters`.

        Returns:
            An iterator over all pages.
        """
        checked = body(ContractFilters, filters, of="service_contract.list")
        return self._pages(path("service_contracts"), checked)


class Service(PrizzResource[AnyTransport]):
    """Services inside the contracts."""

    @operation
    def get(self, service_id: Id) -> Call[Record]:
        """Read a service.

        Args:
            service_id: The service.

        Returns:
            The service; prices are integers, most likely euro cents (P10).

        Raises:
            NotFoundError: There is no such service.
        """
        return self._read(path("services", number(service_id, "service_id")))

    @listing
    def list(self, **filters: Unpack[ServiceFilters]) -> Listing:
        """List services.

        Args:
            **filters: See `prizz.models.ServiceFilters`.

        Returns:
            An iterator over all pages.
        """
        return self._pages(path("services"), body(ServiceFilters, filters, of="service.list"))


def _contract(service_contract_id: Id, *rest: str) -> str:
    return path("service_contracts", number(service_contract_id, "service_contract_id"), *rest)
