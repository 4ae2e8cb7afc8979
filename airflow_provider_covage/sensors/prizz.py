"""Sensors of the Prizz API: one small class per resource, see `base.StateSensor` for what they share."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import XComArg

from airflow_provider_covage.hooks.links import PrizzPortalLink
from airflow_provider_covage.sensors.base import StateSensor

if TYPE_CHECKING:
    from airflow_provider_covage.api.transport import Transport
    from airflow_provider_covage.api.watching import Watch


class PrizzSensor(StateSensor):
    """Base of the Prizz sensors.

    Args:
        prizz_conn_id: The Airflow connection.
        **kwargs: Arguments of every sensor, see `StateSensor`.
    """

    conn_type = "prizz"
    conn_id_name = "prizz_conn_id"
    trigger_class = "airflow_provider_covage.triggers.prizz.PrizzStateTrigger"
    template_fields: Sequence[str] = (*StateSensor.template_fields, "prizz_conn_id")
    operator_extra_links = (PrizzPortalLink(),)
    ui_color = "#e8e4f5"

    def __init__(self, *, prizz_conn_id: str = "prizz_default", **kwargs: Any) -> None:
        self.prizz_conn_id = prizz_conn_id
        super().__init__(**kwargs)

    @property
    def resource_id(self) -> str:
        """The record that is waited for; a number is as good as its digits."""
        identifier = super().resource_id
        return str(identifier) if isinstance(identifier, int) else identifier

    @property
    def watch(self) -> Watch:
        """The kind of record."""
        from airflow_provider_covage.api.prizz.observe import WATCHES

        return WATCHES[self.resource]

    @functools.cached_property
    def transport(self) -> Transport:
        """What carries out the looks from a worker."""
        from airflow_provider_covage.hooks.prizz import PrizzHook

        return PrizzHook(self.prizz_conn_id).get_conn().transport


class PrizzEligibilitySensor(PrizzSensor):
    """Wait for an eligibility request to have found offers; returns the record.

    Its state is `offers_found` once there is one, and before that its `wfs`, a text whose values are not
    documented (P4): where you know those that are final without an offer, name them as `failure_states`, or
    as `target_states` where nothing to deliver is an answer, too. Without them the wait ends with its
    time-out.

    Args:
        eligibility_id: The request, as `PrizzRequestEligibilityOperator` returns it.
        **kwargs: Arguments of every Prizz sensor.
    """

    resource = "eligibility"
    template_fields: Sequence[str] = ("eligibility_id", *PrizzSensor.template_fields)

    def __init__(self, *, eligibility_id: int | str, **kwargs: Any) -> None:
        self.eligibility_id = eligibility_id
        super().__init__(**kwargs)


class PrizzCommercialOfferSensor(PrizzSensor):
    """Wait for a commercial offer to be `validated`, so that it can be signed; returns the record.

    Args:
        commercial_offer_id: The offer. One that is `abandoned` fails the wait.
        **kwargs: Arguments of every Prizz sensor.
    """

    resource = "commercial_offer"
    template_fields: Sequence[str] = ("commercial_offer_id", *PrizzSensor.template_fields)

    def __init__(self, *, commercial_offer_id: int | str, **kwargs: Any) -> None:
        self.commercial_offer_id = commercial_offer_id
        super().__init__(**kwargs)


class PrizzServiceContractSensor(PrizzSensor):
    """Wait for a service contract to be `active`; returns the record.

    Args:
        service_contract_id: The contract. One that is being terminated fails the wait, and so does one with a
            `canceledDate`, whose state is `canceled` whatever its status says. To wait for a termination:
            `target_states=["terminated"]`.
        **kwargs: Arguments of every Prizz sensor.
    """

    resource = "service_contract"
    template_fields: Sequence[str] = ("service_contract_id", *PrizzSensor.template_fields)

    def __init__(self, *, service_contract_id: int | str, **kwargs: Any) -> None:
        self.service_contract_id = service_contract_id
        super().__init__(**kwargs)


class PrizzOperationalStatusSensor(PrizzSensor):
    """Wait for the measured health of a service; returns the answer.

    Args:
        service_name: The name of its contract.
        target_states: What to wait for, of `ok`, `warning`, `critical` and `unknown`.
        **kwargs: Arguments of every Prizz sensor.
    """

    resource = "operational_status"
    portal_resource = "service_contract"
    template_fields: Sequence[str] = ("service_name", *PrizzSensor.template_fields)

    def __init__(self, *, service_name: str, target_states: Collection[str], **kwargs: Any) -> None:
        self.service_name = service_name
        super().__init__(target_states=target_states, **kwargs)


class PrizzTicketSensor(PrizzSensor):
    """Wait for a ticket to be resolved (`resolu`, `end`); returns the record.

    Args:
        ref: The ticket's reference, its `numero`, as `PrizzOpenTicketOperator` returns it.
        operator_id: The operator.
        **kwargs: Arguments of every Prizz sensor. With the output of a task as identifier, the wait begins in
            a worker, whatever `start_from_trigger` says.
    """

    resource = "ticket"
    template_fields: Sequence[str] = ("ref", "operator_id", *PrizzSensor.template_fields)

    def __init__(
        self, *, ref: str, operator_id: int | str, start_from_trigger: bool = False, **kwargs: Any
    ) -> None:
        self.ref = ref
        self.operator_id = operator_id
        if start_from_trigger and (isinstance(ref, XComArg) or isinstance(operator_id, XComArg)):
            start_from_trigger, kwargs = False, {**kwargs, "deferrable": True}
        super().__init__(start_from_trigger=start_from_trigger, **kwargs)

    @property
    def resource_id(self) -> str:
        """The record that is waited for: operator and reference in one."""
        from airflow_provider_covage.api.prizz.observe import ticket_key

        return ticket_key(self.operator_id, self.ref)


class PrizzWorkflowSensor(PrizzSensor):
    """Wait for a workflow to be in a state; returns the record.

    Args:
        workflow_id: The workflow.
        target_states: What to wait for. States are free texts that no document names (P4), so this has to be
            given, and so have the states that are to fail the wait, as `failure_states`.
        **kwargs: Arguments of every Prizz sensor.
    """

    resource = "workflow"
    template_fields: Sequence[str] = ("workflow_id", *PrizzSensor.template_fields)

    def __init__(self, *, workflow_id: int | str, target_states: Collection[str], **kwargs: Any) -> None:
        self.workflow_id = workflow_id
        super().__init__(target_states=target_states, **kwargs)


class PrizzAppointmentSensor(PrizzSensor):
    """Wait for an appointment to be over (`terminated`); returns the record.

    Args:
        appointment_id: The appointment. One that is cancelled, or missed by either side, fails the wait. To
            wait for a date: `target_states=["planned"]`.
        **kwargs: Arguments of every Prizz sensor.
    """

    resource = "appointment"
    template_fields: Sequence[str] = ("appointment_id", *PrizzSensor.template_fields)

    def __init__(self, *, appointment_id: int | str, **kwargs: Any) -> None:
        self.appointment_id = appointment_id
        super().__init__(**kwargs)
