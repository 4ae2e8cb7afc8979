"""Which method serves which operation, and how its answer is described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from airflow_provider_covage.sandbox import answers, files, paging
from airflow_provider_covage.sandbox import answers_order as order_answers
from airflow_provider_covage.sandbox import answers_quotation as quote_answers
from airflow_provider_covage.sandbox.creation import Creation
from airflow_provider_covage.sandbox.eligibility import Eligibility
from airflow_provider_covage.sandbox.exports import Exports
from airflow_provider_covage.sandbox.fon import Fon
from airflow_provider_covage.sandbox.order_items import OrderItems
from airflow_provider_covage.sandbox.orders import Orders
from airflow_provider_covage.sandbox.paging import Filters
from airflow_provider_covage.sandbox.pricing import Pricing
from airflow_provider_covage.sandbox.quote_items import QuoteItems
from airflow_provider_covage.sandbox.quote_traces import QuoteTraces
from airflow_provider_covage.sandbox.quotes import Quotes
from airflow_provider_covage.sandbox.referential import Referential
from airflow_provider_covage.sandbox.tracking import Tracking
from airflow_provider_covage.sandbox.world import World


@dataclass(frozen=True)
class Endpoint:
    """What serves an operation, and what it answers: a model, files of some types, or nothing."""

    method: Callable[..., Any]
    answer: type[BaseModel] | tuple[str, ...] | None
    filters: Filters | None = None
    creates: bool = False


class Services:
    """The resources of one sandbox, which know each other as far as they have to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pricing = Pricing(world)
        self.tracking = Tracking(world)
        self.creation = Creation(world, self.tracking)
        self.orders = Orders(world, self.creation)
        self.order_items = OrderItems(world, self.orders)
        self.quotes = Quotes(world, self.pricing)
        self.quote_items = QuoteItems(world, self.quotes, self.orders)
        self.traces = QuoteTraces(world, self.quotes)
        self.exports = Exports(world)
        self.fon = Fon(world)
        self.eligibility = Eligibility(world)
        self.referential = Referential(world)
        self.referential.fill()

    def endpoints(self) -> dict[str, Endpoint]:
        """Return what serves each operation under `/api/v1`."""
        return self._reference_data() | self._quotation() | self._order() | self._fon()

    def _reference_data(self) -> dict[str, Endpoint]:
        eligibility, referential, tracking = self.eligibility, self.referential, self.tracking
        order = answers.TrackedOrderDetail
        return {
            "eligibility.categories": Endpoint(
                referential.categories, answers.Page[answers.Category], paging.NO_FILTERS
            ),
            "eligibility.create": Endpoint(eligibility.create, answers.Qualification, creates=True),
            "eligibility.get": Endpoint(eligibility.get, answers.Qualification),
            "referential.projects": Endpoint(
                referential.projects, answers.Page[answers.Project], paging.PROJECTS
            ),
            "referential.enni": Endpoint(referential.ennis, answers.Page[answers.Enni], paging.ENNIS),
            "order.list": Endpoint(tracking.list_all, answers.Page[answers.TrackedOrder], paging.NO_FILTERS),
            "order.get": Endpoint(tracking.get, order),
            "order.historic": Endpoint(tracking.historic, answers.Steps),
        }

    def _quotation(self) -> dict[str, Endpoint]:
        quotes, items, traces, exports = self.quotes, self.quote_items, self.traces, self.exports
        detail, line, task = (
            quote_answers.BasketDetail,
            quote_answers.QuoteItemDetail,
            quote_answers.ExportTask,
        )
        return {
            "quote.create": Endpoint(quotes.create, quote_answers.Basket, creates=True),
            "quote.list": Endpoint(quotes.list_all, answers.Page[quote_answers.Basket], paging.QUOTES),
            "quote.get": Endpoint(quotes.get, detail),
            "quote.update": Endpoint(quotes.update, detail),
            "quote.confirm": Endpoint(quotes.confirm, detail),
            "quote_item.create": Endpoint(items.create, quote_answers.QuoteItem, creates=True),
            "quote_item.update": Endpoint(items.update, quote_answers.QuoteItem),
            "quote_item.delete": Endpoint(items.delete, detail),
            "quote_item.upload_trace": Endpoint(traces.upload, detail),
            "quote_item.download_trace": Endpoint(traces.download, (files.KMZ,)),
            "quote_item.delete_trace": Endpoint(traces.delete, answers.Detail),
            "quote_item.list": Endpoint(
                items.list_all, answers.Page[quote_answers.QuoteItemListed], paging.QUOTE_ITEMS
            ),
            "quote_item.get": Endpoint(items.get, line),
            "quote_item.accept": Endpoint(items.accept, quote_answers.Accepted),
            "quote_item.decline": Endpoint(items.decline, line),
            "quote_item.restore_price": Endpoint(items.restore_price, line),
            "quote_item.export_pdf": Endpoint(exports.line_pdf, task, creates=True),
            "quote_item.export_price_pdf": Endpoint(exports.price_pdf, task, creates=True),
            "quote_item.export_csv": Endpoint(exports.lines_csv, task, creates=True),
            "export.status": Endpoint(exports.status, quote_answers.ExportStatus),
            "export.download": Endpoint(exports.download, (files.CSV, files.PDF)),
        }

    def _order(self) -> dict[str, Endpoint]:
        orders, items = self.orders, self.order_items
        detail = order_answers.SessionDetail
        return {
            "product_order.create": Endpoint(orders.create, order_answers.Session, creates=True),
            "product_order.list": Endpoint(
                orders.list_all, answers.Page[order_answers.Session], paging.SESSIONS
            ),
            "product_order.get": Endpoint(orders.get, detail),
            "product_order.update": Endpoint(orders.update, detail),
            "product_order.delete": Endpoint(orders.delete, None),
            "product_order.confirm": Endpoint(orders.confirm, detail),
            "product_order_item.create": Endpoint(items.create, order_answers.OrderItem, creates=True),
            "product_order_item.update": Endpoint(items.update, order_answers.OrderItemUpdated),
            "product_order_item.delete": Endpoint(items.delete, detail),
            "product_order_item.list": Endpoint(
                items.list_all, answers.Page[order_answers.OrderItemListed], paging.ORDER_ITEMS
            ),
            "product_order_item.get": Endpoint(items.get, order_answers.OrderItemDetail),
        }

    def _fon(self) -> dict[str, Endpoint]:
        fon, request = self.fon, answers.FonRequest
        return {
            "fon.template_download": Endpoint(fon.template, (files.CSV,)),
            "fon.create": Endpoint(fon.create, request, creates=True),
            "fon.update": Endpoint(fon.update, request),
            "fon.delete": Endpoint(fon.delete, answers.Detail),
            "fon.list": Endpoint(fon.list_all, answers.Page[answers.FonRequest], paging.FON_REQUESTS),
            "fon.get": Endpoint(fon.get, request),
            "fon.confirm": Endpoint(fon.confirm, request),
            "fon.upload_sites": Endpoint(fon.upload_sites, request),
            "fon.download_sites": Endpoint(fon.download_sites, (files.CSV,)),
            "fon.delete_sites": Endpoint(fon.delete_sites, answers.Detail),
            "fon.upload_trace": Endpoint(fon.upload_trace, request),
            "fon.download_trace": Endpoint(fon.download_trace, (files.KMZ,)),
            "fon.delete_trace": Endpoint(fon.delete_trace, answers.Detail),
        }
