"""Companies, users, tokens and the catalogue: what nobody makes over the API (almost)."""

from __future__ import annotations

from itertools import count

from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz import catalogue, lists
from airflow_provider_covage.sandbox.prizz.answers.catalogue import Offer, PriceList, PriceListItem
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.people import LegalEntity, User, UserApiToken
from airflow_provider_covage.sandbox.prizz.catalogue import PRODUCTS
from airflow_provider_covage.sandbox.prizz.lists import Filters
from airflow_provider_covage.sandbox.prizz.render import shape, shapes
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

_WHOLES: Json = {"type": "array", "items": {"type": "integer"}}
IDS = (query("ids[]", _WHOLES, required=True),)
OFFERS = (query("ids[]", _WHOLES), query("codes[]", {"type": "array", "items": {"type": "string"}}))
TOKENS = Filters(sorts=())
SELLERS = Filters()
CLIENTS = Filters(
    numbers={"legalEntityId": lambda world, client: sellers_of(world, client)},
    search=lambda _world, client: (client.data["name"], client.data["siren"], client.data["cityName"]),
)


def sellers_of(world: World, client: Record) -> set[int]:
    """Return the ids of the companies that sell to a customer company."""
    contracts = world.several("client_contract", client.data["contracts"])
    lists_ = [world.get("price_list", contract.data["priceListId"]) for contract in contracts]
    return {price_list.data["legalEntityId"] for price_list in lists_}


