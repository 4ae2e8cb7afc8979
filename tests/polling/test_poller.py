"""Many waits on one connection: what they cost, what reaches them, what is left behind."""

import asyncio
import contextvars
import itertools
import logging
import time

import pytest

from airflow_provider_covage.api.covage import CovageClient
from airflow_provider_covage.api.covage.client import authentication
from airflow_provider_covage.api.errors import AuthenticationError, ForbiddenError, NotFoundError
from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.polling import brief, sweep, walk
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.watching import created


def rounds(it, operation):
    return it.cost()[operation]


def order_lines(sandbox, number):
    """So many lines of one session, on their way."""
    given = sandbox.connection
    auth = authentication(
        login=given["login"], password=given["password"], token_url=given["extra"]["token_url"]
    )
    with CovageClient(Settings(base_url=sandbox.url), auth) as client:
        session = client.product_order.create()["id"]
        fields = {"product_offering_id": "2173", "end_customer_name": "Bakery"}
        lines = [
            client.product_order_item.create(
                session, product_offering_qualification_item_id=f"site-{site}", **fields
            )["id"]
            for site in range(number)
        ]
    for line in lines:
        sandbox.set_state("product_order_item", line, "in_progress")
    sandbox.set_state("product_order", session, "in_progress")
    return lines


def test_many_waits_cost_as_many_requests_as_the_list_has_pages(sandbox, polling, lines):
    ids = lines(150)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await it.until(lambda: rounds(it, "quote_item.list") >= 8)
        first = it.cost()
        await it.until(lambda: rounds(it, "quote_item.list") >= 16)
        before = it.cost()
        sandbox.set_state("quote_item", ids[7], "ready")
        ending = await waits[7]
        assert ending.verdict is Verdict.REACHED
        assert ending.seen.record["id"] == ids[7]
        return first, before, it.cost(), [wait.done() for wait in waits]

    first, before, after, done = polling(scenario)
    assert sum(done) == 1
    # In the beginning each is asked for: only then it is known how old it is.
    assert first["quote_item.get"] < 2 * 150
    assert before["quote_item.get"] == first["quote_item.get"]
    assert after["quote_item.get"] == before["quote_item.get"] + 1, "only the one that has moved is asked for"
    assert before["auth.token"] == 1


def test_waits_of_known_age_are_looked_for_in_the_list_from_the_first_round_on(sandbox, polling, lines):
    ids = lines(150)
    age = created(sandbox.record("quote_item", ids[0]))

    async def scenario(it):
        for line in ids:
            it.wait("quote_item", line, looked=False, created=age)
        await it.until(lambda: rounds(it, "quote_item.list") >= 4)
        return it.cost()

    assert polling(scenario)["quote_item.get"] == 0


def test_waits_that_began_apart_go_on_together(sandbox, polling, lines, monkeypatch):
    monkeypatch.setattr(walk, "PAGE_SIZE", 10)
    ids = lines(40)
    age = created(sandbox.record("quote_item", ids[0]))

    async def scenario(it):
        for line in ids[:3]:
            it.wait("quote_item", line, poke_interval=1, created=age, looked=False)
        await it.until(lambda: rounds(it, "quote_item.list") >= 1)
        await asyncio.sleep(0.3)
        for line in ids[3:]:
            it.wait("quote_item", line, poke_interval=1, created=age, looked=False)
        await it.until(lambda: rounds(it, "quote_item.list") >= 1 + 4 * 4)
        return it.cost()

    assert polling(scenario)["quote_item.get"] <= 3, "by themselves, three are cheaper than four pages"


def test_one_wait_is_asked_for_by_its_identifier(sandbox, polling, lines):
    (line,) = lines(1)

    async def scenario(it):
        it.wait("quote_item", line)
        await it.until(lambda: rounds(it, "quote_item.get") >= 4)
        return it.cost()

    assert polling(scenario)["quote_item.list"] == 0


