"""Looking at records whose state the documents leave in doubt: fed by hand, one answer after the other."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_covage.api import errors
from airflow_provider_covage.api.calls import Call, Collect, Find
from airflow_provider_covage.api.covage import observe
from airflow_provider_covage.api.watching import Observation

NOT_FOUND = errors.NotFoundError(errors.Exchange("GET", "/", status=404))


class Api:
    """Answers of an API: records by path, lists by path."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def run(self, procedure: Any) -> Observation:
        step = next(procedure)
        try:
            while True:
                try:
                    answer = self._answer(step)
                except errors.CovageError as error:
                    step = procedure.throw(error)
                else:
                    step = procedure.send(answer)
        except StopIteration as stop:
            return stop.value

    def _answer(self, step: Call[Any] | Find | Collect) -> Any:
        request = step.request if isinstance(step, Call) else step.listing.request
        key = request.path.removeprefix("/api/v1/").strip("/")
        self.asked.append(key)
        answer = self.answers.get(key.replace("/", "__"), NOT_FOUND)
        if isinstance(answer, Exception):
            raise answer
        return next(filter(step.fits, answer), None) if isinstance(step, Find) else answer


def lines(*states: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"id": f"l{number}", "state": state, **fields} for number, state in enumerate(states)]


@pytest.mark.parametrize("state", ["acknowledged", "confirmed", "ready", "some_new_state", None])
def test_a_basket_that_is_not_finalized_is_as_it_says(state):
    api = Api(quote__b1={"id": "b1", "state": state, "quote_item": ["l1", "l2"]})
    assert api.run(observe.observe_quote("b1")).state == state
    assert api.asked == ["quote/b1"]


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["accepted", "refused"], "finalized"),
        (["accepted"], "finalized"),
        (["ready", "expired"], "finalized"),
        (["unable_to_provide", "expired", "refused"], "finalized_without_price"),
        (["unable_to_provide"], "finalized_without_price"),
        (["unable_to_provide", "some_new_state"], "finalized"),
        ([], "finalized"),
    ],
)
@pytest.mark.parametrize("inner", ["full", "ids"])
def test_a_finalized_basket_is_judged_by_its_lines(states, state, inner):
    items = lines(*states)
    inside = items if inner == "full" else [item["id"] for item in items]
    by_id = {f"quote_item__{item['id']}": item for item in items}
    api = Api(quote__b1={"id": "b1", "state": "finalized", "quote_item": inside}, **by_id)
    seen = api.run(observe.observe_quote("b1"))
    assert seen.state == state
    assert seen.record["id"] == "b1"
    assert len(seen.reasons) == len(states)
    assert len(api.asked) == 1 + (len(states) if inner == "ids" else 0)


def test_lines_shown_in_short_are_read_one_by_one():
    basket = {"state": "finalized", "quote_item": [{"id": "l0"}, {"id": "l1", "state": "accepted"}, "l2"]}
    api = Api(
        quote__b1=basket,
        quote_item__l0={"id": "l0", "state": "refused"},
        quote_item__l2={"id": "l2", "state": "expired"},
    )
    assert api.run(observe.observe_quote("b1")).state == "finalized"
    assert api.asked == ["quote/b1", "quote_item/l0", "quote_item/l2"]


def test_a_basket_whose_lines_are_null_is_no_trouble():
    api = Api(quote__b1={"id": "b1", "state": "finalized", "quote_item": None})
    assert api.run(observe.observe_quote("b1")).state == "finalized"


@pytest.mark.parametrize(
    ("record", "reasons"),
    [
        ({"state": "ready"}, ()),
        ({"state": "expired", "validity_date": "2026-05-01"}, ("valid until 2026-05-01",)),
        ({"state": "ready", "validity_date": "2026-05-01"}, ()),
        ({"state": "refused", "state_change": [{"change_reason": "too dear"}]}, ("too dear",)),
        (
            {"termination_error": [{"code": "c", "property_path": "p", "value": "v"}, {"code": "d"}]},
            ("c p v", "d"),
        ),
        ({"cancellation_reason": "by request"}, ("by request",)),
        ({"termination_error": None, "state_change": None, "cancellation_reason": None}, ()),
        ({"termination_error": ["odd"], "state_change": ["odd"]}, ()),
    ],
)
def test_reasons_are_the_api_s_own_words(record, reasons):
    assert observe.reasons_of(record) == reasons


