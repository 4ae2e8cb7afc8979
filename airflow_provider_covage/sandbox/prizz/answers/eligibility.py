"""Eligibility requests; all amounts are in euro cents."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from airflow_provider_covage.sandbox.prizz.answers.common import Answer, MaybeMoment
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity


class CreateEligibility(Answer):
    """Eligibility requests that were started."""

    entities: list[ClientLegalEntity] = Field(description="Companies for which the request was made")
    responses: list[int] = Field(description="Identifiers for get_eligibility")


class EligibilityPriceListItem(Answer):
    """An item of a price list, in short."""

    id: int
    name: str
    productName: str
    attributes: dict[str, Any]


class EligibilityItemGroups(Answer):
    """The items that an offer can be made of."""

    main: list[EligibilityPriceListItem]
    bandwidth: list[EligibilityPriceListItem]
    commitment: list[EligibilityPriceListItem]
    grt: list[EligibilityPriceListItem]
    nrc: list[EligibilityPriceListItem]
    distance: list[EligibilityPriceListItem]
    fiber_count: list[EligibilityPriceListItem]
    extremity_site_a: list[EligibilityPriceListItem]
    extremity_site_b: list[EligibilityPriceListItem]
    maintenance: list[EligibilityPriceListItem]
    subnet: list[EligibilityPriceListItem]
    national: list[EligibilityPriceListItem]


class EligibilityCombination(Answer):
    """A priced combination of items."""

    combinationId: str = Field(description="Value for fast_order")
    total: int = Field(description="Euro cents")
    totalWithoutNrc: int = Field(description="Recurring part, euro cents")
    nrc: int | None = Field(description="One-off part, euro cents")
    attributes: dict[str, Any]
    nrcToEstimate: bool = Field(description="True: part of the one-off cost has to be estimated")


class EligibilityResult(Answer):
    """An offer that can be delivered."""

    code: str = Field(description="Offer name, for instance L2 Premium")
    tech: int = Field(description="Identifier of the technology")
    delivery: int | None = Field(description="Days")
    grtMin: int | None = Field(description="Guaranteed repair time, hours")
    grtMax: int | None = Field(description="Guaranteed repair time, hours")
    grtNonWorkingHoursOptionAvailable: bool
    grtNonWorkingHoursOptionMandatory: bool
    nrcMin: int | None = Field(description="One-off cost, euro cents")
    nrcMax: int | None = Field(description="One-off cost, euro cents")
    commitmentMin: int | None = Field(description="Months")
    commitmentMax: int | None = Field(description="Months")
    uploadMin: int | None = Field(description="Mb/s")
    uploadMax: int | None = Field(description="Mb/s")
    downloadMin: int | None = Field(description="Mb/s")
    downloadMax: int | None = Field(description="Mb/s")
    guaranteedUploadMin: int | None = Field(description="Mb/s")
    guaranteedUploadMax: int | None = Field(description="Mb/s")
    guaranteeddDownloadMin: int | None = Field(description="Mb/s; the double d is real (P11)")
    guaranteeddDownloadMax: int | None = Field(description="Mb/s; the double d is real (P11)")
    rcMin: int | None = Field(description="Recurring cost; most likely euro cents (P10)")
    rcMax: int | None = Field(description="Recurring cost; most likely euro cents (P10)")
    distance: int | None = Field(description="Metres of network to build (estimate)")
    priceListItemsGroups: EligibilityItemGroups
    offerId: int | None = Field(description="Catalogue offer")
    priceListId: int | None = Field(description="Price list, as in the contracts of the customer company")
    combinations: list[EligibilityCombination] = Field(description="Priced combinations")


class GetEligibility(Answer):
    """An eligibility request and what was found."""

    wf: int = Field(description="Identifier of the eligibility workflow")
    wfs: str = Field(description="Status of the workflow; values not documented")
    attrs: dict[str, Any] = Field(description="Free attributes of the workflow")
    wftr: list[dict[str, Any]] = Field(description="History of the transitions")
    client: ClientLegalEntity
    response: list[EligibilityResult] = Field(description="Offers found")


class EligibilityHistory(Answer):
    """An eligibility request as the history lists it."""

    id: int
    date: MaybeMoment
    address: str | None
    client: ClientLegalEntity
    result: list[EligibilityResult]