def test_list_that_is_too_long_is_left_alone(sandbox, polling, lines, monkeypatch):
    monkeypatch.setattr(walk, "PAGE_SIZE", 10)
    ids = lines(200)

    async def scenario(it):
        for line in ids[:8]:
            it.wait("quote_item", line)
        await it.until(lambda: rounds(it, "quote_item.get") >= 8 * 5)
        return it.cost()

    cost = polling(scenario)
    assert cost["quote_item.list"] <= 3, "a page or two tell how long it is, not one in each round"


def test_what_the_list_does_not_show_is_asked_for(sandbox, polling, lines):
    ids = lines(5)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in (*ids, "no-such-line")]
        with pytest.raises(NotFoundError):
            await waits[-1]
        await it.until(lambda: rounds(it, "quote_item.list") >= 3)
        return [wait.done() for wait in waits]

    assert polling(scenario) == [False] * 5 + [True]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_list_that_is_refused_is_replaced_by_single_looks(status, sandbox, polling, lines, caplog):
    ids = lines(6)
    sandbox.fault("error_before", match="quote_item.list", status=status, times=None)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await it.until(lambda: rounds(it, "quote_item.get") >= 18)
        sandbox.set_state("quote_item", ids[0], "ready")
        return await waits[0], it.cost()

    with caplog.at_level(logging.WARNING):
        ending, cost = polling(scenario)
    assert ending.verdict is Verdict.REACHED
    assert cost["quote_item.list"] <= 2
    assert len([one for one in caplog.messages if "asking for each" in one]) == 1


def test_list_that_keeps_failing_is_replaced_by_single_looks(sandbox, polling, lines, caplog):
    ids = lines(5)
    sandbox.fault("error_before", match="quote_item.list", status=500, times=None)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        sandbox.set_state("quote_item", ids[0], "ready")
        ending = await waits[0]
        await it.until(lambda: rounds(it, "quote_item.get") >= 15)
        return ending, it.cost()

    with caplog.at_level(logging.WARNING):
        ending, cost = polling(scenario)
    assert ending.verdict is Verdict.REACHED
    assert cost["quote_item.list"] == 6, "three rounds, each request repeated once"
    assert len([one for one in caplog.messages if "asking for each" in one]) == 1


def test_list_is_used_again_when_nothing_else_worked_either(sandbox, polling, lines):
    ids = lines(12)
    sandbox.fault("error_before", match="quote_item.*", status=503, times=None)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await it.until(lambda: it.poller.shared.quiet_until)
        sandbox.clear_faults()
        before = it.cost()
        await it.until(lambda: rounds(it, "quote_item.list") >= before["quote_item.list"] + 3)
        return it.cost()["quote_item.get"] - before["quote_item.get"], [wait.done() for wait in waits]

    asked, ended = polling(scenario)
    assert asked < 3 * len(ids)
    assert not any(ended)


def test_list_that_never_says_the_same_twice_is_left_alone(sandbox, polling, lines, monkeypatch):
    ids = lines(12)
    marks = itertools.count()
    monkeypatch.setattr(brief, "hash", lambda _: next(marks), raising=False)

    async def scenario(it):
        for line in ids:
            it.wait("quote_item", line)
        await it.until(lambda: rounds(it, "quote_item.get") >= 8 * len(ids))
        return it.cost()

    assert polling(scenario)["quote_item.list"] <= 5


def test_those_who_have_never_looked_keep_their_interval_when_the_list_fails(sandbox, polling, lines):
    ids = lines(5)
    sandbox.fault("error_before", match="quote_item.list", status=503, times=None)

    async def scenario(it):
        for line in ids:
            it.wait("quote_item", line, poke_interval=60, looked=False)
        await it.until(lambda: rounds(it, "quote_item.list") == 2)
        await asyncio.sleep(1)
        return it.cost()

    cost = polling(scenario)
    assert (cost["quote_item.list"], cost["quote_item.get"]) == (2, 0), "one request, repeated once"


