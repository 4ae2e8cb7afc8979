"""Identifiers, dates, records and connections of any shape: used, passed over, or refused with a reason."""

import contextlib
import types
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from outside import DATES, JSON, SCALARS, TEXTS, records

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import Call, Find
from airflow_provider_covage.api.covage import observe, offers
from airflow_provider_covage.api.covage.client import authentication
from airflow_provider_covage.api.covage.recognition import Unkeyed, agrees, born
from airflow_provider_covage.api.covage.tables import TABLES
from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.api.models import FonFields
from airflow_provider_covage.api.prizz import observe as prizz_observe
from airflow_provider_covage.api.prizz.client import authentication as prizz_authentication
from airflow_provider_covage.api.prizz.request import number
from airflow_provider_covage.api.request import path
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.api.watching import created
from airflow_provider_covage.api.working_days import check_answer_date
from airflow_provider_covage.hooks import portal
from airflow_provider_covage.hooks.connection import CovageExtra, PrizzExtra, read_extra, read_settings


@given(SCALARS)
def test_an_identifier_stays_one_segment_of_its_path(value):
    with contextlib.suppress(errors.InputError):
        made = path("quote", value)
        assert made.startswith("/api/v1/quote/")
        assert unquote(made) == f"/api/v1/quote/{value}/"
        assert made.count("/") == 5
        assert urlsplit(f"https://api.example.net{made}").path == made


@given(SCALARS | JSON)
def test_identifiers_from_templates_are_taken_or_refused(value):
    with contextlib.suppress(errors.InputError):
        check_identifier("it", "quote_id", value)
        assert value.strip()
    with contextlib.suppress(errors.InputError):
        assert number(value, "id").isdigit()


@given(DATES | SCALARS)
def test_dates_of_users_are_taken_or_refused(value):
    with contextlib.suppress(errors.InputError):
        body(FonFields, {"expected_response_date": value}, of="fon.create")
        check_answer_date(value if value is None else str(value))


FIELDS = sorted(
    {column.name for table in TABLES for column in table.columns} | {"prices", "product_offerings"}
)


@given(records(*FIELDS), records(*FIELDS))
@example({"creation_date": "0001-01-01"}, {"state_change": 5})
@example({"validity_date": "9999-12-31"}, {"prices": 5})
def test_records_of_any_shape_can_be_looked_at(one, other):
    now = datetime.now(UTC)
    assert isinstance(born(one), datetime | None)
    assert isinstance(created(one), float | None)
    agrees(one, other)
    Unkeyed(now - timedelta(days=1)).among([one, other], doubt=True)
    for offer in offers.offers_of(one):
        assert isinstance(offer.is_open, bool)
    with contextlib.suppress(ValueError):
        until = offers.valid_until(one)
        assert until is None or isinstance(until < now, bool)


WATCHES = {f"covage {name}": watch for name, watch in observe.WATCHES.items()} | {
    f"prizz {name}": watch for name, watch in prizz_observe.WATCHES.items()
}
SHOWN = (*FIELDS, "status", "sections", "items", "tasks", "wf", "services", "operationalStatus", "results")


@pytest.mark.parametrize("watch", WATCHES.values(), ids=WATCHES)
@given(st.lists(records(*SHOWN) | records("state", "status", "state_change"), min_size=1, max_size=4))
@example([{"product_order_item": [{"state_change": [{"change_date": "0001-01-01"}]}]}])
def test_a_wait_survives_records_of_any_shape(watch, shown):
    waiter = Waiter.of(watch, {"record_id": "1"}, watch.lifecycle.target or ["ok"], None)
    looks = watch.look("1")
    said, asked = iter(shown), 0
    with contextlib.suppress(errors.CovageError):
        try:
            step = next(looks)
            while True:
                asked += 1
                assert asked < 50
                record = next(said, shown[-1])
                if isinstance(step, Call):
                    step = looks.send(record)
                elif isinstance(step, Find):
                    step = looks.send(record if step.fits(record) else None)
                else:
                    step = looks.send(shown)
        except StopIteration as stop:
            seen = stop.value
        waiter.judge(seen)
        assert isinstance(waiter.failure(seen), str)
        assert isinstance(seen.created, float | None)


HOSTS = TEXTS | st.sampled_from(
    [
        "api.example.net",
        "https://api.example.net/x",
        "::1",
        "[::1]:80",
        "http://u:p@h",
        "a b",
        "h:99999",
        "//",
    ]
)


@given(
    host=HOSTS | st.none(),
    schema=TEXTS | st.none(),
    port=st.none() | st.integers(-1, 70000),
    extra=st.dictionaries(
        st.sampled_from([*CovageExtra.model_fields, *PrizzExtra.model_fields, "Timeout", "headers"]), JSON
    )
    | st.dictionaries(TEXTS, JSON, max_size=3),
    login=TEXTS | st.none(),
    password=TEXTS | st.none(),
)
@example("h", None, None, {"timeout": float("nan")}, None, "pw")
@example("h", None, None, {"requests_per_second": float("nan"), "timeout": float("inf")}, None, "pw")
@example("h", None, None, {"verify": "\x00"}, None, "pw")
@example("h", None, None, {"proxies": {"https": "http://[::1"}}, None, "pw")
@example("h", None, None, {"token_url": "https://[x"}, "login", "pw")
def test_connections_are_taken_or_refused(host, schema, port, extra, login, password):
    connection = types.SimpleNamespace(
        conn_id="c", host=host, schema=schema, port=port, login=login, password=password, extra_dejson=extra
    )
    with contextlib.suppress(errors.InputError):
        read = read_extra(connection, CovageExtra)
        settings = read_settings(connection, read)
        assert 0 < settings.timeout < float("inf")
        parts = urlsplit(settings.base_url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        authentication(login=login, password=password, token_url=read.token_url, client_id=read.client_id)
    with contextlib.suppress(errors.InputError):
        prizz = read_extra(connection, PrizzExtra)
        prizz_authentication(password, prizz.token_prefix)


@given(
    TEXTS | st.sampled_from(["https://p/{id}", "https://p/{0}", "https://{id}/", "https://p/{id!r:>9}"]),
    TEXTS,
)
def test_a_link_to_the_portal_is_made_or_refused(template, value):
    with contextlib.suppress(errors.InputError):
        link = portal.link(template, lambda _: value)
        if link is not None:
            assert urlsplit(link).netloc == urlsplit(template).netloc
            assert link.isascii() or not template.isascii()
