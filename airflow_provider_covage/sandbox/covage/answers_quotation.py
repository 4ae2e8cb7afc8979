"""What answers about quotations and exports hold, field by field as the documents list it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from airflow_provider_covage.sandbox.covage.answers import Answer, Day, Moment, Text


class Basket(Answer):
    """Quotation basket, as created and listed (`covage-quotation.txt`)."""

    external_id: Text = Field(description="External identifier")
    project_id: Text = Field(description="Associated project identifier")
    id: str = Field(description="Basket identifier")
    quote_date: Moment = Field(description="Quotation date")
    creation_date: Moment = Field(description="Creation date")
    state: str = Field(description="Current basket state")


class QuoteItem(Answer):
    """Quotation line, as created and updated (`covage-quotation.txt`)."""

    end_customer_name: Text = Field(description="End customer name")
    external_id: Text = Field(description="External identifier")
    site_connection_type: Text = Field(description="Site connection type")
    business_sector: Text = Field(description="Business sector")
    expected_response_date: Day = Field(description="Expected response date")
    option_ids: list[str] | None = Field(description="List of option identifiers")
    note: Text = Field(description="Note")
    technical_note: Text = Field(description="Technical note")
    product_offerings: list[str] | None = Field(description="List of product offerings")
    product_offering_qualification_item_id: str = Field(description="Qualification item identifier")
    project_id: Text = Field(description="Project identifier")
    customer_order_name: Text = Field(description="Customer order name")
    business_code: Text = Field(description="Business code")
    related_contact_information: list[dict[str, Any]] | None = Field(
        description="Related contact information"
    )
    id: str = Field(description="Line identifier")
    quote_date: Moment = Field(description="Quotation date")
    state: str = Field(description="Line state")
    reference: str = Field(description="Reference")
    trace_file: Text = Field(description="Trace file")
    creation_date: Moment = Field(description="Creation date")


class Price(Answer):
    """Price of one product of a line. Shape invented: the documents give none (C25)."""

    product_id: str
    name: str
    offer_family: str
    offer_technology: str
    state: str = Field(description="ready, accepted, refused or expired")
    monthly_price: float
    setup_price: float
    currency: str
    commitment: int = Field(description="Months")
    comment: str = Field(description="What was said when it was declined")


class QuoteItemDetail(QuoteItem):
    """Quotation line in full (`covage-quotation.txt`; address and position from `covage-order.txt`)."""

    manager_regional: dict[str, Any] | None = Field(description="Regional manager (shape invented)")
    prices: list[Price] | None = Field(description="List of prices for each product offering")
    response_date: Moment = Field(description="Response date")
    validity_date: Moment = Field(description="Validity date")
    order_date: Moment = Field(description="Quotation date, under its name in the list (C23)")
    address: dict[str, Any] | None = Field(description="Site address (shape invented)")
    latitude: float | None = Field(description="Site latitude")
    longitude: float | None = Field(description="Site longitude")


class BasketDetail(Answer):
    """Quotation basket with its lines (`covage-quotation.txt`)."""

    external_id: Text = Field(description="External identifier")
    project_id: Text = Field(description="Associated project identifier")
    id: str = Field(description="Basket identifier")
    quote_item: list[QuoteItemDetail] = Field(description="List of quotation lines")
    state: str = Field(description="Current basket state")
    quote_date: Moment = Field(description="Quotation date")


class QuoteItemListed(Answer):
    """Quotation line in the list (`covage-quotation.txt`, `covage-order.txt`)."""

    id: str = Field(description="Line identifier")
    end_customer_name: Text = Field(description="End customer name")
    external_id: Text = Field(description="External identifier")
    site_connection_type: Text = Field(description="Site connection type")
    business_sector: Text = Field(description="Business sector")
    expected_response_date: Day = Field(description="Requested response date")
    product_offerings: list[str] | None = Field(description="Requested offers")
    product_offering_qualification_item_id: str = Field(description="Associated eligibility item identifier")
    project_id: Text = Field(description="Project identifier")
    customer_order_name: Text = Field(description="Customer order name")
    related_contact_information: list[dict[str, Any]] | None = Field(description="Associated contacts")
    order_date: Moment = Field(description="Quotation date (C23)")
    state: str = Field(description="Current state")
    reference: str = Field(description="Line reference")
    address: dict[str, Any] | None = Field(description="Site address")
    latitude: float | None = Field(description="Site latitude")
    longitude: float | None = Field(description="Site longitude")
    creation_date: Moment = Field(description="Creation date")


class Accepted(Answer):
    """What an acceptance made (`covage-quotation.txt`)."""

    product_order_id: str = Field(description="Identifier of the created order session")
    product_order_item_id: str = Field(description="Identifier of the created order line")


class ExportTask(Answer):
    """An export that was started (`covage-quotation.txt`)."""

    task_id: str = Field(description="Export task identifier")


class ExportStatus(ExportTask):
    """How far an export is (`covage-quotation.txt`)."""

    success: bool | None = Field(description="Export success; null while it is not finished (C52)")
    started: Moment = Field(description="Start date")
    stopped: Moment = Field(description="End date")
