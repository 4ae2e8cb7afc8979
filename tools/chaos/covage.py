"""What runs against Covage are judged by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tools.chaos.apis import DATE, KEY, Api

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox import Sandbox
    from airflow_provider_covage.sandbox.controls import Controls

Json = dict[str, Any]

_EXPORTS = ("export_pdf", "export_price_pdf", "export_csv")


class Covage(Api):
    """Covage: baskets and sessions with their lines, requests for dark fibre."""

    name = "covage"
    resources = ("quote", "quote_item", "product_order", "product_order_item", "fon", "order")
    draft = "quote"
    repeatable = frozenset({"update", "upload_sites", "upload_trace", *_EXPORTS})
    makes = frozenset({"create", "accept", *_EXPORTS})
    changing = (DATE, (re.compile(r"(?:_\d{8})?_\d{6,8}(?!\d)"), "_(number)"), KEY)

    def sandbox(self) -> Sandbox:
        """Make a sandbox whose clock stands still.

        Returns:
            The sandbox.
        """
        from airflow_provider_covage.sandbox import Sandbox, Timing

        # Equal for all records: nothing depends on which of two was first.
        timing = Timing(quote_line_min=8, quote_line_max=8, order_creation=10, delivery_step=2)
        return Sandbox(speed=0, timing=timing)

    def connection(self, url: str, timeout: float) -> Json:
        """Give the connection to a sandbox.

        Args:
            url: Base URL of the sandbox.
            timeout: Seconds for one request.

        Returns:
            The connection.
        """
        from airflow_provider_covage.sandbox.covage.auth import Account
        from airflow_provider_covage.sandbox.covage.operations import TOKEN_PATH

        return {
            "conn_type": "covage",
            "host": url,
            "login": Account.login,
            "password": Account.password,
            "extra": {"token_url": url + TOKEN_PATH, "timeout": timeout},
        }

    def spared(self, operation: str) -> tuple[str, ...]:
        """Say which kinds of trouble mean nothing for an operation.

        Args:
            operation: The operation.

        Returns:
            A login that is refused is no trouble that passes: the task fails at once, nothing is sent.
        """
        return ("unauthorized",) if operation == "auth.token" else ()

    def unused(self, sandbox: Controls) -> set[str]:
        """Find empty drafts of baskets.

        Args:
            sandbox: The sandbox.

        Returns:
            Their ids.
        """
        return {
            basket.id
            for basket in sandbox.world.store["quote"]
            if not basket.children and basket.state in ("acknowledged", "created")
        }

    def names(self, sandbox: Controls) -> dict[str, str]:
        """Name records by their sites.

        Args:
            sandbox: The sandbox.

        Returns:
            Names by ids.
        """
        names = {record["id"]: "basket" for record in sandbox.records("quote")}
        names |= {record["id"]: "request" for record in sandbox.records("fon")}
        for resource in ("quote_item", "product_order_item"):
            for record in sandbox.records(resource):
                names[record["id"]] = str(record["product_offering_qualification_item_id"])
        for record in sandbox.records("product_order"):
            names[record["id"]] = f"session of {_sites(sandbox, record['id'], names)}"
        for order in sandbox.world.store["order"]:
            names[order.id] = names[order.data["product_order_item_id"]]
        return names


def _sites(sandbox: Controls, session: str, names: Mapping[str, str]) -> str:
    record = sandbox.world.store["product_order"].get(session)
    lines = record.children if record else []
    return " and ".join(sorted(names[line] for line in lines)) or "no line"
