"""The catalogue: offers, products and prices."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from airflow_provider_covage.sandbox.prizz.answers.common import (
    Answer,
    Cents,
    Dated,
    OfferType,
    Priced,
    ProductGroupType,
)
from airflow_provider_covage.sandbox.prizz.answers.people import LegalEntity


class ProductGroup(Answer):
    """What a product is about, for instance bandwidth."""

    name: str
    type: ProductGroupType | None = Field(description="`iru` or `location` (P1)")


class Product(Answer):
    """A thing that has a price."""

    id: int
    name: str
    attributes: dict[str, Any] | None
    productCode: str
    group: ProductGroup


class OfferItem(Dated):
    """The main product of an offer."""

    id: int
    name: str
    minCount: int
    maxCount: int
    product: Product
    eligibilityString: str | None


class Offer(Answer):
    """An offer of the catalogue."""

    id: int
    name: str
    description: str | None
    mainOfferItem: OfferItem
    offerType: OfferType | None


class PriceListItem(Dated, Priced):
    """The price of a product."""

    id: int
    name: str
    priceListId: int
    product: Product
    commercialCode: str
    description: str | None
    insideOfferOnly: bool
    toEstimate: bool
    active: bool


class PriceList(Answer):
    """A price list."""

    id: int
    name: str
    legalEntity: LegalEntity
    commercialCode: str
    description: str | None
    items: list[PriceListItem]


class PriceListOffers(Answer):
    """The offers of a price list."""

    offers: list[Offer]


class OfferContext(Answer):
    """What some items of an offer cost together."""

    offerId: int
    isValid: bool
    total: Cents
    totalWithoutNrc: Cents
    items: list[PriceListItem]


class OfferContextShortened(Answer):
    """What some items of an offer cost together, in short."""

    offerId: int
    total: Cents
    totalWithoutNrc: Cents
    hasToEstimateProducts: bool
    itemsIds: list[int]
    attributes: dict[str, Any]
