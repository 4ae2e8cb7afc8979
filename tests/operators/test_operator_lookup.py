"""Finding again what bears no key that comes back, on an API that does not filter by it either (C64)."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from operator_steps import context, run_with_retries
from samples import LINE

from airflow_provider_covage.api.errors import TransientError
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator
from airflow_provider_covage.operators.order import CovageCreateOrderOperator
from airflow_provider_covage.operators.quote import CovageAddQuoteItemOperator, CovageCreateQuoteOperator
from airflow_provider_covage.sandbox import Dialect

API = "http://covage.test/api/v1"
BEGAN = datetime(2026, 4, 23, 8, tzinfo=UTC)
KINDS = {"quote": CovageCreateQuoteOperator, "product_order": CovageCreateOrderOperator}


@pytest.fixture(params=KINDS)
def deaf(request, requests_mock, monkeypatch):
    """An API that shows no key and takes no notice of filters, with the records that are given to it."""
    connection = {"conn_type": "covage", "host": "http://covage.test", "password": "token"}
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", json.dumps(connection))
    records = []

    def create(sent, answer):
        records.append(record(f"made-{len(records)}"))
        answer.status_code = 201
        return records[-1]

    requests_mock.get(f"{API}/{request.param}/", json=lambda *_: records)
    creation = requests_mock.post(f"{API}/{request.param}/", json=create)
    operator = KINDS[request.param]
    return SimpleNamespace(
        records=records,
        creation=creation,
        path=f"{API}/{request.param}/",
        make=lambda: operator(task_id="act", settling_time=0),
        mock=requests_mock,
    )


def record(record_id, state="created", born=BEGAN):
    return {"id": record_id, "external_id": "", "state": state, "creation_date": born.isoformat()}


def instance(try_number=1):
    return {**context(try_number), "dag_run": SimpleNamespace(run_after=BEGAN)}


def test_first_try_creates_whatever_else_is_there(deaf):
    deaf.records.append(record("of-somebody"))

    assert deaf.make().execute(instance()) == "made-1"


def test_later_try_does_not_guess(deaf):
    deaf.records.append(record("perhaps"))

    with pytest.raises(AirflowFailException, match=r"may be one of perhaps \(created\)"):
        deaf.make().execute(instance(2))

    assert deaf.creation.call_count == 0


def test_lost_answer_is_no_reason_to_guess(deaf):
    deaf.records.append(record("of-somebody"))
    deaf.mock.post(deaf.path, status_code=502, json=lambda *_: deaf.records.append(record("perhaps")))

    with pytest.raises(AirflowFailException, match=r"may be one of perhaps \(created\)"):
        deaf.make().execute(instance())


@pytest.mark.parametrize(
    "other",
    [record("confirmed", state="confirmed"), record("older", born=BEGAN - timedelta(days=1))],
    ids=lambda other: other["id"],
)
def test_what_can_never_be_it_stands_in_nobodys_way(other, deaf):
    deaf.records.append(other)

    assert deaf.make().execute(instance(2)) == "made-1"


@pytest.mark.covage_sandbox(dialect=Dialect(external_id="empty_for_lines"))
@pytest.mark.parametrize(("run_after", "adopts"), [(-1, True), (1, False)], ids=["before", "after"])
def test_line_that_was_made_before_the_run_is_not_adopted(run_after, adopts, steps, sent):
    ids = steps.line()
    sent.begin()
    began = datetime.now(UTC) + timedelta(days=run_after)
    add = CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, quote_id=ids["quote_id"])

    line = add.execute({**context(2), "dag_run": SimpleNamespace(run_after=began)})

    assert (line == ids["quote_item_id"]) is adopts
    assert sent() == ([] if adopts else ["quote_item.create"])


def test_date_that_cannot_be_read_excludes_nothing(sandbox, steps, sent):
    ids = steps.line()
    sandbox.extra_fields("quote_item", {"creation_date": "yesterday", "external_id": ""})
    sent.begin()
    add = lambda: CovageAddQuoteItemOperator(  # noqa: E731
        task_id="a", settling_time=0, fields=LINE, quote_id=ids["quote_id"]
    )

    assert run_with_retries(add, first_try=2) == ids["quote_item_id"]
    assert sent() == []


@pytest.mark.parametrize("body", ["", "null"])
def test_list_whose_body_is_lost_is_no_reason_to_create_again(deaf, body):
    deaf.mock.get(deaf.path, text=body)

    with pytest.raises(TransientError, match=r"no body|neither an array"):
        deaf.make().execute(instance(2))

    assert deaf.creation.call_count == 0


def test_empty_page_in_the_middle_of_a_list_hides_nothing(requests_mock, monkeypatch):
    """Dark fibre bears its key in the note, so the whole list is gone through."""
    connection = {"conn_type": "covage", "host": "http://covage.test", "password": "token"}
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", json.dumps(connection))
    request = {"id": "made", "state": "acknowledged", "note": keys.mark(keys.derive(context(2)))}
    others = [{"id": f"other-{number}", "note": ""} for number in range(10)]

    def page(sent, _):
        number = int(sent.qs.get("page", ["1"])[0])
        records = [others, [], [request]][number - 1]
        return {"count": 11, "next_page": number + 1 if number < 3 else None, "results": records}

    requests_mock.get(f"{API}/specific_request/fon/", json=page)
    requests_mock.get(f"{API}/specific_request/fon/made/", json=request)

    assert CovageCreateFonRequestOperator(task_id="act", settling_time=0).execute(context(2)) == "made"