def session(**fields: Any) -> dict[str, Any]:
    return {"id": "s1", "external_id": "A1", "product_order_item": [], **fields}


def test_the_state_of_a_session_comes_from_its_detail_where_it_is_there():
    api = Api(product_order__s1=session(state="in_progress"))
    assert api.run(observe.observe_order("s1")).state == "in_progress"
    assert api.asked == ["product_order/s1"]


def test_else_from_the_list():
    listed = [{"id": "s0", "state": "completed"}, {"id": "s1", "state": "in_progress"}]
    api = Api(product_order__s1=session(), product_order=listed)
    assert api.run(observe.observe_order("s1")).state == "in_progress"
    assert api.asked == ["product_order/s1", "product_order"]


def changes(*states: str) -> list[dict[str, str]]:
    return [{"state": state, "change_reason": ""} for state in states]


BY_LINES: dict[str, tuple[list[dict[str, Any]], str | None]] = {
    "no lines": ([], None),
    "drafts": (lines("created", "created", state_change=changes("created")), "created"),
    "running": (
        lines("in_progress", "acknowledged", state_change=changes("created", "in_progress")),
        "in_progress",
    ),
    "all orders": (
        lines("acknowledged", "held_adv_validation", state_change=changes("created", "in_progress", "x")),
        "completed",
    ),
    "some orders": (
        [
            *lines("acknowledged", state_change=changes("created", "in_progress", "acknowledged")),
            *lines("rejected_creation"),
        ],
        "partial",
    ),
    "no orders": (lines("rejected_creation", "technical_error"), "rejected"),
    "received, by the tracking page": (
        lines("acknowledged", state_change=changes("created", "acknowledged")),
        "in_progress",
    ),
    "created, by the tracking page": (
        lines("created", state_change=changes("created", "acknowledged", "in_progress", "created")),
        "in_progress",
    ),
}


@pytest.mark.parametrize(("items", "state"), BY_LINES.values(), ids=list(BY_LINES))
def test_else_from_its_lines(items, state):
    api = Api(product_order__s1=session(product_order_item=items), product_order=[])
    assert api.run(observe.observe_order("s1")).state == state


@pytest.mark.parametrize("state", ["partial", "rejected"])
def test_a_session_that_failed_says_why_line_by_line(state):
    error = [{"code": "order_refused", "property_path": "enni", "value": "X"}]
    items = [*lines("acknowledged"), {"id": "l9", "state": "rejected_creation", "termination_error": error}]
    api = Api(product_order__s1=session(state=state, product_order_item=items))
    seen = api.run(observe.observe_order("s1"))
    assert (seen.state, seen.reasons) == (state, ("line l9: order_refused enni X",))


def test_the_reasons_are_there_too_when_the_lines_are_only_named():
    line = {"id": "l9", "state": "rejected_creation", "termination_error": [{"code": "technical_error"}]}
    api = Api(
        product_order__s1=session(state="rejected", product_order_item=["l9"]), product_order_item__l9=line
    )
    assert api.run(observe.observe_order("s1")).reasons == ("line l9: technical_error",)


def order_line(state: str | None, **fields: Any) -> dict[str, Any]:
    return {"id": "l1", "state": state, "product_order_id": "s1", **fields}


ORDER_LINES: list[tuple[str | None, str | None, str | None]] = [
    # state of the line, state of its session, what is seen
    ("created", "created", "created"),
    ("in_progress", "in_progress", "in_progress"),
    ("acknowledged", "in_progress", "acknowledged"),
    ("acknowledged", "completed", "ordered"),
    ("in_progress", "completed", "ordered"),
    ("created", "completed", "ordered"),
    ("acknowledged", "partial", "ordered"),
    ("rejected_creation", "partial", "rejected_creation"),
    ("technical_error", "completed", "technical_error"),
    ("held_adv_validation", "in_progress", "held_adv_validation"),
    ("in_progress", "rejected", "rejected_creation"),
    ("some_new_state", "completed", "some_new_state"),
]


