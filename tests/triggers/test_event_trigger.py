"""Changes of state are told once, whatever happens."""

import asyncio
import json
import logging
import time
from datetime import timedelta

import pytest
from events import StateStore, Triggerer

from airflow_provider_covage.api.errors import InputError, TransientError
from airflow_provider_covage.api.events import teller
from airflow_provider_covage.api.events.sweep import Sweep
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.triggers import mark_store, pollers
from airflow_provider_covage.triggers.covage import CovageEventTrigger


def following(resource="quote", **arguments):
    return CovageEventTrigger(resource=resource, **{"poke_interval": 0.05, **arguments})


@pytest.fixture
def store():
    return StateStore()


@pytest.fixture
def basket(sandbox):
    """`basket()` makes one, as somebody could by hand in the portal."""
    hook = CovageHook()
    return lambda: hook.quote.create(project_id="FLASH")["id"]


@pytest.fixture
def sweeps(sandbox):
    """`sweeps()` counts the requests for the list of baskets that have been answered."""
    return lambda operation="quote.list": sum(one["operation"] == operation for one in sandbox.requests)


@pytest.fixture
def settled(sweeps):
    """`await settled(triggerer)` waits for two more whole sweeps."""

    async def wait(triggerer, operation="quote.list"):
        before = sweeps(operation)
        await triggerer.until(lambda: sweeps(operation) >= before + 3)

    return wait


def test_changes_are_told_and_the_past_is_not(sandbox, basket, store, settled):
    old = basket()
    basket()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            assert triggerer.told[0] == []
            sandbox.set_state("quote", old, "confirmed")
            await triggerer.until(lambda: triggerer.told[0])
            new = basket()
            sandbox.set_state("quote", old, "ready")
            await triggerer.until(lambda: len(triggerer.changes()) == 3)
            await settled(triggerer)
            return new, triggerer

    new, triggerer = asyncio.run(main())

    changes = triggerer.changes()
    assert changes[0] == (old, "acknowledged", "confirmed")
    assert sorted(changes[1:]) == sorted([(old, "confirmed", "ready"), (new, None, "acknowledged")])
    payload = triggerer.told[0][0]
    assert payload["resource"] == "quote"
    assert payload["changes"][0]["record"] == CovageHook().quote.get(old) | {"state": "confirmed"}


def test_catch_up_tells_what_is_there(sandbox, basket, store, settled):
    first, second = basket(), basket()
    sandbox.set_state("quote", second, "ready")

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(catch_up=True, states=["ready"]), store)
            await triggerer.until(lambda: triggerer.told[0])
            sandbox.set_state("quote", first, "ready")
            await triggerer.until(lambda: len(triggerer.changes()) == 2)
            await settled(triggerer)
            return triggerer.changes()

    assert asyncio.run(main()) == [(second, None, "ready"), (first, "acknowledged", "ready")]


def test_only_changes_into_wanted_states_cost_a_look(sandbox, basket, store, settled, sweeps):
    quotes = [basket() for _ in range(3)]

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(states=["ready"]), store)
            await settled(triggerer)
            for quote in quotes:
                sandbox.set_state("quote", quote, "confirmed")
            await settled(triggerer)
            sandbox.set_state("quote", quotes[1], "ready")
            await triggerer.until(lambda: triggerer.told[0])
            await settled(triggerer)
            return triggerer.changes()

    assert asyncio.run(main()) == [(quotes[1], "confirmed", "ready")]
    assert sweeps("quote.get") == 1


