"""The lists of the Covage API as tables.

Columns and types are those of the documents. Dates without a documented format are taken for what the
filters and examples show: points in time, but for the days on which an answer or a delivery is expected.
"""

from __future__ import annotations

import functools

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.tables import Cut, Envelope, Table, columns, number_of

PAGE = Envelope("results", ("count", "next_page"), lambda count, link: (number_of(count), link))
"""A page of any list of the Covage API."""

_CREATED = Cut("creation_date", after="creation_date_gt", before="creation_date_lt")

_table = functools.partial(Table, key="id", envelope=PAGE)

QUOTE = _table(
    resource="quote",
    columns=columns(
        text="id external_id project_id state",
        timestamp="creation_date quote_date",
    ),
    # None of the states is final: a basket may be `finalized` before its first price (C1).
    cut=_CREATED,
    has_detail=True,
)

QUOTE_ITEM = _table(
    resource="quote_item",
    columns=columns(
        text="id reference external_id state end_customer_name customer_order_name project_id "
        "site_connection_type business_sector product_offering_qualification_item_id",
        timestamp="creation_date order_date",
        date="expected_response_date",
        number="latitude longitude",
        json="product_offerings address related_contact_information",
    ),
    # The price of a refused line can be restored.
    final=lifecycle.QUOTE_ITEM.final - {"refused"},
    cut=_CREATED,
    has_detail=True,
)

PRODUCT_ORDER = _table(
    resource="product_order",
    columns=columns(
        text="id external_id project_id state",
        timestamp="creation_date order_date completion_date cancellation_date",
    ),
    final=lifecycle.ORDER.final,
    cut=_CREATED,
    # Its `get` need not show the state (C3).
)

PRODUCT_ORDER_ITEM = _table(
    resource="product_order_item",
    columns=columns(
        text="id product_order_id external_id state order_reference temporary_reference end_customer_name "
        "customer_order_name product_offering_id product_offering_qualification_item_id",
        timestamp="creation_date order_date expiration_date",
        date="scheduled_delivery_date",
    ),
    # The two pages of the documents agree only on these (C2); the others are read again.
    final=lifecycle.ORDER_ITEM.failure,
    cut=_CREATED,
    has_detail=True,
)

FON = _table(
    resource="fon",
    columns=columns(
        text="id reference state project_id end_customer_name business_sector note sites_file trace_file "
        "created_by",
        timestamp="creation_date",
        date="expected_response_date",
    ),
)

ORDER = _table(
    resource="order",
    columns=columns(
        text="id order_reference state project_id offer_technology cancellation_reason",
        timestamp="order_date modification_date completion_date cancellation_date",
        number="commitment",
    ),
    final=lifecycle.TRACKED_ORDER.final,
)

TABLES = (QUOTE, QUOTE_ITEM, PRODUCT_ORDER, PRODUCT_ORDER_ITEM, FON, ORDER)
"""Every list that `CovageToObjectStorageOperator` and `CovageToSqlOperator` can read."""
