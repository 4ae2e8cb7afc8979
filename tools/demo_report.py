"""What the demo shows at its end, read from the sandbox: what was asked, offered, accepted and ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.table import Table

from tools.sandbox import SandboxServer

Json = dict[str, Any]

STYLES = {
    "success": "green",
    "accepted": "green",
    "completed": "green",
    "created": "green",
    "failed": "bold red",
    "upstream_failed": "red",
    "unable_to_provide": "yellow",
    "skipped": "dim",
}


@dataclass(frozen=True)
class Evidence:
    """What the sandbox holds and what it has been made to do."""

    quotes: list[Json]
    lines: list[Json]
    sessions: list[Json]
    order_lines: list[Json]
    ledger: list[Json]

    @classmethod
    def collect(cls, sandbox: SandboxServer) -> Evidence:
        """Read it all, logged in like any client.

        Args:
            sandbox: Where from.

        Returns:
            The evidence.
        """

        def full(resource: str) -> list[Json]:
            return [sandbox.record(resource, one["id"]) for one in sandbox.records(resource)]

        return cls(
            quotes=list(sandbox.records("quote")),
            lines=full("quote_item"),
            sessions=list(sandbox.records("product_order")),
            order_lines=full("product_order_item"),
            ledger=sandbox.ledger(),
        )

    def order_lines_of(self, line: Json) -> list[Json]:
        """List the order lines that came of a quotation line.

        Args:
            line: The quotation line.

        Returns:
            The order lines.
        """
        return [one for one in self.order_lines if one["quote_item_id"] == line["id"]]

    def effects(self, operation: str, kind: str) -> Counter[str]:
        """Count how often an operation has taken effect on each record.

        Args:
            operation: The operation, such as `quote_item.accept`.
            kind: Which of the ids that it bears on.

        Returns:
            The count by id.
        """
        return Counter(one["ids"][kind] for one in self.ledger if one["operation"] == operation)


def problems(evidence: Evidence, sites: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say what is not as it has to be: every site asked for once, every line ordered exactly once.

    Args:
        evidence: What the sandbox holds.
        sites: What was to be ordered.

    Returns:
        The problems in words; none when all is well.
    """
    key = "product_offering_qualification_item_id"
    wanted = Counter(site[key] for site in sites)
    asked = Counter(line[key] for line in evidence.lines)
    found = [
        f"{site}: asked for {asked[site]} times" for site in wanted | asked if asked[site] != wanted[site]
    ]
    if len(evidence.quotes) != 1:
        found.append(f"{len(evidence.quotes)} baskets in place of one")
    for line in evidence.lines:
        found += _line_problems(evidence, line)
    confirmed = evidence.effects("product_order.confirm", "product_order")
    for session in evidence.sessions:
        if confirmed[session["id"]] != 1:
            found.append(f"order session {session['id']}: confirmed {confirmed[session['id']]} times")
    return found


def _line_problems(evidence: Evidence, line: Json) -> list[str]:
    name = line["end_customer_name"]
    accepted = evidence.effects("quote_item.accept", "quote_item")[line["id"]]
    made = evidence.order_lines_of(line)
    found = []
    if accepted != 1:
        found.append(f"{name}: accepted {accepted} times")
    if len(made) != 1:
        found.append(f"{name}: {len(made)} order lines")
    found += [f"{name}: no order reference" for one in made if not one["order_reference"]]
    return found


def line_table(evidence: Evidence) -> Table:
    """Draw every quotation line with what was offered and what became of it.

    Args:
        evidence: What the sandbox holds.

    Returns:
        The table.
    """
    basket = evidence.quotes[0] if evidence.quotes else {}
    table = Table(
        title=f"Quotation basket {basket.get('id', 'none')}, {basket.get('state', '')}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for heading in ("Site", "Line", "Offer", "Price", "Order line", "State"):
        table.add_column(heading, justify="right" if heading == "Price" else "left")
    for line in evidence.lines:
        made = evidence.order_lines_of(line)
        chosen = {one["product_offering_id"] for one in made}
        prices = line["prices"] or []
        table.add_row(
            f"[bold]{line['end_customer_name']}[/]",
            f"{line['reference']}\n{shown(line['state'])}",
            "\n".join(_offer(price, price["product_id"] in chosen) for price in prices) or "none",
            "\n".join(_price(price) for price in prices),
            "\n".join(f"[bold]{one['order_reference']}[/]" for one in made) or "none",
            "\n".join(shown(one["state"]) for one in made),
        )
    return table


def session_table(evidence: Evidence) -> Table:
    """Draw every order session.

    Args:
        evidence: What the sandbox holds.

    Returns:
        The table.
    """
    table = Table(title="Order sessions", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Session", "State", "Order lines"):
        table.add_column(heading)
    for session in evidence.sessions:
        made = [one for one in evidence.order_lines if one["product_order_id"] == session["id"]]
        names = ", ".join(one["order_reference"] or one["id"] for one in made)
        table.add_row(session["id"], shown(session["state"]), names)
    return table


def shown(state: str | None) -> str:
    """Give a state its colour.

    Args:
        state: The state.

    Returns:
        The state, with rich's marks.
    """
    style = STYLES.get(state or "", "")
    return f"[{style}]{state}[/]" if style else str(state or "")


def _offer(price: Json, accepted: bool) -> str:
    text = f"{price['product_id']} {price['name']}"
    return f"[green]{text} (accepted)[/]" if accepted else text


def _price(price: Json) -> str:
    return f"{price['monthly_price']:.0f} {price['currency']}/month + {price['setup_price']:.0f}"
