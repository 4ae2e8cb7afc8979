"""Waiting for an eligibility request, whose state is its own or that of its sites."""

from __future__ import annotations

import pytest
from more_steps import context, in_dialects, why_not
from waiting import deferred, event_of

from airflow_provider_covage.api.covage.eligibility import items_of
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.sensors.covage import CovageEligibilitySensor

SINGULAR = "product_offering_qualification_item"
WHERE = "http://covage/api/v1/product_offering_qualification/E1/"


@pytest.fixture
def request_id(client):
    sites = [{"eligibility_id": f"address-{name}", "offer_families": ["BPE"]} for name in ("rouen", "caen")]
    return client.eligibility.create(**{SINGULAR: sites})["id"]


def sensor(request_id, **arguments):
    return CovageEligibilitySensor(task_id="wait", eligibility_request_id=request_id, **arguments)


@in_dialects("eligibility_items_singular", "eligibility_items_plural")
def test_sites_are_returned(request_id, client, sandbox):
    wait = sensor(request_id)
    for _ in range(3):
        assert not wait.poke(context())
        sandbox.advance(6)
    sandbox.advance(6)

    sites = sensor(request_id).execute(context())

    assert sites == items_of(client.eligibility.get(request_id))
    assert [site["eligibility_id"] for site in sites] == ["address-rouen", "address-caen"]
    assert all(site["id"] and site["product_offerings"] for site in sites)


def test_sites_are_returned_by_the_trigger(request_id, client, sandbox):
    wait = sensor(request_id, deferrable=True, poke_interval=0.05)
    trigger = deferred(wait)
    sandbox.speed = 200

    event = event_of(trigger)
    sites = wait.execute_complete(context(), event)

    assert [site["id"] for site in sites] == [
        site["id"] for site in items_of(client.eligibility.get(request_id))
    ]
    assert {site["state"] for site in sites} == {"done.ready"}


@pytest.mark.parametrize("deferrable", [False, True], ids=["poking", "deferrable"])
@pytest.mark.parametrize("outcome", ["done.unable_to_provide", "terminated_with_error"])
def test_failure_is_final_and_names_the_sites(outcome, deferrable, request_id, sandbox, client):
    sandbox.outcome("eligibility", outcome)
    sandbox.advance(60)

    why = why_not(lambda: sensor(request_id, deferrable=deferrable).execute(context()))

    assert f"is {outcome}, so it will not be done.ready" in why
    for site in items_of(client.eligibility.get(request_id)):
        assert f"site {site['id']} is {outcome}" in why


def test_sites_on_quote_can_be_waited_for(request_id, sandbox):
    sandbox.outcome("eligibility", "done.unable_to_provide")
    sandbox.advance(60)

    wait = sensor(request_id, target_states=["done.ready", "done.unable_to_provide"])

    assert len(wait.execute(context())) == 2


@pytest.mark.parametrize("state", ["in_progress.elig", "in_progress.check", "acknowledged"])
def test_whatever_is_in_progress_is_waited_for(state, request_id, sandbox, logs):
    sandbox.set_state("eligibility", request_id, state)

    assert not sensor(request_id).poke(context())
    assert not logs("which no document knows")


@pytest.fixture
def shown(api):
    """`shown({...})`: what the API shows of request E1."""
    return lambda record: api.get(WHERE, json=record)


def sites_in(*states):
    return [{"id": f"S{number}", "state": state} for number, state in enumerate(states, start=1)]


@pytest.mark.parametrize("name", [SINGULAR, f"{SINGULAR}s"])
@pytest.mark.parametrize(
    ("states", "ready"),
    [
        (["done.ready", "done.ready"], True),
        (["done.ready", "done.unable_to_provide"], True),
        (["done.unable_to_provide", "done.ready", "terminated_with_error"], True),
        (["done.ready", "in_progress.price"], False),
        (["acknowledged", "done.unable_to_provide"], False),
        (["done.ready", None], False),
        ([], False),
    ],
    ids=["all ready", "one not", "one of three", "one running", "one received", "one unsaid", "no site"],
)
def test_states_of_the_sites(states, ready, name, shown):
    shown({"id": "E1", name: sites_in(*states)})

    look = sensor("E1").poke(context())

    assert bool(look) is ready
    assert [site["id"] for site in look.xcom_value] == [f"S{number + 1}" for number in range(len(states))]


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["done.unable_to_provide"] * 2, "done.unable_to_provide"),
        (["done.unable_to_provide", "terminated_with_error"], "done.unable_to_provide"),
        (["terminated_with_error"], "terminated_with_error"),
    ],
)
def test_failure_of_all_sites(states, told, shown):
    shown({"id": "E1", SINGULAR: sites_in(*states)})

    with pytest.raises(AirflowFailException, match=f"E1 is {told}.*site S1 is {states[0]}"):
        sensor("E1").poke(context())


def test_state_of_the_request_goes_before_those_of_its_sites(shown):
    shown({"id": "E1", "state": "in_progress.price", SINGULAR: sites_in("done.ready")})
    assert not sensor("E1").poke(context())

    shown({"id": "E1", "state": "done.ready", SINGULAR: [{"id": "S1"}, {"id": "S2"}]})
    assert [site["id"] for site in sensor("E1").poke(context()).xcom_value] == ["S1", "S2"]
