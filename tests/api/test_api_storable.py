"""What an answer holds can be kept wherever records go; nothing that it holds stops more than itself."""

import json

import msgspec
import pytest

from airflow_provider_covage.api import answers, errors
from airflow_provider_covage.api.request import Answer, Request


def read(text):
    body = text if isinstance(text, bytes) else text.encode()
    return answers.content_of(Answer(Request("GET", "/api/v1/quote/7/"), 200, {}, body))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param(r'"cut \ud83d"', "cut \ufffd", id="first half of a pair"),
        pytest.param(r'"\udE00 cut"', "\ufffd cut", id="second half of a pair"),
        pytest.param(r'"\ud83d\ude00 é"', "\U0001f600 é", id="whole pair"),
        pytest.param(r'"a\u0000b"', "a\ufffdb", id="character 0"),
        pytest.param(r'"a\\u0000b"', "a\\u0000b", id="words about character 0"),
        pytest.param("NaN", None, id="no number"),
        pytest.param("-Infinity", None, id="infinity"),
        pytest.param("1e400", "1e400", id="beyond all floats"),
        pytest.param("18446744073709551615", 2**64 - 1, id="largest of 64 bits"),
        pytest.param("18446744073709551616", "18446744073709551616", id="beyond 64 bits"),
        pytest.param("-9223372036854775808", -(2**63), id="smallest of 64 bits"),
        pytest.param("-9223372036854775809", "-9223372036854775809", id="below 64 bits"),
        pytest.param("9" * 5000, "9" * 5000, id="thousands of digits"),
        pytest.param("48.8566140000000000000000001", 48.856614, id="a float in all its digits"),
        pytest.param('"1234567890123456789012"', "1234567890123456789012", id="digits in a text"),
    ],
)
def test_what_cannot_be_kept_becomes_what_can(sent, kept):
    content = read(f'{{"id": "7", "more": [{{"value": {sent}}}]}}')

    assert content == {"id": "7", "more": [{"value": kept}]}
    assert isinstance(content["more"][0]["value"], type(kept))
    msgspec.msgpack.encode(content)
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    json.dumps(content, ensure_ascii=False).encode()


def test_names_can_be_kept_too():
    assert read(r'{"\ud800": {"\u0000": 1}}') == {"\ufffd": {"\ufffd": 1}}


@pytest.mark.parametrize("body", [rb'{"detail": "no\u0000, \ud83d"}', b"no\0, \xff"], ids=["json", "text"])
def test_the_words_of_a_refusal_can_be_kept(body):
    refused = Answer(Request("GET", "/api/v1/quote/7/"), 403, {}, body)
    error = answers.failure(refused)

    assert isinstance(error, errors.ForbiddenError)
    assert "no\ufffd, " in str(error)
    str(error).encode()
    assert "\0" not in str(error)
