"""What running a step of a workflow and of a ticket process have in common."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError, LifecycleError
from airflow_provider_covage.operators import files
from airflow_provider_covage.operators.prizz.base import PrizzOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


Forms = dict[str, list[dict[str, Any]]]
"""The fields of the form of each step, by the name of the step."""


class StepOperator(PrizzOperator):
    """Base of what runs one step of something whose states are free texts (P4).

    Whether a step has been run shows in two ways: the state has changed since it was looked at before the
    sending, or what was to be run is no longer offered. A later try, which knows nothing of that look, goes
    by `from_states`, and else by what is offered. A step that changes neither may be run twice.

    Args:
        fields: Values of the form, by the names that the API lists. They are checked against that.
        files: Files to send along: paths on the worker, or URIs that `ObjectStoragePath` opens.
        from_states: States in which the step is to be run: a first try fails in any other, a later one takes
            any other for done. Without it, every state will do.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = ("fields", "files", "from_states", *PrizzOperator.template_fields)

    def __init__(
        self,
        *,
        fields: dict[str, Any] | None = None,
        files: Sequence[str] = (),
        from_states: Collection[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fields = fields
        self.files = files
        self.from_states = from_states
        self._before: tuple[Any, ...] | None = None

    @property
    @abstractmethod
    def what(self) -> str:
        """The step, for the log."""

    @abstractmethod
    def read(self) -> Record:
        """Read what the step is one of."""

    @abstractmethod
    def offered(self, record: Mapping[str, Any]) -> Forms | None:
        """Give the forms of the steps on offer that are meant; None where the record does not tell."""

    @abstractmethod
    def send(self, contents: list[Any]) -> Record:
        """Run the step."""

    def run_once(self, context: Context) -> Record:
        """Run the step unless an earlier try has done so.

        Args:
            context: The task's context.

        Returns:
            The API's answer, or the record as it is by now.
        """
        for name, kind in (("fields", Mapping), ("files", list | tuple)):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise InputError(f"{type(self).__name__}: {name} cannot be a {type(value).__name__}")
        if isinstance(self.from_states, str):
            raise InputError(f"states are given as a list, such as [{self.from_states!r}]")
        return self.once(context)(self.what, look=self._look, act=self._run)

    def _look(self, doubt: bool) -> Record | None:
        record = self.read()
        offered = self.offered(record)
        now = (record.get("state"), sorted(offered or {}))
        is_due = self.from_states is None or record.get("state") in self.from_states
        if doubt and (not is_due or offered == {} or (self._before is not None and now != self._before)):
            return record
        if not is_due or offered == {}:
            raise LifecycleError(f"{self.what}: {self._refusal(record, is_due)}; nothing was sent")
        self._before = self._before or now
        return None

    def _refusal(self, record: Mapping[str, Any], is_due: bool) -> str:
        state = f"it is in state {record.get('state')!r}"
        if not is_due:
            return f"{state}, not in {' or '.join(map(repr, self.from_states or ()))}"
        return f"{state}, where it cannot be run"

    def _check(self, offered: Forms) -> None:
        """Check the fields; which of several steps is run is not documented (P19), so one has to fit."""
        from airflow_provider_covage.api.prizz import forms

        gaps = {name: forms.gaps(self.fields or {}, form) for name, form in offered.items()}
        if all(gaps.values()):
            told = "; ".join(f"{name}: {', '.join(slips)}" for name, slips in gaps.items())
            raise InputError(f"{self.what}: {told}; nothing was sent")

    def _run(self) -> Record:
        offered = self.offered(self.read())
        if offered:
            self._check(offered)
        with contextlib.ExitStack() as opened:
            contents = [opened.enter_context(files.readable(str(one))) for one in self.files or ()]
            record = self.send(contents)
        self.log.info("%s: now in state %s", self.what, record.get("state"))
        return record
