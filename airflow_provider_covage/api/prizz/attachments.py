"""Attachments, whose content lies behind a link that works for a while (prizz-extranet.txt, "Attachment")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack
from urllib.parse import urlsplit

from airflow_provider_covage.api import answers as common
from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.files import FileTarget, sink
from airflow_provider_covage.api.links import is_this_machine
from airflow_provider_covage.api.prizz.models import AttachmentFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource
from airflow_provider_covage.api.request import Request


class Attachment(PrizzResource[AnyTransport]):
    """Attachments; the link in each is a secret until it expires (P26)."""

    @operation
    def get(self, attachment_id: Id) -> Call[Record]:
        """Read the description of an attachment.

        Args:
            attachment_id: The attachment.

        Returns:
            The attachment; `download` takes it.

        Raises:
            NotFoundError: There is no such attachment.
        """
        return self._read(path("attachments", number(attachment_id, "attachment_id")))

    @operation
    def download(self, attachment: Mapping[str, Any], *, to: FileTarget | None = None) -> Call[Any]:
        """Download the content of an attachment, without the API's token.

        Args:
            attachment: The attachment, read a moment ago: its link expires.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the file is, or its content.

        Raises:
            InputError: The attachment has no link, or one that is not https; nothing was sent.
            ApiError: The link is refused, perhaps because it has expired: read the attachment again.
        """
        name = f"attachment {attachment.get('id')}"
        request = Request(
            "GET", f"(link of {name})", url=_link(attachment, name), anonymous=True, accept="*/*"
        )
        return Call(request, common.stored, sink(to, str(attachment.get("name") or name)))

    @listing
    def list(self, **filters: Unpack[AttachmentFilters]) -> Listing:
        """List the attachments of an invoice, a commercial offer or a service contract.

        Args:
            **filters: `entity_id` and `entity_type`.

        Returns:
            An iterator over the attachments.

        Raises:
            InputError: A field is missing or not of its kind; nothing was sent.
        """
        checked = body(AttachmentFilters, filters, of="attachment.list")
        return self._array(path("attachments"), checked, within="attachments")

    @listing
    def list_public(self) -> Listing:
        """List the attachments that every customer is offered.

        Returns:
            An iterator over the attachments.
        """
        return self._array(path("attachments", "public"), within="attachments")


def _link(attachment: Mapping[str, Any], name: str) -> str:
    link = str(attachment.get("presignedUrl") or "")
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host:
        raise InputError(f"{name} has no link to its content (presignedUrl); nothing was sent")
    if parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host)):
        return link
    raise InputError(f"the link of {name} is {parts.scheme}, only https is followed; nothing was sent")
