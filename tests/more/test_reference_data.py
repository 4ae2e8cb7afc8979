"""Projects and ENNI: their lists, and the check of what is confirmed against them."""

from __future__ import annotations

import json

import pytest
from more_steps import in_dialects, retried, run, why_not
from samples import LINE, ORDER_LINE

from airflow_provider_covage.api.covage.referential import code_of
from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.hooks.covage import CovageHook
from airflow_provider_covage.operators.order import CovageConfirmOrderOperator
from airflow_provider_covage.operators.quote import CovageConfirmQuoteOperator


def codes(records):
    return [record["code"] for record in records]


def references(records):
    return [record["reference"] for record in records]


@in_dialects("lists_envelope", "lists_array", "lists_documented")
def test_filters_of_projects(client):
    assert codes(client.referential.projects()) == ["FLASH", "PRJ", "PRJ456", "OLDPRJ"]
    assert codes(client.referential.projects(code="PRJ")) == ["PRJ"]
    assert codes(client.referential.projects(active=False)) == ["OLDPRJ"]
    assert codes(client.referential.projects(code="OLDPRJ", active=True)) == []


@in_dialects("lists_envelope", "lists_array", "enni_code_upper")
def test_filters_of_ennis(client):
    enni = client.referential.enni
    assert references(enni()) == ["CN012345", "CN012346", "CN012347", "CN012348"]
    assert references(enni(reference="CN012346")) == ["CN012346"]
    assert references(enni(name="Paris TH2")) == ["CN012345"]
    assert references(enni(short_name="LYONET")) == ["CN012347"]
    assert references(enni(active=False)) == ["CN012348"]
    assert references(enni(offer="BPEA", active=True)) == ["CN012347"]
    assert references(enni(dsp="76-METROPOLE")) == ["CN012346"]
    assert references(enni(delivery_mode="PORT")) == ["CN012347"]


def test_filters_reach_the_api(client, sandbox):
    list(client.referential.projects(active=True))
    list(client.referential.enni(active=False, name="Paris TH2"))

    assert [one["query"] for one in sandbox.requests[-2:]] == ["active=true", "name=Paris+TH2&active=false"]


def test_filter_that_is_not_documented(client, sandbox):
    with pytest.raises(InputError, match="did you mean code"):
        client.referential.projects(cod="PRJ")
    with pytest.raises(InputError, match="such field"):
        client.referential.enni(colour="red")


@in_dialects("paging_number", "paging_path", "paging_url")
def test_all_pages_are_read(sandbox, monkeypatch):
    connection = sandbox.connection
    connection["extra"]["page_size"] = 3
    monkeypatch.setenv("AIRFLOW_CONN_COVAGE_DEFAULT", json.dumps(connection))

    assert len(list(CovageHook().referential.enni())) == 4
    assert [one["operation"] for one in sandbox.requests][-2:] == ["referential.enni"] * 2


@in_dialects("enni_code_lower", "enni_code_upper")
def test_code_of_an_enni_under_either_name(client, sandbox):
    (enni,) = client.referential.enni(reference="CN012345")

    assert code_of(enni) == "E012345"
    assert ("Code" in enni) == (sandbox.status()["dialect"]["enni_code"] == "upper")


def test_enni_without_a_code():
    assert code_of({"reference": "CN012345"}) is None


@pytest.fixture
def basket(client):
    """`basket(line, ...)` makes a basket with these lines and gives the arguments of its confirmation."""

    def make(*lines, **fields):
        quote_id = client.quote.create(**fields)["id"]
        for line in lines or [{}]:
            client.quote_item.create(quote_id, **{**LINE, **line})
        return {"operator": CovageConfirmQuoteOperator, "quote_id": quote_id, "check_references": True}

    return make


@pytest.fixture
def session(client):
    """The same for an order session."""

    def make(*lines, **fields):
        product_order_id = client.product_order.create(**fields)["id"]
        for line in lines or [{}]:
            client.product_order_item.create(product_order_id, **{**ORDER_LINE, **line})
        return {
            "operator": CovageConfirmOrderOperator,
            "product_order_id": product_order_id,
            "check_references": True,
        }

    return make


@pytest.mark.parametrize("preflight", [True, False])
@in_dialects("inner_lines_full", "inner_lines_ids", "lists_array")
def test_quotation_that_names_unknown_or_inactive_projects(preflight, basket, sent, asked):
    confirm = basket({"project_id": "OLDPRJ"}, {"project_id": "PRJ"}, {}, project_id="NOPRJ")
    confirm["preflight"] = preflight

    why = why_not(lambda: run(**confirm))

    assert f"quotation basket {confirm['quote_id']}" in why
    assert "no active project NOPRJ, no project OLDPRJ; nothing was sent" in why
    assert "quote.confirm" not in sent()
    assert asked("PATCH") == []


@pytest.mark.parametrize("preflight", [True, False])
@in_dialects("inner_lines_full", "inner_lines_ids", "enni_field_enni2", "lists_array")
def test_order_that_names_unknown_or_inactive_references(preflight, session, sent, asked):
    confirm = session(
        {"enni": "CN999999", "enni_2": "CN012345"},
        {"enni": "CN012345", "enni_2": "CN012348", "project_id": "PRJ"},
        project_id="OLDPRJ",
    )
    confirm["preflight"] = preflight

    why = why_not(lambda: run(**confirm))

    assert "no active project OLDPRJ, no ENNI CN012348, no ENNI CN999999; nothing was sent" in why
    assert "product_order.confirm" not in sent()
    assert asked("PATCH") == []


def test_known_references_pass(basket, session, sent):
    run(**basket({"project_id": "PRJ"}, {"project_id": "PRJ456"}, project_id="FLASH"))
    run(**session({"enni_2": "CN012346", "project_id": "PRJ"}, project_id="FLASH"))

    assert sent()[-1] == "product_order.confirm"
    assert sent().count("quote.confirm") == 1


def test_nothing_is_checked_unless_asked_for(basket, session, sent, asked):
    for confirm in (basket(project_id="NOPRJ"), session({"enni": "CN999999"}, project_id="NOPRJ")):
        run(**{**confirm, "check_references": False})

    assert sent().count("quote.confirm") == sent().count("product_order.confirm") == 1
    assert not [path for path in asked("GET") if "referential" in path]


def test_what_is_confirmed_already_is_not_checked_again(basket, session, client, asked):
    quote, order = basket(project_id="NOPRJ"), session(project_id="NOPRJ")
    client.quote.confirm(quote["quote_id"])
    client.product_order.confirm(order["product_order_id"])

    run(**quote)
    run(**order)

    assert not [path for path in asked("GET") if "referential" in path]


def test_reference_data_that_cannot_be_read_for_the_moment(session, sandbox, sent):
    confirm = session(project_id="PRJ")
    sandbox.fault("unavailable", match="referential.*", times=4, retry_after=0)

    retried(**confirm)

    assert sent().count("product_order.confirm") == 1