def test_what_happens_while_no_triggerer_runs_is_told_after_it_once(sandbox, basket, store, settled):
    quote, quiet = basket(), basket()

    async def run(until):
        async with Triggerer() as triggerer:
            triggerer.start(following(states=["ready", "finalized"]), store)
            await (triggerer.until(lambda: triggerer.told[0]) if until else settled(triggerer))
            await settled(triggerer)
            return triggerer.changes()

    assert asyncio.run(run(False)) == []
    sandbox.set_state("quote", quote, "ready")
    made = basket()
    sandbox.set_state("quote", made, "ready")
    told = asyncio.run(run(True))
    assert sorted(told) == sorted([(quote, "acknowledged", "ready"), (made, None, "ready")])
    assert asyncio.run(run(False)) == []
    sandbox.set_state("quote", quiet, "ready")
    assert asyncio.run(run(True)) == [(quiet, "acknowledged", "ready")]


def test_event_that_was_not_stored_is_told_again(sandbox, basket, store, settled):
    quote = basket()

    async def run(persists, **arguments):
        async with Triggerer(persists=persists) as triggerer:
            triggerer.start(following(**arguments), store)
            await settled(triggerer)
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: triggerer.told[0])
            await settled(triggerer)
            return triggerer.changes()

    lost = asyncio.run(run(persists=False))
    assert lost == [(quote, "acknowledged", "ready")], "told once only while it may still be stored"
    assert asyncio.run(run(persists=True)) == lost


def test_event_that_is_never_confirmed_is_not_counted_as_told_by_what_came_after_it(sandbox, basket, settled):
    """Airflow fails its trigger, and has long been through with the snapshots behind it."""
    quote, stores = basket(), [StateStore(), StateStore()]

    async def first():
        async with Triggerer(persists=[1], ack_timeout=0.5) as triggerer:
            for store in stores:
                triggerer.start(following(), store)
            await settled(triggerer)
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: 0 in triggerer.failed)
            await settled(triggerer)
            return triggerer.changes(0), triggerer.changes(1), triggerer.failed

    async def then():
        async with Triggerer() as triggerer:
            for store in stores:
                triggerer.start(following(), store)
            await triggerer.until(lambda: triggerer.told[0])
            await settled(triggerer)
            return triggerer.changes(0), triggerer.changes(1)

    told = [(quote, "acknowledged", "ready")]
    assert asyncio.run(first()) == (told, told, {0})
    assert asyncio.run(then()) == (told, []), "again for the one, but not for the other"


def test_looks_that_take_long_are_told_bit_by_bit(sandbox, basket, store, settled, sweeps, monkeypatch):
    """Not all of them too late: the trigger would fail, and begin with the same again for ever."""
    monkeypatch.setattr(teller, "_LONGEST", 0.3)
    quotes = [basket() for _ in range(6)]

    async def main():
        async with Triggerer(ack_timeout=2) as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            sandbox.fault("stall", match="quote.get", nth=3, times=2, seconds=4)
            for quote in quotes:
                sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: len(triggerer.changes()) >= 6)
            assert not triggerer.failed
            return triggerer.changes(), len(triggerer.told[0])

    changes, events = asyncio.run(main())
    assert sorted(changes) == sorted((quote, "acknowledged", "ready") for quote in quotes)
    assert events > 1


def test_many_share_one_stream_and_each_is_told_its_own(sandbox, basket, settled, sweeps):
    quote = basket()
    stores = [StateStore() for _ in range(20)]

    async def main():
        async with Triggerer() as triggerer:
            for number, store in enumerate(stores):
                triggerer.start(
                    following(states=["ready" if number % 2 else "confirmed"], poke_interval=0.3), store
                )
            await settled(triggerer)
            assert len(triggerer.streams._groups) == 1
            before = sweeps()
            sandbox.set_state("quote", quote, "confirmed")
            await triggerer.until(lambda: all(triggerer.told[number] for number in range(0, 20, 2)))
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: all(triggerer.told[number] for number in range(20)))
            return sweeps() - before, [triggerer.changes(number) for number in range(20)]

    asked, told = asyncio.run(main())
    assert asked <= 6
    assert sweeps("quote.get") == 2
    assert sweeps("auth.token") <= 2  # one of them is that of the fixture
    assert told[::2] == [[(quote, "acknowledged", "confirmed")]] * 10
    assert told[1::2] == [[(quote, "confirmed", "ready")]] * 10


