"""Thousands are gone through in small portions."""

import asyncio

from airflow_provider_covage.api.polling.breath import breathing


def test_others_have_their_turn_while_thousands_are_gone_through():
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def scenario():
        task = asyncio.create_task(other())
        gone_through = [item async for item in breathing(range(2000))]
        task.cancel()
        return gone_through

    assert asyncio.run(scenario()) == list(range(2000))
    assert turns >= 10


def test_what_is_dropped_meanwhile_does_not_matter():
    items = {1, 2, 3}

    async def scenario():
        return [items.discard(item) or item async for item in breathing(items)]

    assert sorted(asyncio.run(scenario())) == [1, 2, 3]
