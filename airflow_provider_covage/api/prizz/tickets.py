"""Tickets and the processes inside them (prizz-extranet.txt, "Exploitation"); names are French (P12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.files import FileSource
from airflow_provider_covage.api.prizz import answers, forms
from airflow_provider_covage.api.prizz.models import NewTicketFields, TicketFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource
from airflow_provider_covage.api.request import Request


class Ticket(PrizzResource[AnyTransport]):
    """Tickets."""

    @operation
    def open(self, operator_id: Id, **fields: Unpack[NewTicketFields]) -> Call[Record]:
        """Open a ticket; what has happened is told afterwards, with `process.run` (P18).

        Args:
            operator_id: The operator.
            **fields: `service_id`, the service that it is about.

        Returns:
            `numero`, `ticket_id`, and `running_process`, the processes to run.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnknownOutcome: The answer was lost; look among the open tickets of the service.
        """
        params = body(NewTicketFields, fields, of="ticket.open")
        return self._write(_operator(operator_id, "tickets"), params=params)

    @operation
    def get(self, operator_id: Id, ref: str) -> Call[Record]:
        """Read a ticket.

        Args:
            operator_id: The operator.
            ref: Its reference, most likely its `numero`.

        Returns:
            The ticket; its dates are texts of no documented format (P12).

        Raises:
            NotFoundError: There is no such ticket.
        """
        return self._read(_operator(operator_id, "tickets", ref))

    @operation
    def create_operator(self, operator_id: Id) -> Call[Record]:
        """Create a ticket operator.

        Args:
            operator_id: The operator; the identifier of what is created stands in the path.

        Returns:
            The operator: `id`, `code`, `lib`.

        Raises:
            UnknownOutcome: The answer was lost.
        """
        return self._write(_operator(operator_id))

    @listing
    def list_for_operator(self, operator_id: Id) -> Listing:
        """List the tickets of an operator.

        Args:
            operator_id: The operator.

        Returns:
            An iterator over the tickets.

        Raises:
            NotFoundError: There is no such operator.
        """
        return self._array(_operator(operator_id, "tickets"))

    @listing
    def list(self, **filters: Unpack[TicketFilters]) -> Listing:
        """List the tickets of all operators.

        Args:
            **filters: See `prizz.models.TicketFilters`; archived tickets are left out unless asked for.

        Returns:
            An iterator over the tickets.
        """
        return self._array(path("exploitation", "tickets"), body(TicketFilters, filters, of="ticket.list"))


class Process(PrizzResource[AnyTransport]):
    """Processes of tickets."""

    @operation
    def get(self, operator_id: Id, process_id: Id) -> Call[Record]:
        """Read a process.

        Args:
            operator_id: The operator.
            process_id: The process, one of the `running_process` of a ticket.

        Returns:
            The process: `state`, a free text (P4), its messages, and the `actions` that can be run.

        Raises:
            NotFoundError: There is no such process.
        """
        return self._read(_process(operator_id, process_id))

    @operation
    def run(
        self,
        /,
        operator_id: Id,
        process_id: Id,
        *,
        transition_class: str | None = None,
        files: Sequence[FileSource] = (),
        fields: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Call[Record]:
        """Run an action of a process.

        Args:
            operator_id: The operator.
            process_id: The process.
            transition_class: The action, most likely the `classe` of one of `actions` (P18).
            files: Files to send along: paths, bytes or binary file objects.
            fields: Values of the action's form, by the names in its `fields`; lists are repeated.
            **more: The same as keyword arguments.

        Returns:
            The process.

        Raises:
            InputError: A value or a file cannot be sent; nothing was sent.
            UnknownOutcome: The answer was lost; read the process.
        """
        given = forms.merged(fields, more, "process.run")
        if transition_class is not None:
            given = {"transition_class": transition_class} | given
        parts = forms.parts(given, files, "process.run")
        return Call(Request("POST", _process(operator_id, process_id), parts=parts), answers.record)


def _operator(operator_id: Id, *rest: str) -> str:
    return path("exploitation", "operator", number(operator_id, "operator_id"), *rest)


def _process(operator_id: Id, process_id: Id) -> str:
    return _operator(operator_id, "process", number(process_id, "process_id"))
