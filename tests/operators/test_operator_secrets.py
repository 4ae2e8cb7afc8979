"""Whole orders with trouble, all on DEBUG: no password, token, code or signature of a link anywhere."""

import asyncio
import logging
import os
import sys
import traceback
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from airflow.configuration import conf
from airflow.sdk import DAG, TriggerRule, task
from airflow.triggers.base import BaseTrigger
from asking import Parked, Task
from operator_steps import Steps, context
from samples import ADDRESS, LINE
from secrecy import note_tokens, places_of

from airflow_provider_covage.api.prizz.eligibility import cheapest_combination
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.hooks.prizz import PrizzHook
from airflow_provider_covage.operators.prizz import (
    PrizzFastOrderOperator,
    PrizzRequestEligibilityOperator,
    PrizzSignCommercialOfferOperator,
    PrizzSubmitCommercialOfferOperator,
)
from airflow_provider_covage.operators.quote import CovageCreateQuoteOperator
from airflow_provider_covage.sandbox import PrizzSandbox, Sandbox
from airflow_provider_covage.sandbox.prizz.signing import Signing
from airflow_provider_covage.sensors.prizz import (
    PrizzCommercialOfferSensor,
    PrizzEligibilitySensor,
    PrizzServiceContractSensor,
)
from airflow_provider_covage.testing import hurry
from airflow_provider_covage.triggers.covage import CovageEventTrigger, CovageStateTrigger
from airflow_provider_covage.triggers.prizz import PrizzStateTrigger
from tools.environment import EXAMPLE_DAGS
from tools.whole_dag import load

# Not literal: Airflow stores the source of a DAG, and this file has one.
PASSWORD, PRIZZ_TOKEN, CODE = (f"{what}-{uuid4().hex}" for what in ("pw", "token", "code"))
LOGGERS = ("airflow_provider_covage", "urllib3", "aiohttp", "requests", "oauthlib", "asyncio")


@pytest.fixture
def secrets(monkeypatch):
    """All that must not be seen; tokens are added as the sandbox gives them out."""
    known = {PASSWORD, PRIZZ_TOKEN, CODE}
    note_tokens(monkeypatch, known)
    return known


