"""Writes whose answer is lost, against the sandbox: not sent twice, and found again if they took effect."""

from __future__ import annotations

from typing import Any

import pytest
from clients import Sync, password_for, settings_for

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage import accepted, lookup, observe
from airflow_provider_covage.api.covage.recognition import Unkeyed
from airflow_provider_covage.sandbox import Dialect, Sandbox

SITE = {"product_offering_qualification_item_id": "e1"}
LINE = {
    **SITE,
    "product_offerings": ["2173", "2174"],
    "end_customer_name": "C",
    "site_connection_type": "FTTO",
}
ORDER_LINE = {**SITE, "product_offering_id": "2173"}

TOOK_EFFECT = {
    "reset after the effect": ("close_after", {}),
    "truncated": ("truncate", {}),
    "HTML after the effect": ("html", {}),
    "502 page after the effect": ("html", {"status": 502}),
    "503 after the effect": ("error_after", {"status": 503}),
    "408 after the effect": ("error_after", {"status": 408}),
    "silent after the effect": ("stall", {"seconds": 30}),
}
DID_NOT = {
    "reset before the effect": ("close_before", {}),
    "500 before the effect": ("error_before", {"status": 500}),
    "502 page before the effect": ("error_before", {"status": 502, "body": "html"}),
    "503 with Retry-After": ("unavailable", {"retry_after": 0}),
}


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    sync = Sync(settings_for(sandbox.url), password_for(sandbox))
    yield sync.client
    sync.close()


@pytest.mark.parametrize(("kind", "options"), TOOK_EFFECT.values(), ids=list(TOOK_EFFECT))
def test_a_creation_that_took_effect_is_not_repeated(connect, sandbox, kind, options):
    sandbox.fault(kind, "quote.create", **options)
    client = connect(sandbox.url, password_for(sandbox), timeout=0.4 if kind == "stall" else 10)
    with pytest.raises(errors.UnknownOutcome) as caught:
        client.call(lambda api: api.quote.create(external_id="A1"))
    assert (caught.value.method, caught.value.path) == ("POST", "/api/v1/quote/")
    assert [one["key"] for one in sandbox.ledger] == ["A1"]


@pytest.mark.parametrize(("kind", "options"), DID_NOT.values(), ids=list(DID_NOT))
def test_a_creation_that_did_not_take_effect_is_not_repeated_either(connect, sandbox, kind, options):
    sandbox.fault(kind, "quote.create", **options)
    with pytest.raises(errors.UnknownOutcome):
        connect(sandbox.url, password_for(sandbox)).call(lambda api: api.quote.create(external_id="A1"))
    assert sandbox.ledger == []


@pytest.mark.parametrize("http_date", [False, True])
def test_a_creation_that_was_turned_away_is_repeated_until_it_is_made_once(connect, sandbox, http_date):
    sandbox.fault("rate_limit", "quote.create", retry_after=0, http_date=http_date, times=2)
    connect(sandbox.url, password_for(sandbox)).call(lambda api: api.quote.create(external_id="A1"))
    assert [one["key"] for one in sandbox.ledger] == ["A1"]


def test_reads_go_through_whatever_happens_to_them(connect, sandbox):
    client = connect(sandbox.url, password_for(sandbox))
    basket = client.call(lambda api: api.quote.create(external_id="A1"))
    for kind in ("close_before", "close_after", "truncate", "html", "error_after"):
        sandbox.clear_faults()
        sandbox.fault(kind, "quote.get", times=2)
        assert client.call(lambda api: api.quote.get(basket["id"]))["external_id"] == "A1"


def basket_with(client: Any, **fields: Any) -> tuple[str, str]:
    basket = client.quote.create()["id"]
    return basket, client.quote_item.create(basket, **{**LINE, **fields})["id"]


def ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in records]


def test_records_that_bear_a_key_are_found_the_earliest_first(client):
    first, second = (client.quote.create(external_id="A1") for _ in range(2))
    client.quote.create(external_id="B1")
    session = client.product_order.create(external_id="A1")
    assert ids(lookup.quotes(client, "A1")) == ids([first, second])
    assert ids(lookup.product_orders(client, "A1")) == ids([session])
    assert lookup.quotes(client, "C1") == lookup.product_orders(client, "C1") == []


def test_a_line_is_found_by_its_key(client):
    basket, line = basket_with(client, external_id="L1")
    client.quote_item.create(basket, **LINE, external_id="L2")
    wanted = {**LINE, "external_id": "L1"}
    assert ids(lookup.quote_items(client, basket, wanted, doubt=False)) == [line]
    assert lookup.quote_items(client, basket, {**LINE, "external_id": "L3"}, doubt=True) == []


@pytest.fixture
def silent() -> Any:
    """A client of an API that does not show keys, but filters by them."""
    dialect = Dialect.named("external_id_empty", "inner_lines_ids")
    with Sandbox(speed=0, dialect=dialect) as sandbox:
        sync = Sync(settings_for(sandbox.url), password_for(sandbox))
        yield sync.client
        sync.close()


def test_where_keys_do_not_come_back_the_filter_is_believed(silent):
    """Else a basket whose answer was lost would be made a second time."""
    basket = silent.quote.create(external_id="A1")
    session = silent.product_order.create(external_id="A1")
    silent.quote.create(external_id="B1")
    assert ids(lookup.quotes(silent, "A1")) == ids([basket])
    assert ids(lookup.product_orders(silent, "A1")) == ids([session])
    assert lookup.quotes(silent, "C1") == []


