"""A whole run with trouble, everything on DEBUG: no password, no token, no signature of a link anywhere."""

import logging
import os
import sqlite3
import sys
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from airflow.sdk import DAG, task
from operator_steps import context
from samples import LINE

from airflow_provider_covage.compat import TaskDeferred
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.operators.quote import (
    CovageAcceptQuoteItemOperator,
    CovageAddQuoteItemOperator,
    CovageConfirmQuoteOperator,
    CovageCreateQuoteOperator,
)
from airflow_provider_covage.sandbox import PrizzSandbox, Sandbox
from airflow_provider_covage.sandbox.covage.auth import OAuthTokens
from airflow_provider_covage.sensors.covage import CovageQuoteItemSensor

# Not literal: Airflow stores the source of a DAG, and this file has one.
PASSWORD, PRIZZ_TOKEN = f"pw-{uuid4().hex}", f"token-{uuid4().hex}"
LOGGERS = ("airflow_provider_covage", "urllib3", "aiohttp", "requests", "oauthlib", "asyncio")


@pytest.fixture
def secrets(monkeypatch):
    """All that must not be seen; tokens and links are added as the sandboxes give them out."""
    known = {PASSWORD, PRIZZ_TOKEN}
    issue = OAuthTokens._issue

    def issued(self):
        answer = issue(self)
        known.update((answer["access_token"], answer["refresh_token"]))
        return answer

    monkeypatch.setattr(OAuthTokens, "_issue", issued)
    return known


@pytest.fixture
def apis(secrets, monkeypatch):
    with (
        Sandbox(speed=100, password=PASSWORD) as covage,
        PrizzSandbox(speed=100, api_token=PRIZZ_TOKEN) as prizz,
    ):
        monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", covage.connection_json)
        monkeypatch.setenv("AIRFLOW_CONN_PRIZZ_DEFAULT", prizz.connection_json)
        yield covage, prizz


@pytest.fixture
def seen(caplog, capfd):
    """`seen()` gives all that was logged or printed, of whatever level, tracebacks included."""
    entries = []

    def keep(_, level, event):
        entries.append(event | {"level": level})
        error = event.get("exc_info")
        if error:
            found = error if isinstance(error, tuple) else sys.exc_info()
            entries.append({"event": "".join(traceback.format_exception(*found))})
        return event

    before = structlog.get_config()
    structlog.configure(
        processors=[keep, *before["processors"]],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    )
    # The other side of the wire may log what it is asked.
    caplog.set_level(logging.CRITICAL, logger="uvicorn.access")
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=name)

    def everything():
        printed = capfd.readouterr()
        text = "\n".join([caplog.text, *map(repr, entries), printed.out, printed.err])
        # What stands in for the supervisor in `dag.test` tells on DEBUG what it is asked to mask.
        return "\n".join(line for line in text.splitlines() if "MaskSecret(" not in line)

    yield everything
    structlog.configure(**before)


def stored():
    """Give all that Airflow keeps: every row of its database, and its log files."""
    home = Path(os.environ["AIRFLOW_HOME"])
    with sqlite3.connect(home / "airflow.db") as database:
        rows = "\n".join(database.iterdump())
    logs = (one.read_bytes().decode(errors="replace") for one in home.rglob("*.log"))
    return "\n".join([rows, *logs])


def order():
    often = {"retries": 2, "retry_delay": timedelta(0), "settling_time": 0}
    with DAG("secrets", schedule=None, start_date=datetime(2025, 1, 1), default_args=often) as made:
        quote = CovageCreateQuoteOperator(task_id="create")
        line = CovageAddQuoteItemOperator(task_id="add", quote_id=quote.output, fields=LINE)
        confirm = CovageConfirmQuoteOperator(task_id="confirm", quote_id=quote.output)
        wait = CovageQuoteItemSensor(
            task_id="wait", quote_item_id=line.output, deferrable=True, poke_interval=0.1
        )
        accept = CovageAcceptQuoteItemOperator(task_id="accept", quote_item_id=line.output, product_id="2173")
        refused = CovageConfirmQuoteOperator(task_id="refused", quote_id="nowhere")

        @task
        def fetch():
            hook = PrizzHook()
            attachment = next(iter(hook.attachment.list_public()))
            return len(hook.attachment.download(attachment))

        line >> confirm >> wait >> accept >> [refused, fetch()]
    return made


def test_a_run_with_trouble_shows_no_secret(apis, secrets, seen, run_dag):
    covage, _ = apis
    covage.fault("error_before", match="auth.token", nth=2)
    covage.fault("html", match="auth.token", nth=3)
    covage.fault("unauthorized", match="quote_item.create")
    covage.fault("unauthorized", match="quote_item.get")
    covage.fault("close_after", match="quote_item.accept")
    covage.fault("error_after", match="quote.confirm")

    run = run_dag(order())

    assert run.of("accept") == ["success"]
    assert run.of("refused") == ["failed"]
    assert len(secrets) > 5
    text = seen() + stored()
    assert "quote_item" in text
    assert "urllib3" in text
    assert [secret for secret in secrets if secret in text] == []


def test_a_link_with_a_signature_is_in_no_log(apis, seen):
    with PrizzHook().get_conn() as client:
        attachment = next(iter(client.attachment.list_public()))
        assert client.attachment.download(attachment)
    query = attachment["presignedUrl"].partition("?")[2]
    text = seen()

    assert "signature=" in query
    # What is logged of other requests stays whole, so nothing is missing for whoever looks for trouble.
    assert "/attachments/public" in text
    assert query not in text
    assert "signature=" not in text


def test_a_login_that_is_refused_shows_nothing_of_it(apis, seen, secrets, monkeypatch):
    covage, _ = apis
    wrong = covage.connection_json.replace(PASSWORD, PASSWORD + "-of-yesterday")
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", wrong)

    with pytest.raises(Exception, match="did not accept the login") as refused:
        CovageCreateQuoteOperator(task_id="act").execute(context())

    shown = "".join(traceback.format_exception(refused.value))
    text = shown + seen() + str(CovageHook().test_connection())
    assert [secret for secret in secrets if secret in text] == []


def test_the_arguments_of_a_trigger_hold_no_secret(apis, secrets):
    with CovageHook().get_conn() as client:
        quote_id = client.quote.create()["id"]
        line = client.quote_item.create(quote_id, **LINE)
    sensor = CovageQuoteItemSensor(task_id="wait", quote_item_id=line["id"], deferrable=True)

    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute(context())

    text = repr(deferred.value.trigger.serialize()) + repr(vars(deferred.value.trigger))
    assert line["id"] in text
    assert [secret for secret in secrets if secret in text] == []
