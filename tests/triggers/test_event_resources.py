"""Every kind of record that has a list can be followed, whichever way the documents are read."""

import asyncio

import pytest
from events import StateStore, Triggerer

from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.sandbox import Dialect
from airflow_provider_covage.triggers.covage import CovageEventTrigger

READINGS = [
    (),
    ("line_states_tracking_page", "session_detail_with_state", "tracking_states_old", "first_state_created"),
    ("lists_array", "inner_lines_ids", "external_id_empty", "line_list_without_creation_date"),
    ("paging_url", "lists_documented", "last_page_not_found", "dates_seconds"),
]

FIELDS = {
    "product_offering_id": "2173",
    "product_offering_qualification_item_id": "site",
    "enni": "CN012345",
    "related_contact_information": [
        {
            "end_customer_name": "Bakery",
            "contact1_firstname": "Ada",
            "contact1_lastname": "Martin",
            "contact1_email_address": "ada.martin@example.com",
            "contact1_phone_number": "0123456789",
            "street_number": "4",
            "street_name": "Rue",
            "postcode": "76130",
            "city": "Rouen",
            "insee_code": "76451",
        }
    ],
    "end_customer_name": "Bakery",
}


@pytest.fixture(params=READINGS, ids="+".join)
def covage_sandbox_options(request):
    return {"speed": 0, "page_size": 2, "dialect": Dialect.named(*request.param)}


@pytest.fixture
def covage(covage_sandbox):
    return covage_sandbox


def follow(act, **arguments):
    """Tell what `act` brings about, by the resources followed: pairs of old and new state."""

    async def main():
        async with Triggerer() as triggerer:
            for resource, states in arguments.items():
                trigger = CovageEventTrigger(resource=resource, states=states, poke_interval=0.05)
                triggerer.start(trigger, StateStore())
            async for wanted in act(triggerer):
                await triggerer.until(
                    lambda wanted=wanted: (
                        wanted
                        == {
                            name: [state for _, _, state in triggerer.changes(number)]
                            for number, name in enumerate(arguments)
                            if triggerer.told[number]
                        }
                    )
                )
            return [
                [change for payload in triggerer.told[number] for change in payload["changes"]]
                for number, _ in enumerate(arguments)
            ]

    return asyncio.run(main())


def swept(sandbox, *operations):
    return all(
        sum(one["operation"] == operation for one in sandbox.requests) >= 4 for operation in operations
    )


def test_quotation_lines_and_baskets(covage):
    hook = CovageHook()

    async def act(triggerer):
        await triggerer.until(lambda: swept(covage, "quote_item.list", "quote.list"))
        quote = hook.quote.create()["id"]
        for name in ("rouen", "caen", "lille"):
            hook.quote_item.create(
                quote,
                product_offering_qualification_item_id=name,
                end_customer_name="Bakery",
                site_connection_type="FTTO",
                product_offerings=["2173"],
            )
        hook.quote.confirm(quote)
        covage.advance(60)
        yield {"quote": ["ready"], "quote_item": ["ready"] * 3}

    quotes, lines = follow(act, quote=["ready"], quote_item=["ready"])
    assert quotes[0]["record"]["id"] == quotes[0]["id"]
    assert all(line["record"]["prices"] for line in lines)


def test_a_basket_that_is_closed_without_a_price_is_told_as_such(covage):
    covage.outcome("quote_item", "unable_to_provide")
    hook = CovageHook()

    async def act(triggerer):
        await triggerer.until(lambda: swept(covage, "quote.list"))
        quote = hook.quote.create()["id"]
        hook.quote_item.create(
            quote,
            product_offering_qualification_item_id="rouen",
            end_customer_name="Bakery",
            site_connection_type="FTTO",
            product_offerings=["2173"],
        )
        hook.quote.confirm(quote)
        covage.advance(60)
        yield {"quote": ["finalized_without_price"]}

    follow(act, quote=["finalized_without_price"])


def test_sessions_order_lines_and_tracked_orders(covage):
    covage.outcome("product_order_item", "rejected_creation", end_customer_name="Nobody")
    hook = CovageHook()

    async def act(triggerer):
        await triggerer.until(lambda: swept(covage, "product_order.list", "product_order_item.list"))
        session = hook.product_order.create()["id"]
        hook.product_order_item.create(session, **FIELDS)
        hook.product_order_item.create(session, **FIELDS | {"end_customer_name": "Nobody"})
        hook.product_order.confirm(session)
        covage.advance(60)
        yield {"product_order": ["partial"], "product_order_item": ["ordered"]}
        covage.advance(864000)
        live = "completed" if covage.world.dialect.tracking_states == "old" else "active"
        yield {"product_order": ["partial"], "product_order_item": ["ordered"], "order": [live]}

    sessions, lines, orders = follow(
        act, product_order=["partial"], product_order_item=["ordered"], order=["active", "completed"]
    )
    assert sessions[0]["record"]["product_order_item"]
    assert lines[0]["record"]["id"] == lines[0]["id"]
    assert orders[0]["record"]["historic"]


def test_requests_for_dark_fibre(covage):
    hook = CovageHook()

    async def act(triggerer):
        await triggerer.until(lambda: swept(covage, "fon.list"))
        request = hook.fon.create(note="ours")["id"]
        draft = hook.fon.get(request)["state"]
        yield {"fon": [draft]}
        covage.set_state("fon", request, "confirmed")
        yield {"fon": [draft, "confirmed"]}

    (told,) = follow(act, fon=None)
    assert [change["old_state"] for change in told] == [None, told[0]["state"]]
