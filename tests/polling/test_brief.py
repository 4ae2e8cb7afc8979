"""What a sweep reads of a page is what the page says, whatever its form."""

import json

import pytest

from airflow_provider_covage.api.answers import content_of
from airflow_provider_covage.api.covage import observe as covage
from airflow_provider_covage.api.covage.client import CALLS
from airflow_provider_covage.api.errors import UnreadableAnswerError
from airflow_provider_covage.api.polling.brief import Briefs
from airflow_provider_covage.api.prizz import observe as prizz
from airflow_provider_covage.api.request import Answer, Request
from airflow_provider_covage.api.watching import Listed

ONE = b'{"id": "L1", "state": "ready", "more": {"note": "%s"}}'


def answer(body, content_type="application/json"):
    return Answer(Request("GET", "/api/v1/quote_item/"), 200, {"content-type": content_type}, body)


def read(body, names=("id",), **kwargs):
    return Briefs(Listed(CALLS.quote_item.list, names))(answer(body, **kwargs), "results")


def page(*records, **more):
    return json.dumps({"results": records, **more}).encode()


def test_names_and_states():
    envelope, shown = read(page({"id": "L1", "state": "ready"}, {"id": "L2"}, count=2, next_page=None))
    assert envelope == {"count": 2, "next_page": None, "pagination": None}
    assert [(one.names, one.state) for one in shown] == [(["L1"], "ready"), (["L2"], "")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[%s]" % ONE, id="array alone"),
        pytest.param(b'{"results": [%s], "rate": NaN}' % ONE, id="not a number"),
        pytest.param(b'{"results": [%s]}' % (ONE % b"\\ud800"), id="half of a surrogate pair"),
        pytest.param(b'{"results": [], "results": [%s]}' % ONE, id="name given twice"),
        pytest.param(b'\xef\xbb\xbf{"results": [%s]}' % ONE, id="byte order mark"),
        pytest.param(b'{"results": [%s], "count": 1e999}' % ONE, id="too large a number"),
    ],
)
def test_odd_pages_are_read_as_ever(body):
    (shown,) = read(body)[1]
    assert (shown.names, shown.state) == (["L1"], "ready")


def test_numbers_as_names():
    (shown,) = read(page({"id": 7, "state": "ready"}))[1]
    assert shown.names == ["7"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"results": [%s]}' % (ONE % b"\xff"), "not UTF-8"),
        (b'{"results": [{"id": "L1"', "cut off"),
        (b'{"results": ["L1"]}', "neither an array"),
        (b'{"items": []}', "neither an array"),
        (b"<html><title>Maintenance</title></html>", "Maintenance"),
    ],
)
def test_what_is_no_page_is_told_as_ever(body, why):
    with pytest.raises(UnreadableAnswerError, match=why):
        read(body)


def test_html_by_its_type_is_no_page():
    with pytest.raises(UnreadableAnswerError, match="HTML"):
        read(page({"id": "L1"}), content_type="text/html")


def test_any_change_of_a_record_changes_its_mark():
    first, other, same = (
        read(page({"id": "L1", "state": "ready", "note": note}))[1][0].mark for note in "aba"
    )
    assert first == same != other


def test_what_is_the_same_is_not_decoded_again():
    briefs = Briefs(Listed(CALLS.quote_item.list))
    pages = [answer(page({"id": "L1", "note": note}, {"id": "L2"})) for note in "ab"]
    first, other = briefs(pages[0], "results")[1]
    briefs.remember([first])
    assert not briefs.has_news
    again, anew = briefs(pages[0], "results")[1]
    assert again is first
    assert anew == other and anew is not other  # noqa: PT018 - forgotten, read again
    changed = briefs(pages[1], "results")[1][0]
    assert briefs.has_news
    assert (changed.names, changed.mark == first.mark) == (["L1"], False)


@pytest.mark.parametrize(
    "text",
    ["18446744073709551615", "-0.0", "-0", '{"a": 1, "a": 2}', '"\\ud83d\\ude00"', "[0.1, 1E5, null]"],
)
def test_answers_are_decoded_as_by_python(text):
    assert repr(content_of(answer(text.encode()))) == repr(json.loads(text))


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(listed, id=f"{resource}-{number}")
        for resource, watch in (covage.WATCHES | prizz.WATCHES).items()
        for number, listed in enumerate(watch.lists)
    ],
)
def test_all_that_a_list_tells_is_decoded(listed):
    asked = set()

    class Record(dict):
        def get(self, name, default=None):
            asked.add(name)
            return default

    listed.state(Record())
    listed.prefix(Record())
    listed.names_of(Record())
    assert asked <= {*listed.state_fields, *listed.names}
