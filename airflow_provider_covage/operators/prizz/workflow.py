"""Operators of workflows: changes that have no operation of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import PermanentError
from airflow_provider_covage.api.prizz import lookup
from airflow_provider_covage.operators.once import Recall
from airflow_provider_covage.operators.prizz.base import PrizzOperator, noted_number
from airflow_provider_covage.operators.prizz.step import Forms, StepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzCreateWorkflowOperator(PrizzOperator):
    r"""Start a workflow on an object, unless one of the same kind is running on it: that is adopted.

    On Airflow 3.3 a task that is cleared goes back to the workflow that it has noted, running or not. What
    remains possible: a workflow that is over at once no longer runs, so after a lost answer the next try
    starts it again, and so does, without a note, a task that is cleared. Returns the workflow's id.

    Args:
        context_name: Kind of workflow, such as `Infracorp\Services\Workflow\...\Context`; which ones an
            object takes stands in its `availableWorkflows`.
        entity_id: The object.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "workflow"
    template_fields: Sequence[str] = ("context_name", "entity_id", *PrizzOperator.template_fields)

    def __init__(self, *, context_name: str, entity_id: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context_name = context_name
        self.entity_id = entity_id

    def act(self, context: Context) -> int:
        """Start the workflow or adopt it.

        Args:
            context: The task's context.

        Returns:
            The workflow's id.
        """
        from airflow_provider_covage.api.bodies import body
        from airflow_provider_covage.api.prizz.models import NewWorkflowFields

        self.numbers("entity_id")
        fields: Any = {"context_name": self.context_name, "entity_id": self.entity_id}
        body(NewWorkflowFields, fields, of=type(self).__name__)
        record = self.once(context)(
            f"workflow {self.context_name} on {self.entity_id}",
            look=self._running,
            act=lambda: self.client.workflow.create(**fields),
            recall=Recall(note=lambda record: {"id": str(record.get("id") or "")}, read=self._noted),
        )
        if not record.get("id"):
            raise PermanentError(f"the answer to the start of a workflow has no id: {sorted(record)}")
        self.log.info("workflow %s is in state %s", record["id"], record.get("state"))
        return int(record["id"])

    def _noted(self, noted: Mapping[str, str]) -> Record | None:
        record = self.client.workflow.get(noted_number(noted))
        return record if lookup.is_workflow_on(record, self.context_name, self.entity_id) else None

    def _running(self, _: bool) -> Record | None:
        found = lookup.running_workflows(self.client, self.context_name, self.entity_id)
        for twin in found[1:]:
            self.log.warning(
                "workflow %s is adopted; %s of the same kind runs on %s, too",
                found[0].get("id"),
                twin.get("id"),
                self.entity_id,
            )
        return found[0] if found else None


class PrizzRunWorkflowOperator(StepOperator):
    """Run a workflow with the values of its form, once as far as its state tells.

    The state counts as changed when it is another one than before the sending, or when other transitions are
    offered. A step that changes neither may be run twice after a lost answer; `from_states` helps. Returns
    the API's answer (`id`, `state`, `success`, `log`, `redirect`), or the workflow where it was run already.

    Args:
        workflow_id: The workflow.
        fields: Values of the form, by the names in `transitions[].formFields`. They are checked against the
            form: which of several transitions is run is not documented (P19), so one of them has to fit.
        files: Files to send along: paths on the worker, or URIs that `ObjectStoragePath` opens.
        from_states: States in which it is to be run: a first try fails in any other, a later one takes any
            other for done. Without it, every state will do.
        **kwargs: Arguments of every Prizz operator.
    """

    portal_resource = "workflow"
    template_fields: Sequence[str] = ("workflow_id", *StepOperator.template_fields)

    def __init__(self, *, workflow_id: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.workflow_id = workflow_id

    @property
    def what(self) -> str:
        """The step, for the log."""
        return f"run of workflow {self.workflow_id}"

    def act(self, context: Context) -> Record:
        """Run the workflow unless that has happened.

        Args:
            context: The task's context.

        Returns:
            The API's answer, or the workflow.
        """
        self.numbers("workflow_id")
        return self.run_once(context)

    def read(self) -> Record:
        """Read the workflow.

        Returns:
            The workflow.
        """
        return self.client.workflow.get(self.workflow_id)

    def offered(self, record: Mapping[str, Any]) -> Forms | None:
        """Give the transitions on offer.

        Args:
            record: The workflow.

        Returns:
            Their forms; None where the workflow does not show any list of them.
        """
        transitions = record.get("transitions")
        if not isinstance(transitions, list):
            return None
        return {f"transition {one.get('name')}": one.get("formFields") or [] for one in transitions}

    def send(self, contents: list[Any]) -> Record:
        """Run the workflow.

        Args:
            contents: The files.

        Returns:
            The API's answer.
        """
        return self.client.workflow.run(self.workflow_id, fields=self.fields or {}, files=contents)
