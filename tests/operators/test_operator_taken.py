"""A key that something else bears: mapped tasks in another order than before, or one key for two sites."""

import pytest
from operator_steps import context, in_dialects
from samples import LINE, ORDER_LINE

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.fon import CovageCreateFonRequestOperator
from airflow_provider_covage.operators.order import CovageAddOrderItemOperator
from airflow_provider_covage.operators.quote import CovageAddQuoteItemOperator, CovageCreateQuoteOperator

SITE = "product_offering_qualification_item_id"
LINES = {
    "line": (CovageAddQuoteItemOperator, "quote_item", LINE, lambda steps: steps.basket()),
    "order line": (
        CovageAddOrderItemOperator,
        "product_order_item",
        ORDER_LINE,
        lambda steps: steps.session(),
    ),
}


@pytest.fixture(params=LINES)
def mapped(request, steps):
    """`mapped(sites, try_number)` runs a task for each site, as if mapped; gives what each returned."""
    operator, _, fields, begin = LINES[request.param]
    where = begin(steps)

    class Mapped:
        record = LINES[request.param][1]

        def one(self, site, map_index=0, try_number=1, **more):
            made = operator(task_id="act", settling_time=0, fields={**fields, SITE: site, **more}, **where)
            return made, context(try_number, map_index=map_index)

        def __call__(self, sites, try_number=1, **more):
            tasks = [self.one(site, index, try_number, **more) for index, site in enumerate(sites)]
            return [made.execute(instance) for made, instance in tasks]

    return Mapped()


def sites_of(sandbox, mapped):
    return [line[SITE] for line in sandbox.records(mapped.record)]


@in_dialects("inner_lines_full", "inner_lines_ids")
@pytest.mark.parametrize("try_number", [1, 2])
def test_line_of_another_site_is_not_adopted(try_number, mapped, sandbox, sent):
    first, _ = mapped(["site-caen", "site-lille"])
    sent.begin()

    with pytest.raises(AirflowFailException, match="made for something else") as failure:
        mapped(["site-rouen", "site-caen", "site-lille"], try_number)

    assert f"{first}: its {SITE} is site-caen, not site-rouen" in str(failure.value)
    assert sent() == []
    assert sites_of(sandbox, mapped) == ["site-caen", "site-lille"]


def test_keys_that_say_what_they_are_for_survive_another_order(mapped, sandbox):
    def add(sites, try_number):
        made = keys.derive_each(context(task_id="prepare"), "act", sites)
        tasks = [
            mapped.one(site, index, try_number, external_id=key)
            for index, (site, key) in enumerate(zip(sites, made, strict=True))
        ]
        return [task.execute(instance) for task, instance in tasks]

    caen, lille = add(["site-caen", "site-lille"], 1)

    again = add(["site-rouen", "site-caen", "site-lille", "site-caen"], 2)

    assert again[1:3] == [caen, lille]
    assert sites_of(sandbox, mapped) == ["site-caen", "site-lille", "site-rouen", "site-caen"]
    assert all(keys.is_derived(line) for line in sandbox.records(mapped.record))


def test_two_sites_with_one_key_of_ones_own(mapped, sandbox):
    with pytest.raises(AirflowFailException, match="site-rouen, not site-caen"):
        mapped(["site-rouen", "site-caen"], external_id="RACK-7")

    assert sites_of(sandbox, mapped) == ["site-rouen"]


def test_line_of_another_site_with_the_same_key_is_not_deleted(mapped, sandbox, monkeypatch, logs):
    """Two such tasks at the same moment: each keeps its own."""
    first, first_instance = mapped.one("site-rouen", 0, external_id="RACK-7")
    second, second_instance = mapped.one("site-caen", 1, external_id="RACK-7")
    api = getattr(second.client, mapped.record)
    create = api.create

    def create_after_the_first(*args, **fields):
        first.execute(first_instance)
        return create(*args, **fields)

    monkeypatch.setattr(api, "create", create_after_the_first)
    second.execute(second_instance)

    assert sites_of(sandbox, mapped) == ["site-rouen", "site-caen"]
    assert any("site-rouen, not site-caen: left alone" in line for line in logs())


def test_request_for_another_customer_is_not_adopted(steps, sent):
    def create(customer, try_number):
        fields = {"end_customer_name": customer}
        made = CovageCreateFonRequestOperator(task_id="act", settling_time=0, fields=fields)
        return made.execute(context(try_number, map_index=0))

    create("Bakery", 1)
    sent.begin()

    with pytest.raises(AirflowFailException, match="end_customer_name is Bakery, not Garage"):
        create("Garage", 2)

    assert sent() == []
    assert create("  bakery ", 2)


def test_basket_of_another_project_is_not_adopted(steps, sent):
    steps.basket(external_id="MINE", project_id="PRJ")
    sent.begin()

    with pytest.raises(AirflowFailException, match="project_id is PRJ, not FLASH"):
        CovageCreateQuoteOperator(task_id="act", external_id="MINE", project_id="FLASH").execute(context())

    assert sent() == []


def test_line_whose_offers_were_changed_since_is_still_the_same(steps):
    basket = steps.basket()
    make = lambda: CovageAddQuoteItemOperator(task_id="act", settling_time=0, fields=LINE, **basket)  # noqa: E731
    made = make().execute(context(1))
    steps.client.quote_item.update(basket["quote_id"], made, product_offerings=["2173", "2174"], note="new")

    assert make().execute(context(2)) == made
