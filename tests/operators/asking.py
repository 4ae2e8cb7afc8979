"""Airflow's part when an operator asks a human: the form that is kept, and the answer that comes back."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

from airflow.providers.standard.operators import hitl

from airflow_provider_covage.compat import HAS_RETRY_POLICIES as IS_3_3
from airflow_provider_covage.compat import AirflowSkipException, TaskDeferred
from airflow_provider_covage.operators.quote import CovageChooseOfferOperator

try:
    from airflow.sdk.exceptions import TaskAwaitingInput as Parked
except ImportError:  # Airflow before 3.3: the task waits in the triggerer.
    Parked = TaskDeferred

DECLINE = "Decline"
AT = datetime.datetime(2026, 5, 4, 9, 30, tzinfo=datetime.UTC)


class Store:
    """What Airflow 3.3 keeps for a task instance over its tries."""

    def __init__(self):
        self.values = {}

    def get(self, key, default=None):
        return self.values.get(key, default)

    def set(self, key, value):
        self.values[key] = value

    def delete(self, key):
        del self.values[key]


class Task:
    """A task instance that chooses an offer; every step is made by a new operator, as on a worker.

    Args:
        monkeypatch: Pytest's.
        arguments: Of the operator.
    """

    def __init__(self, monkeypatch, **arguments):
        self.arguments = arguments
        self.form = None
        self.xcoms = {}
        self.store = Store()
        self.try_number = 1
        monkeypatch.setattr(hitl, "upsert_hitl_detail", self._keep)

    def run(self):
        """Begin a try: its result, or the request to be parked."""
        self.xcoms = {}
        return self._end(lambda operator: operator.execute(self._context()))

    def ask(self):
        """Begin a try that asks: how long Airflow is to wait for the answer."""
        parked = self.run()
        assert isinstance(parked, Parked), parked
        assert parked.method_name == "execute_complete"
        if not isinstance(parked, TaskDeferred):
            return parked.timeout
        end = parked.trigger.timeout_datetime
        return end and end - datetime.datetime.now(datetime.UTC)

    def answer(self, option, by="ada"):
        """Come back with the answer of a human, by name or without, or nobody's (None)."""
        event = {
            "chosen_options": [option],
            "params_input": {},
            "responded_at": AT,
            "responded_by_user": {"id": "7", "name": by} if by else None,
            "timedout": by is None,
        }
        return self._end(lambda operator: operator.execute_complete(self._context(), event))

    def time_out(self):
        """Come back with the default of the form."""
        (option,) = self.form["defaults"]
        return self.answer(option, by=None)

    def option(self, product_id):
        """The option of an offer."""
        (option,) = [one for one in self.form["options"] if one.startswith(f"{product_id} ")]
        return option

    @property
    def decision(self):
        """What the task has left: decision and who has made it; nothing while there is none."""
        return self.xcoms.get("decision"), self.xcoms.get("decided_by")

    def _end(self, step):
        operator = CovageChooseOfferOperator(**{"task_id": "choose", "settling_time": 0, **self.arguments})
        try:
            return step(operator)
        except (Parked, AirflowSkipException) as end:
            return end

    def _keep(self, **form):
        self.form = form

    def _context(self):
        instance = SimpleNamespace(
            id="01",
            dag_id="orders",
            run_id="manual__1",
            task_id="choose",
            map_index=-1,
            try_number=self.try_number,
            xcom_push=lambda key, value: self.xcoms.update({key: value}),
        )
        store = {"task_state_store": self.store} if IS_3_3 else {}
        return {"ti": instance, "task_instance": instance, **store}
