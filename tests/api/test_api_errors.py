"""What can go wrong between the client and the API, and what the caller gets to know and has to do."""

from __future__ import annotations

import gc
import re
import ssl
from collections.abc import Callable
from email.utils import formatdate
from time import time
from typing import Any

import aiohttp
import pytest
import urllib3
from failures import LOST, PERMANENT, TURNED_AWAY, within
from raw_server import CLOSE, DRIP, RESET, html, reply

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.request import Request
from airflow_provider_covage.api.wire import transport_error

READ = ("GET", "/api/v1/quote/b1/", lambda client: client.quote.get("b1"))
WRITE = ("POST", "/api/v1/quote/", lambda client: client.quote.create(external_id="A1"))

OK = reply(200, {"id": "b1", "state": "ready"})
RECORD = {"id": "b1", "state": "ready"}


@pytest.fixture(autouse=True)
def _no_collection_at_the_bottom(request):
    """What is finalized just where the stack is used up would fail for want of it, and the test with it."""
    if "nested too deep" not in request.node.name:
        yield
        return
    gc.disable()
    yield
    gc.enable()


each_lost = pytest.mark.parametrize(("said", "kind", "status"), LOST.values(), ids=list(LOST))
both = pytest.mark.parametrize("asked", [READ, WRITE], ids=["read", "write"])


@each_lost
def test_a_read_is_repeated_until_its_answer_comes(connect, server, said, kind, status):
    server.say(said, said, OK)
    assert connect(server.url, **within(said)).call(READ[2]) == RECORD
    assert len(server.requests) == 3


@each_lost
def test_a_read_that_never_succeeds_is_given_up(connect, server, said, kind, status):
    server.say(said)
    with pytest.raises(errors.TransientError) as caught:
        connect(server.url, **within(said)).call(READ[2])
    assert type(caught.value) is kind
    assert (caught.value.method, caught.value.path, caught.value.status) == ("GET", READ[1], status)
    assert f"GET {READ[1]}" in str(caught.value)
    assert len(server.requests) == 3


@each_lost
def test_a_write_without_readable_answer_is_an_unknown_outcome_and_sent_once(
    connect, server, said, kind, status
):
    server.say(said, OK)
    with pytest.raises(errors.UnknownOutcome) as caught:
        connect(server.url, **within(said)).call(WRITE[2])
    assert type(caught.value.cause) is kind
    assert (caught.value.method, caught.value.path, caught.value.status) == ("POST", WRITE[1], status)
    assert "may or may not have taken effect" in str(caught.value)
    assert len(server.requests) == 1


def test_an_answer_that_drips_is_not_waited_for(connect, server):
    """The time-out is one for the whole answer: a hundred bytes, one now and then, would last a second."""
    server.say(DRIP)
    with pytest.raises(errors.UnknownOutcome):
        connect(server.url, timeout=0.2).call(WRITE[2])
    assert server.dripped < 100


@pytest.mark.parametrize(
    "write",
    [
        lambda client: client.quote.update("b1", external_id="A1"),
        lambda client: client.quote.confirm("b1"),
        lambda client: client.quote_item.delete("b1", "l1"),
        lambda client: client.quote_item.accept("l1", product_id="2173"),
        lambda client: client.quote_item.export_csv(),
        lambda client: client.product_order.confirm("s1"),
    ],
)
def test_no_kind_of_write_is_sent_twice(connect, server, write):
    server.say(reply(503, Retry_After="0"))
    with pytest.raises(errors.UnknownOutcome):
        connect(server.url).call(write)
    assert len(server.requests) == 1


@pytest.mark.parametrize("said", [RESET, CLOSE], ids=["reset", "closed"])
def test_a_deletion_without_answer_is_sent_once(connect, server, said):
    """DELETE is idempotent by the book; here it is a write like any other."""
    server.say(said)
    with pytest.raises(errors.UnknownOutcome):
        connect(server.url).call(lambda client: client.product_order.delete("s1"))
    assert server.lines == ["DELETE /api/v1/product_order/s1/"]


