"""Every operator that changes something, with what it begins with and what has to come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from operator_steps import QUALIFICATION, Steps
from samples import LINE, ORDER_LINE

from airflow_provider_covage.operators import eligibility, export, fon, order, quote
from airflow_provider_covage.operators.base import CovageOperator


@dataclass(frozen=True)
class Write:
    """One operator.

    `begin` makes the situation and returns the operator's arguments; `check` asserts on what the operator
    returned and on what is there, also when `later` has carried things on as a run would.
    """

    operator: type[CovageOperator]
    operation: str
    begin: Callable[[Steps], dict[str, Any]]
    check: Callable[[Steps, dict[str, Any], Any], None]
    later: Callable[[Steps, dict[str, Any], Any], None] | None = None
    repeatable: bool = False

    def make(self, arguments: dict[str, Any]) -> CovageOperator:
        return self.operator(task_id="act", settling_time=0, **arguments)

    def __str__(self) -> str:
        return self.operator.__name__.removeprefix("Covage").removesuffix("Operator")


def _only_basket(steps, arguments, result):
    assert [basket["id"] for basket in steps.sandbox.records("quote")] == [result]


def _only_line(steps, arguments, result):
    assert [line["id"] for line in steps.sandbox.records("quote_item")] == [result]


def _only_session(steps, arguments, result):
    assert [session["id"] for session in steps.sandbox.records("product_order")] == [result]


def _only_order_line(steps, arguments, result):
    assert [line["id"] for line in steps.sandbox.records("product_order_item")] == [result]


def _shows(resource, id_name, **fields):
    def check(steps, arguments, result):
        assert result["id"] == arguments[id_name]
        for name, value in fields.items():
            assert steps.sandbox.record(resource, arguments[id_name])[name] == value
            assert result.get(name, value) == value

    return check


def _basket_is_confirmed(steps, arguments, result):
    assert result["id"] == arguments["quote_id"]
    assert result["state"] not in ("acknowledged", "created")


def _session_is_confirmed(steps, arguments, result):
    assert result["id"] == arguments["product_order_id"]
    assert steps.state("product_order", result["id"]) != "created"


def _line_is_gone(steps, arguments, result):
    assert result["id"] == arguments["quote_id"]
    assert arguments["quote_item_id"] not in [line["id"] for line in steps.sandbox.records("quote_item")]


def _order_line_is_gone(steps, arguments, result):
    assert result["id"] == arguments["product_order_id"]
    lines = [line["id"] for line in steps.sandbox.records("product_order_item")]
    assert arguments["product_order_item_id"] not in lines


def _session_is_gone(steps, arguments, result):
    assert result == {"product_order_id": arguments["product_order_id"], "deleted": True}
    assert steps.sandbox.records("product_order") == []


def _has_file(id_name, field):
    def check(steps, arguments, result):
        assert result["id"] == arguments[id_name]
        assert result[field].startswith(arguments["file"].rpartition("/")[2].partition(".")[0])

    return check


def _has_no_file(id_name, field):
    def check(steps, arguments, result):
        assert result["id"] == arguments[id_name]
        assert not result[field]

    return check


def _one_order(steps, arguments, result):
    (line,) = steps.sandbox.records("product_order_item")
    assert result == {"product_order_id": line["product_order_id"], "product_order_item_id": line["id"]}
    assert steps.state("quote_item", arguments["quote_item_id"]) == "accepted"


def _newest_export(steps, arguments, result):
    assert steps.sandbox.records("export")[-1]["task_id"] == result


def _only_fon_request(steps, arguments, result):
    assert [request["id"] for request in steps.sandbox.records("fon")] == [result]


def _fon_request_is_gone(steps, arguments, result):
    assert result == {"fon_request_id": arguments["fon_request_id"], "deleted": True}
    assert steps.sandbox.records("fon") == []


def _newest_eligibility_request(steps, arguments, result):
    assert steps.sandbox.records("eligibility")[-1]["id"] == result


def _confirm_fon_request(steps, arguments, result):
    steps.client.fon.confirm(arguments.get("fon_request_id", result))


def _confirm_quote(steps, arguments, result):
    quote_id = arguments.get("quote_id", result)
    if not steps.client.quote.get(quote_id)["quote_item"]:
        steps.line(quote_id)
    steps.client.quote.confirm(quote_id)
    steps.sandbox.advance(60)


def _confirm_order(steps, arguments, result):
    product_order_id = arguments.get("product_order_id", result)
    if not steps.client.product_order.get(product_order_id)["product_order_item"]:
        steps.order_line(product_order_id)
    steps.client.product_order.confirm(product_order_id)
    steps.sandbox.advance(60)


def _price_and_accept(steps, arguments, result):
    steps.sandbox.advance(60)
    _accept(steps, {"quote_item_id": steps.sandbox.records("quote_item")[0]["id"]}, result)


def _accept(steps, arguments, result):
    steps.client.quote_item.accept(arguments["quote_item_id"], product_id="2173")


def _order_what_was_accepted(steps, arguments, result):
    contacts = ORDER_LINE["related_contact_information"]
    ids = (result["product_order_id"], result["product_order_item_id"])
    steps.client.product_order_item.update(*ids, enni="CN012345", related_contact_information=contacts)
    _confirm_order(steps, result, None)


def _nothing(steps, arguments, result):
    """Nothing can come after it."""


WRITES = (
    Write(
        quote.CovageCreateQuoteOperator,
        "quote.create",
        begin=lambda steps: {"project_id": "FLASH"},
        check=_only_basket,
        later=_confirm_quote,
    ),
    Write(
        quote.CovageUpdateQuoteOperator,
        "quote.update",
        begin=lambda steps: {**steps.basket(), "project_id": "PRJ"},
        check=_shows("quote", "quote_id", project_id="PRJ"),
        later=_confirm_quote,
        repeatable=True,
    ),
    Write(
        quote.CovageConfirmQuoteOperator,
        "quote.confirm",
        begin=lambda steps: {"quote_id": steps.line()["quote_id"]},
        check=_basket_is_confirmed,
        later=_price_and_accept,
    ),
    Write(
        quote.CovageAddQuoteItemOperator,
        "quote_item.create",
        begin=lambda steps: {**steps.basket(), "fields": LINE},
        check=_only_line,
        later=_confirm_quote,
    ),
    Write(
        quote.CovageUpdateQuoteItemOperator,
        "quote_item.update",
        begin=lambda steps: {**steps.line(), "fields": {"note": "second floor"}},
        check=_shows("quote_item", "quote_item_id", note="second floor"),
        later=_confirm_quote,
        repeatable=True,
    ),
    Write(
        quote.CovageDeleteQuoteItemOperator,
        "quote_item.delete",
        begin=lambda steps: steps.line(),
        check=_line_is_gone,
        later=_confirm_quote,
    ),
    Write(
        quote.CovageUploadQuoteItemTraceOperator,
        "quote_item.upload_trace",
        begin=lambda steps: {**steps.line(), "file": steps.trace_file()},
        check=_has_file("quote_item_id", "trace_file"),
        later=_confirm_quote,
        repeatable=True,
    ),
    Write(
        quote.CovageDeleteQuoteItemTraceOperator,
        "quote_item.delete_trace",
        begin=lambda steps: steps.traced_line(),
        check=_has_no_file("quote_item_id", "trace_file"),
        later=_confirm_quote,
    ),
    Write(
        quote.CovageAcceptQuoteItemOperator,
        "quote_item.accept",
        begin=lambda steps: steps.offer(product_offerings=["2173", "2174"]),
        check=_one_order,
        later=_order_what_was_accepted,
    ),
    Write(
        quote.CovageDeclineQuoteItemOperator,
        "quote_item.decline",
        begin=lambda steps: {**steps.offer(), "comment": "too dear"},
        check=_shows("quote_item", "quote_item_id", state="refused"),
        later=_nothing,
    ),
    Write(
        quote.CovageRestoreQuoteItemPriceOperator,
        "quote_item.restore_price",
        begin=lambda steps: steps.refused_offer(),
        check=_shows("quote_item", "quote_item_id"),
        later=_accept,
    ),
    Write(
        export.CovageExportQuoteItemPdfOperator,
        "quote_item.export_pdf",
        begin=lambda steps: steps.priced_line(),
        check=_newest_export,
        repeatable=True,
    ),
    Write(
        export.CovageExportQuoteItemPdfOperator,
        "quote_item.export_price_pdf",
        begin=lambda steps: {**steps.priced_line(), "product_id": "2173"},
        check=_newest_export,
        repeatable=True,
    ),
    Write(
        export.CovageExportQuoteItemsCsvOperator,
        "quote_item.export_csv",
        begin=lambda steps: {"filters": {"state": "ready"}},
        check=_newest_export,
        repeatable=True,
    ),
    Write(
        order.CovageCreateOrderOperator,
        "product_order.create",
        begin=lambda steps: {"project_id": "FLASH"},
        check=_only_session,
        later=_confirm_order,
    ),
    Write(
        order.CovageUpdateOrderOperator,
        "product_order.update",
        begin=lambda steps: {**steps.session(), "project_id": "PRJ"},
        check=_shows("product_order", "product_order_id", project_id="PRJ"),
        later=_confirm_order,
        repeatable=True,
    ),
    Write(
        order.CovageDeleteOrderOperator,
        "product_order.delete",
        begin=lambda steps: steps.filled_session(),
        check=_session_is_gone,
        later=_nothing,
    ),
    Write(
        order.CovageConfirmOrderOperator,
        "product_order.confirm",
        begin=lambda steps: steps.filled_session(),
        check=_session_is_confirmed,
        later=lambda steps, arguments, result: steps.sandbox.advance(60),
    ),
    Write(
        order.CovageAddOrderItemOperator,
        "product_order_item.create",
        begin=lambda steps: {**steps.session(), "fields": ORDER_LINE},
        check=_only_order_line,
        later=_confirm_order,
    ),
    Write(
        order.CovageUpdateOrderItemOperator,
        "product_order_item.update",
        begin=lambda steps: {**steps.order_line(), "fields": {"note": "second floor"}},
        check=_shows("product_order_item", "product_order_item_id", note="second floor"),
        later=_confirm_order,
        repeatable=True,
    ),
    Write(
        order.CovageDeleteOrderItemOperator,
        "product_order_item.delete",
        begin=lambda steps: steps.order_line(),
        check=_order_line_is_gone,
        later=_confirm_order,
    ),
    Write(
        fon.CovageCreateFonRequestOperator,
        "fon.create",
        begin=lambda steps: {"fields": {"end_customer_name": "Bakery", "note": "two pairs"}},
        check=_only_fon_request,
        later=_confirm_fon_request,
    ),
    Write(
        fon.CovageUpdateFonRequestOperator,
        "fon.update",
        begin=lambda steps: {**steps.fon_request(), "fields": {"end_customer_name": "Garage"}},
        check=_shows("fon", "fon_request_id", end_customer_name="Garage"),
        later=_confirm_fon_request,
        repeatable=True,
    ),
    Write(
        fon.CovageDeleteFonRequestOperator,
        "fon.delete",
        begin=lambda steps: steps.fon_request(),
        check=_fon_request_is_gone,
        later=_nothing,
    ),
    Write(
        fon.CovageConfirmFonRequestOperator,
        "fon.confirm",
        begin=lambda steps: steps.fon_request(),
        check=_shows("fon", "fon_request_id", state="confirmed"),
        later=_nothing,
    ),
    Write(
        fon.CovageUploadFonSitesOperator,
        "fon.upload_sites",
        begin=lambda steps: {**steps.fon_request(), "file": steps.sites_file()},
        check=_has_file("fon_request_id", "sites_file"),
        later=_confirm_fon_request,
        repeatable=True,
    ),
    Write(
        fon.CovageDeleteFonSitesOperator,
        "fon.delete_sites",
        begin=lambda steps: steps.fon_request(with_files=True),
        check=_has_no_file("fon_request_id", "sites_file"),
        later=_confirm_fon_request,
    ),
    Write(
        fon.CovageUploadFonTraceOperator,
        "fon.upload_trace",
        begin=lambda steps: {**steps.fon_request(), "file": steps.trace_file()},
        check=_has_file("fon_request_id", "trace_file"),
        later=_confirm_fon_request,
        repeatable=True,
    ),
    Write(
        fon.CovageDeleteFonTraceOperator,
        "fon.delete_trace",
        begin=lambda steps: steps.fon_request(with_files=True),
        check=_has_no_file("fon_request_id", "trace_file"),
        later=_confirm_fon_request,
    ),
    Write(
        eligibility.CovageRequestEligibilityOperator,
        "eligibility.create",
        begin=lambda steps: {"fields": QUALIFICATION},
        check=_newest_eligibility_request,
        repeatable=True,
    ),
)
ONCE_ONLY = tuple(write for write in WRITES if not write.repeatable)
CREATIONS = tuple(write for write in ONCE_ONLY if write.operation.endswith(".create"))
