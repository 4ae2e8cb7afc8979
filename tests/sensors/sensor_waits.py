"""Every kind of record that is waited for, and a sensor in each of its modes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

from airflow.sdk import timezone
from airflow.sdk.bases.sensor import AirflowRescheduleException

from airflow_provider_covage.compat import TaskDeferred
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.sandbox import Sandbox
from airflow_provider_covage.sensors.covage import (
    CovageEligibilitySensor,
    CovageExportSensor,
    CovageFonRequestSensor,
    CovageOrderItemSensor,
    CovageOrderSensor,
    CovageOrderTrackingSensor,
    CovageQuoteItemSensor,
    CovageQuoteSensor,
    CovageSensor,
)

MODES = ("poke", "reschedule", "deferrable")
WHY_NOT = {"code": "order_refused", "property_path": "enni", "value": "CN012345"}


def context(first_rescheduled=None):
    return {"ti": SimpleNamespace(get_first_reschedule_date=lambda context: first_rescheduled)}


def run_sensor(mode, make, **arguments):
    """Run a sensor to its end; `make(**arguments)` makes it anew wherever another process would."""
    arguments = {"task_id": "wait", "poke_interval": 0, **arguments}
    if mode == "deferrable":
        return _run_deferred(make(deferrable=True, **arguments))
    first_rescheduled = None
    while True:
        try:
            return make(mode=mode, deferrable=False, **arguments).execute(context(first_rescheduled))
        except AirflowRescheduleException:
            first_rescheduled = first_rescheduled or timezone.utcnow()


def _run_deferred(sensor):
    try:
        return sensor.execute(context())
    except TaskDeferred as deferred:
        _, arguments = deferred.trigger.serialize()
        event = asyncio.run(_only_event(type(deferred.trigger)(**arguments)))
        return sensor.resume_execution(deferred.method_name, {"event": event.payload}, context())


async def _only_event(trigger):
    (event,) = [event async for event in trigger.run()]
    return event


@dataclass(frozen=True)
class Wait:
    """One kind of record: how it comes to be, gets to where it is waited for, and fails.

    `look` is the last request of one look at it.
    """

    sensor: type[CovageSensor]
    id_name: str
    look: str
    begin: Callable[[Sandbox], str]
    reach: Callable[[Sandbox, str], None]
    fail: Callable[[Sandbox, str], None] | None
    words: tuple[str, ...] = ()

    def make(self, resource_id: str) -> Callable[..., CovageSensor]:
        return lambda **arguments: self.sensor(**{self.id_name: resource_id}, **arguments)

    def __str__(self) -> str:
        return self.sensor.__name__.removeprefix("Covage").removesuffix("Sensor")


def basket(sandbox, state="confirmed", lines=("confirmed",)):
    """Return the id of a basket in this state, with lines in theirs."""
    sandbox.seed(quotes=1, lines_per_quote=len(lines))
    for record, line_state in zip(sandbox.records("quote_item"), lines, strict=True):
        sandbox.set_state("quote_item", record["id"], line_state)
    quote_id = sandbox.records("quote")[0]["id"]
    sandbox.set_state("quote", quote_id, state)
    return quote_id


def line(sandbox, state="confirmed"):
    """Return the id of a quotation line in this state."""
    basket(sandbox, lines=(state,))
    return sandbox.records("quote_item")[0]["id"]


def session(sandbox, state="in_progress", line_state="in_progress"):
    """Return the id of an order session in this state."""
    sandbox.seed(orders=1)
    sandbox.set_state("product_order_item", sandbox.records("product_order_item")[0]["id"], line_state)
    product_order_id = sandbox.records("product_order")[0]["id"]
    sandbox.set_state("product_order", product_order_id, state)
    return product_order_id


def order_line(sandbox, state="in_progress", session_state="in_progress"):
    """Return the id of an order line in this state."""
    session(sandbox, session_state, state)
    return sandbox.records("product_order_item")[0]["id"]


def order(sandbox, state="in_progress"):
    """Return the reference of a tracked order in this state."""
    sandbox.seed(orders=1)
    reference = sandbox.records("order")[0]["order_reference"]
    sandbox.set_state("order", reference, state)
    return reference


def _created(create):
    def begin(sandbox):
        with CovageHook().get_conn() as client:
            made = create(client)
        return made.get("task_id") or made["id"]

    return begin


def _state(resource, state):
    return lambda sandbox, record_id: sandbox.set_state(resource, record_id, state)


def _finalize_without_price(sandbox, quote_id):
    sandbox.set_state("quote_item", sandbox.records("quote_item")[0]["id"], "unable_to_provide")
    sandbox.set_state("quote", quote_id, "finalized")


def _reject_session(sandbox, product_order_id):
    sandbox.extra_fields("product_order_item", {"termination_error": [WHY_NOT]})
    sandbox.set_state("product_order", product_order_id, "rejected")


def _reject_order_line(sandbox, product_order_item_id):
    sandbox.extra_fields("product_order_item", {"termination_error": [WHY_NOT]})
    sandbox.set_state("product_order_item", product_order_item_id, "rejected_creation")


def _complete_session_of(sandbox, product_order_item_id):
    sandbox.set_state("product_order_item", product_order_item_id, "acknowledged")
    sandbox.set_state("product_order", sandbox.records("product_order")[0]["id"], "completed")


def _cancel(sandbox, reference):
    sandbox.extra_fields("order", {"cancellation_reason": "the customer has moved"})
    sandbox.set_state("order", reference, "cancelled")


SITES = [{"offer_families": ["BPE"], "eligibility_id": "site"}]

WAITS = (
    Wait(
        CovageQuoteSensor,
        "quote_id",
        "quote.get",
        begin=basket,
        reach=_state("quote", "ready"),
        fail=_finalize_without_price,
        words=("finalized_without_price", "is unable_to_provide"),
    ),
    Wait(
        CovageQuoteItemSensor,
        "quote_item_id",
        "quote_item.get",
        begin=line,
        reach=_state("quote_item", "ready"),
        fail=_state("quote_item", "unable_to_provide"),
        words=("unable_to_provide", "will not be ready"),
    ),
    Wait(
        CovageOrderSensor,
        "product_order_id",
        "product_order.list",
        begin=session,
        reach=_state("product_order", "completed"),
        fail=_reject_session,
        words=("rejected", *WHY_NOT.values()),
    ),
    Wait(
        CovageOrderItemSensor,
        "product_order_item_id",
        "product_order.list",
        begin=order_line,
        reach=_complete_session_of,
        fail=_reject_order_line,
        words=("rejected_creation", *WHY_NOT.values()),
    ),
    Wait(
        CovageExportSensor,
        "export_task_id",
        "export.status",
        begin=_created(lambda client: client.quote_item.export_csv()),
        reach=_state("export", "success"),
        fail=_state("export", "failure"),
        words=("is failure",),
    ),
    Wait(
        CovageFonRequestSensor,
        "fon_request_id",
        "fon.get",
        begin=_created(lambda client: client.fon.create()),
        reach=_state("fon", "confirmed"),
        fail=None,
    ),
    Wait(
        CovageEligibilitySensor,
        "eligibility_request_id",
        "eligibility.get",
        begin=_created(lambda client: client.eligibility.create(product_offering_qualification_item=SITES)),
        reach=_state("eligibility", "done.ready"),
        fail=_state("eligibility", "done.unable_to_provide"),
        words=("done.unable_to_provide",),
    ),
    Wait(
        CovageOrderTrackingSensor,
        "order_reference",
        "order.historic",
        begin=order,
        reach=_state("order", "active"),
        fail=_cancel,
        words=("cancelled", "the customer has moved"),
    ),
)
FAILING = tuple(wait for wait in WAITS if wait.fail)
