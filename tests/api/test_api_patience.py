"""How often a call is repeated, how long is waited in between, and how fast requests follow each other."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.auth import TokenAuth
from airflow_provider_covage.api.covage import CALLS
from airflow_provider_covage.api.exchange import Pacer, Patience, Terms, exchange
from airflow_provider_covage.api.request import Answer
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.steps import Authorise, Pause, Send
from airflow_provider_covage.api.transport import drive

READ = CALLS.quote.get("b1")
GONE = errors.ConnectionFailedError(errors.Exchange("GET", "/"))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """Carries out steps without any I/O: says what it is told, and notes how long it would have waited."""

    def __init__(self, *said: int | Exception, headers: dict[str, str] | None = None) -> None:
        self._said = iter(said)
        self._headers = headers or {}
        self.pauses: list[float] = []
        self.clock = Clock()
        self.pacer = Pacer(None, self.clock)
        self.sent = 0

    def carry_out(self, step: Any) -> Any:
        match step:
            case Authorise():
                return "Bearer token"
            case Pause(seconds):
                self.clock.now += seconds
                return self.pauses.append(seconds)
            case Send():
                self.sent += 1
                said = next(self._said)
                if isinstance(said, Exception):
                    raise said
                body = b'{"id": "b1"}' if said == 200 else b""
                return Answer(step.request, said, self._headers, body)

    def perform(self, call: Any = READ, pacer: Pacer | None = None, **patience: Any) -> Any:
        terms = Terms("https://h", TokenAuth("t"), Patience(**patience), pacer or self.pacer)
        return drive(exchange(call, terms), self.carry_out)


def test_pauses_double_and_vary_and_stay_below_the_longest():
    wire = Wire(*[503] * 7, 200)
    assert wire.perform(attempts=8, backoff=1.0, longest_pause=10.0) == {"id": "b1"}
    for pause, most in zip(wire.pauses, [1, 2, 4, 8, 10, 10, 10], strict=True):
        assert most / 2 <= pause <= most


def test_a_single_attempt_is_a_single_sending():
    wire = Wire(503)
    with pytest.raises(errors.TransientApiError):
        wire.perform(attempts=1)
    assert (wire.sent, wire.pauses) == (1, [])


def test_retry_after_takes_the_place_of_the_usual_pause():
    wire = Wire(429, 200, headers={"retry-after": "7"})
    wire.perform(attempts=4, backoff=0.5, longest_pause=20.0)
    assert wire.pauses == [7]


def test_a_retry_after_beyond_the_longest_pause_is_left_to_the_caller():
    wire = Wire(429, 200, headers={"retry-after": "7"})
    with pytest.raises(errors.RateLimitedError) as caught:
        wire.perform(attempts=4, longest_pause=6.9)
    assert (caught.value.retry_after, wire.sent, wire.pauses) == (7, 1, [])


def test_what_is_sent_next_keeps_the_pause_that_the_api_has_asked_for():
    wire = Wire(429, 200, headers={"retry-after": "7"})
    with pytest.raises(errors.RateLimitedError):
        wire.perform(attempts=1)
    wire.perform(longest_pause=10.0)
    assert (wire.sent, wire.pauses) == (2, [7])


def test_a_pause_that_is_too_long_is_told_without_sending_anything():
    wire = Wire(503, 200, headers={"retry-after": "3600"})
    with pytest.raises(errors.TransientApiError):
        wire.perform()
    wire.clock.now += 600
    with pytest.raises(
        errors.AskedToPauseError, match=r"POST /api/v1/quote/ was not sent.* 3000 s"
    ) as caught:
        wire.perform(CALLS.quote.create())
    assert (caught.value.retry_after, wire.sent) == (3000, 1)
    wire.clock.now += 3000
    assert wire.perform() == {"id": "b1"}


def test_a_connection_that_was_refused_is_tried_again_for_writes_too():
    wire = Wire(GONE, GONE, 200)
    assert wire.perform(CALLS.quote.create()) == {"id": "b1"}
    assert wire.sent == 3


def test_a_write_that_went_out_at_the_second_try_is_not_tried_a_third_time():
    wire = Wire(GONE, 503, 200)
    with pytest.raises(errors.UnknownOutcome):
        wire.perform(CALLS.quote.create())
    assert wire.sent == 2


def test_patience_of_its_own_is_enough_for_a_hiccup():
    usual = Patience()
    assert usual.attempts >= 3
    assert usual.longest_pause <= 30


def test_requests_are_spread_over_time():
    clock = Clock()
    pacer = Pacer(4, clock)
    assert [pacer.reserve() for _ in range(4)] == [0, 0.25, 0.5, 0.75]
    clock.now += 10
    assert [pacer.reserve() for _ in range(2)] == [0, 0.25]


def test_without_a_limit_nobody_waits():
    pacer = Pacer(None)
    assert {pacer.reserve() for _ in range(100)} == {0.0}


def test_repetitions_count_as_requests_too():
    wire = Wire(503, 503, 200)
    wire.perform(pacer=Pacer(2, Clock()), backoff=0)
    assert wire.pauses == [0, 0.5, 0, 1.0]


@pytest.mark.parametrize(
    "slip",
    [
        {"base_url": "api.example.net"},
        {"base_url": "ftp://api.example.net"},
        {"base_url": "https://"},
        {"base_url": "https://user:secret-pass@api.example.net"},
        {"base_url": "https://api.example.net?x=1"},
        {"base_url": "https://api.example.net:port"},
        {"base_url": "https://[::1"},
        {"timeout": 0},
        {"timeout": -1.0},
        {"page_size": 0},
        {"max_connections": 0},
        {"requests_per_second": 0},
    ],
    ids=str,
)
def test_settings_without_sense_are_refused(slip):
    with pytest.raises(errors.InputError) as caught:
        Settings(**{"base_url": "https://api.example.net", **slip})
    assert "secret-pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.example.net", "https://api.example.net/api/v1/quote/b1/"),
        ("https://api.example.net/", "https://api.example.net/api/v1/quote/b1/"),
        ("https://api.example.net:8443/covage/", "https://api.example.net:8443/covage/api/v1/quote/b1/"),
        ("http://[::1]:80", "http://[::1]:80/api/v1/quote/b1/"),
    ],
)
def test_a_base_url_may_have_a_port_and_a_path(base_url, url):
    assert Settings(base_url).url(READ.request) == url
