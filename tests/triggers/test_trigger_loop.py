"""The trigger among a thousand others: it never holds up the event loop and leaves nothing behind."""

import asyncio
import gc
import warnings

import pytest


async def only_event(trigger):
    (event,) = [event async for event in trigger.run()]
    return event.payload


def run_cleanly(coroutine):
    """Run with everything that asyncio and aiohttp complain about collected."""
    complaints = []

    async def main():
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, about: complaints.append(str(about.get("message")))
        )
        result = await coroutine
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        return result, left

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        result, left = asyncio.run(main())
        gc.collect()
    complaints += [str(one.message) for one in warned if issubclass(one.category, ResourceWarning)]
    assert not left
    assert not complaints
    return result


@pytest.mark.parametrize("doing", ["asks for a token", "asks for the line", "pauses"])
def test_others_get_their_turn_while_it(doing, sandbox, line, trigger, after_requests):
    if doing == "pauses":
        after_requests(1, lambda: sandbox.set_state("quote_item", line, "ready"))
    else:
        sandbox.set_state("quote_item", line, "ready")
        sandbox.fault("stall", match="auth.token" if "token" in doing else "quote_item.get", seconds=0.8)

    async def beside_a_ticker():
        task = asyncio.create_task(only_event(trigger(line, poke_interval=0.8)))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return task.result(), ticks

    payload, ticks = run_cleanly(beside_a_ticker())

    assert payload["status"] == "reached"
    assert ticks > 15  # of eighty; whoever blocks leaves a handful


def test_many_wait_side_by_side(sandbox, trigger):
    sandbox.seed(quotes=1, lines_per_quote=30)
    lines = [record["id"] for record in sandbox.records("quote_item")]
    for quote_item_id in lines:
        sandbox.set_state("quote_item", quote_item_id, "ready")

    async def all_of_them():
        return await asyncio.gather(*(only_event(trigger(quote_item_id)) for quote_item_id in lines))

    payloads = run_cleanly(all_of_them())

    assert [payload["record"]["id"] for payload in payloads] == lines


@pytest.mark.parametrize("state", ["ready", "expired", "gone"])
def test_session_is_closed_at_the_end(state, sandbox, line, trigger):
    if state == "gone":
        sandbox.fault("error_before", match="quote_item.get", status=404)
    else:
        sandbox.set_state("quote_item", line, state)

    assert run_cleanly(only_event(trigger(line)))["status"]


def test_session_is_closed_when_the_token_is_refused(line, trigger, connection):
    connection(password="wrong")
    assert run_cleanly(only_event(trigger(line)))["status"] == "error"


@pytest.mark.parametrize("moment", ["between looks", "while an answer stalls", "while the token stalls"])
def test_cancellation_leaves_nothing_behind(moment, sandbox, line, trigger):
    if moment != "between looks":
        operation = "auth.token" if "token" in moment else "quote_item.get"
        sandbox.fault("stall", match=operation, seconds=30)

    def is_there():
        operations = [request["operation"] for request in sandbox.requests]
        return "auth.token" in operations if "token" in moment else "quote_item.get" in operations

    async def cancelled():
        task = asyncio.create_task(only_event(trigger(line, poke_interval=3600)))
        async with asyncio.timeout(20):
            while not is_there():
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_cleanly(cancelled())


def test_triggerer_that_stops_after_the_event_leaves_nothing_behind(sandbox, line, trigger):
    sandbox.set_state("quote_item", line, "ready")

    async def only_the_first():
        events = trigger(line).run()
        payload = (await anext(events)).payload
        await events.aclose()
        return payload

    assert run_cleanly(only_the_first())["status"] == "reached"
