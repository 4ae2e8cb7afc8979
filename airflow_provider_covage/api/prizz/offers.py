"""Commercial offers, their sections and items (prizz-extranet.txt, "Commercial offer").

Creations and changes answer `{id, success, lastLog}`. What the `id` is of, the thing made, its parent or the
workflow behind it, is not documented (P6): read the offer again to be sure.
"""

from __future__ import annotations

from typing import Any, Unpack

from airflow_provider_covage.api import answers as common
from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.files import FileTarget
from airflow_provider_covage.api.prizz.models import (
    CommentFields,
    FastOrderFields,
    NewOfferFields,
    OfferFilters,
    SectionFields,
    SectionItemsFields,
    SectionNameFields,
    SectionOfferFields,
    SignFields,
)
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource
from airflow_provider_covage.api.request import Request


class CommercialOffer(PrizzResource[AnyTransport]):
    """Commercial offers: a draft, one section per service, and a signature that orders them."""

    @operation
    def create(self, **fields: Unpack[NewOfferFields]) -> Call[Record]:
        """Open an empty commercial offer. It orders nothing.

        Args:
            **fields: See `prizz.models.NewOfferFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; look among the offers of the customer, it bears no key (P24).
        """
        return self._write(
            path("commercial_offers"), body(NewOfferFields, fields, of="commercial_offer.create")
        )

    @operation
    def fast_order(self, elig_ctx_id: Id, **fields: Unpack[FastOrderFields]) -> Call[Record]:
        """Make a commercial offer of a combination that an eligibility request has found.

        Args:
            elig_ctx_id: The eligibility request: one of its `responses`, most likely the same as `wf` (P9).
            **fields: See `prizz.models.FastOrderFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; look for a section with the `client_reference`.
        """
        json = body(FastOrderFields, fields, of="commercial_offer.fast_order")
        return self._write(path("commercial_offers", "fast_order", number(elig_ctx_id, "elig_ctx_id")), json)

    @operation
    def get(self, commercial_offer_id: Id) -> Call[Record]:
        """Read a commercial offer.

        Args:
            commercial_offer_id: The offer.

        Returns:
            The offer with its sections; totals are integers, most likely euro cents (P10).

        Raises:
            NotFoundError: There is no such offer.
        """
        return self._read(_offer(commercial_offer_id))

    @operation
    def get_by_name(self, offer_name: str) -> Call[Record]:
        """Read a commercial offer by its name.

        Args:
            offer_name: The name, such as `CPT...` or `CPI...`.

        Returns:
            The offer.

        Raises:
            NotFoundError: There is no such offer.
        """
        return self._read(path("commercial_offers_by_name", offer_name))

    @operation
    def submit(self, commercial_offer_id: Id) -> Call[Record]:
        """Submit a commercial offer: it is checked, and priced where something has to be estimated.

        Args:
            commercial_offer_id: The offer.

        Returns:
            `id`, `success`, `lastLog`; in which status the offer is then is not documented (P22).

        Raises:
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; read the status of the offer.
        """
        return self._write(_offer(commercial_offer_id, "submit"))

    @operation
    def sign(self, commercial_offer_id: Id, **fields: Unpack[SignFields]) -> Call[Record]:
        """Sign a commercial offer, or have the code for that sent to the signer. A signature orders.

        Args:
            commercial_offer_id: The offer.
            **fields: `code`; without it one is sent.

        Returns:
            `id`, `success`, `lastLog` and `step`: `codeSent` or `signed`.

        Raises:
            InputError: The code is empty; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; read the status of the offer.
        """
        json = body(SignFields, fields, of="commercial_offer.sign")
        return self._write(_offer(commercial_offer_id, "sign"), json or None)

    @operation
    def add_comment(self, commercial_offer_id: Id, **fields: Unpack[CommentFields]) -> Call[Record]:
        """Add a comment to a commercial offer.

        Args:
            commercial_offer_id: The offer.
            **fields: See `prizz.models.CommentFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; look at the threads of the offer.
        """
        json = body(CommentFields, fields, of="commercial_offer.add_comment")
        return self._write(_offer(commercial_offer_id, "comments"), json or None)

    @operation
    def download_pdf(self, commercial_offer_id: Id, *, to: FileTarget | None = None) -> Call[Any]:
        """Download a commercial offer as PDF.

        Args:
            commercial_offer_id: The offer.
            to: Path, folder or binary file object; None for the content itself.

        Returns:
            Where the file is, or its content.

        Raises:
            InputError: The folder to write to does not exist.
            NotFoundError: There is no such offer.
        """
        return self._pdf(
            _offer(commercial_offer_id, "pdf"), to, f"commercial_offer_{commercial_offer_id}.pdf"
        )

    @listing
    def list(self, **filters: Unpack[OfferFilters]) -> Listing:
        """List commercial offers.

        Args:
            **filters: See `prizz.models.OfferFilters`.

        Returns:
            An iterator over all pages.
        """
        return self._pages(path("commercial_offers"), body(OfferFilters, filters, of="commercial_offer.list"))


