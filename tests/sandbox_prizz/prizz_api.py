"""A plain HTTP client: nothing of the package's own client."""

from __future__ import annotations

import requests

ROOT = "/external-api/v2"
TOKEN = "fixed-token-of-the-tests"
CLIENT, FOREIGN_CLIENT = 101, 103
ADDRESS = "12 bis Rue des Lilas 76000 Rouen"
PREMIUM, FON = 21, 23
ITEMS = {"bandwidth": "1000", "grt": "4HNO", "commitment": "36"}


class Api:
    """Calls of the API with the fixed token, and the steps that many tests begin with."""

    def __init__(self, sandbox, authorization=f"Token {TOKEN}"):
        self.sandbox = sandbox
        self.http = requests.Session()
        self.http.headers["Authorization"] = authorization

    def call(self, method, path, **options):
        return self.http.request(method, f"{self.sandbox.url}{ROOT}{path}", timeout=20, **options)

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, body=None, **options):
        return self.call("POST", path, json=body, **options)

    def ok(self, answer):
        assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        return answer.json()

    def done(self, answer):
        """Return the id that a write has answered."""
        body = self.ok(answer)
        assert body["success"] is True, body
        return body["id"]

    def refused(self, answer):
        """Return why a write was refused inside a successful answer."""
        body = self.ok(answer)
        assert body["success"] is False, body
        return body["lastLog"]

    def items(self, path, **params):
        return self.ok(self.get(path, **params))["items"]

    def eligibility(self, **params):
        answer = self.call("POST", "/eligibility", params={"clientId": CLIENT, "address": ADDRESS, **params})
        return self.ok(answer)["responses"][-1]

    def found(self, **params):
        """Return the id of an eligibility request that is finished, and its combinations by offer."""
        request = self.eligibility(**params)
        self.sandbox.advance(20)
        results = self.ok(self.get(f"/eligibility/{request}"))["response"]
        return request, {result["code"]: result["combinations"] for result in results}

    def offer(self, client=CLIENT):
        return self.done(self.post("/commercial_offers", {"clientLegalEntityId": client}))

    def section(self, offer, name="Site", **fields):
        return self.done(self.post(f"/commercial_offers/{offer}/sections", {"name": name, **fields}))

    def complete_offer(self, **fields):
        """Return a draft that can be submitted, and its section."""
        offer = self.offer()
        section = self.section(offer, **fields)
        path = f"/commercial_offers/{offer}/sections/{section}"
        self.done(self.post(f"{path}/offer", {"offerId": PREMIUM, "eligibility": {"address": ADDRESS}}))
        self.done(self.post(f"{path}/update_items", ITEMS))
        return offer, section

    def validated_offer(self, **fields):
        offer, section = self.complete_offer(**fields)
        self.done(self.post(f"/commercial_offers/{offer}/submit"))
        self.sandbox.advance(100)
        return offer, section

    def sign(self, offer):
        self.done(self.post(f"/commercial_offers/{offer}/sign"))
        return self.done(self.post(f"/commercial_offers/{offer}/sign", {"code": self.sandbox.code(offer)}))

    def contract(self, **fields):
        """Return the contract of an offer that was just signed."""
        offer, section = self.validated_offer(**fields)
        self.sign(offer)
        return self.ok(self.get(f"/commercial_offer_sections/{section}"))["serviceContract"]["id"]

    def active_contract(self, **fields):
        contract = self.contract(**fields)
        self.sandbox.advance(100)
        return contract

    def status(self, path):
        return self.ok(self.get(path))["status"]
