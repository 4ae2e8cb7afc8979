"""Lists: all pages, whatever the link to the next one looks like, and none from another host."""

from __future__ import annotations

import itertools
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from clients import password_for
from raw_server import Received, html, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.calls import Listing
from airflow_provider_covage.api.paging import MOST_EMPTY, ForeignPageError, Pages, whole
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.sandbox import Dialect

BASE = "https://api.example.net"
FIRST = Request("GET", "/api/v1/quote/", params={"state": "ready", "page_size": 2})


def page(*ids: int, next_page: Any = None, **fields: Any) -> dict[str, Any]:
    return {
        "page_size": 2,
        "count": 5,
        "next_page": next_page,
        "previous_page": None,
        "results": [{"id": str(number)} for number in ids],
        **fields,
    }


def walk(*contents: Any, base_url: str = BASE, first: Request = FIRST) -> tuple[list[str], list[Request]]:
    """Go through pages; return the ids of their records and the requests for them."""
    pages, told = Pages(Listing(first), base_url, whole), iter(contents)
    ids: list[str] = []
    asked: list[Request] = []
    while (request := pages.next_request) is not None:
        asked.append(request)
        body = json.dumps(next(told)).encode()
        ids += [record["id"] for record in pages.take(Answer(request, 200, {}, body))]
    return ids, asked


def queries(asked: list[Request]) -> list[dict[str, str]]:
    return [dict(request.query) for request in asked]


LINKS = {
    "number": 2,
    "numeric text": "2",
    "query": "?state=ready&page_size=2&page=2",
    "path": "/api/v1/quote/?state=ready&page_size=2&page=2",
    "relative path": "../quote/?state=ready&page_size=2&page=2",
    "URL": f"{BASE}/api/v1/quote/?state=ready&page_size=2&page=2",
    "URL in capitals": "HTTPS://API.EXAMPLE.NET/api/v1/quote/?state=ready&page_size=2&page=2",
    "URL with port": "https://api.example.net:443/api/v1/quote/?state=ready&page_size=2&page=2",
    "http URL behind TLS": "http://api.example.net/api/v1/quote/?state=ready&page_size=2&page=2",
    "URL without scheme": "//api.example.net/api/v1/quote/?state=ready&page_size=2&page=2",
    "another order": "?page=2&page_size=2&state=ready",
}


@pytest.mark.parametrize("link", LINKS.values(), ids=list(LINKS))
def test_every_form_of_a_link_is_followed(link):
    ids, asked = walk(page(1, 2, next_page=link), page(3))
    assert ids == ["1", "2", "3"]
    assert [request.path for request in asked] == ["/api/v1/quote/"] * 2
    assert queries(asked)[1] == {"state": "ready", "page_size": "2", "page": "2"}


@pytest.mark.parametrize("link", [2, "?page=2", "/api/v1/quote/?page=2", f"{BASE}/api/v1/quote/?page=2"])
def test_a_link_that_names_only_the_page_does_not_lose_the_filters(link):
    """Else all records would follow those that were asked for."""
    _, asked = walk(page(1, 2, next_page=link), page(3))
    assert queries(asked)[1] == {"state": "ready", "page_size": "2", "page": "2"}


def test_a_cursor_is_kept_as_it_is():
    cursor = "cD0yMDI2LTA0LTIz+/="
    _, asked = walk(page(1, next_page=f"?cursor={cursor.replace('+', '%2B')}"), page(2))
    assert queries(asked)[1]["cursor"] == cursor


def test_repeated_parameters_of_a_link_are_all_kept():
    _, asked = walk(page(1, next_page="?state=ready&state=expired&page=2"), page(2))
    assert [value for name, value in asked[1].query if name == "state"] == ["ready", "expired"]


@pytest.mark.parametrize("link", [None, "", False, 0])
def test_no_link_is_the_end(link):
    ids, asked = walk(page(1, next_page=link))
    assert (ids, len(asked)) == (["1"], 1)


def test_an_envelope_without_link_is_the_end():
    assert walk({"results": [{"id": "1"}]})[0] == ["1"]


@pytest.mark.parametrize("content", [[], page(), page(count=0, next_page=2)])
def test_an_empty_page_is_the_end(content):
    ids, asked = walk(content)
    assert (ids, len(asked)) == ([], 1)


@pytest.mark.parametrize("counted", [{}, {"count": None}], ids=["counted", "not counted"])
def test_an_empty_page_in_the_middle_is_not_the_end(counted):
    ids, asked = walk(
        page(1, 2, next_page=2, **counted), page(next_page="?page=3", **counted), page(3, **counted)
    )
    assert (ids, len(asked)) == (["1", "2", "3"], 3)