def test_where_keys_do_not_come_back_a_line_is_found_by_what_it_is(silent):
    basket, line = basket_with(silent, external_id="L1")
    silent.quote_item.create(basket, **{**LINE, "product_offering_qualification_item_id": "e2"})
    wanted = {**LINE, "external_id": "L1"}
    assert ids(lookup.quote_items(silent, basket, wanted, doubt=True)) == [line]
    assert lookup.quote_items(silent, basket, wanted, doubt=False) == []

    session = silent.product_order.create()["id"]
    order_line = silent.product_order_item.create(session, **ORDER_LINE)["id"]
    assert ids(lookup.product_order_items(silent, session, ORDER_LINE, doubt=True)) == [order_line]


def test_nothing_is_guessed_where_several_lines_fit(silent):
    basket, line = basket_with(silent)
    other = silent.quote_item.create(basket, **LINE)["id"]
    with pytest.raises(errors.AmbiguousError, match="2 candidates") as caught:
        lookup.quote_items(silent, basket, LINE, doubt=True)
    assert line in str(caught.value)
    assert other in str(caught.value)


def test_a_request_for_dark_fibre_is_found_by_the_mark_in_its_note(client):
    client.fon.create(note="mine [key 1]")
    second = client.fon.create(note="mine [key 2]")
    assert ids(lookup.fon_requests(client, "[key 2]", {})) == ids([second])
    assert lookup.fon_requests(client, "[key 3]", {}) == []


def test_a_request_for_dark_fibre_without_mark_is_found_by_what_it_is(client):
    client.fon.create(note="mine", end_customer_name="A")
    second = client.fon.create(note="mine", end_customer_name="B")
    wanted = {"note": "mine", "end_customer_name": "B"}
    assert ids(lookup.fon_requests(client, None, wanted, doubt=True)) == ids([second])
    assert lookup.fon_requests(client, None, {"note": "mine"}, doubt=True) == []
    client.fon.create(**wanted)
    with pytest.raises(errors.AmbiguousError):
        lookup.fon_requests(client, None, wanted, doubt=True)


def test_what_was_there_before_is_not_taken_for_what_was_made(silent):
    """Two lines for one site may be meant: the first look notes what is there."""
    basket, _ = basket_with(silent)
    unkeyed = Unkeyed()
    assert lookup.quote_items(silent, basket, LINE, doubt=False, unkeyed=unkeyed) == []
    assert lookup.quote_items(silent, basket, LINE, doubt=True, unkeyed=unkeyed) == []
    made = silent.quote_item.create(basket, **LINE)
    assert ids(lookup.quote_items(silent, basket, LINE, doubt=True, unkeyed=unkeyed)) == ids([made])


def priced(client: Any, sandbox: Sandbox) -> dict[str, Any]:
    """Make a line that has its prices."""
    basket, line = basket_with(client)
    client.quote.confirm(basket)
    sandbox.advance(41)
    return client.quote_item.get(line)


def test_an_acceptance_whose_answer_was_lost_is_found(client, sandbox):
    priced(client, sandbox)
    item = priced(client, sandbox)
    sandbox.fault("close_after", "quote_item.accept")
    with pytest.raises(errors.UnknownOutcome):
        client.quote_item.accept(item["id"], product_id="2173")
    made = accepted.accepted_as(client, item, "2173")
    assert made == {
        "product_order_id": sandbox.records("product_order")[0]["id"],
        "product_order_item_id": sandbox.records("product_order_item")[0]["id"],
    }
    assert [one["operation"] for one in sandbox.ledger].count("quote_item.accept") == 1


def test_an_acceptance_of_another_offer_is_not_taken_for_this_one(client, sandbox):
    item = priced(client, sandbox)
    client.quote_item.accept(item["id"], product_id="2174")
    with pytest.raises(errors.LifecycleError, match="offer 2174, not 2173"):
        accepted.accepted_as(client, item, "2173")


def test_an_acceptance_that_does_not_show_up_yet_is_transient(client, sandbox):
    item = priced(client, sandbox)
    with pytest.raises(errors.TransientError, match="does not show up"):
        accepted.accepted_as(client, item, "2173")


def test_a_record_that_is_gone(client):
    session = client.product_order.create()["id"]
    assert not lookup.gone(client.product_order, session)
    client.product_order.delete(session)
    assert lookup.gone(client.product_order, session)


def test_a_record_is_not_gone_because_it_cannot_be_read(client, sandbox):
    session = client.product_order.create()["id"]
    sandbox.fault("error_before", "product_order.get", status=403)
    with pytest.raises(errors.ForbiddenError):
        lookup.gone(client.product_order, session)


@pytest.mark.parametrize("name", ["line_states_order_page", "line_states_tracking_page"])
def test_a_session_that_lists_do_not_show_yet_is_not_taken_for_completed(name):
    """Neither the detail nor the list shows the state, and `acknowledged` means two things."""
    with Sandbox(speed=0, dialect=Dialect.named(name)) as sandbox:
        sandbox.fault("lag", "product_order.create", seconds=1000)
        sync = Sync(settings_for(sandbox.url), password_for(sandbox))
        session = sync.client.product_order.create(external_id="S1")["id"]
        sync.client.product_order_item.create(
            session, **ORDER_LINE, enni="CN012345", related_contact_information=[contact()]
        )
        sync.client.product_order.confirm(session)
        assert sync.follow(observe.observe_order(session)).state == "in_progress"
        sandbox.advance(10)
        assert sync.follow(observe.observe_order(session)).state == "in_progress"
        sandbox.advance(10)
        sandbox.release()
        assert sync.follow(observe.observe_order(session)).state == "completed"
        sync.close()


def contact() -> dict[str, str]:
    names = ["end_customer_name", "city", "postcode", "street_name", "street_number", "insee_code"]
    names += [f"contact1_{name}" for name in ("email_address", "firstname", "lastname", "phone_number")]
    return dict.fromkeys(names, "x")
