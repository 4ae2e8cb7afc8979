"""What all operators share: the connection, the order of steps, how errors reach Airflow."""

from __future__ import annotations

import contextlib
import functools
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from airflow_provider_covage.api.errors import CovageError, PermanentError, TransientError
from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.links import CovagePortalLink
from airflow_provider_covage.operators.once import Once
from airflow_provider_covage.operators.retries import with_retry_policy

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record
    from airflow_provider_covage.api.covage import CovageClient

DEFAULT_SETTLING_TIME = 5.0


@contextlib.contextmanager
def failing_for_good() -> Iterator[None]:
    """Turn errors that no retry can mend into the exception that makes Airflow fail without retries.

    Yields:
        Nothing.

    Raises:
        AirflowFailException: In place of a `PermanentError`, with its text.
    """
    try:
        yield
    except PermanentError as error:
        raise AirflowFailException(str(error)) from error


class CovageOperator(BaseOperator):
    """Base of the Covage operators.

    Args:
        covage_conn_id: The Airflow connection.
        settling_time: Seconds between two looks at the API after an answer was lost.
        **kwargs: Arguments of every operator.
    """

    template_fields: Sequence[str] = ("covage_conn_id",)
    operator_extra_links = (CovagePortalLink(),)
    portal_resource: ClassVar[str | None] = None
    """What the link to the portal leads to, by the API's name; None where there is no record (any more)."""
    ui_color = "#d9ecf7"

    def __init__(
        self,
        *,
        covage_conn_id: str = "covage_default",
        settling_time: float = DEFAULT_SETTLING_TIME,
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_retry_policy(kwargs))
        if settling_time < 0:
            raise ValueError(f"settling_time is a number of seconds, 0 or more, got {settling_time}")
        self.covage_conn_id = covage_conn_id
        self.settling_time = settling_time

    def execute(self, context: Context) -> Any:
        """Carry the action out.

        Args:
            context: The task's context.

        Returns:
            What the operator's description says.

        Raises:
            AirflowFailException: The API refuses it, or the input is bad; retries would not help.
            TransientError: It did not work out this time.
        """
        with failing_for_good():
            return self.act(context)

    @abstractmethod
    def act(self, context: Context) -> Any:
        """Do what the operator is for.

        Args:
            context: The task's context.

        Returns:
            What `execute` returns.
        """

    @functools.cached_property
    def client(self) -> CovageClient:
        """The API client of the connection."""
        from airflow_provider_covage.hooks.covage import CovageHook

        return CovageHook(self.covage_conn_id).get_conn()

    def once(self, context: Context) -> Once:
        """Give the order of steps for this task instance.

        Args:
            context: The task's context.

        Returns:
            A callable that does a thing once.
        """
        return Once(settling_time=self.settling_time, came_before=keys.came_before(context), log=self.log)

    def adopted(self, what: str, bearing: list[Record]) -> Record | None:
        """Choose among records that bear the same key.

        Args:
            what: What they are, for the log.
            bearing: The records, the earliest first.

        Returns:
            The earliest, None when there is none.
        """
        for twin in bearing[1:]:
            self.log.warning(
                "%s %s is adopted; %s bears the same key and is left alone: do not confirm it",
                what,
                bearing[0].get("id"),
                twin.get("id"),
            )
        return bearing[0] if bearing else None

    def made(
        self,
        what: str,
        record: Record,
        *,
        look: Callable[[], list[Record]],
        delete: Callable[[str], object] | None = None,
    ) -> Record:
        """Look once more after a creation: a copy of the task may have done the same at the same time.

        The earliest record is kept. Nothing but what this task has just made is deleted, and only where it
        bears a key that was derived here.

        Args:
            what: What it is, for the log.
            record: What was created.
            look: Finds what bears the key, the earliest first.
            delete: Deletes one; None where the API cannot.

        Returns:
            The record to go on with.
        """
        try:
            bearing = look()
        except TransientError as error:
            self.log.warning("created, but it cannot be read for the moment: %s", error)
            return record
        mine = str(record.get("id"))
        is_late = mine in [str(twin.get("id")) for twin in bearing[1:]]
        if is_late and delete is not None and keys.is_derived(record | bearing[0]):
            self.log.warning("%s %s was there first; deleting %s", what, bearing[0].get("id"), mine)
            try:
                delete(mine)
            except CovageError as error:
                self.log.warning("%s could not be deleted: %s", mine, error)
            return bearing[0]
        return self.adopted(what, bearing) or record

    def required(self, *names: str) -> None:
        """Check that identifiers have come out of templating as texts.

        Args:
            *names: Arguments of the operator.

        Raises:
            InputError: One is empty or no text; nothing was sent.
        """
        for name in names:
            value = getattr(self, name)
            if isinstance(value, int) and not isinstance(value, bool):
                setattr(self, name, value := str(value))
            check_identifier(type(self).__name__, name, value)

    def key(self, external_id: Any, context: Context) -> str | None:
        """Choose the key of what is created.

        Args:
            external_id: The user's own.
            context: The task's context.

        Returns:
            The user's own key as text, else the derived one.

        Raises:
            InputError: The user's own is the text that a missing value leaves behind.
        """
        if external_id in (None, ""):
            return keys.derive(context)
        check_identifier(type(self).__name__, "external_id", str(external_id))
        return str(external_id)


def made_id(record: Record, what: str) -> str:
    """Take the identifier out of the answer to a creation.

    Args:
        record: The answer.
        what: What was created, for the message.

    Returns:
        The identifier.

    Raises:
        PermanentError: The answer has none, so nothing can go on from here.
    """
    if not record.get("id"):
        raise PermanentError(f"the answer to the creation of a {what} has no id: {sorted(record)}")
    return str(record["id"])


def given(**fields: Any) -> Any:
    """Leave out what was not given.

    Args:
        **fields: Fields of a body.

    Returns:
        Those that are not None.
    """
    return {name: value for name, value in fields.items() if value is not None}
