"""From the question to the line, against the sandbox, however it reads the documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clients import Async, Sync, password_for, settings_for

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage import observe
from airflow_provider_covage.api.covage.eligibility import items_of
from airflow_provider_covage.api.covage.referential import code_of
from airflow_provider_covage.sandbox import Dialect, Sandbox

Client = Sync | Async

USUAL = vars(Dialect())
NAMES = ["usual"] + [name for name in Dialect.names() if vars(Dialect.named(name)) != USUAL]
MIXTURES = [f"mixture {seed}" for seed in range(42, 48)]
"""Between them they have every value of every switch."""

mixed = pytest.mark.parametrize("_standing", MIXTURES, indirect=True, scope="module")

LINE = {
    "product_offering_qualification_item_id": "123e4567-e89b-12d3-a456-426614174001",
    "product_offerings": ["2173", "2174"],
    "end_customer_name": "End Customer",
}
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


def dialect_called(name: str) -> Dialect:
    if name.startswith("mixture"):
        return Dialect.mixture(int(name.split()[1]))
    return Dialect() if name == "usual" else Dialect.named(name)


@pytest.fixture(scope="module", params=[*NAMES, *MIXTURES])
def _standing(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(speed=0, dialect=dialect_called(request.param), page_size=2) as sandbox:
        yield sandbox


@pytest.fixture
def speaking(_standing: Sandbox) -> Sandbox:
    """A sandbox that reads the documents in its own way, and whose clock only moves when it is told to."""
    _standing.reset()
    return _standing


@pytest.fixture
def client(speaking: Sandbox) -> Iterator[Sync]:
    client = Sync(settings_for(speaking.url), password_for(speaking))
    yield client
    client.close()


def test_the_mixtures_have_every_value_of_every_switch():
    seen = {item for name in MIXTURES for item in vars(dialect_called(name)).items()}
    assert seen == {item for name in NAMES for item in vars(dialect_called(name)).items()}


def state(client: Client, resource: str, identifier: str) -> str | None:
    return client.follow(observe.WATCHES[resource].observe(identifier)).state


def effects(sandbox: Sandbox) -> list[str]:
    return [entry["operation"] for entry in sandbox.ledger]


def test_from_the_basket_to_the_tracked_order(client, speaking, trace):
    go_all_the_way(client, speaking, trace)


@mixed
def test_the_asynchronous_client_goes_the_same_way(speaking, trace):
    client = Async(settings_for(speaking.url), password_for(speaking))
    go_all_the_way(client, speaking, trace)
    client.close()


def go_all_the_way(client: Client, speaking: Sandbox, trace: bytes) -> None:
    basket = client.call(lambda api: api.quote.create(external_id="A1", project_id="FLASH"))["id"]
    assert [one["id"] for one in client.records(lambda api: api.quote.list(external_id="A1"))] == [basket]
    client.call(lambda api: api.quote.update(basket, project_id="AVERTI"))
    line = client.call(lambda api: api.quote_item.create(basket, external_id="L1", **LINE))["id"]
    client.call(lambda api: api.quote_item.update(basket, line, site_connection_type="FTTO"))
    client.call(lambda api: api.quote_item.upload_trace(basket, line, file=trace))
    assert client.call(lambda api: api.quote_item.download_trace(basket, line)) == trace
    client.call(lambda api: api.quote_item.delete_trace(basket, line))

    client.call(lambda api: api.quote.confirm(basket))
    assert state(client, "quote", basket) == "confirmed"
    speaking.advance(41)
    assert state(client, "quote", basket) == state(client, "quote_item", line) == "ready"

    client.call(lambda api: api.quote_item.decline(line, product_id="2173", comment="dear"))
    client.call(lambda api: api.quote_item.restore_price(line, product_id="2173"))
    made = client.call(lambda api: api.quote_item.accept(line, product_id="2173"))
    session, order_line = made["product_order_id"], made["product_order_item_id"]
    assert state(client, "quote", basket) == "finalized"
    assert (
        state(client, "product_order", session)
        == state(client, "product_order_item", order_line)
        == "created"
    )

    client.call(
        lambda api: api.product_order_item.update(
            session, order_line, enni="CN012345", vlan_reference=1257, related_contact_information=[CONTACT]
        )
    )
    client.call(lambda api: api.product_order.confirm(session))
    assert state(client, "product_order", session) == "in_progress"
    speaking.advance(16)
    assert state(client, "product_order", session) == "completed"
    assert state(client, "product_order_item", order_line) == "ordered"

    shown = client.call(lambda api: api.product_order_item.get(order_line))
    tracked = client.follow(observe.observe_tracked_order(shown["order_reference"]))
    assert tracked.resource_id.startswith("CMD_X_")
    speaking.advance(200)
    assert state(client, "order", tracked.resource_id) in ("active", "completed")

    assert effects(speaking) == [
        "quote.create",
        "quote.update",
        "quote_item.create",
        "quote_item.update",
        "quote_item.upload_trace",
        "quote_item.delete_trace",
        "quote.confirm",
        "quote_item.decline",
        "quote_item.restore_price",
        "quote_item.accept",
        "product_order_item.update",
        "product_order.confirm",
    ]


@mixed
def test_an_order_without_quote(client, speaking):
    session = client.call(lambda api: api.product_order.create(external_id="S1"))["id"]
    lines = [
        client.call(
            lambda api: api.product_order_item.create(
                session,
                product_offering_id="2173",
                product_offering_qualification_item_id="e1",
                enni="CN012345",
                enni_2="CN012346",
                option_ids=["7021"],
                cpe_network_number="N-1",
                cpe_serial_number="S-1",
                related_contact_information=[CONTACT],
            )
        )["id"]
        for _ in range(3)
    ]
    client.call(lambda api: api.product_order_item.delete(session, lines[2]))
    with pytest.raises(errors.NotFoundError):
        client.call(lambda api: api.product_order_item.get(lines[2]))
    speaking.outcome("product_order", "partial")
    client.call(lambda api: api.product_order.confirm(session))
    speaking.advance(16)
    seen = client.follow(observe.observe_order(session))
    assert seen.state == "partial"
    assert len(seen.reasons) == 1
    assert [state(client, "product_order_item", line) for line in lines[:2]] == [
        "ordered",
        "rejected_creation",
    ]
    with pytest.raises((errors.ConflictError, errors.BadRequestError)):
        client.call(lambda api: api.product_order.confirm(session))


@mixed
def test_every_record_of_long_lists_comes_once(client, speaking):
    speaking.seed(quotes=5, lines_per_quote=1, orders=5)
    for resource in ("quote", "quote_item", "product_order", "product_order_item"):
        listed = client.records(lambda api, name=resource: getattr(api, name).list())
        assert sorted(record["id"] for record in listed) == sorted(
            record["id"] for record in speaking.records(resource)
        )


@mixed
def test_records_are_found_by_the_key_they_were_given(client):
    made = [client.call(lambda api, key=key: api.quote.create(external_id=key))["id"] for key in "ABA"]
    found = client.records(lambda api: api.quote.list(external_id="A"))
    assert [basket["id"] for basket in found] == [made[0], made[2]]
    session = client.call(lambda api: api.product_order.create(external_id="S"))
    assert [one["id"] for one in client.records(lambda api: api.product_order.list(external_id="S"))] == [
        session["id"]
    ]
    client.call(lambda api: api.product_order.delete(session["id"]))
    assert client.records(lambda api: api.product_order.list()) == []


@mixed
def test_an_export_is_waited_for_and_fetched(client, speaking, tmp_path):
    speaking.seed(quotes=1, lines_per_quote=2)
    task = client.call(lambda api: api.quote_item.export_csv(state="ready"))["task_id"]
    assert state(client, "export", task) == "running"
    speaking.advance(6)
    assert state(client, "export", task) == "success"
    path = client.call(lambda api: api.export.download(task, to=tmp_path))
    assert path.parent == tmp_path
    assert path.suffix == ".csv"
    assert path.stat().st_size > 0


@mixed
def test_a_request_for_dark_fibre(client, speaking, trace):
    request = client.call(lambda api: api.fon.create(end_customer_name="C", note="mine"))["id"]
    template = client.call(lambda api: api.fon.template_download())
    sites = template.rstrip(b"\r\n") + b"\n" + b";".join([b"x"] * (template.count(b";") + 1)) + b"\n"
    client.call(lambda api: api.fon.upload_sites(request, file=sites))
    assert client.call(lambda api: api.fon.download_sites(request)) == sites
    client.call(lambda api: api.fon.delete_sites(request))
    client.call(lambda api: api.fon.upload_trace(request, file=trace))
    client.call(lambda api: api.fon.delete_trace(request))
    client.call(lambda api: api.fon.confirm(request))
    assert state(client, "fon", request) == "confirmed"
    assert [one["id"] for one in client.records(lambda api: api.fon.list())] == [request]
    assert effects(speaking).count("fon.create") == 1


@mixed
def test_the_way_in_which_the_api_reads_the_documents_is_remembered(client, speaking):
    for _ in range(3):
        client.call(lambda api: api.fon.create(note="mine"))
    refused = [one for one in speaking.requests if one["status"] == 404]
    assert len(refused) <= 1
    assert len(effects(speaking)) == 3


@mixed
def test_an_eligibility_request_and_the_reference_data(client, speaking):
    families = [one["name"] for one in client.records(lambda api: api.eligibility.categories())]
    item = {"offer_families": families[:1], "eligibility_id": "elig-1"}
    made = client.call(lambda api: api.eligibility.create(product_offering_qualification_item=[item]))
    speaking.advance(60)
    seen = client.follow(observe.observe_eligibility(made["id"]))
    assert seen.state == "done.ready"
    assert [site["id"] for site in items_of(seen.record)] == [site["id"] for site in seen.outcome]
    assert client.records(lambda api: api.referential.projects(active=True))
    ennis = client.records(lambda api: api.referential.enni())
    assert all(code_of(enni) for enni in ennis)
