"""The kinds of records that Covage has, and what can become of them."""

from __future__ import annotations

INDEXED: dict[str, tuple[str, ...]] = {
    "quote": ("external_id", "state", "project_id"),
    "quote_item": ("reference", "state", "customer_order_name", "end_customer_name"),
    "product_order": ("external_id", "state", "project_id"),
    "product_order_item": ("order_reference", "temporary_reference", "state", "customer_order_name"),
    "fon": (),
    "export": (),
    "eligibility": ("external_id",),
    "order": ("id",),
    "project": (),
    "enni": (),
    "category": (),
}
"""The kinds of records, with the fields by which they are often looked up."""

OUTCOMES: dict[str, tuple[str, ...]] = {
    "quote_item": ("ready", "unable_to_provide", "expired", "never"),
    "product_order": ("completed", "partial", "rejected", "never"),
    "product_order_item": (
        "acknowledged",
        "held_adv_validation",
        "in_progress",
        "rejected_creation",
        "technical_error",
    ),
    "eligibility": ("done.ready", "done.unable_to_provide", "terminated_with_error", "never"),
    "export": ("success", "failure", "never"),
    "order": ("active", "rejected", "cancelled", "never"),
}
"""What can become of each resource, the usual outcome first; `never` is to stay as it is."""
