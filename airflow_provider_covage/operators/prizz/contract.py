"""Operators of service contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import ClosedError
from airflow_provider_covage.api.prizz.lifecycle import CANCELED, contract_state
from airflow_provider_covage.operators.prizz.base import PrizzOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzSetServiceContractVlanOperator(PrizzOperator):
    """Set the VLAN of a service contract. May safely be done twice. Returns the contract.

    Args:
        service_contract_id: The contract.
        vid: Number inside the customer's VLAN group.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "service_contract"
    template_fields: Sequence[str] = ("service_contract_id", "vid", *PrizzOperator.template_fields)

    def __init__(self, *, service_contract_id: int | str, vid: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.service_contract_id = service_contract_id
        self.vid = vid

    def act(self, context: Context) -> Record:
        """Set the VLAN.

        Args:
            context: The task's context.

        Returns:
            The contract.
        """
        self.numbers("service_contract_id", "vid")
        return self.once(context).repeatedly(
            f"VLAN {self.vid} of service contract {self.service_contract_id}",
            check=self._open,
            act=self._set,
        )

    def _open(self) -> Record:
        contract = self.client.service_contract.get(self.service_contract_id)
        state = contract_state(contract)
        if state in ("terminated", CANCELED):
            raise ClosedError(f"service contract {self.service_contract_id}", state, contract)
        return contract

    def _set(self) -> Record:
        self.client.service_contract.set_vlan(self.service_contract_id, vid=int(self.vid))
        return self.client.service_contract.get(self.service_contract_id)