@pytest.mark.parametrize(("line", "of_session", "seen"), ORDER_LINES)
def test_an_order_line_is_judged_with_its_session(line, of_session, seen):
    api = Api(product_order_item__l1=order_line(line), product_order__s1=session(state=of_session))
    assert api.run(observe.observe_order_item("l1")).state == seen


@pytest.mark.parametrize(("state", "seen"), [("acknowledged", "ordered"), ("in_progress", "in_progress")])
def test_a_line_that_does_not_name_its_session_is_judged_alone(state, seen):
    api = Api(product_order_item__l1=order_line(state, product_order_id=""))
    assert api.run(observe.observe_order_item("l1")).state == seen
    assert api.asked == ["product_order_item/l1"]


def test_an_export_is_judged_by_its_end():
    api = Api(quote_item__export__t1__status={"stopped": "2026-04-23", "success": True})
    assert api.run(observe.observe_export("t1")).state == "success"


@pytest.mark.parametrize(
    ("own", "sites", "state"),
    [
        ("in_progress.offer", ["done.ready"], "in_progress.offer"),
        ("done.ready", [], "done.ready"),
        (None, ["done.ready", "in_progress.price"], "in_progress.price"),
        (None, ["done.unable_to_provide", "done.ready"], "done.ready"),
        (None, ["done.unable_to_provide", "terminated_with_error"], "done.unable_to_provide"),
        (None, ["terminated_with_error"], "terminated_with_error"),
        (None, ["done.ready", None], None),
        (None, ["done.ready", "some_new_state"], "some_new_state"),
        (None, [], None),
    ],
)
@pytest.mark.parametrize("plural", ["", "s"])
def test_an_eligibility_request_is_judged_by_itself_or_by_its_sites(own, sites, state, plural):
    items = [{"id": f"i{number}", "state": site} for number, site in enumerate(sites)]
    record = {"id": "e1", "state": own, f"product_offering_qualification_item{plural}": items}
    api = Api(product_offering_qualification__e1=record)
    seen = api.run(observe.observe_eligibility("e1"))
    assert (seen.state, seen.outcome) == (state, items)


ORDER = {"id": "PO_1", "order_reference": "CMD_1", "state": "in_progress"}
STEPS = [{"step": "production_manager_assigned", "date": "2026-04-23"}]


@pytest.mark.parametrize(
    ("reference", "asked"),
    [
        ("CMD_1", ["order/CMD_1", "order/CMD_1/historic"]),
        ("PO_1", ["order", "order/CMD_1", "order/CMD_1/historic"]),
    ],
)
def test_an_order_is_found_by_either_reference(reference, asked):
    api = Api(order=[{"id": "PO_0"}, ORDER], order__CMD_1=ORDER, order__CMD_1__historic=STEPS)
    seen = api.run(observe.observe_tracked_order(reference))
    assert (seen.state, seen.resource_id) == ("in_progress", "CMD_1")
    assert seen.steps == ("production_manager_assigned (2026-04-23)",)
    assert seen.outcome == {**ORDER, "historic": STEPS}
    assert api.asked == asked


def test_an_order_is_tracked_some_time_after_its_line_was_made():
    assert Api(order=[]).run(observe.observe_tracked_order("PO_1")).state == "not_tracked_yet"


def test_an_order_reference_that_nobody_knows_is_not_waited_for():
    with pytest.raises(errors.NotFoundError):
        Api(order=[ORDER]).run(observe.observe_tracked_order("CMD_2"))


def test_an_order_without_history_is_no_trouble():
    api = Api(order__CMD_1={**ORDER, "state": "cancelled", "cancellation_reason": "by request"})
    seen = api.run(observe.observe_tracked_order("CMD_1"))
    assert (seen.steps, seen.reasons) == ((), ("by request",))


@pytest.mark.parametrize(
    "watch",
    ["quote", "quote_item", "product_order", "product_order_item", "export", "fon", "eligibility"],
)
def test_what_is_not_there_is_not_waited_for(watch):
    with pytest.raises(errors.NotFoundError):
        Api().run(observe.WATCHES[watch].observe("x"))
