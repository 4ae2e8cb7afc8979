"""Confirming: what is missing is said at once, and what is confirmed is never confirmed again."""

import pytest
from operator_steps import context, in_dialects
from samples import CONTACT, ORDER_LINE

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.order import CovageConfirmOrderOperator
from airflow_provider_covage.operators.quote import CovageConfirmQuoteOperator

inner_lines = in_dialects("inner_lines_full", "inner_lines_ids")

CPE = {"cpe_networking_number": "N1", "cpe_serial_number": "S1"}


def confirm_quote(quote_id, **arguments):
    operator = CovageConfirmQuoteOperator(task_id="act", settling_time=0, quote_id=quote_id, **arguments)
    return operator.execute(context())


def confirm_order(product_order_id, **arguments):
    operator = CovageConfirmOrderOperator(
        task_id="act", settling_time=0, product_order_id=product_order_id, **arguments
    )
    return operator.execute(context())


def why_not(confirm, *args, **arguments):
    with pytest.raises(AirflowFailException) as failure:
        confirm(*args, **arguments)
    return str(failure.value)


@inner_lines
def test_every_gap_of_every_quotation_line_is_named(steps, sent):
    basket = steps.basket()["quote_id"]
    lines = [
        steps.line(basket, end_customer_name="", product_offerings=[]),
        steps.line(basket, site_connection_type="  "),
        steps.line(basket),
    ]
    sent.begin()

    why = why_not(confirm_quote, basket)

    first, second = (
        next(part for part in why.split(";") if line["quote_item_id"] in part) for line in lines[:2]
    )
    assert "product_offerings is missing" in first
    assert "end_customer_name is missing" in first
    assert "site_connection_type is missing" in second
    assert "end_customer_name" not in second
    assert lines[2]["quote_item_id"] not in why
    assert "nothing was sent" in why
    assert sent() == []


@inner_lines
def test_every_gap_of_every_order_line_is_named(steps, sent):
    session = steps.session()["product_order_id"]
    contact = {**CONTACT, "insee_code": "", "contact1_phone_number": ""}
    lines = [
        steps.order_line(session, enni="", related_contact_information=[]),
        steps.order_line(session, related_contact_information=[CONTACT, contact]),
        steps.order_line(session),
    ]
    sent.begin()

    why = why_not(confirm_order, session)

    first, second = (
        next(part for part in why.split(";") if line["product_order_item_id"] in part) for line in lines[:2]
    )
    assert "enni is missing" in first
    assert "related_contact_information is missing" in first
    assert "related_contact_information[1].insee_code is missing" in second
    assert "related_contact_information[1].contact1_phone_number is missing" in second
    assert lines[2]["product_order_item_id"] not in why
    assert sent() == []


@pytest.mark.parametrize(
    ("fields", "gap"),
    [
        ({"option_ids": ["7021"]}, "cpe_networking_number is missing (option 7021)"),
        ({"option_ids": ["7021"], "cpe_networking_number": "N1"}, "cpe_serial_number is missing"),
        ({"option_ids": ["2210"], **CPE}, "cpe_serial_number has to be empty without option 7021"),
        ({"cpe_network_number": "N1"}, "cpe_networking_number has to be empty without option 7021"),
    ],
    ids=str,
)
@in_dialects("cpe_field_networking", "cpe_field_network", "inner_lines_ids")
def test_cpe_fields_go_with_their_option_only(fields, gap, steps, sent):
    session = steps.filled_session(**fields)["product_order_id"]
    sent.begin()

    assert gap in why_not(confirm_order, session)
    assert sent() == []


def test_cpe_fields_with_their_option(steps, sent):
    session = steps.filled_session(option_ids=["7021"], **CPE)["product_order_id"]
    sent.begin()

    confirm_order(session)

    assert sent() == ["product_order.confirm"]


