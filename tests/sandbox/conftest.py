"""A sandbox whose clock stands still, and a plain HTTP client: nothing of the package's own client."""

from __future__ import annotations

import io
import zipfile

import pytest
import requests

from airflow_provider_covage.sandbox import Dialect, Sandbox

TOKEN = "fixed-token-of-the-tests"
CONTACT = {
    "end_customer_name": "Covage corp",
    "contact1_email_address": "John.Doe@unknown.com",
    "contact1_firstname": "John",
    "contact1_lastname": "Doe",
    "contact1_phone_number": "0123456789",
    "city": "Mont-Saint-Aignan",
    "postcode": "76130",
    "street_name": "Rue Andrei Sakharov",
    "street_number": "4",
    "insee_code": "76451",
}
LINE = {
    "end_customer_name": "End Customer",
    "external_id": "EXT_ITEM",
    "site_connection_type": "FTTO",
    "product_offerings": ["2173", "2174"],
    "product_offering_qualification_item_id": "123e4567-e89b-12d3-a456-426614174001",
}
ORDER_LINE = {
    "external_id": "6789",
    "product_offering_id": "2173",
    "product_offering_qualification_item_id": "123e4567-e89b-12d3-a456-426614174001",
    "enni": "CN012345",
    "related_contact_information": [CONTACT],
}


def kmz(name="doc.kml"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "<kml/>")
    return content.getvalue()


class Api:
    """Calls of the API with the fixed token, and the steps that many tests begin with."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.root = f"{sandbox.url}/api/v1"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {TOKEN}"

    def call(self, method, path, **options):
        return self.http.request(method, f"{self.root}{path}", timeout=20, **options)

    def get(self, path, **params):
        return self.call("GET", path, params=params)

    def post(self, path, body=None, **options):
        return self.call("POST", path, json=body, **options)

    def patch(self, path, body=None, **options):
        return self.call("PATCH", path, json=body, **options)

    def delete(self, path):
        return self.call("DELETE", path)

    def upload(self, path, content, name="file.kmz"):
        return self.call("POST", path, files={"file": (name, content)})

    def ok(self, answer):
        assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        return answer.json()

    def basket(self, **fields):
        return self.ok(self.post("/quote/", fields))["id"]

    def line(self, basket=None, **fields):
        basket = basket or self.basket()
        return basket, self.ok(self.post(f"/quote/{basket}/quote_item/", {**LINE, **fields}))["id"]

    def confirmed_line(self, **fields):
        basket, line = self.line(**fields)
        answer = self.patch(f"/quote/{basket}/confirm/")
        assert answer.ok, answer.text
        return basket, line

    def priced_line(self, **fields):
        basket, line = self.confirmed_line(**fields)
        self.sandbox.advance(41)
        return basket, line

    def session(self, **fields):
        return self.ok(self.post("/product_order/", fields))["id"]

    def order_line(self, session=None, **fields):
        session = session or self.session()
        answer = self.post(f"/product_order/{session}/product_order_item/", {**ORDER_LINE, **fields})
        return session, self.ok(answer)["id"]

    def confirmed_order(self, **fields):
        session, line = self.order_line(**fields)
        self.ok(self.patch(f"/product_order/{session}/confirm/"))
        return session, line

    def tracked_order(self, **fields):
        """Return an order that has just appeared in the tracking."""
        _, line = self.confirmed_order(**fields)
        self.sandbox.advance(15)
        reference = self.ok(self.get(f"/product_order_item/{line}/"))["order_reference"]
        orders = self.ok(self.get("/order/"))["results"]
        return next(order for order in orders if order["id"] == reference)

    def state(self, path):
        return self.ok(self.get(path))["state"]

    def session_state(self, session):
        sessions = self.ok(self.get("/product_order/", page_size=100))["results"]
        return next(found["state"] for found in sessions if found["id"] == session)


@pytest.fixture(scope="session")
def covage_sandbox_options():
    """The clock of the sandbox moves only when it is told to."""
    return {"speed": 0, "bearer_token": TOKEN}


@pytest.fixture
def api(sandbox):
    client = Api(sandbox)
    yield client
    client.http.close()


@pytest.fixture
def start():
    """`start("paging_url", speed=1)` starts a sandbox of another kind and returns its client."""
    clients = []

    def start(*dialect, **options):
        if dialect:
            options["dialect"] = Dialect.named(*dialect)
        sandbox = Sandbox(**{"speed": 0, "bearer_token": TOKEN, **options}).start()
        clients.append(Api(sandbox))
        return clients[-1]

    yield start
    for client in clients:
        client.http.close()
        client.sandbox.stop()


@pytest.fixture
def contact():
    return dict(CONTACT)


@pytest.fixture
def trace():
    """A KMZ file."""
    return kmz()
