"""Requests that the documents write in two ways: the second is tried when the first is not understood."""

from __future__ import annotations

from typing import Any

import pytest
from raw_server import RESET, Received, Reply, reply

from airflow_provider_covage.api import errors

SINGLE, DOUBLE = "POST /api/v1/specific_request/fon/", "POST /api/v1/v1/specific_request/fon/"
SITES = {"offer_families": ["BPE"], "eligibility_id": "e1"}
SINGULAR = "product_offering_qualification_item"


def fon(api: Any) -> Any:
    return api.fon.create(note="mine")


def eligibility(api: Any) -> Any:
    return api.eligibility.create(product_offering_qualification_item=[SITES])


def doubled(request: Received) -> Reply:
    """Know only the path with two versions."""
    return reply(201, {"id": "f1"}) if "/v1/v1/" in request.target else reply(404, {"detail": "Not Found"})


def plural(request: Received) -> Reply:
    """Know only the plural name."""
    known = f"{SINGULAR}s" in request.json
    return reply(201, {"id": "e1"}) if known else reply(400, {f"{SINGULAR}s": ["This field is required."]})


def test_the_first_reading_is_tried_first(connect, server):
    server.say(reply(201, {"id": "f1"}))
    connect(server.url).call(fon)
    assert server.lines == [SINGLE]


def test_a_path_that_is_not_known_leads_to_the_other_one_which_is_remembered(connect, server):
    server.say(doubled)
    client = connect(server.url)
    assert client.call(fon) == client.call(fon) == {"id": "f1"}
    assert server.lines == [SINGLE, DOUBLE, DOUBLE]


def test_a_name_that_is_not_known_leads_to_the_other_one_which_is_remembered(connect, server):
    server.say(plural)
    client = connect(server.url)
    assert client.call(eligibility) == client.call(eligibility) == {"id": "e1"}
    assert [list(request.json) for request in server.requests] == [
        [SINGULAR],
        [f"{SINGULAR}s"],
        [f"{SINGULAR}s"],
    ]


def test_another_client_finds_out_for_itself(connect, server):
    server.say(doubled)
    connect(server.url).call(fon)
    connect(server.url).call(fon)
    assert server.lines == [SINGLE, DOUBLE] * 2


def test_when_neither_is_understood_the_answer_to_the_first_counts(connect, server):
    server.say(reply(400, {"project_id": ["Unknown."]}), reply(400, {SINGULAR: ["Required."]}))
    with pytest.raises(errors.BadRequestError, match=r"project_id: Unknown\.") as caught:
        connect(server.url).call(eligibility)
    assert caught.value.messages == (("project_id", "Unknown."),)


@pytest.mark.parametrize("status", [401, 403, 409])
def test_a_refusal_for_another_reason_is_not_asked_about_again(connect, server, status):
    server.say(reply(status))
    with pytest.raises(errors.ApiError):
        connect(server.url).call(fon)
    assert server.lines == [SINGLE]


def test_a_refusal_of_the_second_for_another_reason_counts(connect, server):
    server.say(reply(404), reply(403, {"detail": "Not you."}))
    with pytest.raises(errors.ForbiddenError, match="Not you"):
        connect(server.url).call(fon)


@pytest.mark.parametrize("said", [RESET, reply(500)], ids=["reset", "500"])
def test_a_second_whose_answer_is_lost_is_an_unknown_outcome(connect, server, said):
    server.say(reply(404), said)
    with pytest.raises(errors.UnknownOutcome):
        connect(server.url).call(fon)
    assert server.lines == [SINGLE, DOUBLE]


def test_a_first_whose_answer_is_lost_is_not_said_in_the_other_way(connect, server):
    server.say(RESET)
    with pytest.raises(errors.UnknownOutcome):
        connect(server.url).call(fon)
    assert server.lines == [SINGLE]