def test_an_upload_without_answer_is_sent_once(connect, server, trace):
    server.say(RESET)
    with pytest.raises(errors.UnknownOutcome):
        connect(server.url).call(lambda client: client.quote_item.upload_trace("b1", "l1", file=trace))
    assert len(server.requests) == 1


@both
@pytest.mark.parametrize(("said", "kind"), TURNED_AWAY.values(), ids=list(TURNED_AWAY))
def test_what_was_turned_away_is_repeated_writes_too(connect, server, asked, said, kind):
    server.say(said, said, OK)
    assert connect(server.url).call(asked[2]) == RECORD
    assert len(server.requests) == 3


@both
@pytest.mark.parametrize(("said", "kind"), TURNED_AWAY.values(), ids=list(TURNED_AWAY))
def test_what_is_turned_away_each_time_is_no_unknown_outcome(connect, server, asked, said, kind):
    server.say(said)
    with pytest.raises(errors.TransientError) as caught:
        connect(server.url).call(asked[2])
    assert type(caught.value) is kind
    assert len(server.requests) == 3


@both
@pytest.mark.parametrize(("status", "kind"), PERMANENT.items())
def test_a_refusal_is_permanent_and_not_repeated(connect, server, asked, status, kind):
    server.say(reply(status, {"detail": "No."}, X_Request_Id="req-7"))
    with pytest.raises(errors.PermanentError) as caught:
        connect(server.url).call(asked[2])
    error = caught.value
    assert type(error) is kind
    assert not isinstance(error, errors.TransientError)
    assert (error.method, error.path, error.status) == (asked[0], asked[1], status)
    assert (error.messages, error.request_id) == ((("", "No."),), "req-7")
    for part in (f"{asked[0]} {asked[1]} -> {status}", "No.", "req-7"):
        assert part in str(error)
    assert len(server.requests) == 1


@both
def test_nobody_listens(connect, closed_port, asked):
    with pytest.raises(errors.ConnectionFailedError, match=f"{asked[0]} {asked[1]} could not be sent"):
        connect(f"http://127.0.0.1:{closed_port}").call(asked[2])


@both
def test_a_name_that_nobody_knows(connect, asked):
    with pytest.raises(errors.ConnectionFailedError):
        connect("http://nowhere.invalid").call(asked[2])


@both
def test_a_port_that_does_not_speak_tls(connect, server, asked):
    """The handshake fails before anything of the request is sent."""
    with pytest.raises(errors.ConnectionFailedError):
        connect(server.url.replace("http:", "https:")).call(asked[2])
    assert server.requests == []


@both
def test_a_proxy_that_nobody_listens_on(connect, closed_port, asked):
    proxies = {"https": f"http://user:proxy-pass@127.0.0.1:{closed_port}"}
    with pytest.raises(errors.ConnectionFailedError):
        connect("https://api.example.net", proxies=proxies).call(asked[2])


@both
@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_opens_no_tunnel(connect, server, asked, status):
    """What refuses the tunnel has not seen the request."""
    server.say(reply(status))
    with pytest.raises(errors.ConnectionFailedError):
        connect("https://api.example.net", proxies={"https": server.url}).call(asked[2])
    assert all(line == "CONNECT api.example.net:443" for line in server.lines)


def test_a_write_that_found_nobody_is_sent_again(connect, server, monkeypatch):
    """A refused connection is certain: nothing of the request has arrived."""
    server.say(OK)
    client = connect(server.url)
    url = client.client.transport.settings.url
    addresses = iter(["http://127.0.0.1:1/api/v1/quote/"])
    monkeypatch.setattr(
        type(client.client.transport.settings), "url", lambda self, request: next(addresses, url(request))
    )
    assert client.call(WRITE[2]) == RECORD
    assert len(server.requests) == 1


def test_an_earlier_failure_says_nothing_about_this_one(connect, server, closed_port):
    """A write inside the handler of a refused connection has that one in its context."""
    server.say(RESET)
    client, nobody = connect(server.url), connect(f"http://127.0.0.1:{closed_port}")

    def make_up_for_it() -> None:
        try:
            nobody.call(READ[2])
        except errors.ConnectionFailedError:
            client.call(WRITE[2])

    with pytest.raises(errors.UnknownOutcome):
        make_up_for_it()
    assert len(server.requests) == 1


