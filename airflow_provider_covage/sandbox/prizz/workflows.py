"""Workflows: started on an object, run with a form, running for a while (P4, P14, P19, P20)."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import REQUIRED, ApiError, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz.answers.workflow import RunningWorkflow
from airflow_provider_covage.sandbox.prizz.bodies import WorkflowBody
from airflow_provider_covage.sandbox.prizz.contexts import CONTEXTS, Context, FormField
from airflow_provider_covage.sandbox.prizz.effects import Effects
from airflow_provider_covage.sandbox.prizz.forms import AnyForm, Form
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.states import (
    FAILED,
    FINISHED,
    PENDING,
    RUNNING,
    state_code,
    state_word,
)
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

PARAMETERS = (query("contexts", {"type": "string"}), query("states", {"type": "string"}))
SEPARATORS = {"comma": ",", "semicolon": ";"}
KNOWN = (PENDING, RUNNING, FINISHED, FAILED)
Transition = tuple[str, tuple[FormField, ...]]


class Workflows:
    """The operations `workflow.*`."""

    def __init__(self, world: World, effects: Effects) -> None:
        self.world = world
        self.effects = effects

    def create(self, body: WorkflowBody) -> Json:
        """Start a workflow on an object; nothing happens to that before the workflow is run."""
        missing = {n: REQUIRED for n in ("contextName", "entityId") if getattr(body, n) is None}
        if missing:
            raise invalid(**missing)
        context = CONTEXTS.get(body.contextName or "")
        if context is None:
            raise invalid(contextName=["There is no such context."])
        entity = self._entity(context, body.entityId)
        data = {
            "context": context.full_name,
            "entityId": entity.data["id"],
            "entityKind": entity.kind,
            "lastRunDate": None,
            "lastLog": "",
            "hidden": False,
        }
        workflow = self.world.dated("workflow", data)
        self.move(workflow, PENDING)
        self.world.ledger.effect({"workflow": workflow.data["id"], entity.kind: entity.data["id"]})
        return self._result(workflow, success=True, log=None)

    def get(self, id: str) -> Json:
        """Read a workflow with the transitions that can be run, and their forms."""
        workflow = self.world.get("workflow", id)
        context = CONTEXTS[workflow.data["context"]]
        return {
            "id": workflow.data["id"],
            "title": context.title,
            "context": context.full_name,
            "entityId": workflow.data["entityId"],
            "entityClass": class_name(workflow.data["entityKind"]),
            "state": workflow.data["state"],
            "html": "",
            "transitions": self._transitions(workflow),
        }

    def run(self, id: str, form: AnyForm) -> Json:
        """Run a workflow with the values of its form."""
        workflow = self.world.get("workflow", id)
        if workflow.data["phase"] != PENDING:
            return self._refused(workflow, f"This workflow is {workflow.data['state']}.")
        context = CONTEXTS[workflow.data["context"]]
        entity = self._entity(context, workflow.data["entityId"])
        name, fields = self._chosen(context, form)
        missing = [f.name.removeprefix("*") for f in fields if f.required and not self._sent(f, form)]
        if missing:
            return self._refused(workflow, f"Missing: {', '.join(missing)}.")
        outcome = self.world.outcomes.of("workflow", workflow.data)
        if outcome == "refused":
            return self._refused(workflow, "The workflow was refused.")
        made = None
        if outcome == "finished":
            try:
                made = self.effects.apply(context, name, entity, form)
            except ApiError as error:
                return self._refused(workflow, sentence(error))
        return self._ran(workflow, entity, made, outcome)

    def running(self, request: Request) -> Json:
        """List the workflows that are still running."""
        asked = request.query_params
        contexts, states = self._several(asked.get("contexts")), self._several(asked.get("states"))
        found = [
            workflow
            for workflow in self.world.listed("workflow")
            if not workflow.data["hidden"]
            and workflow.data["phase"] not in (FINISHED, FAILED)
            and (not contexts or workflow.data["context"] in contexts)
            and (not states or workflow.data["state"] in states)
        ]
        return {"workflows": [self._running(workflow) for workflow in found]}

    def move(self, workflow: Record, state: str) -> None:
        """Give a workflow a state."""
        known = state in KNOWN
        word = state_word(self.world, state) if known else state
        code = state_code(self.world, state) if known else -1
        self.world.update(workflow, phase=state, state=word, statusCode=code)

    def finish(self, outcome: str, workflow: Record, _instant: float) -> None:
        """End a workflow."""
        log = "Done." if outcome == "finished" else "The workflow has failed."
        self.world.update(workflow, lastLog=log)
        self.move(workflow, FINISHED if outcome == "finished" else FAILED)

    def _ran(self, workflow: Record, entity: Record, made: Record | None, outcome: str) -> Json:
        """Answer a run that was accepted; the workflow ends after a while."""
        ids = {"workflow": workflow.data["id"], entity.kind: entity.data["id"]}
        if made:
            ids[made.kind] = made.data["id"]
        self.world.ledger.effect(ids, workflow.data["context"])
        self.world.modify(workflow, lastRunDate=self.world.today(), lastLog="Running.")
        self.move(workflow, RUNNING)
        if outcome != "never":
            wait = self.world.between(0.8, 1.0, workflow) * self.world.timing.workflow
            action = partial(self.finish, outcome)
            self.world.store.schedule.at(self.world.clock.now() + wait, workflow, action)
        return self._result(workflow, success=True, log="Running.", made=made)

    def _refused(self, workflow: Record, log: str) -> Json:
        """Answer a run that was not accepted (P5); the workflow can be run again."""
        if self.world.dialect.refusals == "bad_request":
            raise ApiError(400, {"detail": log})
        self.world.update(workflow, lastLog=log)
        return self._result(workflow, success=False, log=log)

    def _result(
        self, workflow: Record, *, success: bool, log: str | None, made: Record | None = None
    ) -> Json:
        shown = {
            "id": workflow.data["id"],
            "state": workflow.data["state"],
            "success": success,
            "log": log,
        }
        if made:
            shown["redirect"] = {"objectClass": class_name(made.kind), "objectId": made.data["id"]}
        elif self.world.dialect.unset == "null":
            shown["redirect"] = None
        return shown

    def _running(self, workflow: Record) -> Json:
        entity = self.world.store[workflow.data["entityKind"]].get(str(workflow.data["entityId"]))
        name = entity.data.get("name") if entity else None
        documented = self.world.dialect.slips == "documented"
        more = {
            "entityClass": class_name(workflow.data["entityKind"]),
            "entityDescription": workflow.data["entityId"] if documented else str(name or ""),
            "description": CONTEXTS[workflow.data["context"]].title,
            "html": "",
        }
        return shape(self.world, RunningWorkflow, workflow) | more

    def _transitions(self, workflow: Record) -> list[Json]:
        if workflow.data["phase"] != PENDING:
            return []
        return [
            {"name": name, "html": "", "formFields": [field.as_dict() for field in fields]}
            for name, fields in CONTEXTS[workflow.data["context"]].transitions
        ]

    def _chosen(self, context: Context, form: Form) -> Transition:
        """Return the transition that runs (P19)."""
        if self.world.dialect.transition == "fitting":
            for transition in reversed(context.transitions):
                if all(self._sent(field, form) for field in transition[1] if field.required):
                    return transition
        return context.transitions[0]

    def _sent(self, field: FormField, form: Form) -> bool:
        return bool(form.text(field.name.removeprefix("*")))

    def _entity(self, context: Context, number: object) -> Record:
        if context.kind == "client_legal_entity":
            return self.world.client(number)
        return self.world.get(context.kind, number)

    def _several(self, text: str | None) -> list[str]:
        """Read several names in one text (P14)."""
        if not text:
            return []
        separator = SEPARATORS.get(self.world.dialect.separator)
        return [part.strip() for part in text.split(separator)] if separator else [text]


def class_name(kind: str) -> str:
    """Return the class of a kind of records (not documented)."""
    return "".join(part.capitalize() for part in kind.split("_"))


def sentence(error: ApiError) -> str:
    """Return an error in one line."""
    if "detail" in error.body:
        return str(error.body["detail"])
    return " ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in error.body.items())
