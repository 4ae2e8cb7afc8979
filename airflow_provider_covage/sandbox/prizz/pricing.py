"""The operations `offer.context`, `offer.contexts` and `offer.contexts_shortened`: what offers cost."""

from __future__ import annotations

from typing import get_args

from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import REQUIRED, invalid, not_found
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz import catalogue, combos, lists, money
from airflow_provider_covage.sandbox.prizz.answers.catalogue import PriceListItem
from airflow_provider_covage.sandbox.prizz.answers.common import ProductGroupType
from airflow_provider_covage.sandbox.prizz.catalogue import ITEMS, OFFERS, SECOND_LIST, Item, Offer
from airflow_provider_covage.sandbox.prizz.combos import Combo
from airflow_provider_covage.sandbox.prizz.render import shapes, words
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json

GROUPS = (*get_args(ProductGroupType), "location")
"""The groups of the document, and the one that only the generated client knows (P1)."""
_WHOLE: Json = {"type": "integer"}
_ITEMS = {"type": "array", "items": _WHOLE}
CONTEXT = (query("items[]", _ITEMS, required=True), query("distance", _WHOLE))
CONTEXTS = (
    query("priceList", _WHOLE, required=True),
    query("groups[]", {"type": "array", "items": {"type": "string", "enum": list(GROUPS)}}),
    query("autofillOffer", {"type": "boolean"}),
    query("items[]", _ITEMS),
    query("distance", _WHOLE),
)
MOST = 500
"""How many combinations are answered at most."""


class Pricing:
    """The operations about the price of an offer."""

    def __init__(self, world: World) -> None:
        self.world = world

    def context(self, id: str, request: Request) -> Json:
        """Compute what some items of an offer cost together."""
        offer = self._offer(id)
        ids = lists.whole_numbers(request.query_params, "items[]")
        if not ids:
            raise invalid(**{"items[]": REQUIRED})
        second = all(number - SECOND_LIST in ITEMS and number not in ITEMS for number in ids)
        items = [self._item(number - (SECOND_LIST if second else 0)) for number in ids]
        combo = Combo(offer, tuple(items), second, self._distance(request))
        return self._long(combo)

    def contexts(self, id: str, request: Request) -> list[Json]:
        """Compute every valid combination of the items of an offer on a price list."""
        return [self._long(combo) for combo in self._combos(id, request)]

    def contexts_shortened(self, id: str, request: Request) -> list[Json]:
        """Compute the same in a shorter form."""
        return [
            {
                "offerId": combo.offer.id,
                **self._totals(combo),
                "hasToEstimateProducts": combo.to_estimate,
                "itemsIds": combo.ids,
                "attributes": combo.attributes,
            }
            for combo in self._combos(id, request)
        ]

    def _combos(self, offer_id: str, request: Request) -> list[Combo]:
        offer, asked = self._offer(offer_id), request.query_params
        if not asked.get("priceList"):
            raise invalid(priceList=REQUIRED)
        price_list = self.world.get("price_list", lists.whole("priceList", asked["priceList"]))
        second = price_list.data["id"] != catalogue.PRICE_LISTS[0]["id"]
        offset = SECOND_LIST if second else 0
        fixed = [self._item(number - offset) for number in lists.whole_numbers(asked, "items[]")]
        groups = [self._group(group) for group in asked.getlist("groups[]")]
        if asked.get("autofillOffer") in ("true", "1") and groups:
            taken = {item.group for item in fixed} | set(groups)
            fixed += [combos.default(offer, group) for group in offer.required if group not in taken]
        found = combos.combine(
            offer, groups or offer.required, fixed, second=second, distance=self._distance(request)
        )
        return [combo for combo in found if combo.valid][:MOST]

    def _offer(self, offer_id: str) -> Offer:
        self.world.get("offer", offer_id)
        return OFFERS[int(offer_id)]

    def _item(self, number: int) -> Item:
        if number not in ITEMS:
            raise not_found()
        return ITEMS[number]

    def _group(self, name: str) -> str:
        lists.choice("groups[]", name, (*GROUPS, *words(self.world.dialect).values()))
        back = {shown: kept for kept, shown in words(self.world.dialect).items()}
        return "iru" if name == "location" else back.get(name, name)

    def _distance(self, request: Request) -> int | None:
        text = request.query_params.get("distance")
        return None if text is None else lists.whole("distance", text)

    def _totals(self, combo: Combo) -> Json:
        dialect = self.world.dialect
        return {
            "total": money.shown(dialect, combo.recurring + combo.once),
            "totalWithoutNrc": money.shown(dialect, combo.recurring),
        }

    def _long(self, combo: Combo) -> Json:
        items = self.world.several("price_list_item", combo.ids)
        return {
            "offerId": combo.offer.id,
            "isValid": combo.valid,
            **self._totals(combo),
            "items": shapes(self.world, PriceListItem, items),
        }