def test_record_that_cannot_be_read_keeps_no_other_waiting(sandbox, polling, lines):
    (line,) = lines(1)
    quote_id = sandbox.records("quote")[0]["id"]
    sandbox.fault("error_before", match="quote.get", status=500, times=None)

    async def scenario(it):
        it.wait("quote", quote_id, poke_interval=60, looked=False)
        await it.until(lambda: rounds(it, "quote.get") == 2)
        it.wait("quote_item", line)
        await it.until(lambda: rounds(it, "quote_item.get") >= 5, seconds=5)
        return it.poller.shared.quiet_until

    assert polling(scenario) == 0


def test_page_size_that_is_not_understood_is_not_asked_for_again(sandbox, polling, lines):
    ids = lines(6)
    sandbox.fault("error_before", match="quote_item.list", status=400, times=1)

    async def scenario(it):
        for line in ids:
            it.wait("quote_item", line)
        await it.until(lambda: rounds(it, "quote_item.list") >= 4)
        return it.sandbox.requests

    asked = [one for one in polling(scenario) if one["operation"] == "quote_item.list"]
    assert ["page_size" in str(one) for one in asked][:2] == [True, False]


def test_trouble_of_the_whole_connection_is_one_request_not_one_per_wait(sandbox, polling, lines):
    ids = lines(40)

    async def scenario(it):
        waits = [it.wait("quote_item", line, poke_interval=0.2) for line in ids]
        await it.until(lambda: rounds(it, "quote_item.list") >= 2)
        sandbox.fault("error_before", match="quote_item.*", status=503, times=None)
        before = sum(it.cost().values())
        started = time.monotonic()
        await it.until(lambda: sum(it.cost().values()) >= before + 8)
        seconds = time.monotonic() - started
        sandbox.clear_faults()
        sandbox.set_state("quote_item", ids[0], "ready")
        await waits[0]
        return seconds

    # 0.2 s, then 0.4, 0.8, ... between rounds of one look that is repeated once.
    assert polling(scenario) > 0.5


def test_pause_that_the_api_asks_for_holds_for_all_kinds_of_records(sandbox, polling, lines):
    (line,) = lines(1)
    quote_id = sandbox.records("quote")[0]["id"]
    sandbox.set_state("quote", quote_id, "confirmed")

    async def scenario(it):
        it.wait("quote_item", line)
        it.wait("quote", quote_id)
        await it.until(lambda: rounds(it, "quote_item.get") >= 2 and rounds(it, "quote.get") >= 2)
        sandbox.fault("rate_limit", match="quote_item.get", retry_after=2)
        await it.until(lambda: sandbox.faults[0].hits)
        await asyncio.sleep(0.3)  # what was on its way may arrive
        before = sum(it.cost().values())
        await asyncio.sleep(1.0)
        quiet = sum(it.cost().values()) - before
        await it.until(lambda: sum(it.cost().values()) > before + 2)
        return quiet

    assert polling(scenario) == 0


def test_pause_that_the_api_asks_for_stops_a_walk_through_a_list(sandbox, polling, lines, monkeypatch):
    monkeypatch.setattr(walk, "PAGE_SIZE", 2)
    ids = lines(80)
    age = created(sandbox.record("quote_item", ids[0]))
    quote_id = sandbox.records("quote")[0]["id"]

    async def scenario(it):
        it.settings["requests_per_second"] = 20.0
        for line in ids:
            it.wait("quote_item", line, looked=False, created=age)
        await it.until(lambda: rounds(it, "quote_item.list") >= 3)
        sandbox.fault("rate_limit", match="quote.get", retry_after=30)
        it.wait("quote", quote_id, looked=False)
        await it.until(lambda: sandbox.faults[0].hits)
        await asyncio.sleep(0.3)  # what was on its way may arrive
        before = sum(it.cost().values())
        await asyncio.sleep(0.7)
        return sum(it.cost().values()) - before

    assert polling(scenario) == 0


