"""What is told to Airflow's metrics and traces, and that the documentation lists just that."""

import re
from pathlib import Path

import pytest
from operator_steps import context
from test_operator_dags import dag

from airflow_provider_covage.api.errors import ClosedError
from airflow_provider_covage.hooks import metrics
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.order import CovageConfirmOrderOperator, CovageUpdateOrderOperator
from airflow_provider_covage.operators.quote import CovageConfirmQuoteOperator, CovageCreateQuoteOperator
from airflow_provider_covage.sensors.covage import CovageQuoteSensor

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"


def documented():
    """Read the table of metrics: kind and tags by name."""
    rows = re.findall(r"^\| `(\w+)` \| (counter|timer) \| ([^|]*) \|", PAGE.read_text(), re.MULTILINE)
    return {name: (kind, tuple(re.findall(r"`(\w+)`", tags))) for name, kind, tags in rows}


class Backend:
    """Keeps what Airflow's metrics are told: kind, name and tags."""

    def __init__(self):
        self.told = []

    def incr(self, stat, count=None, rate=None, *, tags=None):
        self.told.append(("counter", stat, tags))

    def timing(self, stat, dt, *, tags=None):
        assert dt >= 0
        self.told.append(("timer", stat, tags))

    def count(self, name, **tags):
        """Say how often a metric was told with these tags, whatever the others."""
        return sum(
            stat == name and told is not None and tags.items() <= told.items() for _, stat, told in self.told
        )

    @property
    def values(self):
        """All values of tags."""
        return {value for _, _, tags in self.told for value in (tags or {}).values()}

    @property
    def plain(self):
        """All names for those who know no tags."""
        return {stat for _, stat, tags in self.told if tags is None}


@pytest.fixture
def backend(monkeypatch):
    backend = Backend()
    monkeypatch.setattr(metrics, "_stats", lambda: (backend, True))
    return backend


def order_all(sandbox, steps):
    """A whole order with trouble on its way: everything that is measured comes to pass."""
    line = steps.priced_line()
    session = steps.filled_session()["product_order_id"]
    sandbox.fault("error_before", match="quote.get", times=1)
    sandbox.fault("close_after", match="quote.create", times=1)
    with dag("measured", retries=1) as made:
        create = CovageCreateQuoteOperator(task_id="create")
        wait = CovageQuoteSensor(task_id="wait", quote_id=line["quote_id"])
        order = CovageConfirmOrderOperator(task_id="order", product_order_id=session)
        create >> wait >> order
    return made


def test_a_whole_run_tells_all_that_is_documented_and_nothing_else(sandbox, steps, run_dag, backend):
    run = run_dag(order_all(sandbox, steps))

    assert run.state == "success"
    told = {stat.removeprefix("covage."): (kind, tags) for kind, stat, tags in backend.told if tags}
    page = documented()
    assert {name: kind for name, (kind, _) in told.items()} == {
        name: kind for name, (kind, _) in page.items()
    }
    for name, (_, tags) in page.items():
        assert set(told[name][1]) == {*tags, "conn_id"}, name


def test_the_page_says_what_the_code_says():
    assert documented() == {one.name: (one.kind, one.tags) for one in metrics.METRICS}


def test_tags_hold_no_identifiers_and_no_addresses(sandbox, steps, run_dag, backend):
    run_dag(order_all(sandbox, steps))

    allowed = re.compile(r"[a-z_]+\.[a-z_]+|\d{3}|[a-z_]+|Covage\w+Operator")
    assert [value for value in backend.values if not allowed.fullmatch(value)] == []


def test_for_plain_statsd_the_tags_stand_in_the_names(sandbox, backend):
    with CovageHook().get_conn() as client:
        client.quote.create()

    assert {
        "covage.requests.token.login.200",
        "covage.requests.quote.create.201",
        "covage.request_time.quote.create",
    } <= backend.plain


