"""Where requests for dark fibre are created: the path of all others, or the doubled one of the document."""

from __future__ import annotations

import pytest
from more_steps import in_dialects, retried, run, why_not

from airflow_provider_covage.api.errors import ApiError, BadRequestError, NotFoundError
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator

SINGLE = "/api/v1/specific_request/fon/"
DOUBLE = "/api/v1/v1/specific_request/fon/"


@in_dialects("fon_prefix_single", "fon_prefix_both")
def test_path_of_all_others_comes_first(client, asked):
    client.fon.create()
    client.fon.create()
    assert asked("POST") == [SINGLE, SINGLE]


@in_dialects("fon_prefix_double")
def test_doubled_path_comes_second_and_is_remembered(client, asked, sandbox):
    client.fon.create()
    client.fon.create()

    assert asked("POST") == [SINGLE, DOUBLE, DOUBLE]
    assert len(sandbox.records("fon")) == 2
    CovageHook().fon.create()
    assert asked("POST") == [SINGLE, DOUBLE, DOUBLE, SINGLE, DOUBLE]


@in_dialects("fon_prefix_double")
def test_everything_else_keeps_its_path(client, asked):
    request_id = client.fon.create()["id"]

    client.fon.update(request_id, note="three pairs")
    client.fon.confirm(request_id)

    assert asked("PATCH") == [f"{SINGLE}{request_id}/", f"{SINGLE}{request_id}/confirm/"]
    assert [one["id"] for one in client.fon.list()] == [request_id]


@in_dialects("fon_prefix_double")
@pytest.mark.parametrize("fault", ["close_after", "truncate", "html", "error_after", "error_before"])
def test_lost_answer_on_the_doubled_path_makes_one_request(fault, sandbox, sent):
    sandbox.fault(fault, match="fon.create")

    request_id = retried(CovageCreateFonRequestOperator, fields={"note": "two pairs"})

    assert [one["id"] for one in sandbox.records("fon")] == [request_id]
    assert sent() == ["fon.create"]


@in_dialects("fon_prefix_double")
def test_refusal_on_the_doubled_path_is_told(client, asked, sandbox):
    sandbox.fault("error_before", match="fon.create", status=400)

    with pytest.raises(BadRequestError) as refusal:
        client.fon.create()
    assert refusal.value.path == DOUBLE
    assert asked("POST") == [SINGLE, DOUBLE]
    assert client.fon.create()["id"]


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_refusal_on_the_first_path_is_final(status, client, asked, sandbox):
    sandbox.fault("error_before", match="fon.create", status=status)

    with pytest.raises(ApiError):
        client.fon.create()
    assert asked("POST") == [SINGLE]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_on_the_first_path_is_no_reason_for_the_second(status, sandbox, asked):
    sandbox.fault("error_after", match="fon.create", status=status)

    run(CovageCreateFonRequestOperator, fields={"note": "two pairs"})

    assert asked("POST") == [SINGLE]
    assert len(sandbox.records("fon")) == 1


@pytest.mark.parametrize("statuses", [(404, 404), (405, 404), (404, 405), (405, 405)])
def test_neither_path_is_there(statuses, api):
    api.get(f"http://covage{SINGLE}", json=[])
    for where, status in zip((SINGLE, DOUBLE), statuses, strict=True):
        api.post(f"http://covage{where}", status_code=status, json={"detail": "Nothing here."})

    with pytest.raises(ApiError) as missing:
        CovageHook().fon.create(note="two pairs")
    assert missing.value.status == statuses[0]
    assert isinstance(missing.value, NotFoundError) or statuses[0] == 405
    why = why_not(lambda: run(CovageCreateFonRequestOperator, fields={"note": "two pairs"}))
    assert "Nothing here." in why
    assert SINGLE in why
    posts = [one.path for one in api.request_history if one.method == "POST"]
    assert posts == [SINGLE, DOUBLE] * 2