def test_changed_password_is_read_again(sandbox, polling, lines):
    ids = lines(3)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await it.until(lambda: rounds(it, "quote_item.get") + rounds(it, "quote_item.list") >= 4)
        it.settings["max_connections"] = 3  # shows which client is at work
        # The old client alone meets them: with its token, and with the next one.
        sandbox.fault("error_before", match="quote_item.list", status=401, times=2)
        await it.until(lambda: len(it.clients) == 2)
        sandbox.clear_faults()
        sandbox.set_state("quote_item", ids[1], "ready")
        return await waits[1]

    assert polling(scenario).verdict is Verdict.REACHED


def test_refused_login_ends_all_waits_with_a_few_requests(sandbox, polling, lines):
    ids = lines(30)

    async def scenario(it):
        it.password = "wr0ng"
        waits = [it.wait("quote_item", line) for line in ids]
        results = await asyncio.gather(*waits, return_exceptions=True)
        return results, it.cost()

    results, cost = polling(scenario)
    assert {type(one) for one in results} == {AuthenticationError}
    assert "did not accept the login" in str(results[0])
    assert cost["auth.token"] <= 4


def test_refused_record_ends_its_own_wait_only(sandbox, polling, lines):
    ids = lines(2)
    sandbox.fault("error_before", match="quote_item.get", status=403)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for line in ids:
            sandbox.set_state("quote_item", line, "ready")
        return await asyncio.gather(*waits, return_exceptions=True)

    ends = sorted(polling(scenario), key=lambda end: isinstance(end, Exception))
    assert ends[0].verdict is Verdict.REACHED
    assert isinstance(ends[1], ForbiddenError)


def test_loop_that_breaks_reaches_every_wait(sandbox, polling, lines, monkeypatch):
    ids = lines(5)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await it.until(lambda: sum(it.cost().values()) > 2)
        monkeypatch.setattr(sweep.Sweep, "choose", lambda *_: 1 / 0)
        broken = await asyncio.gather(*waits, return_exceptions=True)
        monkeypatch.undo()
        sandbox.set_state("quote_item", ids[0], "ready")
        return broken, await it.wait("quote_item", ids[0], looked=False)

    broken, later = polling(scenario)
    assert {type(one) for one in broken} == {ZeroDivisionError}
    assert later.verdict is Verdict.REACHED, "who comes later gets a new loop"


def test_connection_that_is_gone_reaches_every_wait(sandbox, polling, lines):
    ids = lines(3)

    async def scenario(it):
        async def gone():
            raise LookupError("the conn_id is not defined")

        it.poller._shared._connect = gone
        return await asyncio.gather(*(it.wait("quote_item", one) for one in ids), return_exceptions=True)

    assert {str(one) for one in polling(scenario)} == {"the conn_id is not defined"}


def test_waits_come_and_go(sandbox, polling, lines):
    ids = lines(12)

    async def scenario(it):
        waits = [it.wait("quote_item", line) for line in ids]
        await it.until(lambda: rounds(it, "quote_item.list") >= 2)
        for wait in waits[:11]:
            wait.cancel()
        await it.until(lambda: rounds(it, "quote_item.get") >= 15)
        sandbox.set_state("quote_item", ids[11], "ready")
        ending = await waits[11]
        counted = sum(it.cost().values())
        await asyncio.sleep(0.4)
        return ending, sum(it.cost().values()) - counted

    ending, more = polling(scenario)
    assert ending.verdict is Verdict.REACHED
    assert more == 0, "nobody waits, nothing is asked"