def test_one_that_joins_late_goes_on_from_its_own_mark(sandbox, basket, settled):
    """As when its DAG was paused: the stream of the others has long told what it has missed."""
    quote = basket()
    stores = [StateStore(), StateStore()]

    async def before():
        async with Triggerer() as triggerer:
            for store in stores:
                triggerer.start(following(), store)
            await settled(triggerer)

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), stores[0])
            await settled(triggerer)
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: triggerer.told[0])
            triggerer.start(following(), stores[1])
            await triggerer.until(lambda: triggerer.told[1])
            await settled(triggerer)
            return triggerer.changes(0), triggerer.changes(1)

    asyncio.run(before())
    assert asyncio.run(main()) == ([(quote, "acknowledged", "ready")],) * 2


def test_more_changes_than_one_event_takes_are_told_by_and_by(sandbox, basket, store, settled):
    quotes = [basket() for _ in range(7)]

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(max_changes=3), store)
            await settled(triggerer)
            for quote in quotes:
                sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: len(triggerer.changes()) >= 7)
            await settled(triggerer)
            return triggerer

    triggerer = asyncio.run(main())
    assert sorted(triggerer.changes()) == sorted((quote, "acknowledged", "ready") for quote in quotes)
    assert max(len(payload["changes"]) for payload in triggerer.told[0]) <= 3


@pytest.mark.parametrize("operation", ["quote.list", "quote.get"])
def test_trouble_is_survived(operation, sandbox, basket, store, settled, connection):
    connection(page_size=2)
    quotes = [basket() for _ in range(5)]

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            for number, fault in enumerate(("unavailable", "close_after", "truncate", "html", "rate_limit")):
                options = {"retry_after": 0} if fault in ("unavailable", "rate_limit") else {}
                sandbox.fault(fault, match=operation, nth=2 + 3 * number, times=3, **options)
            for state in ("confirmed", "ready"):
                for quote in quotes:
                    sandbox.set_state("quote", quote, state)
                await triggerer.until(
                    lambda state=state: [one[2] for one in triggerer.changes()].count(state) == 5
                )
            await settled(triggerer)
            return triggerer.changes()

    told = asyncio.run(main())
    assert [fault.hits for fault in sandbox.faults] == [3] * 5
    assert sorted(told) == sorted(
        change
        for quote in quotes
        for change in ((quote, "acknowledged", "confirmed"), (quote, "confirmed", "ready"))
    )


def test_a_page_that_cannot_be_read_hides_only_what_stands_from_there_on(
    sandbox, basket, store, settled, connection, monkeypatch
):
    connection(page_size=2)
    quotes, is_broken, read = [basket() for _ in range(5)], [], Sweep.go_on

    async def go_on(sweep, transport):
        if is_broken and sweep.pages == 1:
            raise TransientError("the second page is out of order")
        await read(sweep, transport)

    monkeypatch.setattr(Sweep, "go_on", go_on)

    async def run(*, began_broken):
        is_broken[:] = [True] * began_broken
        async with Triggerer() as triggerer:
            triggerer.start(following(), store if began_broken else StateStore())
            await settled(triggerer)
            is_broken[:] = [True]
            if began_broken:
                await settled(triggerer)
                is_broken.clear()
                await settled(triggerer)
                return triggerer.changes()
            for quote in quotes:
                sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: len(triggerer.changes()) == 2)
            await settled(triggerer)
            assert len(triggerer.changes()) == 2
            is_broken.clear()
            await triggerer.until(lambda: len(triggerer.changes()) >= 5)
            await settled(triggerer)
            return triggerer.changes()

    assert asyncio.run(run(began_broken=True)) == [], "what was not seen at the first start is no news later"
    told = asyncio.run(run(began_broken=False))
    assert sorted(told) == sorted((quote, "acknowledged", "ready") for quote in quotes)


