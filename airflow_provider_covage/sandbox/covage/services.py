"""Which method serves which operation, and how its answer is described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow_provider_covage.sandbox.blueprint import Endpoint
from airflow_provider_covage.sandbox.covage import answers, files, paging
from airflow_provider_covage.sandbox.covage import answers_order as order_answers
from airflow_provider_covage.sandbox.covage import answers_quotation as quote_answers
from airflow_provider_covage.sandbox.covage.answers import Page
from airflow_provider_covage.sandbox.covage.creation import Creation
from airflow_provider_covage.sandbox.covage.eligibility import Eligibility
from airflow_provider_covage.sandbox.covage.exports import Exports
from airflow_provider_covage.sandbox.covage.fon import Fon
from airflow_provider_covage.sandbox.covage.login import TOKEN_FORM, Login
from airflow_provider_covage.sandbox.covage.order_items import OrderItems
from airflow_provider_covage.sandbox.covage.orders import Orders
from airflow_provider_covage.sandbox.covage.paging import Filters, parameters
from airflow_provider_covage.sandbox.covage.pricing import Pricing
from airflow_provider_covage.sandbox.covage.quote_items import QuoteItems
from airflow_provider_covage.sandbox.covage.quote_traces import QuoteTraces
from airflow_provider_covage.sandbox.covage.quotes import Quotes
from airflow_provider_covage.sandbox.covage.referential import Referential
from airflow_provider_covage.sandbox.covage.tracking import Tracking
from airflow_provider_covage.sandbox.covage.world import World


def _listed(method: Callable[..., Any], answer: Any, filters: Filters) -> Endpoint:
    return Endpoint(method, answer, parameters=parameters(filters))


class Services:
    """The resources of one sandbox, which know each other as far as they have to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.login = Login(world)
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
        """Return what serves each operation."""
        return self._token() | self._reference_data() | self._quotation() | self._order() | self._fon()

    def _token(self) -> dict[str, Endpoint]:
        refusals = {400: answers.OAuthError, 401: answers.OAuthError}
        grant = Endpoint(self.login.grant, answers.Token, body=TOKEN_FORM, errors=refusals, open=True)
        return {"auth.token": grant}

    def _reference_data(self) -> dict[str, Endpoint]:
        eligibility, referential, tracking = self.eligibility, self.referential, self.tracking
        order = answers.TrackedOrderDetail
        return {
            "eligibility.categories": Endpoint(
                referential.categories,
                Page[answers.Category],
                parameters=parameters(paging.NO_FILTERS),
            ),
            "eligibility.create": Endpoint(eligibility.create, answers.Qualification, creates=True),
            "eligibility.get": Endpoint(eligibility.get, answers.Qualification),
            "referential.projects": _listed(referential.projects, Page[answers.Project], paging.PROJECTS),
            "referential.enni": _listed(referential.ennis, Page[answers.Enni], paging.ENNIS),
            "order.list": Endpoint(
                tracking.list_all,
                Page[answers.TrackedOrder],
                parameters=parameters(paging.NO_FILTERS),
            ),
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
            "quote.list": _listed(quotes.list_all, Page[quote_answers.Basket], paging.QUOTES),
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
                items.list_all,
                Page[quote_answers.QuoteItemListed],
                parameters=parameters(paging.QUOTE_ITEMS),
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
            "product_order.list": _listed(orders.list_all, Page[order_answers.Session], paging.SESSIONS),
            "product_order.get": Endpoint(orders.get, detail),
            "product_order.update": Endpoint(orders.update, detail),
            "product_order.delete": Endpoint(orders.delete, None),
            "product_order.confirm": Endpoint(orders.confirm, detail),
            "product_order_item.create": Endpoint(items.create, order_answers.OrderItem, creates=True),
            "product_order_item.update": Endpoint(items.update, order_answers.OrderItemUpdated),
            "product_order_item.delete": Endpoint(items.delete, detail),
            "product_order_item.list": Endpoint(
                items.list_all,
                Page[order_answers.OrderItemListed],
                parameters=parameters(paging.ORDER_ITEMS),
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
            "fon.list": _listed(fon.list_all, Page[answers.FonRequest], paging.FON_REQUESTS),
            "fon.get": Endpoint(fon.get, request),
            "fon.confirm": Endpoint(fon.confirm, request),
            "fon.upload_sites": Endpoint(fon.upload_sites, request),
            "fon.download_sites": Endpoint(fon.download_sites, (files.CSV,)),
            "fon.delete_sites": Endpoint(fon.delete_sites, answers.Detail),
            "fon.upload_trace": Endpoint(fon.upload_trace, request),
            "fon.download_trace": Endpoint(fon.download_trace, (files.KMZ,)),
            "fon.delete_trace": Endpoint(fon.delete_trace, answers.Detail),
        }