def test_an_empty_page_after_the_last_record_is_the_end_whatever_it_says():
    ids, asked = walk(page(1, 2, next_page=2, count=2), page(next_page=3, count=2))
    assert (ids, len(asked)) == (["1", "2"], 2)


@pytest.mark.parametrize("count", [None, 10**9])
def test_empty_pages_are_not_followed_for_ever(count, caplog):
    caplog.set_level(logging.WARNING)
    endless = (page(next_page=number, count=count) for number in itertools.count(2))
    ids, asked = walk(*itertools.islice(endless, 50))
    assert (ids, len(asked)) == ([], MOST_EMPTY)
    assert "hold no record" in caplog.text


def test_a_page_that_comes_twice_ends_the_list_across_an_empty_one():
    ids, asked = walk(page(1, next_page=2), page(next_page=3), page(1, next_page=4), page(2))
    assert (ids, len(asked)) == (["1"], 3)


def test_a_bare_array_is_the_whole_list():
    ids, asked = walk([{"id": "1"}, {"id": "2"}])
    assert (ids, len(asked)) == (["1", "2"], 1)


def test_a_page_that_comes_twice_ends_the_list(caplog):
    caplog.set_level(logging.WARNING)
    ids, asked = walk(page(1, 2, next_page=2), page(1, 2, next_page=3), page(1, 2, next_page=4))
    assert (ids, len(asked)) == (["1", "2"], 2)
    assert "came twice" in caplog.text


def test_pages_that_lead_back_end_the_list(caplog):
    caplog.set_level(logging.WARNING)
    ids, asked = walk(page(1, next_page=2), page(2, next_page=3), page(3, next_page=2))
    assert (ids, len(asked)) == (["1", "2", "3"], 3)
    assert "leads back" in caplog.text


def test_a_page_that_leads_to_itself_ends_the_list():
    assert walk(page(1, next_page="/api/v1/quote/?state=ready&page_size=2"))[0] == ["1"]


@pytest.mark.parametrize(
    ("base_url", "link"),
    [
        ("https://api.example.net/covage", "/covage/api/v1/quote/?page=2"),
        ("https://api.example.net/covage", "/api/v1/quote/?page=2"),
        ("https://api.example.net/covage/", "https://api.example.net/covage/api/v1/quote/?page=2"),
        ("https://api.example.net/covage", "?page=2"),
        ("https://api.example.net:8443", "https://api.example.net:8443/api/v1/quote/?page=2"),
        ("https://api.example.net:8443", "https://api.example.net/api/v1/quote/?page=2"),
        ("http://[::1]:8080", "http://[::1]:8080/api/v1/quote/?page=2"),
    ],
)
def test_links_stay_below_the_base_url(base_url, link):
    _, asked = walk(page(1, next_page=link), page(2), base_url=base_url)
    assert asked[1].path == "/api/v1/quote/"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/v1/quote/?page=2",
        "//evil.example/api/v1/quote/?page=2",
        "https://api.example.net.evil.example/?page=2",
        "https://api.example.net@evil.example/?page=2",
        "https://api.example.net:8443/api/v1/quote/?page=2",
        "https://xn--api-example-net/?page=2",
    ],
)
def test_another_host_or_port_is_refused(link):
    with pytest.raises(ForeignPageError, match="another host") as caught:
        walk(page(1, next_page=link))
    assert isinstance(caught.value, errors.PermanentError)
    assert urlsplit(link).netloc in str(caught.value)


@pytest.mark.parametrize(
    "link",
    ["https://[/", "http://api.example.net:99999/", "http://api.example.net:x/", "\x00", "javascript:x"],
)
def test_a_link_without_sense_is_an_error_of_ours_or_the_end(link):
    try:
        ids, asked = walk(page(1, next_page=link), page())
    except errors.CovageError:
        return
    assert ids == ["1"]
    assert all(request.path.startswith("/") for request in asked)


@pytest.mark.parametrize("link", [{"page": 2}, [2], 2.5, True])
def test_a_link_of_another_type_is_an_error_of_ours_or_the_end(link):
    try:
        ids, _ = walk(page(1, next_page=link), page())
    except errors.CovageError:
        return
    assert ids == ["1"]


@pytest.mark.parametrize(
    "content",
    [
        {"detail": "No."},
        {"results": None},
        {"results": {"id": "1"}},
        {"results": ["1"]},
        [1],
        "text",
        5,
        None,
        0,
        False,
        "",
    ],
    ids=repr,
)
def test_what_is_no_page_is_unreadable(content):
    with pytest.raises(errors.UnreadableAnswerError):
        walk(content)


def test_unknown_fields_of_the_envelope_are_no_trouble():
    assert walk(page(1, total_pages=9, links={}))[0] == ["1"]


def numbered(request: Received) -> bytes:
    """Answer page 1 of 3, 2 of 3 or 3 of 3."""
    number = int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])
    return reply(200, page(2 * number - 1, 2 * number, next_page=number + 1 if number < 3 else None))