def never_arrived() -> list[BaseException]:
    pool: Any = None
    key: Any = aiohttp.client_reqrep.ConnectionKey("h", 443, True, True, None, None, None)
    verification = ssl.SSLCertVerificationError("self-signed certificate")
    return [
        urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.NewConnectionError(pool, "refused")),
        urllib3.exceptions.MaxRetryError(
            pool, "/", urllib3.exceptions.NameResolutionError("h", pool, OSError())
        ),
        urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.ConnectTimeoutError(pool, "slow")),
        urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.SSLError(verification)),
        aiohttp.ClientConnectorError(key, OSError("refused")),
        aiohttp.ClientConnectorDNSError(key, OSError("unknown")),
        aiohttp.ClientConnectorCertificateError(key, verification),
        aiohttp.ConnectionTimeoutError("slow"),
    ]


@pytest.mark.parametrize("error", never_arrived(), ids=lambda error: f"{type(error).__name__}: {error}"[:60])
def test_errors_of_the_libraries_that_mean_that_nothing_arrived(error):
    assert isinstance(transport_error(Request("POST", "/x/"), error), errors.ConnectionFailedError)


@pytest.mark.parametrize(
    "error",
    [
        urllib3.exceptions.ReadTimeoutError(None, "/", "slow"),  # type: ignore[arg-type]
        urllib3.exceptions.ProtocolError("aborted", ConnectionResetError()),
        urllib3.exceptions.IncompleteRead(1, 2),
        aiohttp.ServerDisconnectedError(),
        aiohttp.SocketTimeoutError(),
        aiohttp.ClientOSError(),
        aiohttp.ClientPayloadError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_the_libraries_after_which_nobody_knows(error):
    assert isinstance(transport_error(Request("POST", "/x/"), error), errors.AnswerLostError)


MESSAGES: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "by field": ({"enni": ["This field is required."]}, [("enni", "This field is required.")]),
    "nested": (
        {"related_contact_information": [{}, {"city": ["Needed.", "Too short."]}]},
        [
            ("related_contact_information[1].city", "Needed."),
            ("related_contact_information[1].city", "Too short."),
        ],
    ),
    "by line": (
        {"product_order_item": {"l1": {"enni": ["Needed."]}, "l2": {"enni": ["Wrong."]}}},
        [("product_order_item.l1.enni", "Needed."), ("product_order_item.l2.enni", "Wrong.")],
    ),
    "as a list": (
        {"detail": [{"loc": ["body", "enni"], "msg": "Needed.", "type": "missing"}]},
        [("body.enni", "Needed.")],
    ),
    "general": (
        {"detail": "Not like this.", "non_field_errors": ["Nor like that."]},
        [("", "Not like this."), ("", "Nor like that.")],
    ),
    "a list of texts": (["One.", "Two."], [("", "One."), ("", "Two.")]),
    "a text": ("No.", [("", "No.")]),
    "numbers": ({"code": 17}, [("code", "17")]),
    "nothing": ({}, []),
}


@pytest.mark.parametrize(("body", "messages"), MESSAGES.values(), ids=list(MESSAGES))
@pytest.mark.parametrize("status", [400, 422])
def test_the_words_of_the_api_are_kept_field_by_field(connect, server, body, messages, status):
    server.say(reply(status, body))
    with pytest.raises(errors.BadRequestError) as caught:
        connect(server.url).call(WRITE[2])
    assert list(caught.value.messages) == messages
    for field, text in messages:
        assert (f"{field}: {text}" if field else text) in str(caught.value)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (reply(400, b"plain words", kind="text/plain"), "plain words"),
        (html(400, "Request  blocked\n by a wall"), 'an HTML page "Request blocked by a wall"'),
        (reply(400, b"\xff\xfe", kind="text/plain"), "\ufffd\ufffd"),
    ],
    ids=["text", "HTML", "bytes"],
)
def test_a_refusal_that_is_no_json_is_told_in_short(connect, server, said, text):
    server.say(said)
    with pytest.raises(errors.BadRequestError) as caught:
        connect(server.url).call(READ[2])
    assert caught.value.messages == (("", text),)