def test_each_wait_tells_its_own_log(sandbox, polling, lines):
    """A triggerer tells by the context to which task's log a line belongs."""
    ids = lines(4)
    whose = contextvars.ContextVar("whose", default="nobody's")
    told = []

    class Log(logging.Handler):
        def emit(self, record):
            told.append((whose.get(), record.getMessage()))

    handler = Log()
    logger = logging.getLogger("airflow_provider_covage.api.waiting")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    async def scenario(it):
        waits = []
        for line in ids:
            context = contextvars.copy_context()
            context.run(whose.set, line)
            waits.append(context.run(it.wait, "quote_item", line))
        await it.until(lambda: sum(it.cost().values()) > 6)
        for line in ids:
            sandbox.set_state("quote_item", line, "ready")
        await asyncio.gather(*waits)

    try:
        polling(scenario)
    finally:
        logger.removeHandler(handler)
    assert {owner for owner, _ in told} == set(ids)
    assert all(owner in message for owner, message in told)


def test_time_is_over_while_nothing_may_be_sent(sandbox, polling, lines):
    (line,) = lines(1)
    sandbox.fault("rate_limit", match="quote_item.get", retry_after=30, times=None)

    async def scenario(it):
        started = time.monotonic()
        ending = await it.wait("quote_item", line, timeout=1, looked=False)
        return ending, time.monotonic() - started

    ending, seconds = polling(scenario)
    assert ending.verdict is Verdict.WAITING
    assert "too many requests" in ending.message
    assert seconds < 15


def test_who_comes_in_while_nothing_may_be_sent_ends_in_time(sandbox, polling, lines):
    ids = lines(2)
    sandbox.fault("rate_limit", match="quote_item.get", retry_after=30, times=None)

    async def scenario(it):
        it.wait("quote_item", ids[0], timeout=600, looked=False)
        await it.until(lambda: it.poller.shared.quiet_until)
        started = time.monotonic()
        ending = await it.wait("quote_item", ids[1], timeout=1, looked=False)
        return ending, time.monotonic() - started

    ending, seconds = polling(scenario)
    assert ending.verdict is Verdict.WAITING
    assert seconds < 15


def test_what_several_read_together_ends_with_them(sandbox, polling):
    lines = order_lines(sandbox, 2)

    async def scenario(it):
        before = asyncio.all_tasks()
        sandbox.fault("stall", match="product_order.get", seconds=30, times=None)
        waits = [it.wait("product_order_item", line, looked=False) for line in lines]
        await it.until(lambda: sandbox.faults[0].seen)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        await it.poller.close()
        return asyncio.all_tasks() - before

    assert not polling(scenario)


def test_lines_of_one_order_are_known_by_their_session(sandbox, polling):
    lines = order_lines(sandbox, 8)
    session = sandbox.record("product_order_item", lines[0])["product_order_id"]

    async def scenario(it):
        waits = [it.wait("product_order_item", line) for line in lines]
        await it.until(lambda: rounds(it, "product_order.list") >= 8)
        before = it.cost()
        await it.until(lambda: rounds(it, "product_order.list") >= 14)
        after = it.cost()
        sandbox.set_state("product_order", session, "completed")
        return before, after, await asyncio.gather(*waits), it.cost()

    before, after, endings, end = polling(scenario)
    assert after["product_order_item.get"] == before["product_order_item.get"]
    assert after["product_order.get"] == before["product_order.get"]
    assert {ending.seen.state for ending in endings} == {"ordered"}
    assert end["product_order.get"] <= after["product_order.get"] + 2, "once for all its lines"


def test_references_are_looked_up_in_one_walk_through_the_list(sandbox, polling):
    sandbox.seed(orders=6)
    references = [order["id"] for order in sandbox.records("order")]
    assert all(reference.startswith("PO_") for reference in references)
    for reference in references:
        sandbox.set_state("order", reference, "active")

    async def scenario(it):
        waits = [it.wait("order", one, poke_interval=60, looked=False) for one in references]
        await asyncio.gather(*waits)
        return it.cost()

    cost = polling(scenario)
    assert cost["order.get"] == 6
    assert cost["order.list"] <= 2
