"""Waits on Prizz: lists are asked where that costs less, and whatever moves is seen."""

from __future__ import annotations

from collections import Counter

import pytest
from polling_waits import Waits, run_with

from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.polling import POLLING
from airflow_provider_covage.api.prizz import AsyncPrizzClient
from airflow_provider_covage.api.prizz.client import authentication
from airflow_provider_covage.api.prizz.observe import WATCHES
from airflow_provider_covage.api.settings import Settings
from airflow_provider_covage.api.watching import created
from airflow_provider_covage.sandbox import PrizzDialect, PrizzSandbox

OTHERWISE = PrizzDialect(first_page="zero", after_last_page="not_found", nesting="shallow", unset="null")


@pytest.fixture(scope="module", params=[PrizzDialect(), OTHERWISE], ids=["as documented", "read otherwise"])
def _standing(request):
    with PrizzSandbox(speed=0, dialect=request.param) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_standing):
    _standing.reset()
    return _standing


class Polling(Waits):
    """Waits on the sandbox of Prizz, and what they have cost."""

    watches = WATCHES

    async def connect(self):
        settings = Settings(base_url=self.sandbox.url, max_connections=4, timeout=5.0, patience=POLLING)
        return AsyncPrizzClient(settings, authentication(self.sandbox.connection["password"]))

    def wait(self, resource, resource_id, targets=None, known=None):
        """Begin to wait for a record; the task gives the ending."""
        return self.begin(
            resource, resource_id, targets=targets, looked=False, created=known and created(known)
        )

    def cost(self, operation):
        return Counter(one["operation"] for one in self.sandbox.requests)[operation]


@pytest.fixture
def polling(sandbox):
    """`polling(scenario)` runs an asynchronous scenario with a `Polling`, and closes it."""
    return lambda scenario: run_with(lambda: Polling(sandbox), scenario)


MOVES = {
    "commercial_offer": ("commercial_offer", "validated"),
    "service_contract": ("service_contract", "active"),
    "ticket": ("ticket", "resolu"),
}


def waiting(sandbox, resource, number=12):
    """Make records that wait; their identifiers as sensors have them."""
    if resource == "ticket":
        sandbox.seed(tickets=number)
        return [f"{one['operatorId']}/{one['numero']}" for one in sandbox.records("ticket")]
    sandbox.seed(**{f"{resource.partition('_')[2]}s": number})
    ids = [one["id"] for one in sandbox.records(resource)][-number:]
    before = {"commercial_offer": "approval_pending", "service_contract": "staging"}[resource]
    for one in ids:
        sandbox.set_state(resource, str(one), before)
    return ids


def record_of(sandbox, resource, resource_id):
    numero = str(resource_id).rpartition("/")[2]
    return next(
        str(one["id"])
        for one in sandbox.records(resource)
        if numero in (str(one["id"]), str(one.get("numero")))
    )


@pytest.mark.parametrize("resource", MOVES)
def test_many_waits_cost_one_request_for_all(resource, sandbox, polling):
    ids = waiting(sandbox, resource)
    target = MOVES[resource][1]

    async def scenario(it):
        waits = [it.wait(resource, one) for one in ids]
        await it.until(lambda: it.cost(f"{resource}.list") >= 6)
        before = it.cost(f"{resource}.get")
        await it.until(lambda: it.cost(f"{resource}.list") >= 12)
        unmoved = it.cost(f"{resource}.get") - before
        sandbox.set_state(resource, record_of(sandbox, resource, ids[3]), target)
        ending = await waits[3]
        return ending, unmoved, it.cost(f"{resource}.get") - before, [wait.done() for wait in waits]

    ending, unmoved, looks, done = polling(scenario)
    assert ending.verdict is Verdict.REACHED
    assert (unmoved, looks) == (0, 1), "only the one that has moved is asked for"
    assert sum(done) == 1


def test_a_window_of_days_shows_what_is_waited_for_and_leaves_out_the_past(sandbox, polling):
    sandbox.seed(offers=200)
    recent = sandbox.records("commercial_offer")[-4:]
    for one in recent:
        sandbox.set_state("commercial_offer", str(one["id"]), "approval_pending")

    async def scenario(it):
        for one in recent:
            it.wait("commercial_offer", one["id"], known=one)
        await it.until(lambda: it.cost("commercial_offer.list") >= 3)
        return it.cost("commercial_offer.get")

    assert polling(scenario) == 0
    asked = next(one for one in sandbox.requests if one["operation"] == "commercial_offer.list")
    assert "createDate%5Bfrom%5D=" in asked["query"]
    assert "itemsPerPage=100" in asked["query"]


def test_a_contract_that_is_cancelled_keeps_its_status_and_is_seen(sandbox, polling):
    ids = waiting(sandbox, "service_contract", 5)

    async def scenario(it):
        waits = [it.wait("service_contract", one) for one in ids]
        await it.until(lambda: it.cost("service_contract.list") >= 3)
        with sandbox.world.lock:
            record = sandbox.world.store["service_contract"].get(str(ids[0]))
            sandbox.services.contracts.cancel(record, "By request", 0.0)
        return await waits[0]

    ending = polling(scenario)
    assert ending.verdict is Verdict.FAILED
    assert "canceled" in ending.message


def test_a_size_of_page_that_is_refused_is_not_asked_for_again(sandbox, polling):
    ids = waiting(sandbox, "commercial_offer", 4)
    sandbox.fault("error_before", match="commercial_offer.list", status=400)

    async def scenario(it):
        for one in ids:
            it.wait("commercial_offer", one)
        await it.until(lambda: it.cost("commercial_offer.list") >= 4)

    polling(scenario)
    asked = [one["query"] for one in sandbox.requests if one["operation"] == "commercial_offer.list"]
    assert ["itemsPerPage" in query for query in asked[:3]] == [True, False, False]
