"""The clients as such: made, shared, closed, and used again."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from clients import password_for, settings_for, token
from raw_server import chunked, reply

from airflow_provider_covage.api.covage import CALLS, AsyncCovageClient, CovageClient

OK = reply(200, {"id": "b1"})


def test_a_client_closes_at_the_end_of_its_block(server):
    server.say(OK)
    with CovageClient(settings_for(server.url), token()) as client:
        assert client.quote.get("b1") == {"id": "b1"}


def test_an_asynchronous_client_closes_at_the_end_of_its_block(server, recwarn):
    server.say(OK)

    async def read() -> Any:
        async with AsyncCovageClient(settings_for(server.url), token()) as client:
            return await client.quote.get("b1")

    assert asyncio.run(read(), debug=True) == {"id": "b1"}
    assert [str(one.message) for one in recwarn if issubclass(one.category, ResourceWarning)] == []


def test_a_client_that_was_closed_opens_again(connect, server):
    server.say(OK)
    client = connect(server.url)
    client.call(lambda api: api.quote.get("b1"))
    if inspect.iscoroutinefunction(client.client.close):
        client.call(lambda api: api.close())
    else:
        client.client.close()
    assert client.call(lambda api: api.quote.get("b1")) == {"id": "b1"}


def test_closing_twice_or_unused_is_no_trouble():
    client = CovageClient(settings_for("http://127.0.0.1"), token())
    client.close()
    client.close()

    async def close() -> None:
        client = AsyncCovageClient(settings_for("http://127.0.0.1"), token())
        await client.close()
        await client.close()

    asyncio.run(close())


def test_an_asynchronous_client_can_be_made_outside_an_event_loop(server):
    server.say(OK)
    client = AsyncCovageClient(settings_for(server.url), token())

    async def read() -> Any:
        async with client:
            return await client.quote.get("b1")

    assert asyncio.run(read()) == {"id": "b1"}


def test_threads_share_a_client_beyond_its_connections(server):
    server.say(OK)
    with (
        CovageClient(settings_for(server.url, max_connections=2), token()) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        read = list(threads.map(lambda _: client.quote.get("b1"), range(40)))
    assert read == [{"id": "b1"}] * 40
    assert len(server.requests) == 40


def test_tasks_share_a_client_beyond_its_connections(server):
    server.say(OK)

    async def read() -> Any:
        async with AsyncCovageClient(settings_for(server.url, max_connections=2), token()) as client:
            return await asyncio.gather(*(client.quote.get("b1") for _ in range(40)))

    assert asyncio.run(read()) == [{"id": "b1"}] * 40


def test_a_task_that_is_cancelled_while_it_asks_for_a_token_blocks_nobody(sandbox):
    sandbox.fault("stall", "auth.token", seconds=30)

    async def read() -> Any:
        async with AsyncCovageClient(settings_for(sandbox.url), password_for(sandbox)) as client:
            first = asyncio.create_task(client.quote.create(external_id="A1"))
            while not sandbox.requests:
                await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await client.quote.create(external_id="A2")

    assert asyncio.run(read())["external_id"] == "A2"
    assert [one["key"] for one in sandbox.ledger] == ["A2"]


def test_the_kind_of_client_is_said_with_every_request(connect, server):
    server.say(OK)
    connect(server.url).call(lambda api: api.quote.get("b1"))
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("airflow-provider-covage/")
    assert headers["accept"] == "application/json"


WHOLE = {"id": "b1", "note": "é" * 100_000}


@pytest.mark.parametrize(
    "said",
    [
        reply(200, WHOLE),
        chunked(*[json.dumps(WHOLE).encode()[at : at + 999] for at in range(0, 700_000, 999)], whole=True),
        reply(200, gzip.compress(json.dumps(WHOLE).encode()), Content_Encoding="gzip"),
        reply(200, zlib.compress(json.dumps(WHOLE).encode()), Content_Encoding="deflate"),
        reply(200, json.dumps(WHOLE).encode(), kind="text/plain"),
        reply(200, json.dumps(WHOLE, ensure_ascii=False).encode(), kind="application/json; charset=utf-8"),
        reply(200, b"\xef\xbb\xbf" + json.dumps(WHOLE).encode()),
    ],
    ids=["plain", "chunks", "gzip", "deflate", "another type", "UTF-8", "byte order mark"],
)
def test_an_answer_is_read_however_it_is_wrapped(connect, server, said):
    server.say(said)
    assert connect(server.url).call(lambda api: api.quote.get("b1")) == WHOLE


def test_a_method_shows_its_fields_and_its_words():
    create = CALLS.quote_item.create
    assert "end_customer_name" in inspect.signature(create).parameters
    assert create.__name__ == "create"
    assert inspect.getdoc(create).startswith("Add a line to a basket.")
    with pytest.raises(TypeError):
        create()
    with pytest.raises(TypeError):
        CALLS.quote.get("b1", "b2")
    with pytest.raises(TypeError):
        CALLS.quote_item.accept("l1", "2173")
