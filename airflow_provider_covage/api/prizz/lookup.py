"""Finding again what has been made: by the client reference, else by what identifies it (P24)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import distinct
from airflow_provider_covage.api.errors import NotFoundError
from airflow_provider_covage.api.prizz import lifecycle

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.prizz.client import PrizzClient
    from airflow_provider_covage.api.prizz.request import Id


def sections_of(offer: Mapping[str, Any]) -> list[Record]:
    """Take the sections out of a commercial offer.

    Args:
        offer: The offer.

    Returns:
        Its sections.
    """
    return [one for one in offer.get("sections") or [] if isinstance(one, dict)]


def section_in(offer: Mapping[str, Any], section_id: Id) -> Record | None:
    """Find a section of a commercial offer.

    Args:
        offer: The offer.
        section_id: The section.

    Returns:
        The section, None when it is not there.
    """
    return next((one for one in sections_of(offer) if str(one.get("id")) == str(section_id)), None)


def bearing(sections: Iterable[Record], reference: str) -> list[Record]:
    """Choose the sections that bear a client reference.

    Args:
        sections: Sections.
        reference: The reference.

    Returns:
        Those that bear it, the earliest first.
    """
    found = distinct(one for one in sections if one.get("clientReference") == reference)
    return sorted(found, key=_number)


def silent(sections: Sequence[Record], name: str) -> list[Record]:
    """Choose the sections of a name that may bear a client reference without showing it.

    Args:
        sections: All sections of an offer.
        name: The name.

    Returns:
        The sections, the earliest first; none where one of the offer shows a reference, as then all would.
    """
    if any(one.get("clientReference") for one in sections):
        return []
    return sorted((one for one in sections if one.get("name") == name), key=_number)


def offers_bearing(client: PrizzClient, reference: str, *, customer: Id, since: date | None) -> list[Record]:
    """Find commercial offers by the client reference of a section.

    Args:
        client: The client.
        reference: The reference.
        customer: The customer company.
        since: First day of creation to look at; None for all offers of the customer.

    Returns:
        The offers, the earliest first.
    """
    found = (
        one
        for one in _offers(client, customer, since)
        if _agrees(one, "clientLegalEntity", customer) and bearing(sections_of(one), reference)
    )
    return sorted(distinct(found), key=_number)


def empty_drafts(client: PrizzClient, *, customer: Id, seller: Id | None, since: date | None) -> list[Record]:
    """Find commercial offers of a customer that are drafts without any section.

    Args:
        client: The client.
        customer: The customer company.
        seller: The selling company; None for any.
        since: First day of creation to look at; None for all offers of the customer.

    Returns:
        The offers, the earliest first.
    """
    found = _offers(client, customer, since, status="new")
    drafts = distinct(one for one in found if is_empty_draft(one, customer, seller))
    return sorted(drafts, key=_number)


def is_empty_draft(offer: Mapping[str, Any], customer: Id, seller: Id | None) -> bool:
    """Say whether an offer may be what `commercial_offer.create` has made for a customer.

    Args:
        offer: The offer.
        customer: The customer company.
        seller: The selling company; None for any.

    Returns:
        Whether it is a draft without section, and nothing that it shows speaks against the companies.
    """
    is_draft = offer.get("status") in lifecycle.COMMERCIAL_OFFER.draft
    return is_draft and not sections_of(offer) and is_between(offer, customer, seller)


def is_between(offer: Mapping[str, Any], customer: Id, seller: Id | None) -> bool:
    """Say whether nothing that an offer shows speaks against its companies.

    Args:
        offer: The offer.
        customer: The customer company.
        seller: The selling company; None for any.

    Returns:
        Whether it may be theirs.
    """
    return _agrees(offer, "clientLegalEntity", customer) and _agrees(offer, "legalEntity", seller)


def offer_if_any(client: PrizzClient, commercial_offer_id: Any) -> Record | None:
    """Read a commercial offer by an identifier that may be that of something else (P6).

    Args:
        client: The client.
        commercial_offer_id: The identifier.

    Returns:
        The offer, None when there is none.
    """
    if not isinstance(commercial_offer_id, int) or isinstance(commercial_offer_id, bool):
        return None
    try:
        return client.commercial_offer.get(commercial_offer_id)
    except NotFoundError:
        return None


def contracts_of(offer: Mapping[str, Any]) -> list[int]:
    """Take the service contracts out of a signed commercial offer.

    Args:
        offer: The offer.

    Returns:
        The identifiers of the contracts that its sections have become so far.
    """
    contracts = [one.get("serviceContract") for one in sections_of(offer)]
    return [one["id"] for one in contracts if isinstance(one, dict) and one.get("id")]


def running_workflows(client: PrizzClient, context_name: str, entity_id: Id) -> list[Record]:
    """Find the running workflows of one kind on one object.

    The filters of the list are left alone: how they are written is not documented (P14).

    Args:
        client: The client.
        context_name: Kind of workflow.
        entity_id: The object.

    Returns:
        The workflows, the earliest first.
    """
    running = client.workflow.list_running()
    found = distinct(one for one in running if is_workflow_on(one, context_name, entity_id))
    return sorted(found, key=_number)


def is_workflow_on(workflow: Mapping[str, Any], context_name: str, entity_id: Id) -> bool:
    """Say whether a workflow is of a kind, and on an object.

    Args:
        workflow: The workflow.
        context_name: Kind of workflow.
        entity_id: The object.

    Returns:
        Whether it is.
    """
    kind = str(workflow.get("context")).strip("\\")
    return (kind, str(workflow.get("entityId"))) == (context_name.strip("\\"), str(entity_id))


def open_tickets(client: PrizzClient, operator_id: Id, service_id: Id) -> list[Record]:
    """Find the tickets of a service that are not resolved.

    Args:
        client: The client.
        operator_id: The operator.
        service_id: The service.

    Returns:
        The tickets, in the API's own order.
    """
    return distinct(
        one
        for one in client.ticket.list_for_operator(operator_id)
        if str(one.get("id_service_sicom")) == str(service_id)
        and one.get("etat") not in lifecycle.TICKET.target
        and not one.get("date_cloture")
    )


def comments_of(thread: Mapping[str, Any]) -> Iterator[Record]:
    """Go through the comments of a thread, whoever answers whom.

    Args:
        thread: The thread.

    Yields:
        Each comment.
    """
    todo = list(thread.get("comments") or [])
    while todo:
        node = todo.pop(0)
        if isinstance(node.get("comment"), dict):
            yield node["comment"]
        todo += node.get("children") or []


def _offers(client: PrizzClient, customer: Id, since: date | None, **filters: Any) -> Iterator[Record]:
    bound: dict[str, Any] = {"create_date_from": since.isoformat()} if since else {}
    listed = client.commercial_offer.list(
        client_legal_entity_id=int(customer), sort_id="ASC", **bound, **filters
    )
    for offer in listed:
        # A list may show its elements in short.
        yield offer if _is_whole(offer) else client.commercial_offer.get(offer["id"])


def _is_whole(offer: Mapping[str, Any]) -> bool:
    sections = offer.get("sections")
    return isinstance(sections, list) and all(
        isinstance(one, dict) and "clientReference" in one for one in sections
    )


def _agrees(offer: Mapping[str, Any], name: str, company: Id | None) -> bool:
    shown = offer.get(name)
    return company is None or not isinstance(shown, dict) or str(shown.get("id")) == str(company)


def _number(record: Mapping[str, Any]) -> tuple[int, str]:
    """The order of creation: identifiers are numbers that grow."""
    number = record.get("id")
    return (number if isinstance(number, int) else 0, str(record.get("createDate") or ""))