@pytest.mark.parametrize(
    "sign",
    ["\x1b", "\x07", "\u202e", "\u2066", "\x00", "\x9b", "\ud800"],
    ids=lambda sign: f"U+{ord(sign):04X}",
)
def test_nothing_in_the_words_steers_the_terminal(connect, server, sign):
    server.say(reply(400, {"detail": f"no{sign}[2K way"}))
    with pytest.raises(errors.BadRequestError) as caught:
        connect(server.url).call(WRITE[2])
    assert sign not in str(caught.value)
    assert "no\N{REPLACEMENT CHARACTER}[2K way" in str(caught.value)


def test_a_flood_of_messages_is_cut(connect, server):
    server.say(reply(400, {f"field{number}": ["Wrong."] for number in range(5000)}))
    with pytest.raises(errors.BadRequestError) as caught:
        connect(server.url).call(WRITE[2])
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("header", ["X-Request-ID", "X-Correlation-ID", "Request-Id", "X-Trace-Id"])
def test_the_request_id_is_kept_whatever_its_header_is_called(connect, server, header):
    server.say(reply(500, **{header.replace("-", "_"): "abc"}))
    with pytest.raises(errors.TransientApiError, match="request id abc"):
        connect(server.url).call(READ[2])


def in_an_hour() -> str:
    return formatdate(time() + 3600, usegmt=True)


Later = Callable[[], str]


@both
@pytest.mark.parametrize("later", [lambda: "0", lambda: formatdate(0, usegmt=True)], ids=["seconds", "date"])
def test_a_short_retry_after_is_waited_for(connect, server, asked, later: Later):
    server.say(reply(429, Retry_After=later()), OK)
    assert connect(server.url).call(asked[2]) == RECORD


@both
@pytest.mark.parametrize("later", [lambda: "3600", in_an_hour], ids=["seconds", "date"])
def test_a_long_retry_after_is_left_to_the_caller(connect, server, asked, later: Later):
    server.say(reply(429, Retry_After=later()), OK)
    with pytest.raises(errors.RateLimitedError) as caught:
        connect(server.url).call(asked[2])
    assert caught.value.retry_after == pytest.approx(3600, abs=60)
    assert len(server.requests) == 1


def test_an_unknown_outcome_says_how_long_the_api_wants_to_be_left_alone(connect, server):
    server.say(reply(503, Retry_After="3600"))
    with pytest.raises(errors.UnknownOutcome) as caught:
        connect(server.url).call(WRITE[2])
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize("later", ["soon", "-5", "1e3", "", "99999999999999999999", "nan"])
def test_a_retry_after_that_makes_no_sense_does_no_harm(connect, server, later):
    server.say(reply(429, Retry_After=later))
    with pytest.raises(errors.RateLimitedError):
        connect(server.url).call(READ[2])


def test_the_text_of_every_error_is_one_line(connect, server):
    server.say(reply(400, {"a": ["one\ntwo"], "b\r\nc": ["x"]}))
    with pytest.raises(errors.BadRequestError) as caught:
        connect(server.url).call(READ[2])
    assert re.search(r"[\r\n]", str(caught.value)) is None


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (errors.UnknownOutcome, errors.TransientError),
        (errors.TokenUnavailableError, errors.TransientError),
        (errors.InputError, errors.PermanentError),
        (errors.InputError, ValueError),
        (errors.LifecycleError, errors.PermanentError),
        (errors.AmbiguousError, errors.PermanentError),
        (errors.RedirectError, errors.ApiError),
    ],
)
def test_each_error_is_permanent_or_transient(kind, parent):
    assert issubclass(kind, parent)
    assert issubclass(kind, errors.PermanentError) is not issubclass(kind, errors.TransientError)
