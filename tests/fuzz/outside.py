"""What can come from outside: bytes, texts, JSON and records of any shape."""

import json

from hypothesis import strategies as st

from airflow_provider_covage.api.request import Answer, Request

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "",
        " ",
        ".",
        "..",
        "../../x",
        "None",
        "null",
        "a/b",
        "a\\b",
        "\x00",
        "\ud800",
        "é",
        "x" * 500,
        "{",
        "%s",
    ]
)
"""Texts, halves of surrogate pairs and other traps among them."""

NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 1e308, 10**400, 2**63])

DATES = (
    st.datetimes().map(lambda one: one.isoformat())
    | st.dates().map(lambda one: one.isoformat())
    | st.sampled_from(["0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
    | st.sampled_from(["2026-02-30", "2026-W05-1", "20260101", "yesterday", "2026-01-01T25:00"])
)

SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | DATES

JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def records(*names):
    """Records that have the fields of these names, with values of any kind in them."""
    change = st.fixed_dictionaries({}, optional={"state": SCALARS, "change_date": DATES | SCALARS})
    values = JSON | DATES | st.lists(change | SCALARS, max_size=3)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


def encoded(content):
    """JSON as it goes over the wire, numbers of any length included."""
    return json.dumps(content).encode("utf-8", "surrogatepass")


BODIES = (
    st.binary(max_size=200)
    | JSON.map(encoded)
    | st.tuples(JSON.map(encoded), st.integers(0, 40)).map(lambda it: it[0][: -it[1] or None])
    | st.sampled_from([b"[" * 100_000, b"9" * 5000, b'{"a":' + b"9" * 5000 + b"}", b"\xff\xfe", b"<html>"])
)

HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "retry-after", "x-request-id", "location", "content-disposition"]),
    st.text(st.characters(max_codepoint=255), max_size=60)
    | DATES
    | NUMBERS.map(str)
    | st.sampled_from(["text/html", "application/json", "Wed, 21 Oct 9999 07:28:00 GMT", "9" * 5000]),
)

REQUEST = Request("GET", "/api/v1/quote/")

ANSWERS = st.builds(
    Answer,
    request=st.just(REQUEST),
    status=st.integers(100, 599),
    headers=HEADERS,
    body=BODIES,
    secrets=st.just(("pw",)),
)
"""Any answer."""
