"""Eligibility requests: they take a while, and end with the offers that can be delivered."""

from __future__ import annotations

from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz import addresses, catalogue, combos, lists
from airflow_provider_covage.sandbox.prizz.answers.company import ClientLegalEntity
from airflow_provider_covage.sandbox.prizz.answers.eligibility import EligibilityHistory, GetEligibility
from airflow_provider_covage.sandbox.prizz.catalogue import ITEMS, OFFERS, SECOND_LIST, Offer
from airflow_provider_covage.sandbox.prizz.combos import Combo
from airflow_provider_covage.sandbox.prizz.lists import Filters
from airflow_provider_covage.sandbox.prizz.render import shape, shapes
from airflow_provider_covage.sandbox.prizz.states import FAILED, FINISHED, PENDING, RUNNING, state_word
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

_DEGREES: Json = {"type": "number", "format": "double"}
PARAMETERS = (
    query("address", {"type": "string"}),
    query("lat", _DEGREES),
    query("lon", _DEGREES),
    query("clientId", {"type": "integer"}, required=True),
)
HISTORY = Filters(sorts=())
GROUPS = (
    "main",
    "bandwidth",
    "commitment",
    "grt",
    "nrc",
    "distance",
    "fiber_count",
    "extremity_site_a",
    "extremity_site_b",
    "maintenance",
    "subnet",
    "national",
)
TECHNOLOGY = {"L2 Premium": 1, "L2 Basic": 2}
DELAY = {"L2 Premium": 42, "L2 Basic": 28}