def test_trouble_is_told_once_for_each_kind(sandbox, basket, store, settled, sweeps, caplog):
    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            caplog.clear()
            before = sweeps()
            sandbox.fault("unavailable", match="quote.list", times=8, retry_after=0)
            await triggerer.until(lambda: sweeps() > before + 9)

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    told = [one.getMessage() for one in caplog.records if "cannot be listed" in one.getMessage()]
    assert len(told) == 2
    assert "every quotation basket of connection covage_default cannot be listed, trying on" in told[0]
    assert "Service temporarily unavailable." in told[0]
    assert told[1].endswith("that is over")


def test_a_pause_that_the_api_asks_for_is_kept(sandbox, basket, store, settled, sweeps):
    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            sandbox.fault("rate_limit", match="quote.list", retry_after=2)
            before = sweeps()
            await triggerer.until(lambda: sweeps() > before)
            began, before = time.monotonic(), sweeps()
            await triggerer.until(lambda: sweeps() > before + 1)
            return time.monotonic() - began

    assert asyncio.run(main()) > 1


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_ends_nothing_and_is_not_asked_again_at_once(
    status, sandbox, basket, store, settled, sweeps, caplog
):
    quote = basket()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(poke_interval=0.1), store)
            await settled(triggerer)
            sandbox.fault("error_before", match="quote.list", status=status, times=4)
            before = sweeps()
            sandbox.set_state("quote", quote, "ready")
            began = time.monotonic()
            await triggerer.until(lambda: triggerer.told[0])
            return sweeps() - before, time.monotonic() - began, triggerer.changes()

    asked, seconds, told = asyncio.run(main())
    assert told == [(quote, "acknowledged", "ready")]
    # A refusal of the page's size (400) is asked again without it, once.
    assert asked <= 8
    assert seconds > 0.1 + 0.2
    errors = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert len(errors) == 1
    assert f"Error {status}." in errors[0].getMessage()


def test_a_wrong_login_is_tried_again_with_the_connection_as_it_is_then(
    sandbox, basket, store, connection, caplog
):
    basket()
    connection(password="wr0ng")

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(catch_up=True), store)
            await triggerer.until(lambda: "did not accept the login" in caplog.text)
            connection()
            await triggerer.until(lambda: triggerer.told[0])

    asyncio.run(main())
    assert "wr0ng" not in caplog.text


def test_a_login_that_is_refused_for_a_while_is_survived(sandbox, basket, store, settled):
    quote = basket()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            sandbox.fault("error_before", match="auth.token", status=401, times=3)
            sandbox.expire_tokens(refresh=True)
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: triggerer.told[0])
            return triggerer.changes()

    assert asyncio.run(main()) == [(quote, "acknowledged", "ready")]
    assert [fault.hits for fault in sandbox.faults] == [3]


def test_an_unheard_of_connection_is_waited_for(sandbox, basket, store, monkeypatch, caplog):
    basket()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(covage_conn_id="made_later", catch_up=True), store)
            await triggerer.until(lambda: "made_later" in caplog.text)
            monkeypatch.setenv("AIRFLOW_CONN_MADE_LATER", sandbox.connection_json)
            await triggerer.until(lambda: triggerer.told[0])

    asyncio.run(main())


def test_an_unknown_state_is_told(sandbox, basket, store, settled):
    quote = basket()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            sandbox.set_state("quote", quote, "negotiating")
            await triggerer.until(lambda: triggerer.told[0])
            return triggerer.changes()

    assert asyncio.run(main()) == [(quote, "acknowledged", "negotiating")]


def test_a_record_whose_detail_is_refused_is_told_as_listed(sandbox, basket, store, settled):
    quote = basket()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            sandbox.fault("error_before", match="quote.get", status=403, times=None)
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: triggerer.told[0])
            await settled(triggerer)
            return triggerer.told[0]

    (payload,) = asyncio.run(main())
    assert payload["changes"][0]["record"] == {"id": quote, "state": "ready"}


