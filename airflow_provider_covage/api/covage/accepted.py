"""Finding what the acceptance of a quotation line has made, and which offer it was (C6, C53)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import distinct, is_same_id
from airflow_provider_covage.api.covage.recognition import names_of, only
from airflow_provider_covage.api.errors import AmbiguousError, LifecycleError, TransientError

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.covage.client import CovageClient


def accepted_as(client: CovageClient, item: Record, product_id: str) -> dict[str, str]:
    """Find the order line that the acceptance of a quotation line has made.

    Args:
        client: The client.
        item: The accepted quotation line.
        product_id: The offer that was to be accepted.

    Returns:
        `product_order_id` and `product_order_item_id`.

    Raises:
        LifecycleError: Another offer of the line was accepted.
        AmbiguousError: The order lines do not say which quotation line they come from, and which of them it
            is remains open.
        TransientError: The order line does not show up yet.
    """
    name = f"quotation line {item.get('reference') or ''} {item['id']}"
    candidates = _order_lines_like(client, item)
    found = [line for line in candidates if is_same_id(line.get("quote_item_id"), item["id"])]
    if not found:
        found = _among_silent(
            [line for line in candidates if not line.get("quote_item_id")], item, product_id
        )
        found = only(found, f"order line of {name}")
        _refuse_anothers(client, item, found)
    found = only(found, f"order line of {name}")
    offer = _offer(found[0] if found else {}) or _taken(item) or str(product_id)
    if offer != str(product_id):
        made = f": {_told(found[0])}" if found else ""
        raise LifecycleError(f"{name} was accepted with offer {offer}, not {product_id}{made}")
    if not found:
        raise TransientError(f"{name} is accepted, but its order line does not show up in the list yet")
    return ids_of(found[0])


def accepted_offer(client: CovageClient, item: Record) -> str:
    """Find out which offer of an accepted quotation line was taken.

    Args:
        client: The client.
        item: The accepted quotation line.

    Returns:
        The offer's product id: that of the one price that is accepted, else that of the order line.

    Raises:
        AmbiguousError: Neither tells.
        TransientError: The order line does not show up yet.
    """
    if taken := _taken(item):
        return taken
    candidates = _order_lines_like(client, item)
    exact = [line for line in candidates if is_same_id(line.get("quote_item_id"), item["id"])]
    name = f"quotation line {item.get('reference') or ''} {item['id']}"
    if not candidates:
        raise TransientError(f"{name} is accepted, but its order line does not show up in the list yet")
    if len(exact) != 1 or not exact[0].get("product_offering_id"):
        raise AmbiguousError(f"{name} is accepted, and the API does not say with which offer; see the portal")
    return str(exact[0]["product_offering_id"])


def is_made_of(line: Mapping[str, Any], quote_item_id: str, product_id: str) -> bool:
    """Say whether an order line certainly came of an acceptance.

    Args:
        line: The order line.
        quote_item_id: The quotation line.
        product_id: The offer.

    Returns:
        Whether it names both.
    """
    return is_same_id(line.get("quote_item_id"), quote_item_id) and _offer(line) == str(product_id)


def ids_of(line: Mapping[str, Any]) -> dict[str, str]:
    """Give the result of an acceptance.

    Args:
        line: The order line that it has made.

    Returns:
        `product_order_id` and `product_order_item_id`.
    """
    return {"product_order_id": str(line["product_order_id"]), "product_order_item_id": str(line["id"])}


def state_of_offer(item: Mapping[str, Any], product_id: str) -> str | None:
    """Read the state of one offer of a quotation line, which no document shows (C6, C25).

    Args:
        item: The line.
        product_id: The offer.

    Returns:
        Its state, None where the API does not show it.
    """
    states = {_offer(price): price.get("state") for price in _prices(item)}
    return states.get(str(product_id))


def _taken(item: Mapping[str, Any]) -> str:
    accepted = [_offer(price) for price in _prices(item) if price.get("state") == "accepted"]
    return accepted[0] if len(accepted) == 1 else ""


def _prices(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [price for price in item.get("prices") or [] if isinstance(price, dict)]


def _offer(record: Mapping[str, Any]) -> str:
    return str(record.get("product_offering_id") or record.get("product_id") or "")


def _told(line: Mapping[str, Any]) -> str:
    return f"order session {line.get('product_order_id')}, order line {line.get('id')}"


def _among_silent(silent: list[Record], item: Record, product_id: str) -> list[Record]:
    """Choose among order lines that do not say which quotation line they come from.

    Where none is for the offer, another offer was accepted, or the order line lags behind and these belong to
    other quotation lines of the site: the prices decide, else a person.
    """
    accepted = _taken(item)
    wanted = accepted or str(product_id)
    found = [line for line in silent if _offer(line) in (wanted, "")]
    if found or accepted or not silent:
        return found
    others = "; ".join(f"offer {_offer(line)}: {_told(line)}" for line in silent)
    raise AmbiguousError(
        f"quotation line {item.get('reference') or ''} {item['id']} is accepted, and no order line shows "
        f"offer {product_id}. It was accepted with another offer if one of these is of it, which they do not "
        "say: "
        f"{others}. Look at them in the portal; nothing was sent"
    )


def _refuse_anothers(client: CovageClient, item: Record, found: list[Record]) -> None:
    """Refuse an order line that may be that of another quotation line, while the one wanted lags behind."""
    site = item.get("product_offering_qualification_item_id")
    if not found or not site:
        return
    others = [
        line
        for line in distinct(client.quote_item.list(state="accepted"))
        if is_same_id(line.get("product_offering_qualification_item_id"), site)
        and line.get("state") == "accepted"
        and not is_same_id(line.get("id"), item["id"])
    ]
    if others:
        name = f"{item.get('reference') or ''} {item['id']}"
        raise AmbiguousError(
            f"{_told(found[0])} does not say which quotation line it comes from: {name}, or another one that "
            f"is accepted for the same site, {names_of(others)}. Look at them in the portal; nothing was sent"
        )


def _order_lines_like(client: CovageClient, item: Record) -> list[Record]:
    """Read the order lines for the same site that were made since the quotation line was."""
    site = item.get("product_offering_qualification_item_id")
    since = {"creation_date_gt": item["creation_date"]} if item.get("creation_date") else {}
    shown = [
        line
        for line in client.product_order_item.list(**since)
        if line.get("product_offering_qualification_item_id") in (None, "")
        or is_same_id(line["product_offering_qualification_item_id"], site)
    ]
    return [
        {"product_order_id": line.get("product_order_id"), **client.product_order_item.get(str(line["id"]))}
        for line in distinct(shown)
    ]