class Eligibilities:
    """The operations `eligibility.*`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def create(self, request: Request) -> Json:
        """Start an eligibility request; everything is in the query string (P8)."""
        asked = request.query_params
        if not asked.get("clientId"):
            raise invalid(clientId=REQUIRED)
        client = self.world.client(lists.whole("clientId", asked["clientId"]))
        place = _place(request)
        others = self.world.clients() if self.world.dialect.responses == "per_company" else []
        clients = [client, *(other for other in others if other is not client)]
        # The one that was asked for comes last: whoever takes the first has the wrong one.
        made = [self._new(one, place) for one in reversed(clients)]
        ids = [record.data["id"] for record in made]
        self.world.ledger.effect({"eligibility": ids, client.kind: client.data["id"]}, place["address"])
        return {"entities": shapes(self.world, ClientLegalEntity, clients[::-1]), "responses": ids}

    def get(self, id: str) -> Json:
        """Read an eligibility request, and once it is finished what was found."""
        return shape(self.world, GetEligibility, self.world.get("eligibility", id))

    def history(self, request: Request) -> Json:
        """List the eligibility requests, the latest first."""
        return lists.page(self.world, request, "eligibility", EligibilityHistory, HISTORY, latest=True)

    def known(self, context: str) -> Record | None:
        """Return the request that a fast order names (P9)."""
        by = "wf" if self.world.dialect.eligibility_context == "wf" else "id"
        return next((r for r in self.world.store["eligibility"] if str(r.data[by]) == context), None)

    def _new(self, client: Record, place: Json) -> Record:
        data: Json = {
            "clientId": client.data["id"],
            "date": self.world.today(),
            "address": place["address"],
            "site": place,
            "attrs": {"address": place["address"], "lat": place["latitude"], "lon": place["longitude"]},
            "wftr": [],
            "result": [],
            "response": [],
            "combos": {},
        }
        record = self.world.add("eligibility", data)
        same = self.world.dialect.eligibility_context == "same"
        self.world.update(record, wf=record.data["id"] if same else self.world.number())
        self.move(record, PENDING)
        now, wait = self.world.clock.now(), self.world.timing.eligibility
        wait = self.world.between(0.8 * wait, wait, record)
        self.world.store.schedule.at(now + wait / 4, record, self._run)
        self.world.store.schedule.at(now + wait, record, self._finish)
        return record

    def move(self, record: Record, state: str) -> None:
        """Give a request a state; with the last one comes what was found."""
        word = state_word(self.world, state) if state in (PENDING, RUNNING, FINISHED, FAILED) else state
        entry = {"date": self.world.today(), "state": word}
        self.world.update(record, state=state, wfs=word, wftr=[*record.data["wftr"], entry])

    def finish(self, record: Record, outcome: str) -> None:
        """End a request."""
        if outcome in ("offers", "to_estimate"):
            self._find(record, to_estimate=outcome == "to_estimate")
        self.move(record, FAILED if outcome == "failed" else FINISHED)

    def _run(self, record: Record, _instant: float) -> None:
        self.move(record, RUNNING)

    def _finish(self, record: Record, _instant: float) -> None:
        outcome = self.world.outcomes.of("eligibility", record.data)
        if outcome != "never":
            self.finish(record, outcome)

    def _find(self, record: Record, *, to_estimate: bool) -> None:
        """Note the offers that can be delivered, with their combinations."""
        client = self.world.get("client_legal_entity", record.data["clientId"])
        contract = self.world.get("client_contract", client.data["contracts"][0])
        second = contract.data["priceListId"] != catalogue.PRICE_LISTS[0]["id"]
        distance = addresses.distance(record.data["address"])
        results, found = [], {}
        for offer in (OFFERS[offer_id] for offer_id in catalogue.ELIGIBLE):
            access = combos.access(offer, distance, to_estimate=to_estimate)
            fixed = [access] if access else []
            options = combos.combine(offer, offer.required, fixed, second=second, distance=distance)
            named = {f"{record.data['id']}-{offer.id}-{n}": combo for n, combo in enumerate(options, 1)}
            found.update(named)
            results.append(_result(offer, named, distance, contract.data["priceListId"]))
        self.world.update(record, combos=found, result=results, response=results)


def _place(request: Request) -> Json:
    """Return the site that a request is about."""
    asked = request.query_params
    address = (asked.get("address") or "").strip()
    if address:
        return {"address": address, **addresses.read(address)}
    if not asked.get("lat") or not asked.get("lon"):
        raise invalid(address=["Either address or lat and lon is required."])
    try:
        point = float(asked["lat"]), float(asked["lon"])
    except ValueError:
        raise invalid(lat=["This value should be a number."]) from None
    text = f"{catalogue.ADDRESS['streetName']} {point[0]},{point[1]}"
    return {"address": text, **addresses.read(text), **addresses.position(*point)}


def _result(offer: Offer, named: dict[str, Combo], distance: int, price_list: int) -> Json:
    """Return what answers say about an offer that can be delivered; amounts are in cents (P10)."""
    found = list(named.values())
    speeds = _range(found, "bandwidth")
    commitments = _range(found, "commitment")
    return {
        "code": offer.name,
        "tech": TECHNOLOGY[offer.name],
        "delivery": DELAY[offer.name],
        "grtMin": 4 if offer.name == "L2 Premium" else 8,
        "grtMax": 4 if offer.name == "L2 Premium" else 8,
        "grtNonWorkingHoursOptionAvailable": offer.name == "L2 Premium",
        "grtNonWorkingHoursOptionMandatory": False,
        **_ends("nrc", [combo.once for combo in found]),
        **_ends("commitment", commitments),
        **_ends("upload", speeds),
        **_ends("download", speeds),
        **_ends("guaranteedUpload", speeds),
        **_ends("guaranteeddDownload", speeds),
        **_ends("rc", [combo.recurring for combo in found]),
        "distance": distance,
        "priceListItemsGroups": _groups(offer, found),
        "offerId": offer.id,
        "priceListId": price_list,
        "combinations": [
            {
                "combinationId": name,
                "total": combo.recurring + combo.once,
                "totalWithoutNrc": combo.recurring,
                "nrc": None if combo.to_estimate else combo.once,
                "attributes": combo.attributes,
                "nrcToEstimate": combo.to_estimate,
            }
            for name, combo in named.items()
        ],
    }


def _range(found: list[Combo], attribute: str) -> list[int]:
    return [int(combo.attributes[attribute]) for combo in found]


def _ends(name: str, values: list[int]) -> Json:
    return {f"{name}Min": min(values), f"{name}Max": max(values)}


def _groups(offer: Offer, found: list[Combo]) -> Json:
    """Return the items of all combinations, by group."""
    groups: Json = {group: [] for group in GROUPS}
    used = {item.id: item for combo in found for item in combo.items}
    offset = SECOND_LIST if found[0].second else 0
    for item in used.values():
        group = "main" if item.id == offer.main else item.group
        shown = {"id": item.id + offset, "name": ITEMS[item.id].name, "productName": item.name}
        groups[group].append({**shown, "attributes": item.attributes})
    return groups
