"""Operators that change the sections of commercial offers, one service each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import lacking
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.prizz import lookup
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.prizz.base import SectionOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzSetSectionOfferOperator(SectionOperator):
    """Choose the offer of the catalogue for a section, with what it is to connect.

    May safely be done twice. Returns the section.

    Args:
        commercial_offer_id: The commercial offer, a draft.
        section_id: The section.
        offer_id: The offer of the catalogue.
        address: The site, for an offer of type L2.
        address_a: Site A, for an offer of type FON.
        address_b: Site B, for an offer of type FON.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = (
        "offer_id",
        "address",
        "address_a",
        "address_b",
        *SectionOperator.template_fields,
    )

    def __init__(
        self,
        *,
        offer_id: int | str,
        address: str | None = None,
        address_a: str | None = None,
        address_b: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.offer_id = offer_id
        self.address = address
        self.address_a = address_a
        self.address_b = address_b

    def act(self, context: Context) -> Record:
        """Choose the offer.

        Args:
            context: The task's context.

        Returns:
            The section.
        """
        self.numbers("commercial_offer_id", "section_id", "offer_id")
        site = given(
            address=self.address or None, address_a=self.address_a or None, address_b=self.address_b or None
        )
        if not ("address" in site or {"address_a", "address_b"} <= set(site)):
            raise InputError(
                f"{type(self).__name__}: address (L2), or address_a and address_b (FON), is needed; "
                "nothing was sent"
            )
        return self.once(context).repeatedly(
            f"offer {self.offer_id} of section {self.section_id}",
            check=self.draft,
            act=lambda: self._set(site),
            lacks=self._lacks,
        )

    def _lacks(self, section: Mapping[str, Any]) -> list[str]:
        offer = section.get("offer")
        shown = {"offer": offer.get("id")} if isinstance(offer, dict) else {}
        return lacking(shown, {"offer": self.offer_id})

    def _set(self, site: Any) -> Record:
        self.client.commercial_offer_section.set_offer(
            self.commercial_offer_id, self.section_id, offer_id=int(self.offer_id), eligibility=site
        )
        return self.client.commercial_offer_section.get(self.section_id)


class PrizzUpdateSectionItemsOperator(SectionOperator):
    """Choose bandwidth, guaranteed repair time, commitment and lead time of a section.

    May safely be done twice. Returns the section. The values allowed can be read from
    `hook.offer.contexts`.

    Args:
        commercial_offer_id: The commercial offer, a draft.
        section_id: The section.
        bandwidth: Mb/s, such as "1000".
        grt: Guaranteed repair time, hours and type, such as "4HNO".
        commitment: Months, such as "24".
        express: Days of lead time, such as "28".
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = (
        "bandwidth",
        "grt",
        "commitment",
        "express",
        *SectionOperator.template_fields,
    )

    def __init__(
        self,
        *,
        bandwidth: str | int | None = None,
        grt: str | None = None,
        commitment: str | int | None = None,
        express: str | int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bandwidth = bandwidth
        self.grt = grt
        self.commitment = commitment
        self.express = express

    def act(self, context: Context) -> Record:
        """Choose the items.

        Args:
            context: The task's context.

        Returns:
            The section.
        """
        self.numbers("commercial_offer_id", "section_id")
        items = given(
            bandwidth=self.bandwidth, grt=self.grt, commitment=self.commitment, express=self.express
        )
        if not items:
            raise InputError("nothing to change: give bandwidth, grt, commitment or express")
        return self.once(context).repeatedly(
            f"items of section {self.section_id}", check=self.draft, act=lambda: self._update(items)
        )

    def _update(self, items: Any) -> Record:
        self.client.commercial_offer_section.update_items(self.commercial_offer_id, self.section_id, **items)
        return self.client.commercial_offer_section.get(self.section_id)


class PrizzRenameSectionOperator(SectionOperator):
    """Rename a section of a commercial offer. May safely be done twice. Returns the section.

    Args:
        commercial_offer_id: The commercial offer, a draft.
        section_id: The section.
        name: The new name.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("name", *SectionOperator.template_fields)

    def __init__(self, *, name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = name

    def act(self, context: Context) -> Record:
        """Rename the section.

        Args:
            context: The task's context.

        Returns:
            The section.
        """
        self.numbers("commercial_offer_id", "section_id")
        self.required("name")
        return self.once(context).repeatedly(
            f"name of section {self.section_id}",
            check=self.draft,
            act=self._rename,
            lacks=lambda section: lacking(section, {"name": self.name}),
        )

    def _rename(self) -> Record:
        self.client.commercial_offer_section.rename(self.commercial_offer_id, self.section_id, name=self.name)
        return self.client.commercial_offer_section.get(self.section_id)


class PrizzRemoveSectionOperator(SectionOperator):
    """Remove a section from a commercial offer; one that is gone already counts as removed.

    Returns `{"commercial_offer_id", "section_id", "deleted": True}`.

    Args:
        commercial_offer_id: The commercial offer, a draft.
        section_id: The section.
        **kwargs: Arguments of every Prizz operator.
    """

    def act(self, context: Context) -> dict[str, Any]:
        """Remove the section unless it is gone.

        Args:
            context: The task's context.

        Returns:
            Both identifiers.
        """
        self.numbers("commercial_offer_id", "section_id")
        self.once(context)(f"removal of section {self.section_id}", look=self._gone, act=self._remove)
        return {
            "commercial_offer_id": self.commercial_offer_id,
            "section_id": self.section_id,
            "deleted": True,
        }

    def _gone(self, _: bool) -> bool | None:
        return True if lookup.section_in(self.read(), self.section_id) is None else None

    def _remove(self) -> bool:
        self.draft()
        self.client.commercial_offer_section.delete(self.commercial_offer_id, self.section_id)
        return True