class Reference:
    """The operations `user.*`, `client_legal_entity.*`, `legal_entity.*`, `price_list.*` and `offer.list`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def me(self) -> Json:
        """Read the user that the token belongs to."""
        return shape(self.world, User, self.world.get("user", catalogue.USER["id"]))

    def api_tokens(self, request: Request) -> Json:
        """List the API tokens of the user, values included (P26)."""
        return lists.page(self.world, request, "api_token", UserApiToken, TOKENS)

    def clients(self, request: Request) -> Json:
        """List the customer companies that the token gives access to."""
        return lists.page(self.world, request, "client_legal_entity", ClientLegalEntity, CLIENTS, self._mine)

    def client(self, id: str) -> Json:
        """Read one customer company."""
        return shape(self.world, ClientLegalEntity, self.world.client(id))

    def sellers(self, request: Request) -> Json:
        """List the selling companies."""
        return lists.page(self.world, request, "legal_entity", LegalEntity, SELLERS)

    def seller(self, id: str) -> Json:
        """Read one selling company."""
        return shape(self.world, LegalEntity, self.world.get("legal_entity", id))

    def price_list(self, id: str) -> Json:
        """Read one price list."""
        return shape(self.world, PriceList, self.world.get("price_list", id))

    def price_lists(self, request: Request) -> list[Json]:
        """Read several price lists; there is no way to list all of them (P15)."""
        return shapes(self.world, PriceList, self._asked_for(request, "price_list"))

    def price_list_items(self, request: Request) -> list[Json]:
        """Read several items of price lists."""
        return shapes(self.world, PriceListItem, self._asked_for(request, "price_list_item"))

    def price_list_offers(self, id: str) -> Json:
        """List the offers of a price list."""
        self.world.get("price_list", id)
        return {"offers": shapes(self.world, Offer, list(self.world.store["offer"]))}

    def offers(self, request: Request) -> list[Json]:
        """List the offers of the catalogue, by ids or codes."""
        asked = request.query_params
        ids, codes = lists.whole_numbers(asked, "ids[]"), asked.getlist("codes[]")
        found = [
            offer
            for offer in self.world.store["offer"]
            if (not ids or offer.data["id"] in ids) and (not codes or offer.data["name"] in codes)
        ]
        return shapes(self.world, Offer, found)

    def _asked_for(self, request: Request, kind: str) -> list[Record]:
        ids = lists.whole_numbers(request.query_params, "ids[]")
        if not ids:
            raise invalid(**{"ids[]": REQUIRED})
        return self.world.several(kind, ids)

    def _mine(self, client: Record) -> bool:
        return bool(client.data["allowed"])

    def fill(self) -> None:
        """Keep what the catalogue holds."""
        numbers = count(401)
        self._add_people()
        for seller in catalogue.LEGAL_ENTITIES:
            self._add("legal_entity", {**catalogue.ADDRESS, **catalogue.COMPANY, **seller, "logo": None})
        self._add_products(numbers)
        for row in catalogue.PRICE_LISTS:
            second = row["id"] != catalogue.PRICE_LISTS[0]["id"]
            items = [self._add_price(row, item, second) for item in catalogue.ITEMS.values()]
            self._add("price_list", {**row, "items": items})
        for client in catalogue.CLIENTS:
            self._add_client(client, numbers)

    def _add(self, kind: str, data: Json) -> int:
        number = int(data["id"])
        self.world.add(kind, data, record_id=str(number))
        return number

    def _add_people(self) -> None:
        today = self.world.today()
        dates = {"createDate": today, "lastModifiedDate": None}
        self._add("user", {**catalogue.USER, **dates})
        self._add("user", {**catalogue.TECHNICIAN, **dates})
        token = self.world.settings.account.api_token
        shown = {"name": "sandbox", "active": True, "token": token, "lastUsage": today}
        self._add("api_token", {"id": 61, **shown, **dates})

    def _add_products(self, numbers: count[int]) -> None:
        today = self.world.today()
        for item in catalogue.ITEMS.values():
            group = {"name": item.group.replace("_", " ").capitalize(), "type": item.group}
            product = {"id": item.id + PRODUCTS, "name": item.name, "productCode": item.code, "group": group}
            self._add("product", {**product, "attributes": item.attributes})
        for offer in catalogue.OFFERS.values():
            main = {
                "id": next(numbers),
                "name": offer.name,
                "createDate": today,
                "minCount": 1,
                "maxCount": 1,
                "productId": offer.main + PRODUCTS,
                "eligibilityString": "address" if offer.type == "L2" else None,
            }
            shown = {"name": offer.name, "description": offer.description, "offerType": offer.type}
            self._add("offer", {"id": offer.id, **shown, "mainOfferItem": main})

    def _add_price(self, price_list: Json, item: catalogue.Item, second: bool) -> int:
        return self._add(
            "price_list_item",
            {
                "id": item.id + (catalogue.SECOND_LIST if second else 0),
                "createDate": self.world.today(),
                "name": item.name,
                "unitPrice": catalogue.price(item, second),
                "unit": item.unit,
                "vat": "20",
                "recurrence": item.recurrence,
                "priceListId": price_list["id"],
                "productId": item.id + PRODUCTS,
                "commercialCode": item.code,
                "insideOfferOnly": item.group != "desserte",
                "toEstimate": item.to_estimate,
                "active": True,
            },
        )

    def _add_client(self, client: Json, numbers: count[int]) -> None:
        dates = {"createDate": self.world.today(), "lastModifiedDate": None}
        person = {"lastname": "Bernard", "firstname": "Claude", "gender": "f", "phone1": "0102030406"}
        person["companyName"] = client["name"]
        contact = self._add(
            "contact", {"id": next(numbers), **person, "email": "claude.bernard@example.com", **dates}
        )
        typed = {"entityId": client["id"], "entityClass": "ClientLegalEntity", "contactId": contact}
        configured = self._add("typed_contact", {"id": next(numbers), "type": "DELIVERY", **typed, **dates})
        role = {"userId": catalogue.USER["id"], "role": "ROLE_ORDER"}
        contract = {
            "id": client["id"] + 100,
            "name": f"Contrat cadre {client['name']}",
            "priceListId": client["priceList"],
            "paymentTermDays": 30,
            "vatReverseCharge": False,
            "invoiceConsolidation": True,
            "clientLegalEntityId": client["id"],
        }
        self._add(
            "client_legal_entity",
            {
                **catalogue.ADDRESS,
                **client,
                **catalogue.COMPANY,
                "arcepCode": f"OP{client['id']}",
                "contacts": [contact],
                "configuredContacts": [configured],
                "contracts": [self._add("client_contract", contract)],
                "roles": [self._add("user_role", {"id": next(numbers), **role, **dates})],
            },
        )
