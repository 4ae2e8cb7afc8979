"""What runs against Prizz-Telecom are judged by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tools.chaos.apis import DATE, KEY, Api

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox import PrizzSandbox
    from airflow_provider_covage.sandbox.controls import Controls

Json = dict[str, Any]

SIGN = "commercial_offer.sign"


class Prizz(Api):
    """Prizz-Telecom: commercial offers with their sections, and the contracts that these become."""

    name = "prizz"
    resources = ("commercial_offer", "service_contract", "invoice")
    draft = "commercial_offer"
    # An eligibility request costs nothing, a code that is sent again takes the place of the first.
    repeatable = frozenset({"eligibility.create", "set_offer", "update_items", "set_vlan", "sign (codeSent)"})
    makes = frozenset({"commercial_offer.create", "commercial_offer.fast_order"})
    changing = (DATE, (re.compile(r"\b([A-Z]{1,4})\d{6}\b"), r"\1(number)"), KEY)

    def sandbox(self) -> PrizzSandbox:
        """Make a sandbox whose clock stands still.

        Returns:
            The sandbox.
        """
        from airflow_provider_covage.sandbox import PrizzSandbox, PrizzTiming

        timing = PrizzTiming(eligibility=2, approval=2, contract_step=2, appointment_step=1)
        return PrizzSandbox(speed=0, timing=timing)

    def connection(self, url: str, timeout: float) -> Json:
        """Give the connection to a sandbox.

        Args:
            url: Base URL of the sandbox.
            timeout: Seconds for one request.

        Returns:
            The connection.
        """
        from airflow_provider_covage.sandbox.prizz.tokens import PrizzAccount

        extra = {"timeout": timeout}
        return {"conn_type": "prizz", "host": url, "password": PrizzAccount().api_token, "extra": extra}

    def spared(self, operation: str) -> tuple[str, ...]:
        """Say which kinds of trouble mean nothing for an operation.

        Args:
            operation: The operation.

        Returns:
            A token that is refused is no trouble that passes: there is nothing to get another one with. Of
            two empty offers nothing tells which is one's own (P24): the task stops and names them.
        """
        return ("unauthorized", "twice_lost") if operation == "commercial_offer.create" else ("unauthorized",)

    def file(self, content: bytes) -> str:
        """Say what is the same of a file in every run: documents hold the numbers of offers.

        Args:
            content: The file.

        Returns:
            Its size.
        """
        return f"{len(content)} bytes"

    def effect(self, entry: Json) -> str:
        """Name an effect; that a code is sent is another one than a signature.

        Args:
            entry: The entry of the ledger.

        Returns:
            The operation, and the step of a signature.
        """
        operation = super().effect(entry)
        return f"{operation} ({entry['ids']['step']})" if operation == SIGN else operation

    def unused(self, sandbox: Controls) -> set[str]:
        """Find commercial offers that were not submitted.

        Args:
            sandbox: The sandbox.

        Returns:
            Their ids.
        """
        return {
            offer.id
            for offer in sandbox.world.store["commercial_offer"]
            if offer.data["status"] == "new" and not offer.data["submitDate"]
        }

    def names(self, sandbox: Controls) -> dict[str, str]:
        """Name records by their kinds, and sections by their names; ids are numbers of their own.

        Args:
            sandbox: The sandbox.

        Returns:
            Names by ids.
        """
        from airflow_provider_covage.sandbox.prizz.world import FIRST_ID

        records = [one for kind in sandbox.world.store.collections.values() for one in kind]
        own = [one for one in records if one.id.isdigit() and int(one.id) > FIRST_ID]
        return {one.id: one.kind.replace("_", " ") for one in own}
