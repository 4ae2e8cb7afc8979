"""Workflows: changes that have no operation of their own (prizz-extranet.txt, "Workflow")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.files import FileSource
from airflow_provider_covage.api.prizz import answers, forms
from airflow_provider_covage.api.prizz.models import NewWorkflowFields, RunningFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource
from airflow_provider_covage.api.request import Request


class Workflow(PrizzResource[AnyTransport]):
    """Workflows; their states are free texts (P4)."""

    @operation
    def create(self, **fields: Unpack[NewWorkflowFields]) -> Call[Record]:
        """Start a workflow on an object.

        Args:
            **fields: `context_name` and `entity_id`; which contexts an object takes stands in its
                `availableWorkflows`.

        Returns:
            `id`, `state`, `success`, `log`, and `redirect`, the object made.

        Raises:
            InputError: A field is unknown or not of its kind; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; look among the running workflows.
        """
        return self._write(path("workflow"), body(NewWorkflowFields, fields, of="workflow.create"))

    @operation
    def get(self, workflow_id: Id) -> Call[Record]:
        """Read a workflow.

        Args:
            workflow_id: The workflow.

        Returns:
            The workflow: `state`, and the `transitions` that can be run, with their `formFields`.

        Raises:
            NotFoundError: There is no such workflow.
        """
        return self._read(path("workflow", number(workflow_id, "workflow_id")))

    @operation
    def run(
        self,
        /,
        workflow_id: Id,
        *,
        files: Sequence[FileSource] = (),
        fields: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Call[Record]:
        """Run a workflow. Which of several transitions is run is not documented (P19).

        Args:
            workflow_id: The workflow.
            files: Files to send along: paths, bytes or binary file objects. With them the fields go as a
                form, where lists are repeated; without as JSON.
            fields: Values of the form, by the names in `formFields`.
            **more: The same as keyword arguments.

        Returns:
            `id`, `state`, `success`, `log`, and `redirect`, the object made.

        Raises:
            InputError: A value or a file cannot be sent; nothing was sent.
            UnsuccessfulError: The answer says that it did not work.
            UnknownOutcome: The answer was lost; read the workflow.
        """
        given = forms.merged(fields, more, "workflow.run")
        where = path("workflow", number(workflow_id, "workflow_id"))
        if not files:
            return self._write(where, forms.plain(given, "workflow.run"))
        parts = forms.parts(given, files, "workflow.run")
        return Call(Request("POST", where, parts=parts), answers.record)

    @listing
    def list_running(self, **filters: Unpack[RunningFilters]) -> Listing:
        """List the workflows that are still running.

        Args:
            **filters: `contexts` and `states`, one of each: how several are separated is not documented
                (P14).

        Returns:
            An iterator over the workflows.
        """
        checked = body(RunningFilters, filters, of="workflow.list_running")
        return self._array(path("workflows", "running"), checked, within="workflows")
