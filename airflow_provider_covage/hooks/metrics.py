"""What is counted and timed, told to Airflow's metrics and, where Airflow traces, to its traces.

Names are listed in `docs/observability.md`. Tags hold names of operations, operators and connections, states
and statuses: never an address, an identifier of a record or anything that a person has written.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
from typing import Any, Literal

from airflow_provider_covage.api.meter import Paused, Sent

log = logging.getLogger(__name__)

_NANOSECONDS = 1_000_000_000


@dataclasses.dataclass(frozen=True)
class Metric:
    """A metric; `covage.` or `prizz.` comes before its name.

    Args:
        name: Its name.
        kind: Whether it counts or times (milliseconds).
        tags: Names of its tags; `conn_id`, the connection, is one of each besides.
    """

    name: str
    kind: Literal["counter", "timer"]
    tags: tuple[str, ...]


REQUESTS = Metric("requests", "counter", ("operation", "result"))
REQUEST_TIME = Metric("request_time", "timer", ("operation",))
RETRIES = Metric("retries", "counter", ("operation", "reason"))
PAUSE_TIME = Metric("pause_time", "timer", ("operation", "reason"))
ACTIONS = Metric("actions", "counter", ("operator",))
ADOPTIONS = Metric("adoptions", "counter", ("operator", "reason"))
ORDERS_CONFIRMED = Metric("orders_confirmed", "counter", ("operator",))
WAIT_TIME = Metric("wait_time", "timer", ("resource", "outcome"))

METRICS = (
    REQUESTS,
    REQUEST_TIME,
    RETRIES,
    PAUSE_TIME,
    ACTIONS,
    ADOPTIONS,
    ORDERS_CONFIRMED,
    WAIT_TIME,
)


def emit(metric: Metric, *, api: str, conn_id: str, seconds: float = 0.0, **tags: str) -> None:
    """Count one, or time something; whatever is wrong with the metrics is not the caller's.

    Args:
        metric: The metric.
        api: Connection type: `covage` or `prizz`.
        conn_id: The Airflow connection.
        seconds: How long it took, for a timer.
        **tags: The metric's tags.
    """
    try:
        stats, has_named = _stats()
        name = f"{api}.{metric.name}"
        told = {tag: tags[tag] for tag in metric.tags}
        _emit(stats, metric, name, seconds, {**told, "conn_id": conn_id})
        if has_named:
            # Plain StatsD knows no tags: there the values stand in the name, as in Airflow's own metrics.
            _emit(stats, metric, ".".join((name, *told.values())), seconds, None)
    except Exception as error:
        log.debug("%s.%s could not be told to Airflow's metrics (%s)", api, metric.name, type(error).__name__)


def _emit(stats: Any, metric: Metric, name: str, seconds: float, tags: dict[str, str] | None) -> None:
    if metric.kind == "counter":
        stats.incr(name, tags=tags)
    else:
        stats.timing(name, seconds * 1000.0, tags=tags)


@functools.cache
def _stats() -> tuple[Any, bool]:
    """Give Airflow's metrics, and whether it tells names that hold values, too."""
    from airflow.providers.common.compat.sdk import Stats

    from airflow_provider_covage.compat import conf

    return Stats, conf.getboolean("metrics", "legacy_names_on", fallback=True)


class AirflowMeter:
    """Tells Airflow of the requests of one connection.

    Args:
        api: Connection type: `covage` or `prizz`.
        conn_id: The Airflow connection.
    """

    def __init__(self, api: str, conn_id: str) -> None:
        self._api = api
        self._conn_id = conn_id
        self._emit = functools.partial(emit, api=api, conn_id=conn_id)

    def sent(self, one: Sent) -> None:
        """Count and time a request, and make a span of it.

        Args:
            one: The request.
        """
        self._emit(REQUESTS, operation=one.operation, result=one.result)
        self._emit(REQUEST_TIME, operation=one.operation, seconds=one.seconds)
        self._trace(one)

    def paused(self, one: Paused) -> None:
        """Time a wait, and count what is sent again.

        Args:
            one: The wait.
        """
        self._emit(PAUSE_TIME, operation=one.operation, reason=one.reason, seconds=one.seconds)
        if one.repeats:
            self._emit(RETRIES, operation=one.operation, reason=one.reason)

    def _trace(self, one: Sent) -> None:
        trace = _trace()
        if trace is None or not trace.get_current_span().is_recording():
            return
        began = int(one.began * _NANOSECONDS)
        span = trace.get_tracer("airflow_provider_covage").start_span(
            f"{self._api} {one.operation}",
            kind=trace.SpanKind.CLIENT,
            start_time=began,
            attributes=self._attributes(one),
        )
        if not _went_well(one):
            span.set_status(trace.StatusCode.ERROR)
        span.end(began + int(one.seconds * _NANOSECONDS))

    def _attributes(self, one: Sent) -> dict[str, str | int]:
        result: dict[str, str | int] = (
            {"http.response.status_code": int(one.result)} if one.result.isdigit() else {}
        )
        if not _went_well(one):
            result["error.type"] = one.result
        return {
            "http.request.method": one.method,
            "http.request.resend_count": one.attempt - 1,
            "airflow.conn_id": self._conn_id,
            **result,
        }


def _went_well(one: Sent) -> bool:
    return one.result.isdigit() and int(one.result) < 400


@functools.cache
def _trace() -> Any:
    """Give OpenTelemetry's API, None where it is not installed; Airflow needs it from 3.2 on."""
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace
