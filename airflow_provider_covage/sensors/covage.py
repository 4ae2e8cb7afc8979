"""Sensors of the Covage API: one small class per resource, see `base.CovageSensor` for what they share."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.hooks.links import CovagePortalLink
from airflow_provider_covage.sensors.base import StateSensor

if TYPE_CHECKING:
    from airflow_provider_covage.api.transport import Transport
    from airflow_provider_covage.api.watching import Watch


class CovageSensor(StateSensor):
    """Base of the Covage sensors.

    Args:
        covage_conn_id: The Airflow connection.
        **kwargs: Arguments of every sensor, see `StateSensor`.
    """

    conn_type = "covage"
    conn_id_name = "covage_conn_id"
    trigger_class = "airflow_provider_covage.triggers.covage.CovageStateTrigger"
    template_fields: Sequence[str] = (*StateSensor.template_fields, "covage_conn_id")
    operator_extra_links = (CovagePortalLink(),)

    def __init__(self, *, covage_conn_id: str = "covage_default", **kwargs: Any) -> None:
        self.covage_conn_id = covage_conn_id
        super().__init__(**kwargs)

    @property
    def watch(self) -> Watch:
        """The kind of record."""
        from airflow_provider_covage.api.covage.observe import WATCHES

        return WATCHES[self.resource]

    @functools.cached_property
    def transport(self) -> Transport:
        """What carries out the looks from a worker."""
        from airflow_provider_covage.hooks.covage import CovageHook

        return CovageHook(self.covage_conn_id).get_conn().transport


class CovageQuoteSensor(CovageSensor):
    """Wait for a quotation basket to be `ready`; returns the record.

    Args:
        quote_id: The basket. One whose lines are all closed without a price fails the wait.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "quote"
    template_fields: Sequence[str] = ("quote_id", *CovageSensor.template_fields)

    def __init__(self, *, quote_id: str, **kwargs: Any) -> None:
        self.quote_id = quote_id
        super().__init__(**kwargs)


class CovageQuoteItemSensor(CovageSensor):
    """Wait for a quotation line to be `ready`, that is priced; returns the record.

    Args:
        quote_item_id: The line.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "quote_item"
    template_fields: Sequence[str] = ("quote_item_id", *CovageSensor.template_fields)

    def __init__(self, *, quote_item_id: str, **kwargs: Any) -> None:
        self.quote_item_id = quote_item_id
        super().__init__(**kwargs)


class CovageOrderSensor(CovageSensor):
    """Wait for an order session to be `completed`: every line became an order; returns the record.

    Args:
        product_order_id: The session. `partial` fails the wait unless it is among the target states.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "product_order"
    template_fields: Sequence[str] = ("product_order_id", *CovageSensor.template_fields)

    def __init__(self, *, product_order_id: str, **kwargs: Any) -> None:
        self.product_order_id = product_order_id
        super().__init__(**kwargs)


class CovageOrderItemSensor(CovageSensor):
    """Wait for an order line to have become an order; returns the record.

    Args:
        product_order_item_id: The line. Its state alone does not tell (C2): its session is looked at too, and
            the line counts as `ordered` when the session is over and the line was not rejected.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "product_order_item"
    template_fields: Sequence[str] = ("product_order_item_id", *CovageSensor.template_fields)

    def __init__(self, *, product_order_item_id: str, **kwargs: Any) -> None:
        self.product_order_item_id = product_order_item_id
        super().__init__(**kwargs)


class CovageExportSensor(CovageSensor):
    """Wait for an export to be finished; returns the record.

    Args:
        export_task_id: The export task. It has no state of its own (C52): `running`, `success` and
            `failure` stand for it.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "export"
    template_fields: Sequence[str] = ("export_task_id", *CovageSensor.template_fields)

    def __init__(self, *, export_task_id: str, **kwargs: Any) -> None:
        self.export_task_id = export_task_id
        super().__init__(**kwargs)


class CovageFonRequestSensor(CovageSensor):
    """Wait for a request for dark fibre to be `confirmed`; nothing later is documented; returns the record.

    Args:
        fon_request_id: The request.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "fon"
    template_fields: Sequence[str] = ("fon_request_id", *CovageSensor.template_fields)

    def __init__(self, *, fon_request_id: str, **kwargs: Any) -> None:
        self.fon_request_id = fon_request_id
        super().__init__(**kwargs)


class CovageEligibilitySensor(CovageSensor):
    """Wait for an eligibility request to be `done.ready`; returns its sites.

    The `id` of a site is the `product_offering_qualification_item_id` that quotations and orders ask for.

    Args:
        eligibility_request_id: The request.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "eligibility"
    template_fields: Sequence[str] = ("eligibility_request_id", *CovageSensor.template_fields)

    def __init__(self, *, eligibility_request_id: str, **kwargs: Any) -> None:
        self.eligibility_request_id = eligibility_request_id
        super().__init__(**kwargs)


class CovageOrderTrackingSensor(CovageSensor):
    """Wait for an order to be `active` (or, in the older list of states, `completed`); returns the order.

    Every production step is reported once in the log, and all of them stand in what is returned, as
    `historic`.

    Args:
        order_reference: The order, by either form of its reference: `CMD_...`, or the `PO_...` that an order
            line shows. While it is not tracked yet, it is waited for.
        **kwargs: Arguments of every Covage sensor.
    """

    resource = "order"
    template_fields: Sequence[str] = ("order_reference", *CovageSensor.template_fields)

    def __init__(self, *, order_reference: str, **kwargs: Any) -> None:
        self.order_reference = order_reference
        super().__init__(**kwargs)
