"""Workflows."""

from __future__ import annotations

from airflow_provider_covage.sandbox.prizz.answers.common import Answer, MaybeMoment, Moment


class FormFieldValue(Answer):
    """A value to choose."""

    key: str
    value: str


class FormField(Answer):
    """A field of the form of a transition."""

    caption: str
    name: str
    required: bool
    value: str
    values: list[FormFieldValue]
    type: str
    help: str
    multiple: bool
    expanded: bool


class Transition(Answer):
    """Something that can be run in a workflow."""

    name: str
    html: str
    formFields: list[FormField]


class Workflow(Answer):
    """A workflow with what can be run."""

    id: int
    title: str
    context: str
    entityId: int
    entityClass: str
    state: str
    html: str
    transitions: list[Transition]


class Redirect(Answer):
    """The object that a workflow has made."""

    objectClass: str
    objectId: int


class WorkflowResult(Answer):
    """What came of creating or running a workflow."""

    id: int
    state: str
    success: bool
    log: str | None
    redirect: Redirect


class RunningWorkflow(Answer):
    """A workflow that is running."""

    id: int
    state: str
    context: str
    createDate: Moment
    lastRunDate: MaybeMoment
    entityClass: str
    entityId: int
    entityDescription: int
    description: str
    statusCode: int
    lastLog: str
    html: str


class RunningWorkflows(Answer):
    """Every running workflow."""

    workflows: list[RunningWorkflow]
