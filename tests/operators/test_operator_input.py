"""Bad input: one clear error, no retries, and nothing sent."""

import pytest
from operator_steps import context
from operator_writes import WRITES
from samples import CONTACT, LINE, ORDER_LINE

from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.operators.export import (
    CovageDownloadExportOperator,
    CovageExportQuoteItemsCsvOperator,
)
from airflow_provider_covage.operators.order import (
    CovageAddOrderItemOperator,
    CovageCreateOrderOperator,
    CovageUpdateOrderItemOperator,
    CovageUpdateOrderOperator,
)
from airflow_provider_covage.operators.quote import (
    CovageAddQuoteItemOperator,
    CovageCreateQuoteOperator,
    CovageDownloadQuoteItemTraceOperator,
    CovageUpdateQuoteItemOperator,
    CovageUpdateQuoteOperator,
)

MISSING = ["", "  ", "None", None]
IDS = {
    "quote_id",
    "quote_item_id",
    "product_order_id",
    "product_order_item_id",
    "product_id",
    "fon_request_id",
    "file",
}
SITE = "product_offering_qualification_item_id"


def refused(sandbox, operator, *, task_id="act", **arguments):
    """Return why an operator refuses its arguments; nothing may have been sent."""
    with pytest.raises(AirflowFailException) as failure:
        operator(task_id=task_id, settling_time=0, **arguments).execute(context())
    assert sandbox.requests == []
    return str(failure.value)


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_missing_identifier(write, sandbox, steps):
    arguments = write.begin(steps)
    sandbox.reset()

    for name in IDS & set(arguments):
        for missing in MISSING:
            if (name, missing) == ("product_id", None) and "export" in write.operation:
                continue  # stands for all offers
            why = refused(sandbox, write.operator, **{**arguments, name: missing})
            assert name in why
            assert repr(missing) in why


@pytest.mark.parametrize("missing", MISSING, ids=repr)
@pytest.mark.parametrize(
    ("operator", "arguments"),
    [
        (CovageDownloadExportOperator, {"export_task_id": "t", "to": "/tmp/x"}),
        (CovageDownloadQuoteItemTraceOperator, {"quote_id": "q", "quote_item_id": "i", "to": "/tmp/x"}),
    ],
)
def test_missing_argument_of_a_download(operator, arguments, missing, sandbox):
    for name in arguments:
        assert name in refused(sandbox, operator, **{**arguments, name: missing})


@pytest.mark.parametrize("operator", [CovageCreateQuoteOperator, CovageCreateOrderOperator])
def test_none_that_became_a_text_is_no_key(operator, sandbox):
    assert "external_id" in refused(sandbox, operator, external_id="None")


@pytest.mark.parametrize(
    ("operator", "ids", "fields"),
    [
        (CovageAddQuoteItemOperator, {"quote_id": "q"}, LINE),
        (CovageAddOrderItemOperator, {"product_order_id": "o"}, ORDER_LINE),
    ],
)
def test_none_that_became_a_text_is_no_key_in_fields(operator, ids, fields, sandbox):
    fields = {**fields, "external_id": "None"}
    assert "external_id" in refused(sandbox, operator, **ids, fields=fields)


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (
            {"product_offering_qualification_item_id": None},
            ["product_offering_qualification_item_id: is needed"],
        ),
        ({SITE: ""}, [SITE]),
        ({SITE: " "}, [SITE]),
        ({"related_contact_information": [CONTACT] * 3}, ["related_contact_information", "2"]),
        ({"product_offerings": ["1", "2", "3", "4", "5"]}, ["product_offerings", "4"]),
        ({"product_offerings": "2173"}, ["product_offerings", "list"]),
        ({"end_custumer_name": "x"}, ["end_custumer_name: no such field, did you mean end_customer_name?"]),
        ({"expected_response_date": "21/09/2026"}, ["expected_response_date", "2026-09-21"]),
        ({"bogus": 1, "product_offerings": "x"}, ["bogus", "product_offerings"]),
    ],
    ids=str,
)
def test_slips_in_a_new_quotation_line(slip, words, sandbox):
    why = refused(sandbox, CovageAddQuoteItemOperator, quote_id="q", fields={**LINE, **slip})
    assert all(word in why for word in [*words, "fields of the quotation line", "nothing was sent"])


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (
            {"product_offering_qualification_item_id": None},
            ["product_offering_qualification_item_id: is needed"],
        ),
        ({"product_offering_id": ""}, ["product_offering_id"]),
        ({"eni": "CN012345"}, ["eni: no such field, did you mean enni?"]),
        ({"related_contact_information": [{"town": "x"}]}, ["related_contact_information.0.town"]),
        ({"related_contact_information": CONTACT}, ["related_contact_information", "list"]),
    ],
    ids=str,
)
def test_slips_in_a_new_order_line(slip, words, sandbox):
    fields = {**ORDER_LINE, **slip}
    why = refused(sandbox, CovageAddOrderItemOperator, product_order_id="o", fields=fields)
    assert all(word in why for word in [*words, "fields of the order line", "nothing was sent"])


@pytest.mark.parametrize(
    ("operator", "ids"),
    [
        (CovageUpdateQuoteItemOperator, {"quote_id": "q", "quote_item_id": "i"}),
        (CovageUpdateOrderItemOperator, {"product_order_id": "o", "product_order_item_id": "i"}),
    ],
)
@pytest.mark.parametrize("fields", [{"bogus": 1}, {"note": ["x"]}, None, "None", ["note"]], ids=repr)
def test_slips_in_changes(operator, ids, fields, sandbox):
    assert "fields of the" in refused(sandbox, operator, **ids, fields=fields)


@pytest.mark.parametrize(
    ("operator", "ids"),
    [(CovageUpdateQuoteOperator, {"quote_id": "q"}), (CovageUpdateOrderOperator, {"product_order_id": "o"})],
)
def test_no_change(operator, ids, sandbox):
    assert "nothing to change" in refused(sandbox, operator, **ids)


@pytest.mark.parametrize("filters", [{"sate": "ready"}, {"state": ["ready"]}, "None", ["state"]], ids=repr)
def test_slips_in_the_filters_of_an_export(filters, sandbox):
    refused(sandbox, CovageExportQuoteItemsCsvOperator, filters=filters)
