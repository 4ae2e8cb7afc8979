"""The one sensor that all others are: look, judge, wait in one of three ways."""

from __future__ import annotations

import functools
import time
from abc import abstractmethod
from collections.abc import Collection, Sequence
from datetime import timedelta
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from airflow.sdk import BaseOperator, BaseSensorOperator, PokeReturnValue
from airflow.sdk.definitions.xcom_arg import PlainXComArg

from airflow_provider_covage.api.errors import PermanentError, TransientError
from airflow_provider_covage.api.lifecycle import Verdict, ordered
from airflow_provider_covage.compat import (
    STARTS_IN_TRIGGERER,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferralTimeout,
    TaskDeferred,
    conf,
)
from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.triggers import GRACE

if TYPE_CHECKING:
    from airflow.sdk import Context
    from airflow.triggers.base import StartTriggerArgs

    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.transport import Transport
    from airflow_provider_covage.api.waiting import Waiter
    from airflow_provider_covage.api.watching import Observation, Watch
    from airflow_provider_covage.triggers.base import StateTrigger


class StateSensor(BaseSensorOperator):
    """Base of all sensors; returns the record it saw.

    A record that is past the target counts as there. A failure state fails at once, without retries, with
    the API's words. A state that no document knows is said once and waited on. While waiting, trouble that
    may pass is survived until the time-out; a record that the API refuses to show fails at once.
    `soft_fail` skips the task on a time-out or a failure state, never on trouble with the API.

    Args:
        target_states: States to wait for; None for the resource's default.
        failure_states: States that end the wait without success; None for those of the lifecycle.
        deferrable: Wait in the triggerer and hold no worker; Airflow's `default_deferrable` unless given.
        start_from_trigger: Begin in the triggerer, too, without a worker before. From Airflow 3.3 on, for a
            sensor that is not mapped itself and whose identifier is a text, the output of a task, or a
            template (with `map_indexes` in every `xcom_pull`; that works in mapped task groups, too).
            Elsewhere the wait begins in a worker as ever. Implies `deferrable`.
        end_from_trigger: On success, end in the triggerer with the record as XCom, without a worker after.
            All other endings need one. `post_execute` is not called then.
        **kwargs: Arguments of every sensor (`poke_interval`, `timeout`, `soft_fail`, `mode`, ...).
    """

    resource: ClassVar[str]
    conn_type: ClassVar[str]
    conn_id_name: ClassVar[str]
    trigger_class: ClassVar[str]
    template_fields: Sequence[str] = ("target_states", "failure_states")
    ui_color = "#e8e4f5"
    start_trigger_args: StartTriggerArgs | None = None
    start_from_trigger: bool = False
    _started: float | None = None

    def __init__(
        self,
        *,
        target_states: Collection[str] | None = None,
        failure_states: Collection[str] | None = None,
        deferrable: bool | None = None,
        start_from_trigger: bool = False,
        end_from_trigger: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_retry_policy(kwargs))
        self.target_states = target_states
        self.failure_states = failure_states
        if deferrable is None:
            deferrable = conf.getboolean("operators", "default_deferrable", fallback=False)
        self.deferrable = deferrable or start_from_trigger
        self.end_from_trigger = end_from_trigger
        if start_from_trigger and STARTS_IN_TRIGGERER:
            self._start_in_triggerer()

    @property
    @abstractmethod
    def watch(self) -> Watch:
        """The kind of record."""

    @property
    @abstractmethod
    def transport(self) -> Transport:
        """What carries out the looks from a worker."""

    @property
    def resource_id(self) -> str:
        """The record that is waited for."""
        return getattr(self, self.template_fields[0])  # type: ignore[no-any-return]

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
        self._started = time.time()
        try:
            return self._wait_deferred(context) if self.deferrable else super().execute(context)
        except AirflowSensorTimeout as error:
            self._count("timeout", context)
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
            self._count("failed", context)
            self._end(AirflowFailException(self.waiter.failure(seen)))
        if verdict is Verdict.REACHED:
            self._count("reached", context)
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

        Raises:
            AirflowSensorTimeout: Airflow has ended the trigger: no triggerer has run until long after the
                time-out, or `execution_timeout` is over.
        """
        try:
            return BaseOperator.resume_execution(self, next_method, next_kwargs, context)
        except TaskDeferralTimeout:
            self._end(AirflowSensorTimeout(f"{self.waiter.name}: {self._why_airflow_ended()}"))

    @functools.cached_property
    def waiter(self) -> Waiter:
        """Judges what is seen."""
        from airflow_provider_covage.api.waiting import Waiter

        identifier = {self.template_fields[0]: self.resource_id}
        return Waiter.of(self.watch, identifier, self.target_states, self.failure_states, log=self.log)

    def _look(self) -> tuple[Observation | None, Verdict]:
        try:
            seen = self.transport.follow(self.watch.look(self.waiter.resource_id))
        except TransientError as error:
            self.waiter.trouble(error)
            return None, Verdict.WAITING
        return seen, self.waiter.judge(seen)

    def _wait_deferred(self, context: Context) -> Any:
        started = time.time()
        seen, verdict = self._look()
        if verdict is Verdict.REACHED and seen:
            self._count("reached", context)
            return seen.outcome
        if verdict is Verdict.FAILED and seen:
            self._count("failed", context)
            self._end(AirflowFailException(self.waiter.failure(seen)))
        arguments = self._trigger_arguments(self.waiter.resource_id) | {
            "started": started,
            "looked_at": time.time(),
            "created": seen.created if seen else None,
            "told": sorted(self.waiter.told),
        }
        trigger: StateTrigger = resolve_name(self.trigger_class)(**arguments)
        raise TaskDeferred(trigger=trigger, method_name="execute_complete")

    def _start_in_triggerer(self) -> None:
        """Hand the wait to the scheduler, which gives it to a triggerer without asking a worker."""
        identifier = self._identifier_for_triggerer()
        if identifier is None:
            return
        from airflow.triggers.base import StartTriggerArgs

        self.start_from_trigger = True
        self.start_trigger_args = StartTriggerArgs(
            trigger_cls=self.trigger_class,
            trigger_kwargs=self._trigger_arguments(identifier),
            next_method="execute_complete",
            timeout=timedelta(seconds=self.timeout) + GRACE,
        )

    def _why_airflow_ended(self) -> str:
        longest = timedelta(seconds=self.timeout) + GRACE
        if self.execution_timeout and self.execution_timeout < longest:
            return f"Airflow has ended the wait after its execution_timeout of {self.execution_timeout}"
        return (
            f"Airflow has ended the wait {GRACE} after its timeout of {self.timeout:.0f} s, "
            "which no triggerer has noted; does one run?"
        )

    def _identifier_for_triggerer(self) -> str | None:
        """The identifier as a triggerer can render it: it can read one XCom, but not look for several."""
        identifier: Any = self.resource_id
        if isinstance(identifier, PlainXComArg) and not self.get_closest_mapped_task_group():
            source = f"task_ids={identifier.operator.task_id!r}, key={identifier.key!r}, map_indexes=-1"
            return None if identifier.operator.is_mapped else f"{{{{ ti.xcom_pull({source}) }}}}"
        if not isinstance(identifier, str) or ("xcom_pull" in identifier and "map_indexes" not in identifier):
            return None
        return identifier

    def _trigger_arguments(self, identifier: str) -> dict[str, Any]:
        return {
            self.conn_id_name: getattr(self, self.conn_id_name),
            "resource": self.resource,
            self.template_fields[0]: identifier,
            "target_states": ordered(self.target_states),
            "failure_states": ordered(self.failure_states),
            "poke_interval": self.poke_interval,
            "timeout": self.timeout,
            "exponential_backoff": bool(self.exponential_backoff),
            "max_wait": self.max_wait.total_seconds() if self.max_wait else None,
            "end_from_trigger": self.end_from_trigger,
            "do_xcom_push": self.do_xcom_push,
        }

    def _count(self, outcome: str, context: Context) -> None:
        """Time a wait that has ended in a worker; those that end in the triggerer are timed there."""
        from airflow_provider_covage.hooks import metrics

        metrics.emit(
            metrics.WAIT_TIME,
            api=self.conn_type,
            conn_id=getattr(self, self.conn_id_name),
            resource=self.resource,
            outcome=outcome,
            seconds=time.time() - self._began(context),
        )

    def _began(self, context: Context) -> float:
        instance = context.get("ti") if self.reschedule and not self.deferrable else None
        first = instance.get_first_reschedule_date(context) if instance else None
        return first.timestamp() if first else self._started or time.time()

    def _end(self, error: Exception) -> NoReturn:
        if self.soft_fail or self.never_fail:
            raise AirflowSkipException(str(error)) from error
        raise error