def test_where_tags_are_enough_nothing_is_told_twice(sandbox, backend, monkeypatch):
    monkeypatch.setattr(metrics, "_stats", lambda: (backend, False))
    with CovageHook().get_conn() as client:
        client.quote.create()

    assert backend.plain == set()
    assert backend.count("covage.requests", operation="quote.create") == 1


def test_an_order_is_counted_once_however_often_its_task_runs(steps, backend):
    operator = CovageConfirmOrderOperator(
        task_id="act", product_order_id=steps.filled_session()["product_order_id"]
    )

    operator.execute(context())
    operator.execute(context(2))

    name = "CovageConfirmOrderOperator"
    assert backend.count("covage.orders_confirmed", operator=name) == 1
    assert backend.count("covage.actions", operator=name) == 1
    assert backend.count("covage.adoptions", operator=name, reason="already_there") == 1


@pytest.mark.parametrize(
    ("fault", "reason"), [("close_after", "lost_answer"), ("duplicate", "refusal")], ids=["lost", "twice"]
)
def test_an_order_that_was_not_plainly_sent_says_how_it_came_about(fault, reason, sandbox, steps, backend):
    session = steps.filled_session()["product_order_id"]
    sandbox.fault(fault, match="product_order.confirm")

    operator = CovageConfirmOrderOperator(task_id="act", product_order_id=session, settling_time=0)
    operator.execute(context())

    assert backend.count("covage.adoptions", reason=reason) == 1
    assert backend.count("covage.orders_confirmed") == (reason == "lost_answer")


def test_confirming_a_quotation_orders_nothing(steps, backend):
    quote_id = steps.line()["quote_id"]

    CovageConfirmQuoteOperator(task_id="act", quote_id=quote_id).execute(context())

    assert backend.count("covage.actions", operator="CovageConfirmQuoteOperator") == 1
    assert backend.count("covage.orders_confirmed") == 0


def test_an_update_is_an_action_and_one_that_came_too_late_is_none(steps, backend):
    session = steps.confirmed_session()["product_order_id"]
    update = CovageUpdateOrderOperator(task_id="act", product_order_id=session, external_id="x")

    with pytest.raises(Exception, match="cannot be changed") as refused:
        update.execute(context())

    assert isinstance(refused.value.__cause__, ClosedError)
    assert backend.count("covage.actions") == backend.count("covage.adoptions") == 0


def test_metrics_that_do_not_work_stop_no_order(steps, monkeypatch):
    class Broken:
        def incr(self, *args, **kwargs):
            raise OSError("no such host")

        timing = incr

    monkeypatch.setattr(metrics, "_stats", lambda: (Broken(), True))
    session = steps.filled_session()["product_order_id"]

    CovageConfirmOrderOperator(task_id="act", product_order_id=session).execute(context())

    assert steps.state("product_order", session) != "draft"


@pytest.fixture
def spans(monkeypatch):
    """`spans` is an exporter of all spans that were made, with a span of a task around the test."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield exporter
    provider.shutdown()


def test_a_request_is_a_span_below_that_of_its_task(sandbox, spans):
    from opentelemetry import trace

    sandbox.fault("error_before", match="quote.create")
    with trace.get_tracer("airflow").start_as_current_span("task") as task, CovageHook().get_conn() as client:
        with pytest.raises(Exception, match="502"):
            client.quote.create()
        client.quote.create()

    made = [span for span in spans.get_finished_spans() if span.name == "covage quote.create"]
    assert [span.attributes["http.response.status_code"] for span in made] == [502, 201]
    assert [span.status.is_ok for span in made] == [False, True]
    assert {span.parent.span_id for span in made} == {task.get_span_context().span_id}
    assert all(span.start_time <= span.end_time for span in made)


def test_without_a_span_of_a_task_there_is_none_of_a_request(sandbox, spans):
    with CovageHook().get_conn() as client:
        client.quote.create()

    assert spans.get_finished_spans() == ()