def test_all_pages_come_one_after_the_other(connect, server):
    server.say(numbered)
    records = connect(server.url).records(lambda api: api.quote.list(state="ready"))
    assert [record["id"] for record in records] == ["1", "2", "3", "4", "5", "6"]
    assert server.lines == [
        "GET /api/v1/quote/?state=ready",
        "GET /api/v1/quote/?state=ready&page=2",
        "GET /api/v1/quote/?state=ready&page=3",
    ]


@pytest.mark.parametrize(("most", "pages"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_no_page_is_asked_for_before_its_first_record_is(connect, server, most, pages):
    server.say(numbered)
    assert len(connect(server.url).records(lambda api: api.quote.list(), most)) == most
    assert len(server.requests) == pages


def test_the_page_size_of_the_settings_is_asked_for(connect, server):
    server.say(numbered)
    connect(server.url, page_size=100).records(lambda api: api.quote.list())
    assert server.lines[0] == "GET /api/v1/quote/?page_size=100"
    assert server.lines[2] == "GET /api/v1/quote/?page_size=100&page=3"


def test_without_page_size_none_is_asked_for(connect, server):
    server.say(numbered)
    connect(server.url).records(lambda api: api.quote.list(), 1)
    assert server.lines == ["GET /api/v1/quote/"]


def test_nothing_is_sent_to_another_host(connect, server):
    server.say(reply(200, page(1, next_page=f"http://localhost:{server.port}/api/v1/quote/?page=2")))
    with pytest.raises(ForeignPageError, match="localhost"):
        connect(server.url).records(lambda api: api.quote.list())
    assert len(server.requests) == 1


def test_records_before_a_broken_page_have_been_seen(connect, server):
    server.say(reply(200, page(1, next_page=2)), html())
    client = connect(server.url)
    assert client.records(lambda api: api.quote.list(), 1) == [{"id": "1"}]
    with pytest.raises(errors.UnreadableAnswerError):
        client.records(lambda api: api.quote.list())


def test_a_page_that_fails_for_a_moment_does_not_begin_the_list_anew(connect, server):
    server.say(reply(200, page(1, next_page=2, count=2)), reply(503), html(), reply(200, page(2, count=2)))
    records = connect(server.url).records(lambda api: api.quote.list())
    assert [record["id"] for record in records] == ["1", "2"]


@pytest.mark.parametrize("body", [b"", b" ", b"null"])
def test_a_list_whose_body_is_lost_is_asked_for_again_and_is_never_empty(connect, server, body):
    """Who looks for a record before making one must not take that for "not there"."""
    server.say(reply(200, body), reply(200, page(1, count=1)), *[reply(200, body)] * 9)
    client = connect(server.url)
    assert client.records(lambda api: api.quote.list()) == [{"id": "1"}]
    with pytest.raises(errors.UnreadableAnswerError, match=r"no body|neither an array"):
        client.records(lambda api: api.quote.list())


def test_no_content_is_an_empty_list(connect, server):
    """That is no lost body: the status says that there is none."""
    server.say(reply(204, b""))
    assert connect(server.url).records(lambda api: api.quote.list()) == []


def test_fewer_records_than_the_api_counts_are_an_error_after_the_last_one(connect, server):
    server.say(lambda asked: reply(200, page(3) if "page=2" in asked.target else page(1, 2, next_page=2)))
    client = connect(server.url)
    with pytest.raises(errors.UnreadableAnswerError, match=r"got 3 record.* said to have 5"):
        client.records(lambda api: api.quote.list())
    assert client.records(lambda api: api.quote.list(), 3)[-1] == {"id": "3"}


@pytest.mark.parametrize(("first", "last"), [(3, 4), (4, 3)])
def test_a_list_that_changes_meanwhile_is_no_error(connect, server, first, last):
    """A cursor does not come by what is new; what was deleted is not counted any more."""
    server.say(reply(200, page(1, 2, next_page="?cursor=b", count=first)), reply(200, page(3, count=last)))
    assert len(connect(server.url).records(lambda api: api.quote.list())) == 3


@pytest.mark.parametrize(
    "name", ["paging_number", "paging_path", "paging_url", "lists_array", "last_page_not_found"]
)
def test_long_lists_of_the_sandbox_in_every_dialect(connect, name):
    from airflow_provider_covage.sandbox import Sandbox

    with Sandbox(speed=0, dialect=Dialect.named(name), page_size=3) as sandbox:
        sandbox.seed(quotes=10, lines_per_quote=1)
        client = connect(sandbox.url, password_for(sandbox))
        ids = [record["id"] for record in client.records(lambda api: api.quote.list())]
        assert sorted(ids) == sorted(record["id"] for record in sandbox.records("quote"))
