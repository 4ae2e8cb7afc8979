"""What answers about order sessions and lines hold, field by field as the documents list it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from airflow_provider_covage.sandbox.covage.answers import Answer, Day, Moment, Text


class Session(Answer):
    """Order session, as created and listed (`covage-order.txt`)."""

    external_id: Text = Field(description="External identifier for the request")
    project_id: Text = Field(description="Associated project identifier")
    id: str = Field(description="Order identifier")
    creation_date: Moment = Field(description="Order creation date")
    cancellation_date: Moment = Field(description="Order cancellation date")
    completion_date: Moment = Field(description="Order completion date")
    order_date: Moment = Field(description="Order date")
    state: str = Field(description="Current state of the order")


class StateChange(Answer):
    """One change of state of an order line (`covage-order.txt`)."""

    change_reason: str
    change_date: Moment
    state: str


class TerminationError(Answer):
    """Why an order line did not become an order (`covage-order.txt`)."""

    code: str
    property_path: str
    value: str


class OrderItemUpdated(Answer):
    """Order line as an update answers it, and as a confirmed session holds it (`covage-order.txt`)."""

    end_customer_name: Text = Field(description="End customer name")
    external_id: Text = Field(description="External identifier for the request")
    option_ids: list[str] | None = Field(description="List of option identifiers")
    note: Text = Field(description="Note associated with the order")
    technical_note: Text = Field(description="Technical note associated with the order")
    product_offering_id: str = Field(description="Product offering identifier")
    product_offering_qualification_item_id: str = Field(
        description="Product offering qualification item identifier"
    )
    project_id: Text = Field(description="Associated project identifier")
    quote_item_id: Text = Field(description="Quote item identifier")
    delivery_mode: Text = Field(description="Delivery mode")
    enni: Text = Field(description="ENNI identifier")
    enni_2: Text = Field(description="Secondary ENNI identifier; enni2 in some answers (C13)")
    vlan_reference: int | str | None = Field(description="VLAN reference")
    customer_order_name: Text = Field(description="Customer order name")
    business_code: Text = Field(description="Business code")
    billing_site_ref: Text = Field(description="Billing site reference")
    related_contact_information: list[dict[str, Any]] | None = Field(
        description="Related contact information"
    )
    id: str = Field(description="Order line identifier")
    product_order_id: str = Field(description="Session identifier")
    cancellation_date: Moment = Field(description="Order cancellation date")
    cancellation_reason: Text = Field(description="Cancellation reason")
    completion_date: Moment = Field(description="Order completion date")
    order_date: Moment = Field(description="Order date")
    state: str = Field(description="Current state of the order")
    state_change: list[StateChange] | None = Field(description="State change history, oldest first")
    termination_error: list[TerminationError] | None = Field(description="Associated termination errors")
    order_reference: Text = Field(description="Order reference")
    temporary_reference: Text = Field(description="Deprecated, refer to order_reference")
    building_ref: Text = Field(description="Building reference")
    cpe_networking_number: Text = Field(description="cpe_network_number in some answers (C12)")
    cpe_serial_number: Text = Field(description="CPE serial number")


class OrderItem(OrderItemUpdated):
    """Order line as its creation answers it (`covage-order.txt`)."""

    offer_family: Text = Field(description="Offer family")
    offer_technology: Text = Field(description="Offer technology")


class OrderItemDetail(OrderItem):
    """Order line in full: every field of the creation and what is read-only (`covage-order.txt`)."""

    siret_known: bool | None = Field(description="Should the SIRET be filled ?")
    additional_vlan_reference: Text = Field(description="Additional VLAN reference")
    specific_request: Text = Field(description="Specific request")
    access_instructions: Text = Field(description="Access instructions given by the customer")
    scheduled_delivery_date: Day = Field(description="Scheduled delivery date")


class OrderItemListed(Answer):
    """Order line in the list (`covage-order.txt`)."""

    id: str = Field(description="Line identifier")
    product_order_id: str = Field(description="Parent session identifier")
    end_customer_name: Text = Field(description="End customer name")
    external_id: Text = Field(description="External identifier")
    product_offering_id: str = Field(description="Selected offer identifier")
    product_offering_qualification_item_id: str = Field(description="Associated eligibility item identifier")
    state: str = Field(description="Current line state")
    order_reference: Text = Field(description="Order reference (set after confirmation)")
    temporary_reference: Text = Field(description="Temporary reference (before confirmation)")
    customer_order_name: Text = Field(description="Customer order name")
    creation_date: Moment = Field(description="Creation date")
    order_date: Moment = Field(description="Order date")
    expiration_date: Moment = Field(description="Draft expiration date (D+90 from creation)")
    scheduled_delivery_date: Day = Field(description="Requested delivery date")


class SessionDetail(Answer):
    """Order session with its lines (`covage-order.txt`): the state is not among the fields (C3)."""

    external_id: Text = Field(description="External identifier")
    project_id: Text = Field(description="Associated project identifier")
    id: str = Field(description="Unique session identifier")
    product_order_item: list[OrderItemUpdated] = Field(description="List of associated order lines")
