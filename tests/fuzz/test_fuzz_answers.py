"""Whatever the API, or something before it, answers: only errors of the package, no hang, no other host."""

import contextlib
import json
from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st
from outside import ANSWERS, BODIES, HEADERS, JSON, NUMBERS, REQUEST, SCALARS, TEXTS, encoded

from airflow_provider_covage.api import answers, errors
from airflow_provider_covage.api.auth import PasswordAuth
from airflow_provider_covage.api.calls import Listing
from airflow_provider_covage.api.covage.tables import QUOTE
from airflow_provider_covage.api.links import follow
from airflow_provider_covage.api.paging import Pages, numbered, whole
from airflow_provider_covage.api.prizz import answers as prizz_answers
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.operators.retries import CovageRetryPolicy
from airflow_provider_covage.transfers.rows import RowReader

BASE = "https://api.example.net"
PAGES = st.lists(st.dictionaries(TEXTS, SCALARS, max_size=2), max_size=3)
LINKS = TEXTS | NUMBERS | st.sampled_from([f"{BASE}/api/v1/quote/?page=2", "?page=3", "//evil.example/", "2"])
ENVELOPES = st.fixed_dictionaries(
    {"results": PAGES | JSON},
    optional={
        "count": SCALARS,
        "next_page": LINKS | SCALARS,
        "pagination": JSON
        | st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("page", "pageCount", "totalItems", "itemsPerPage"), NUMBERS | SCALARS)
        ),
    },
)


def said(body, **headers):
    return Answer(REQUEST, 200, {name.replace("_", "-"): value for name, value in headers.items()}, body=body)


@given(ANSWERS)
@example(said(b"9" * 5000))
@example(said(b"[" * 100_000))
@example(said(b'{"success": false, "log": "\\ud800"}'))
def test_an_answer_is_read_or_refused(answer):
    for read in (answers.record, answers.optional_record, answers.content_of, prizz_answers.record):
        with contextlib.suppress(errors.CovageError):
            read(answer)


@given(ANSWERS)
@example(said(b"", retry_after="9" * 5000))
@example(said(b"", retry_after="9" * 30))
@example(said(b"", retry_after="Wed, 21 Oct 99999999 07:28:00 GMT"))
@example(Answer(REQUEST, 400, {}, body=b'{"\\ud800": "\\ud800"}'))
def test_a_failure_is_told_in_one_line_and_says_when_to_come_back(answer):
    error = answers.failure(answer)

    assert len(str(error).splitlines()) == 1
    str(error).encode()
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        assert 0 <= wait <= 86400
        if CovageRetryPolicy is not None:
            CovageRetryPolicy().evaluate(error, 1, 3)


@given(st.lists(BODIES | ENVELOPES.map(encoded) | PAGES.map(encoded), min_size=1, max_size=4))
def test_a_walk_through_pages_ends(bodies):
    pages = Pages(Listing(REQUEST), BASE, whole)
    asked = 0
    with contextlib.suppress(errors.CovageError):
        while (request := pages.next_request) is not None:
            assert request.url is None
            pages.take(Answer(request, 200, {}, body=bodies[min(asked, len(bodies) - 1)]))
            asked += 1
            assert asked <= len(bodies) + 2


@given(BODIES | ENVELOPES.map(encoded) | PAGES.map(encoded))
def test_a_page_of_a_transfer_is_read_or_refused(body):
    with contextlib.suppress(errors.CovageError):
        page = RowReader(QUOTE)(Answer(REQUEST, 200, {}, body=body))
        assert page.count is None or isinstance(page.count, int)


@given(LINKS.map(str), st.sampled_from([BASE, f"{BASE}/prefix", f"{BASE}:8443"]))
def test_a_link_never_leads_elsewhere(link, base):
    request = follow(link, start=REQUEST, base_url=base)

    if request is not None:
        target = urlsplit(base + request.path)
        assert (target.scheme, target.netloc) == ("https", urlsplit(base).netloc)
        assert request.url is None
        numbered(REQUEST, request)


TOKENS = st.fixed_dictionaries(
    {},
    optional={
        "access_token": SCALARS | st.just("good"),
        "token_type": SCALARS | st.just("Bearer"),
        "expires_in": SCALARS | JSON,
        "refresh_token": SCALARS | JSON,
        "refresh_expires_in": SCALARS | JSON,
        "error": SCALARS | JSON,
        "scope": SCALARS | JSON,
    },
)


@given(
    st.lists(
        st.tuples(st.sampled_from([200, 200, 200, 400, 401, 500]), HEADERS, TOKENS.map(encoded) | BODIES),
        min_size=1,
        max_size=3,
    )
)
def test_a_token_endpoint_gives_a_header_that_can_be_sent_or_is_refused(said):
    auth = PasswordAuth(token_url=f"{BASE}/token", username="u", password="pw")
    for status, headers, body in said:
        steps = auth.obtain()
        with contextlib.suppress(errors.CovageError):
            try:
                request = next(steps)
                for _ in range(3):
                    request = steps.send(Answer(request, status, headers, body=body))
                raise AssertionError("it asks without end")
            except StopIteration as stop:
                header = stop.value
            assert header.isascii()
            assert header.isprintable()
            auth.reject(header)


@given(JSON)
def test_error_bodies_of_any_shape_become_few_messages(content):
    found = errors.messages_in(json.loads(encoded(content)))

    assert len(found) <= 40
    assert all(isinstance(one, str) for pair in found for one in pair)
