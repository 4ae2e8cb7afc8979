"""Hundreds of waits while records move at random and the API fails at random: none is lost, none is hasty."""

import asyncio
import random
import time

from airflow_provider_covage.api.lifecycle import Verdict

NUMBER = 300
PAGES = 3
INTERVAL = 0.5
ENDS = {"ready": Verdict.REACHED, "accepted": Verdict.REACHED, "unable_to_provide": Verdict.FAILED}
TROUBLE = [
    ("error_before", {"status": 503}),
    ("unavailable", {"retry_after": 1}),
    ("rate_limit", {"retry_after": 1}),
    ("close_before", {}),
    ("close_after", {}),
    ("truncate", {}),
    ("html", {"status": 502}),
]


def test_every_wait_ends_rightly_whatever_happens(sandbox, polling, lines):
    ids, chance = lines(NUMBER), random.Random(7)
    ends = {line: chance.choice(list(ENDS)) for line in ids}

    async def scenario(it):
        before, others = asyncio.all_tasks(), set(connections(sandbox))
        waits = {line: it.wait("quote_item", line, poke_interval=INTERVAL) for line in ids}
        began = time.monotonic()
        for some in batches(chance.sample(ids, NUMBER)):
            kind, options = chance.choice(TROUBLE)
            match = chance.choice(["quote_item.list", "quote_item.get", "quote_item.*"])
            sandbox.fault(kind, match=match, nth=chance.randint(1, 5), times=chance.randint(1, 3), **options)
            sandbox.fault("lag", match="quote_item.list", calls=2)
            for line in some:
                sandbox.set_state("quote_item", line, ends[line])
            await asyncio.sleep(INTERVAL / 2)
        sandbox.clear_faults()
        await asyncio.wait(waits.values(), timeout=30)
        seconds = time.monotonic() - began
        await it.poller.close()
        await it.until(lambda: connections(sandbox) <= others)
        return waits, seconds, it.cost(), asyncio.all_tasks() - before

    waits, seconds, cost, left = polling(scenario)
    assert {line: (wait.result().verdict, wait.result().seen.state) for line, wait in waits.items()} == {
        line: (ENDS[state], state) for line, state in ends.items()
    }
    rounds = seconds / (0.8 * INTERVAL) + 1
    assert cost["quote_item.list"] <= 2 * PAGES * rounds, "each request is repeated once at most"
    assert cost["quote_item.get"] <= 4 * NUMBER, "those that have moved are asked for, not all, every round"
    assert cost["auth.token"] <= 2
    assert not left


def batches(ids, number=20):
    return [ids[start::number] for start in range(number)]


def connections(sandbox):
    return sandbox._server._server.server_state.connections