def test_a_store_that_is_away_loses_nothing(sandbox, basket, store, settled, monkeypatch):
    monkeypatch.setattr(mark_store, "_FIRST_PAUSE", 0.05)
    first, second = basket(), basket()

    async def run(quote, before=0, after=0):
        store.broken = before
        async with Triggerer() as triggerer:
            triggerer.start(following(), store)
            await settled(triggerer)
            store.broken = after
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: triggerer.told[0])
            await settled(triggerer)
            return triggerer.changes()

    assert asyncio.run(run(first, after=1)) == [(first, "acknowledged", "ready")]
    assert asyncio.run(run(second, before=3)) == [(second, "acknowledged", "ready")]


def test_without_a_store_it_follows_from_its_start(sandbox, basket, settled):
    quote = basket()

    async def main():
        trigger = following()
        told = []

        async def run():
            async for event in trigger.run():
                told.append(event.payload)

        async with Triggerer() as triggerer:
            task = asyncio.create_task(run())
            await settled(triggerer)
            sandbox.set_state("quote", quote, "ready")
            await triggerer.until(lambda: told)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        left = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        return told, left

    told, left = asyncio.run(main())
    assert [change["id"] for payload in told for change in payload["changes"]] == [quote]
    assert not left


def test_who_stops_after_the_first_event_leaves_nothing_behind(basket):
    basket()

    async def main():
        events = following(catch_up=True).run()
        told = (await anext(events)).payload
        await events.aclose()
        left = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        return told, left, dict(pollers._POLLERS[asyncio.get_running_loop()])

    told, left, kept = asyncio.run(main())
    assert told["changes"]
    assert not left
    assert not kept


def test_a_wider_window_is_no_news(sandbox, basket, store, settled):
    sandbox.seed(quotes=3)

    async def run(**arguments):
        async with Triggerer() as triggerer:
            triggerer.start(following(**arguments), store)
            await settled(triggerer)
            return triggerer.changes()

    assert asyncio.run(run(window=timedelta(days=1))) == []
    assert asyncio.run(run(window=timedelta(days=365))) == []


def test_filters_narrow_what_is_followed(sandbox, store, settled):
    hook = CovageHook()

    async def main():
        async with Triggerer() as triggerer:
            triggerer.start(following(filters={"project_id": "OURS"}), store)
            await settled(triggerer)
            hook.quote.create(project_id="FLASH")
            ours = hook.quote.create(project_id="OURS")["id"]
            await triggerer.until(lambda: triggerer.told[0])
            await settled(triggerer)
            return ours, triggerer.changes()

    ours, told = asyncio.run(main())
    assert told == [(ours, None, "acknowledged")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"resource": "export"}, "resource is one of fon, order, product_order"),
        ({"resource": "quotes"}, "got 'quotes'"),
        ({"states": "ready"}, "list of names"),
        ({"states": []}, "no state"),
        ({"filters": {"project": "X"}}, "project"),
        ({"filters": {"creation_date_gt": "2026-01-01"}}, "window"),
        ({"resource": "fon", "filters": {"state": "confirmed"}}, "state"),
        ({"poke_interval": 0}, "positive"),
        ({"window": timedelta()}, "positive"),
    ],
    ids=str,
)
def test_bad_arguments_are_refused_when_the_dag_is_read(arguments, words):
    with pytest.raises(InputError, match=words):
        CovageEventTrigger(**{"resource": "quote", **arguments})


def test_equal_triggers_are_stored_alike():
    one = CovageEventTrigger(resource="quote", states={"ready", "confirmed"}, window=timedelta(days=90))
    other = CovageEventTrigger(resource="quote", states=["confirmed", "ready", "ready"], window=7776000)
    assert one.serialize() == other.serialize()
    assert json.loads(json.dumps(one.serialize()[1])) == one.serialize()[1]
    assert hash(one.shared_stream_key()) == hash(other.shared_stream_key())
