"""What a task has noted on Airflow 3.3 saves requests when it comes back, and is never relied upon."""

import pytest
from operator_steps import context, run_with_retries
from operator_writes import CREATIONS, WRITES
from samples import LINE

from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator
from airflow_provider_covage.operators.memory import NAME
from airflow_provider_covage.operators.quote import CovageAcceptQuoteItemOperator, CovageAddQuoteItemOperator
from airflow_provider_covage.sandbox import Dialect

NOTED = [*CREATIONS, *(write for write in WRITES if write.operation == "quote_item.accept")]


class Store:
    """A task's store as Airflow has it, kept over its tries."""

    def __init__(self):
        self.kept = {}

    def get(self, name, default=None):
        return self.kept.get(name, default)

    def set(self, name, value):
        self.kept[name] = value


class BrokenStore:
    """A store that is out of order."""

    def get(self, name, default=None):
        raise RuntimeError("no store today")

    def set(self, name, value):
        raise RuntimeError("no store today")


def instance(store, try_number=1, **more):
    return {**context(try_number, **more), "task_state_store": store}


def requests_of(sandbox, act):
    """Act, and count the requests of it without those for a token."""
    before = len(sandbox.requests)
    act()
    return [one["operation"] for one in sandbox.requests[before:] if one["operation"] != "auth.token"]


@pytest.mark.parametrize("write", NOTED, ids=str)
def test_task_that_comes_back_reads_what_it_has_noted(write, sandbox, steps, sent):
    arguments, store = write.begin(steps), Store()
    made = write.make(arguments).execute(instance(store))
    sent.begin()

    looked = requests_of(sandbox, lambda: write.make(arguments).execute(context(2)))
    read = requests_of(sandbox, lambda: write.make(arguments).execute(instance(store, 2)))

    assert write.make(arguments).execute(instance(store, 3)) == made
    assert sent() == []
    assert len(read) == 1
    assert len(read) <= len(looked)


@pytest.mark.covage_sandbox(dialect=Dialect(inner_lines="ids"))
def test_of_many_lines_one_is_read(steps, sandbox):
    """Where a basket shows only the ids of its lines, all have to be read to find one."""
    basket, store = steps.basket(), Store()
    for index in range(5):
        steps.line(basket["quote_id"], product_offering_qualification_item_id=f"site-{index}")
    add = lambda: CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, **basket)  # noqa: E731
    add().execute(instance(store))

    assert len(requests_of(sandbox, lambda: add().execute(context(2)))) == 7
    assert len(requests_of(sandbox, lambda: add().execute(instance(store, 2)))) == 2


WRONG = {
    "gone": {"id": "nowhere", "product_order_id": "nowhere", "product_order_item_id": "nowhere"},
    "empty": {"id": "", "product_order_item_id": ""},
    "another form": {"reference": "QO_1"},
    "numbers": {"id": 7, "product_order_item_id": 7},
    "a list": ["id"],
    "a text": "id",
    "a path": {"id": "..", "product_order_item_id": "../quote"},
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("write", NOTED, ids=str)
def test_wrong_note_leads_to_the_usual_look(write, wrong, steps, sent):
    arguments, store = write.begin(steps), Store()
    made = write.make(arguments).execute(instance(store))
    store.kept[NAME] = WRONG[wrong]
    sent.begin()

    assert write.make(arguments).execute(instance(store, 2)) == made
    assert sent() == []
    assert write.make(arguments).execute(instance(store, 3)) == made


@pytest.mark.parametrize("write", NOTED, ids=str)
def test_note_of_what_was_never_made_does_not_keep_it_from_being_made(write, sandbox, steps, sent):
    arguments, store = write.begin(steps), Store()
    store.kept[NAME] = WRONG["gone"]
    sent.begin()

    result = write.make(arguments).execute(instance(store, 2))

    write.check(steps, arguments, result)
    assert sent() == [write.operation]


@pytest.mark.parametrize("write", NOTED, ids=str)
def test_note_about_something_else_is_not_believed(write, steps, sent):
    """As after a change of the DAG: the record is there, and is another one."""
    other, arguments = write.begin(steps), write.begin(steps)
    theirs, ours = Store(), Store()
    write.make(other).execute(instance(theirs, run_id="other"))
    ours.kept = dict(theirs.kept)
    sent.begin()

    made = write.make(arguments).execute(instance(ours, 2))

    assert sent() == [write.operation]
    assert made != theirs.kept[NAME].get("id", theirs.kept[NAME])
    assert ours.kept != theirs.kept


@pytest.mark.covage_sandbox(dialect=Dialect(external_id="empty"))
def test_without_keys_the_line_of_another_basket_is_not_believed(steps, sent):
    store, first, second = Store(), steps.basket(), steps.basket()
    CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, **first).execute(instance(store))
    sent.begin()

    CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, **second).execute(
        instance(store, 2)
    )

    assert sent() == ["quote_item.create"]


@pytest.mark.covage_sandbox(dialect=Dialect(external_id="empty_for_lines"))
def test_twins_without_keys_are_told_apart_by_their_notes(steps, sent):
    basket, stores = steps.basket(), [Store(), Store()]
    add = lambda: CovageAddQuoteItemOperator(task_id="a", settling_time=0, fields=LINE, **basket)  # noqa: E731
    lines = [add().execute(instance(store, map_index=index)) for index, store in enumerate(stores)]
    sent.begin()

    again = [add().execute(instance(store, 2, map_index=index)) for index, store in enumerate(stores)]

    assert again == lines
    assert sent() == []


def test_other_offer_than_the_one_noted(steps, sandbox):
    offer, store = steps.offer(product_offerings=["2173", "2174"]), Store()
    CovageAcceptQuoteItemOperator(task_id="a", settling_time=0, **offer).execute(instance(store))
    changed = {**offer, "product_id": "2174"}

    with pytest.raises(Exception, match="accepted with offer 2173, not 2174"):
        CovageAcceptQuoteItemOperator(task_id="a", settling_time=0, **changed).execute(instance(store, 2))


@pytest.mark.parametrize("write", NOTED, ids=str)
def test_store_that_does_not_work_changes_nothing(write, steps, sent):
    arguments = write.begin(steps)
    sent.begin()

    made = write.make(arguments).execute(instance(BrokenStore()))

    assert write.make(arguments).execute(instance(BrokenStore(), 2)) == made
    assert sent() == [write.operation]


def test_request_without_mark_is_found_by_its_note(steps, sent):
    store = Store()
    make = lambda: CovageCreateFonRequestOperator(  # noqa: E731
        task_id="a", settling_time=0, fields={"end_customer_name": "Bakery"}, mark=False
    )
    made = make().execute(instance(store))
    steps.fon_request(end_customer_name="Bakery")
    sent.begin()

    assert make().execute(instance(store, 2)) == made
    assert sent() == []


@pytest.mark.parametrize("write", NOTED, ids=str)
def test_nothing_is_noted_before_it_is_certain(write, sandbox, steps):
    arguments, store = write.begin(steps), Store()
    sandbox.fault("close_before", match=write.operation)

    with pytest.raises(Exception, match="may or may not have taken effect"):
        write.make(arguments).execute(instance(store))

    assert store.kept == {}
    result = run_with_retries(lambda: write.make(arguments), first_try=2)
    write.check(steps, arguments, result)