class CommercialOfferSection(PrizzResource[AnyTransport]):
    """Sections of commercial offers: one service each, a service contract once the offer is signed."""

    @operation
    def create(self, commercial_offer_id: Id, **fields: Unpack[SectionFields]) -> Call[Record]:
        """Add a section to a commercial offer.

        Args:
            commercial_offer_id: The offer.
            **fields: See `prizz.models.SectionFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; look among the sections for the `client_reference`.
        """
        json = body(SectionFields, fields, of="commercial_offer_section.create")
        return self._write(_offer(commercial_offer_id, "sections"), json)

    @operation
    def get(self, section_id: Id) -> Call[Record]:
        """Read a section.

        Args:
            section_id: The section.

        Returns:
            The section with its items and, once signed, its service contract.

        Raises:
            NotFoundError: There is no such section.
        """
        return self._read(path("commercial_offer_sections", number(section_id, "section_id")))

    @operation
    def rename(
        self, commercial_offer_id: Id, section_id: Id, **fields: Unpack[SectionNameFields]
    ) -> Call[Record]:
        """Rename a section.

        Args:
            commercial_offer_id: The offer.
            section_id: The section.
            **fields: `name`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: The name is empty; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; the same may be sent again.
        """
        json = body(SectionNameFields, fields, of="commercial_offer_section.rename")
        return self._write(_section(commercial_offer_id, section_id, "rename"), json)

    @operation
    def set_offer(
        self, commercial_offer_id: Id, section_id: Id, **fields: Unpack[SectionOfferFields]
    ) -> Call[Record]:
        """Choose the catalogue offer of a section, with what it is to connect.

        Args:
            commercial_offer_id: The offer.
            section_id: The section.
            **fields: `offer_id` and `eligibility`; see `prizz.models.SectionOfferFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; the same may be sent again.
        """
        json = body(SectionOfferFields, fields, of="commercial_offer_section.set_offer")
        return self._write(_section(commercial_offer_id, section_id, "offer"), json)

    @operation
    def update_items(
        self, commercial_offer_id: Id, section_id: Id, **fields: Unpack[SectionItemsFields]
    ) -> Call[Record]:
        """Choose bandwidth, guaranteed repair time, commitment and lead time of a section.

        Args:
            commercial_offer_id: The offer.
            section_id: The section.
            **fields: Only what is to change; see `prizz.models.SectionItemsFields`.

        Returns:
            `id`, `success`, `lastLog`.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; the same may be sent again.
        """
        json = body(SectionItemsFields, fields, of="commercial_offer_section.update_items")
        return self._write(_section(commercial_offer_id, section_id, "update_items"), json)

    @operation
    def delete(self, commercial_offer_id: Id, section_id: Id) -> Call[Record | None]:
        """Remove a section from a commercial offer.

        Args:
            commercial_offer_id: The offer.
            section_id: The section.

        Returns:
            None: the answer is empty.

        Raises:
            NotFoundError: There is no such section, perhaps not any more.
            UnknownOutcome: The answer was lost; read the offer.
        """
        request = Request("DELETE", _section(commercial_offer_id, section_id))
        return Call(request, common.optional_record)


class CommercialOfferItem(PrizzResource[AnyTransport]):
    """Items of sections."""

    @operation
    def get(self, commercial_offer_item_id: Id) -> Call[Record]:
        """Read an item of a section.

        Args:
            commercial_offer_item_id: The item.

        Returns:
            The item; prices are integers, most likely euro cents (P10).

        Raises:
            NotFoundError: There is no such item.
        """
        return self._read(
            path("commercial_offer_items", number(commercial_offer_item_id, "commercial_offer_item_id"))
        )


def _offer(commercial_offer_id: Id, *rest: str) -> str:
    return path("commercial_offers", number(commercial_offer_id, "commercial_offer_id"), *rest)


def _section(commercial_offer_id: Id, section_id: Id, *rest: str) -> str:
    return _offer(commercial_offer_id, "sections", number(section_id, "section_id"), *rest)
