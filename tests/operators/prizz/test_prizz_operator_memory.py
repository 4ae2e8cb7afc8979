"""What a task of Prizz has noted on Airflow 3.3 spares it the doubts of looking, and is never relied upon."""

from __future__ import annotations

import pytest
from fake_prizz import context

from airflow_provider_covage.operators.memory import NAME
from airflow_provider_covage.operators.prizz import (
    PrizzAddCommentOperator,
    PrizzAddSectionOperator,
    PrizzCreateCommercialOfferOperator,
    PrizzCreateWorkflowOperator,
    PrizzFastOrderOperator,
    PrizzOpenTicketOperator,
)


class Store(dict):
    """A task's store, as Airflow has it."""

    set = dict.__setitem__


@pytest.fixture
def run():
    """`run(Operator, store, try_number, **arguments)` runs one try with what earlier ones have noted."""

    def run(operator, store, try_number=1, **arguments):
        made = operator(task_id="act", settling_time=0, **arguments)
        return made.execute({**context(try_number), "task_state_store": store})

    return run


def offer_with_section(prizz):
    prizz.offer()
    return {"commercial_offer_id": 101, "name": "Site"}


CREATIONS = {
    PrizzFastOrderOperator: lambda prizz: {
        "eligibility_id": prizz.eligibility(),
        "combination_id": "c-1",
        "name": "Agency",
    },
    PrizzCreateCommercialOfferOperator: lambda _: {"client_legal_entity_id": 1},
    PrizzAddSectionOperator: offer_with_section,
    PrizzOpenTicketOperator: lambda _: {"operator_id": 42, "service_id": 9},
    PrizzCreateWorkflowOperator: lambda _: {"context_name": CONTEXT, "entity_id": 5},
    PrizzAddCommentOperator: lambda _: {"commercial_offer_id": 3, "content": "Call before"},
}
CONTEXT = "Infracorp\\Services\\Workflow\\ServiceContract\\UpdateDescription\\Context"


def each(function):
    return pytest.mark.parametrize("operator", CREATIONS, ids=lambda one: one.__name__)(function)


@each
def test_a_task_that_comes_back_makes_nothing_again(operator, prizz, run):
    arguments, store = CREATIONS[operator](prizz), Store()
    made = run(operator, store, **arguments)
    assert store[NAME]

    again = run(operator, store, 2, **arguments)

    assert len(prizz.writes) == 1
    assert again == made or str(again["id"]) == str(made["id"])


@each
@pytest.mark.parametrize(
    "note", [{"id": "999", "numero": "T999"}, {"id": "..", "text": "x"}, {"x": "y"}, "5"]
)
def test_a_wrong_note_leads_to_the_usual_look(operator, note, prizz, run):
    arguments, store = CREATIONS[operator](prizz), Store()
    run(operator, store, **arguments)
    store[NAME] = note

    run(operator, store, 2, **arguments)

    assert len(prizz.writes) == 1


class TestWithoutItSomethingWouldHappenTwice:
    def test_an_offer_that_has_sections_by_now(self, prizz, run):
        store, arguments = Store(), {"client_legal_entity_id": 1}
        made = run(PrizzCreateCommercialOfferOperator, store, **arguments)
        prizz.offers[made]["sections"].append({"id": 1, "name": "Site", "clientReference": "S-1"})
        prizz.offers[made]["status"] = "validated"
        assert run(PrizzCreateCommercialOfferOperator, store, 2, **arguments) == made
        assert len(prizz.offers) == 1

    def test_but_not_that_of_another_company(self, prizz, run):
        store = Store()
        made = run(PrizzCreateCommercialOfferOperator, store, client_legal_entity_id=1)
        assert run(PrizzCreateCommercialOfferOperator, store, 2, client_legal_entity_id=2) != made

    def test_sections_of_one_name_where_references_do_not_come_back(self, prizz, run):
        prizz.gives_references_back = False
        arguments, stores = offer_with_section(prizz), [Store(), Store()]
        made = [run(PrizzAddSectionOperator, store, **arguments) for store in stores]
        assert [run(PrizzAddSectionOperator, store, 2, **arguments) for store in stores] == made
        assert prizz.written("/sections") == 2

    @pytest.mark.parametrize("about", [{}, {"service_id": 9}])
    def test_a_ticket_that_is_resolved_or_about_nothing(self, prizz, run, about):
        store = Store()
        made = run(PrizzOpenTicketOperator, store, operator_id=42, **about)
        prizz.tickets[0]["etat"] = "end"
        again = run(PrizzOpenTicketOperator, store, 2, operator_id=42, **about)
        assert again["numero"] == made["numero"]
        assert len(prizz.tickets) == 1

    def test_a_workflow_that_is_over(self, prizz, run):
        store, arguments = Store(), {"context_name": CONTEXT, "entity_id": 5}
        made = run(PrizzCreateWorkflowOperator, store, **arguments)
        prizz.workflows[made].update(state="done", transitions=[])
        assert run(PrizzCreateWorkflowOperator, store, 2, **arguments) == made

    def test_a_comment_whose_threads_cannot_be_listed(self, prizz, run):
        prizz.thread_classes = ()
        store, arguments = Store(), {"commercial_offer_id": 3, "content": "Call before"}
        run(PrizzAddCommentOperator, store, **arguments)
        run(PrizzAddCommentOperator, store, 2, **arguments)
        assert prizz.written("/comments") == 1
        run(PrizzAddCommentOperator, store, 3, commercial_offer_id=3, content="Call after")
        assert prizz.written("/comments") == 2