@pytest.fixture
def apis(secrets, monkeypatch):
    send = Signing._send

    def sent(self, offer):
        told = send(self, offer)
        # The six digits of a code may stand in any time or id by chance.
        self.world.update(offer, code=CODE)
        self.world.messages[-1]["text"] = CODE
        return told

    monkeypatch.setattr(Signing, "_send", sent)
    with (
        Sandbox(speed=200, password=PASSWORD) as covage,
        PrizzSandbox(speed=200, api_token=PRIZZ_TOKEN) as prizz,
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


KEPT = Path(os.environ["AIRFLOW_HOME"]), conf.get("core", "fernet_key")


def site(name, **more):
    return {**LINE, "product_offering_qualification_item_id": f"site-{name}", **ADDRESS, **more}


def test_a_whole_order_with_trouble_shows_no_secret(apis, secrets, seen, run_dag):
    """From sites to live lines; each step meets trouble once, and one of two sites fails for good."""
    covage, _ = apis
    covage.fault("error_before", match="auth.token", nth=2)
    covage.fault("html", match="auth.token", nth=3)
    for operation in ("quote_item.create", "quote_item.get", "product_order.get", "order.get"):
        covage.fault("unauthorized", match=operation)
    for operation in ("quote.create", "quote_item.accept", "product_order_item.update"):
        covage.fault("close_after", match=operation)
    for operation in ("quote.confirm", "product_order.confirm"):
        covage.fault("error_after", match=operation)
    dag = load(EXAMPLE_DAGS / "covage_quote_to_order.py")
    hurry(dag)

    run = run_dag(dag, {"sites": [site("rouen"), site("caen", product_id="9999")]})

    assert [fault.match for fault in covage.faults if not fault.hits] == []
    assert run.of("order_site.accept") == ["success", "failed"]
    assert run.of("track_order") == ["success"]
    assert len(secrets) > 5
    text = seen()
    assert "product_order" in text
    assert "urllib3" in text
    assert [secret for secret in secrets if secret in text] == []
    assert places_of({run.xcom("create_quote")}, *KEPT), "what is no secret is found"
    assert places_of(secrets, *KEPT) == []


@task
def combination(eligibility):
    return cheapest_combination(eligibility)["combinationId"]


@task(trigger_rule=TriggerRule.ALL_DONE)
def fetch():
    hook = PrizzHook()
    return len(hook.attachment.download(next(iter(hook.attachment.list_public()))))


def signature():
    """An offer of Prizz that is signed with a code, after a code that is wrong."""
    waiting, start = {"deferrable": True}, datetime(2025, 1, 1)
    with DAG(
        "signature",
        schedule=None,
        start_date=start,
        default_args={"retries": 2},
        user_defined_macros={"code": lambda: CODE},
    ) as made:
        request = PrizzRequestEligibilityOperator(
            task_id="request", client_id=101, address="12 Rue de la Fibre 76000 Rouen"
        )
        found = PrizzEligibilitySensor(task_id="found", eligibility_id=request.output, **waiting)
        offer = PrizzFastOrderOperator(
            task_id="offer",
            eligibility_id=request.output,
            combination_id=combination(found.output),
            name="Agency",
        )
        ids = {"commercial_offer_id": offer.output}
        submit = PrizzSubmitCommercialOfferOperator(task_id="submit", **ids)
        validated = PrizzCommercialOfferSensor(task_id="validated", **ids, **waiting)
        send = PrizzSignCommercialOfferOperator(task_id="send", **ids)
        wrong = PrizzSignCommercialOfferOperator(task_id="wrong", code="{{ code() }}-or-so", **ids)
        sign = PrizzSignCommercialOfferOperator(
            task_id="sign", code="{{ code() }}", trigger_rule=TriggerRule.ALL_DONE, **ids
        )
        contract = "{{ ti.xcom_pull('sign')['service_contract_ids'][0] }}"
        active = PrizzServiceContractSensor(task_id="active", service_contract_id=contract, **waiting)
        submit >> validated >> send >> wrong >> sign >> active >> fetch()
    hurry(made)
    return made


def test_a_signature_with_trouble_shows_neither_token_nor_code(apis, secrets, seen, run_dag):
    _, prizz = apis
    prizz.fault("error_before", match="eligibility.get")
    prizz.fault("close_after", match="commercial_offer.fast_order")
    prizz.fault("close_after", match="commercial_offer.sign", nth=3)
    prizz.fault("html", match="service_contract.get")

    run = run_dag(signature())

    assert [fault.match for fault in prizz.faults if not fault.hits] == []
    assert (run.of("wrong"), run.of("sign"), run.of("active")) == (["failed"], ["success"], ["success"])
    assert run.of("fetch") == ["success"]
    text = seen()
    assert "commercial offer" in text
    assert [secret for secret in secrets if secret in text] == []
    assert places_of({prizz.records("commercial_offer")[0]["name"]}, *KEPT), "what is no secret is found"
    assert places_of(secrets, *KEPT) == []


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


WAIT = {"poke_interval": 0.05, "timeout": 30}


def basket(covage):
    with CovageHook().get_conn() as client:
        return client.quote.create()["id"]


TRIGGERS = {
    CovageStateTrigger: lambda quote: {
        "covage_conn_id": "covage_default",
        "resource": "quote",
        "quote_id": quote,
        "target_states": ["acknowledged"],
        **WAIT,
    },
    CovageEventTrigger: lambda _: {"resource": "quote", "catch_up": True, "poke_interval": 0.05},
    PrizzStateTrigger: lambda _: {
        "prizz_conn_id": "prizz_default",
        "resource": "service_contract",
        "service_contract_id": "1",
        **WAIT,
    },
}


def trigger_classes(parent=BaseTrigger):
    """All triggers of the package that are no base of others."""
    ours = {one for child in parent.__subclasses__() for one in (trigger_classes(child) or {child})}
    return {one for one in ours if one.__module__.startswith("airflow_provider_covage.")}


async def first_event(trigger):
    async with aclosing(trigger.run()) as events:
        return await anext(events)


def test_what_triggers_keep_and_tell_holds_no_secret(apis, secrets):
    """Neither before they have logged in nor after."""
    assert trigger_classes() == set(TRIGGERS)
    with CovageHook().get_conn() as client:
        quote_id = client.quote.create()["id"]
    for kind, arguments in TRIGGERS.items():
        trigger = kind(**arguments(quote_id))
        before = repr(trigger.serialize())
        told = asyncio.run(first_event(trigger)).payload
        assert told
        text = repr([before, told, trigger.serialize(), vars(trigger), str(trigger)])
        assert "quote" in text or "contract" in text
        assert [secret for secret in secrets if secret in text] == []
    assert len(secrets) > 4


def test_a_question_to_a_human_holds_no_secret(apis, secrets, monkeypatch, tmp_path):
    covage, _ = apis
    with CovageHook().get_conn() as client:
        line = Steps(client, covage, tmp_path).priced_line(product_offerings=["2173", "2174"])
    task = Task(monkeypatch, quote_item_id=line["quote_item_id"])

    parked = task.run()

    assert isinstance(parked, Parked)
    trigger = getattr(parked, "trigger", None)
    text = repr([task.form, vars(parked), trigger and trigger.serialize()])
    assert "2173" in text
    assert [secret for secret in secrets if secret in text] == []
