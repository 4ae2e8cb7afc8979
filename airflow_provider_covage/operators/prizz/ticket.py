"""Operators of tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import BadRequestError, NotFoundError, PermanentError
from airflow_provider_covage.api.prizz import lookup
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.once import Recall
from airflow_provider_covage.operators.prizz.base import PrizzOperator
from airflow_provider_covage.operators.prizz.step import Forms, StepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzOpenTicketOperator(PrizzOperator):
    """Open a ticket about a service, unless one is open already, whoever has opened it: that is adopted.

    What has happened is told afterwards, with `PrizzRunProcessOperator` (P18). On Airflow 3.3 a task that is
    cleared goes back to the ticket that it has noted, closed or not. What remains possible: a ticket about no
    service has nothing to be recognised by, so after a lost answer the next try opens a second one; without
    a note, a task that is cleared once its ticket is resolved opens another one. Returns `{"numero",
    "ticket_id", "process_id"}`, each as an XCom of its own, too; the process is the first one that is
    running, None where there is none.

    Args:
        operator_id: The operator.
        service_id: The service.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "ticket"
    template_fields: Sequence[str] = ("operator_id", "service_id", *PrizzOperator.template_fields)

    def __init__(self, *, operator_id: int | str, service_id: int | str | None = None, **kwargs: Any) -> None:
        super().__init__(**{"multiple_outputs": True, **kwargs})
        self.operator_id = operator_id
        self.service_id = service_id

    def act(self, context: Context) -> dict[str, Any]:
        """Open the ticket or adopt it.

        Args:
            context: The task's context.

        Returns:
            `numero`, `ticket_id` and `process_id`.
        """
        self.numbers("operator_id")
        if self.service_id not in (None, ""):
            self.numbers("service_id")
        recall = Recall(
            note=lambda ticket: {"numero": str(ticket.get("numero") or "")},
            read=lambda noted: self._noted(noted.get("numero", "")),
        )
        ticket = self.once(context)(
            f"ticket about service {self.service_id or '(none)'}",
            look=self._open,
            act=self._make,
            recall=recall,
        )
        if not ticket.get("numero"):
            raise PermanentError(f"the ticket has no numero to go on with: {sorted(ticket)}")
        processes = [one for one in ticket.get("running_process") or [] if isinstance(one, dict)]
        made = {
            "numero": str(ticket["numero"]),
            "ticket_id": str(ticket.get("ticket_id") or ticket.get("id") or "") or None,
            "process_id": processes[0].get("id") if processes else None,
        }
        self.log.info("ticket %(ticket_id)s (%(numero)s) is open, process %(process_id)s", made)
        return made

    def _noted(self, numero: str) -> Record | None:
        ticket = self.client.ticket.get(self.operator_id, numero)
        service = str(ticket.get("id_service_sicom") or "")
        return ticket if service == str(self.service_id or "") else None

    def _open(self, _: bool) -> Record | None:
        if not self.service_id:
            return None
        found = lookup.open_tickets(self.client, self.operator_id, self.service_id)
        for twin in found[1:]:
            self.log.warning(
                "ticket %s is adopted; %s about service %s is open, too",
                found[0].get("numero"),
                twin.get("numero"),
                self.service_id,
            )
        return found[0] if found else None

    def _make(self) -> Record:
        return self.client.ticket.open(self.operator_id, **given(service_id=self.service_id or None))


class PrizzRunProcessOperator(StepOperator):
    """Run an action of a ticket process with the values of its form, once as far as its state tells.

    An action counts as run when the state is another one than before the sending, or when the action is no
    longer offered. One that changes neither, such as a message, may be run twice after a lost answer;
    `from_states` helps. Returns the process.

    Args:
        operator_id: The operator.
        process_id: The process.
        transition_class: The action, `classe` of one of the process' `actions`; without it the API chooses.
        fields: Values of the action's form, by the names in its `fields`. They are checked against that.
        files: Files to send along: paths on the worker, or URIs that `ObjectStoragePath` opens.
        from_states: States in which it is to be run: a first try fails in any other, a later one takes any
            other for done. Without it, every state will do.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "process"
    template_fields: Sequence[str] = (
        "operator_id",
        "process_id",
        "transition_class",
        *StepOperator.template_fields,
    )

    def __init__(
        self,
        *,
        operator_id: int | str,
        process_id: int | str,
        transition_class: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.operator_id = operator_id
        self.process_id = process_id
        self.transition_class = transition_class
        self._other_name: str | None = None

    @property
    def what(self) -> str:
        """The step, for the log."""
        action = f"action {self.transition_class}" if self.transition_class else "run"
        return f"{action} of ticket process {self.process_id}"

    def act(self, context: Context) -> Record:
        """Run the action unless that has happened.

        Args:
            context: The task's context.

        Returns:
            The process.
        """
        self.numbers("operator_id", "process_id")
        return self.run_once(context)

    def read(self) -> Record:
        """Read the process.

        Returns:
            The process.
        """
        return self.client.process.get(self.operator_id, self.process_id)

    def offered(self, record: Mapping[str, Any]) -> Forms | None:
        """Give the actions on offer that are meant.

        Args:
            record: The process.

        Returns:
            Their forms; None where the process does not show any list of them.
        """
        actions = record.get("actions")
        if not isinstance(actions, list):
            return None
        wanted = self.transition_class
        meant = [one for one in actions if wanted is None or wanted in (one.get("classe"), one.get("id"))]
        others = [one.get(name) for one in meant for name in ("classe", "id") if one.get(name) != wanted]
        self._other_name = str(others[0]) if wanted is not None and len(others) == 1 and others[0] else None
        return {f"action {one.get('lib') or one.get('id')}": one.get("fields") or [] for one in meant}

    def send(self, contents: list[Any]) -> Record:
        """Run the action.

        Args:
            contents: The files.

        Returns:
            The process.
        """
        try:
            return self._run_as(self.transition_class, contents)
        except (BadRequestError, NotFoundError):
            if not self._other_name:
                raise
            # The action may be called for by its other identifier (P18).
            return self._run_as(self._other_name, contents)

    def _run_as(self, action: str | None, contents: list[Any]) -> Record:
        return self.client.process.run(
            self.operator_id,
            self.process_id,
            transition_class=action,
            fields=self.fields or {},
            files=contents,
        )
