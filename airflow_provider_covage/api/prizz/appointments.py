"""Appointments: technical visits and connections (prizz-extranet.txt, "Appointment")."""

from __future__ import annotations

from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class Appointment(PrizzResource[AnyTransport]):
    """Appointments."""

    @operation
    def get(self, appointment_id: Id) -> Call[Record]:
        """Read an appointment.

        Args:
            appointment_id: The appointment.

        Returns:
            The appointment.

        Raises:
            NotFoundError: There is no such appointment.
        """
        return self._read(path("appointments", number(appointment_id, "appointment_id")))

    @listing
    def list(self) -> Listing:
        """List appointments; no filter is documented.

        Returns:
            An iterator over the appointments.
        """
        return self._array(path("appointments"))
