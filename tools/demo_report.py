"""What the demo shows at its end, read from the sandbox: what was asked, offered, accepted and ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.tree import Tree

from tools.sandbox import SandboxServer

Json = dict[str, Any]

STYLES = {
    "success": "green",
    "accepted": "green",
    "completed": "green",
    "acknowledged": "green",
    "finalized": "green",
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
        if session["state"] != "completed":
            found.append(f"order session {session['id']}: {session['state']}")
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


def tree(evidence: Evidence) -> Tree:
    """Draw what was asked, offered, accepted and ordered.

    Args:
        evidence: What the sandbox holds.

    Returns:
        The basket with its lines, their offers, and the order that came of the one that was accepted.
    """
    basket = evidence.quotes[0] if evidence.quotes else {}
    root = Tree(f"[bold]Quotation basket[/] {basket.get('id', 'none')}  {shown(basket.get('state'))}")
    for line in evidence.lines:
        made = evidence.order_lines_of(line)
        name = f"[bold]{line['end_customer_name']}[/]  {line['reference']}"
        branch = root.add(f"{name}  {shown(line['state'])}")
        chosen = {one["product_offering_id"] for one in made}
        for price in line["prices"] or []:
            twig = branch.add(_offer(price, price["product_id"] in chosen))
            for one in made:
                if one["product_offering_id"] == price["product_id"]:
                    twig.add(_order(one, evidence.sessions))
    return root


def shown(state: str | None) -> str:
    """Give a state its colour.

    Args:
        state: The state.

    Returns:
        The state, with rich's marks.
    """
    style = STYLES.get(state or "", "")
    return f"[{style}]{state}[/]" if style else str(state or "")


def _offer(price: Json, is_accepted: bool) -> str:
    name = f"{price['product_id']} {price['name']}"
    shown_name = f"[green]✓ {name:<42}[/]" if is_accepted else f"  {name:<42}"
    return f"{shown_name} {price['monthly_price']:.0f} EUR/month + {price['setup_price']:.0f} EUR"


def _order(line: Json, sessions: Iterable[Json]) -> str:
    reference = f"[bold]{line['order_reference'] or 'no order reference'}[/]"
    states = [one["state"] for one in sessions if one["id"] == line["product_order_id"]]
    session = f"session {line['product_order_id'][:8]} {shown(states[0] if states else None)}"
    return f"{reference}  {shown(line['state'])}  {session}"
