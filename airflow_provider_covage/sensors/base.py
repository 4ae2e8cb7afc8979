"""The one sensor that all others are: look, judge, wait in one of three ways."""

from __future__ import annotations

import functools
import time
from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from airflow.sdk import BaseOperator, BaseSensorOperator, PokeReturnValue, conf
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
)

from airflow_provider_covage.api.covage.observe import WATCHES, Watch
from airflow_provider_covage.api.errors import PermanentError, TransientError
from airflow_provider_covage.api.lifecycle import Verdict
from airflow_provider_covage.api.waiting import Waiter
from airflow_provider_covage.operators.base import check_identifier
from airflow_provider_covage.operators.retries import with_retry_policy

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.covage import CovageClient
    from airflow_provider_covage.api.covage.observe import Observation


class CovageSensor(BaseSensorOperator):
    """Base of the Covage sensors; returns the record it saw.

    A record that is past the target counts as there. A failure state fails at once, without retries, with
    the API's words. A state that no document knows is said once and waited on. While waiting, trouble that
    may pass is survived until the time-out; a record that the API refuses to show fails at once.
    `soft_fail` skips the task on a time-out or a failure state, never on trouble with the API.

    Args:
        covage_conn_id: The Airflow connection.
        target_states: States to wait for; None for the resource's default.
        failure_states: States that end the wait without success; None for those of the lifecycle.
        deferrable: Wait in the triggerer and hold no worker; Airflow's `default_deferrable` unless given.
        **kwargs: Arguments of every sensor (`poke_interval`, `timeout`, `soft_fail`, `mode`, ...).
    """

    resource: ClassVar[str]
    template_fields: Sequence[str] = ("target_states", "failure_states", "covage_conn_id")
    ui_color = "#e8e4f5"

    def __init__(
        self,
        *,
        covage_conn_id: str = "covage_default",
        target_states: Collection[str] | None = None,
        failure_states: Collection[str] | None = None,
        deferrable: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_retry_policy(kwargs))
        self.covage_conn_id = covage_conn_id
        self.target_states = target_states
        self.failure_states = failure_states
        if deferrable is None:
            deferrable = conf.getboolean("operators", "default_deferrable", fallback=False)
        self.deferrable = deferrable

    @property
    @abstractmethod
    def resource_id(self) -> str:
        """The record that is waited for."""

    def execute(self, context: Context) -> Any:
        """Wait.

        Args:
            context: The task's context.

        Returns:
            The record.

        Raises:
            AirflowFailException: It is in a failure state, or the API refuses to show it.
            AirflowSensorTimeout: It did not get there in time.
        """
        try:
            return self._wait_deferred() if self.deferrable else super().execute(context)
        except AirflowSensorTimeout as error:
            self._end(error)
        except PermanentError as error:
            if self.never_fail:
                raise AirflowSkipException(str(error)) from error
            raise AirflowFailException(str(error)) from error

    def poke(self, context: Context) -> PokeReturnValue:
        """Look once.

        Args:
            context: The task's context.

        Returns:
            Whether the record is there, and the record.

        Raises:
            AirflowFailException: It is in a failure state.
        """
        seen, verdict = self._look()
        if verdict is Verdict.FAILED and seen:
            self._end(AirflowFailException(self.waiter.failure(seen)))
        return PokeReturnValue(verdict is Verdict.REACHED, seen.outcome if seen else None)

    def execute_complete(self, context: Context, event: dict[str, Any] | None = None) -> Record | None:
        """Come back from the triggerer.

        Args:
            context: The task's context.
            event: What the trigger has found.

        Returns:
            The record.

        Raises:
            AirflowFailException: It is in a failure state, or the API refuses to show it.
            AirflowSensorTimeout: It did not get there in time.
        """
        event = event or {"status": "lost"}
        match event["status"]:
            case "reached":
                self.log.info("%s is %s", self.waiter.name, event["state"])
                return event["record"]  # type: ignore[no-any-return]
            case "failed":
                self._end(AirflowFailException(event["message"]))
            case "timeout":
                self._end(AirflowSensorTimeout(event["message"]))
            case "error" if self.never_fail:
                raise AirflowSkipException(event["message"])
            case "error":
                raise AirflowFailException(event["message"])
        raise TransientError(f"the trigger ended without a result ({event['status']}); the next try waits on")

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Come back from the triggerer, without Airflow's rule that soft_fail skips whatever went wrong.

        Args:
            next_method: The method to go on with.
            next_kwargs: Its arguments.
            context: The task's context.

        Returns:
            What the method returns.
        """
        return BaseOperator.resume_execution(self, next_method, next_kwargs, context)

    @functools.cached_property
    def waiter(self) -> Waiter:
        """Judges what is seen."""
        check_identifier(type(self).__name__, self.template_fields[0], self.resource_id)
        targets, failures = self.watch.lifecycle.checked(self.target_states, self.failure_states)
        return Waiter(self.watch, self.resource_id, targets, failures, self.log)

    @property
    def watch(self) -> Watch:
        """The kind of record."""
        return WATCHES[self.resource]

    @functools.cached_property
    def client(self) -> CovageClient:
        """The API client of the connection."""
        from airflow_provider_covage.hooks.covage import CovageHook

        return CovageHook(self.covage_conn_id).get_conn()

    def _look(self) -> tuple[Observation | None, Verdict]:
        try:
            seen = self.client.transport.follow(self.watch.observe(self.waiter.resource_id))
        except TransientError as error:
            self.waiter.trouble(error)
            return None, Verdict.WAITING
        return seen, self.waiter.judge(seen)

    def _wait_deferred(self) -> Any:
        started = time.time()
        seen, verdict = self._look()
        if verdict is Verdict.REACHED and seen:
            return seen.outcome
        if verdict is Verdict.FAILED and seen:
            self._end(AirflowFailException(self.waiter.failure(seen)))
        from airflow_provider_covage.triggers.covage import CovageStateTrigger

        raise TaskDeferred(
            trigger=CovageStateTrigger(
                covage_conn_id=self.covage_conn_id,
                resource=self.resource,
                resource_id=self.waiter.resource_id,
                target_states=self.waiter.targets,
                failure_states=self.waiter.failures,
                poke_interval=self.poke_interval,
                started=started,
                timeout=self.timeout,
                exponential_backoff=self.exponential_backoff,
                max_wait=self.max_wait.total_seconds() if self.max_wait else None,
                told=sorted(self.waiter.told),
            ),
            method_name="execute_complete",
        )

    def _end(self, error: Exception) -> NoReturn:
        if self.soft_fail or self.never_fail:
            raise AirflowSkipException(str(error)) from error
        raise error