@inner_lines
def test_dia_from_a_quotation_needs_no_enni(steps, sent):
    offer = steps.offer(product_offerings=["2190"]) | {"product_id": "2190"}
    made = steps.client.quote_item.accept(offer["quote_item_id"], product_id="2190")
    steps.client.product_order_item.update(*made.values(), related_contact_information=[CONTACT])
    sent.begin()

    confirm_order(made["product_order_id"])

    assert sent() == ["product_order.confirm"]


@inner_lines
def test_dia_ordered_directly_needs_no_enni(steps, sent):
    fields = {**ORDER_LINE, "product_offering_id": "2190", "offer_family": "DIA", "enni": ""}
    session = steps.filled_session(**fields)["product_order_id"]
    sent.begin()

    confirm_order(session)

    assert sent() == ["product_order.confirm"]


def test_without_preflight_the_api_speaks_for_the_quotation(sandbox, steps, sent):
    ids = steps.line(end_customer_name="", product_offerings=[])
    sent.begin()

    why = why_not(confirm_quote, ids["quote_id"], preflight=False)

    assert f"quote_item.{ids['quote_item_id']}.end_customer_name: This field is required" in why
    assert f"quote_item.{ids['quote_item_id']}.product_offerings: This field is required" in why
    assert "quote.confirm" in [request["operation"] for request in sandbox.requests]
    assert sent() == []


def test_without_preflight_the_api_speaks_for_the_order(sandbox, steps, sent):
    ids = steps.order_line(enni="", related_contact_information=[{**CONTACT, "city": ""}])
    sent.begin()

    why = why_not(confirm_order, ids["product_order_id"], preflight=False)

    line = f"product_order_item.{ids['product_order_item_id']}"
    assert f"{line}.enni: This field is required" in why
    assert f"{line}.related_contact_information[0].city: This field is required" in why
    assert "product_order.confirm" in [request["operation"] for request in sandbox.requests]
    assert sent() == []


def test_nothing_to_confirm(steps, sent):
    assert "no line to confirm" in why_not(confirm_quote, **steps.basket())
    assert "no line to confirm" in why_not(confirm_order, **steps.session())
    assert sent() == ["quote.create", "product_order.create"]


@pytest.mark.parametrize("preflight", [True, False])
def test_what_is_confirmed_already_is_adopted_on_the_first_try_too(preflight, steps, sent, logs):
    quote_id = steps.priced_line()["quote_id"]
    session = steps.confirmed_session()["product_order_id"]
    sent.begin()

    assert confirm_quote(quote_id, preflight=preflight)["state"] == "ready"
    assert confirm_order(session, preflight=preflight)["id"] == session
    assert sent() == []
    assert sum("adopted; nothing is sent" in line for line in logs()) == 2


def test_answer_shows_the_lines(steps):
    basket = confirm_quote(steps.line()["quote_id"])
    session = confirm_order(**steps.filled_session())
    assert len(basket["quote_item"]) == len(session["product_order_item"]) == 1


@pytest.mark.parametrize("confirm", [confirm_quote, confirm_order])
def test_what_is_not_there(confirm, sandbox):
    assert "nowhere/ -> 404" in why_not(confirm, "nowhere")


def test_unknown_references_are_named(steps, sent):
    session = steps.filled_session(project_id="BOGUS", enni="CN999999", enni_2="CN012348")
    basket = steps.basket(project_id="OLDPRJ")["quote_id"]
    steps.line(basket)
    sent.begin()

    why = why_not(confirm_order, **session, check_references=True)
    assert all(word in why for word in ("project BOGUS", "ENNI CN999999", "ENNI CN012348"))
    assert "project OLDPRJ" in why_not(confirm_quote, basket, check_references=True)
    assert sent() == []


def test_known_references_pass(steps, sent):
    session = steps.filled_session(project_id="FLASH")
    basket = steps.line(project_id="PRJ")["quote_id"]
    sent.begin()

    confirm_order(**session, check_references=True, preflight=False)
    confirm_quote(basket, check_references=True)

    assert sent() == ["product_order.confirm", "quote.confirm"]
