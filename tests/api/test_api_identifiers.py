"""Identifiers in paths: whatever they contain, they stay in their place."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from clients import password_for
from raw_server import reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.covage import CALLS
from airflow_provider_covage.api.request import path

STRANGE = [
    "../x",
    "../../product_order",
    "a/b",
    "/",
    "//evil.example/",
    "a\\b",
    "a?b=c",
    "a#b",
    "a;b=c",
    "a&b",
    "a+b",
    "%2e",
    "%2e%2e",
    "%2e%2e%2fx",
    "%",
    "...",
    "é",
    "中文",
    "a b",
    " a ",
    "@",
    ":",
    "a:b@c",
    "*",
    "'\"",
    "{id}",
    "~",
    "confirm",
]
strange = pytest.mark.parametrize("identifier", STRANGE)


@strange
def test_an_identifier_is_one_segment_of_the_path(connect, server, identifier):
    server.say(reply(200, {"id": "x"}))
    connect(server.url).call(lambda api: api.quote_item.accept(identifier, product_id="1"))
    target = server.requests[0].target
    segments = target.split("/")
    assert segments[:4] + segments[5:] == ["", "api", "v1", "quote_item", "accept", ""]
    assert unquote(segments[4]) == identifier
    assert not set("?#\\") & set(target)
    assert target.isascii()


@strange
def test_the_api_is_asked_for_this_identifier_and_nothing_else(connect, sandbox, identifier):
    client = connect(sandbox.url, password_for(sandbox))
    basket = client.call(lambda api: api.quote.create(external_id="A1"))
    for ask in (
        lambda api: api.quote.update(identifier, external_id="hijacked"),
        lambda api: api.product_order.delete(identifier),
        lambda api: api.quote_item.delete(basket["id"], identifier),
    ):
        with pytest.raises(errors.NotFoundError):
            client.call(ask)
    assert [one["key"] for one in sandbox.ledger] == ["A1"]


EMPTY = ["", " ", "\t", "\u3000", "\u200b", ".", ".."]
NO_TEXT: list[Any] = [None, 5, 5.0, True, b"id", ["id"], {"id": "1"}, range(2)]


@pytest.mark.parametrize("identifier", [*EMPTY, "a\nb", "a\0", "a\x7f", "\ud800", *NO_TEXT], ids=repr)
@pytest.mark.parametrize(
    "ask",
    [
        lambda api, identifier: api.quote.get(identifier),
        lambda api, identifier: api.quote_item.delete("b1", identifier),
        lambda api, identifier: api.product_order.delete(identifier),
        lambda api, identifier: api.quote_item.export_price_pdf("b1", "l1", identifier),
    ],
    ids=["get", "delete line", "delete session", "third"],
)
def test_what_is_no_identifier_is_refused_before_anything_is_sent(ask, identifier):
    with pytest.raises(errors.InputError) as caught:
        ask(CALLS, identifier)
    assert str(caught.value)


def test_a_skipped_task_upstream_is_named_as_a_cause():
    with pytest.raises(errors.InputError, match="skipped"):
        path("quote", "")


@pytest.mark.parametrize("value", ["a b", "a+b", "é", "a&state=x", "a=b", "100%", "%41", "#1", "中"])
def test_values_of_filters_arrive_as_they_are(connect, sandbox, value):
    client = connect(sandbox.url, password_for(sandbox))
    client.call(lambda api: api.quote.create(external_id="other"))
    made = client.call(lambda api: api.quote.create(external_id=value))
    found = client.records(lambda api: api.quote.list(external_id=value))
    assert [basket["id"] for basket in found] == [made["id"]]


def test_an_offset_in_a_date_is_no_space(connect, server):
    server.say(reply(200, []))
    connect(server.url).records(lambda api: api.quote.list(creation_date_gt="2026-04-23T10:00:00+02:00"))
    assert unquote(server.requests[0].target).endswith("creation_date_gt=2026-04-23T10:00:00+02:00")
    assert "%2B02" in server.requests[0].target
