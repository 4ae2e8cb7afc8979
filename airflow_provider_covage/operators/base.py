"""What all operators share: the connection, the order of steps, how errors reach Airflow."""

from __future__ import annotations

import contextlib
import functools
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator

from airflow_provider_covage.api.errors import PermanentError
from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.compat import AirflowFailException
from airflow_provider_covage.hooks.links import CovagePortalLink
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.creation import Creation, create_once
from airflow_provider_covage.operators.memory import Memory
from airflow_provider_covage.operators.once import How, Once
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


class ApiOperator(BaseOperator):
    """Base of all operators.

    Args:
        settling_time: Seconds between two looks at the API after an answer was lost.
        **kwargs: Arguments of every operator.
    """

    ui_color = "#d9ecf7"
    conn_type: ClassVar[str]
    """Connection type of the API."""

    def __init__(self, *, settling_time: float = DEFAULT_SETTLING_TIME, **kwargs: Any) -> None:
        super().__init__(**with_retry_policy(kwargs))
        if settling_time < 0:
            raise ValueError(f"settling_time is a number of seconds, 0 or more, got {settling_time}")
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

    def once(self, context: Context, *, orders: bool = False) -> Once:
        """Give the order of steps for this task instance.

        Args:
            context: The task's context.
            orders: Whether what is done is an order.

        Returns:
            A callable that does a thing once.
        """
        return Once(
            settling_time=self.settling_time,
            came_before=keys.came_before(context),
            log=self.log,
            memory=Memory(context, self.log),
            count=functools.partial(self._count, orders=orders),
        )

    def _count(self, how: How, *, orders: bool) -> None:
        from airflow_provider_covage.hooks import metrics

        conn_id = getattr(self, f"{self.conn_type}_conn_id")
        tell = functools.partial(
            metrics.emit, api=self.conn_type, conn_id=conn_id, operator=type(self).__name__
        )
        if how is How.SENT:
            tell(metrics.ACTIONS)
        else:
            tell(metrics.ADOPTIONS, reason=how.value)
        if orders and how in (How.SENT, How.LOST_ANSWER):
            tell(metrics.ORDERS_CONFIRMED)

    def create_once(self, context: Context, creation: Creation) -> Record:
        """Create a record, or adopt the one that is there.

        Args:
            context: The task's context.
            creation: What is created.

        Returns:
            The record, which has an id.
        """
        return create_once(creation, self.once(context), self.log)

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

    def key(self, own: Any, context: Context, name: str = "external_id") -> str | None:
        """Choose the key of what is created.

        Args:
            own: The user's own.
            context: The task's context.
            name: The argument that holds the user's own.

        Returns:
            The user's own key as text, else the derived one. Blanks around it are left out: services commonly
            drop them, and a key that comes back without would not be recognised.

        Raises:
            InputError: The user's own is the text that a missing value leaves behind.
        """
        if own in (None, ""):
            return keys.derive(context)
        key = str(own).strip()
        check_identifier(type(self).__name__, name, key)
        return key


class CovageOperator(ApiOperator):
    """Base of the Covage operators.

    Args:
        covage_conn_id: The Airflow connection.
        **kwargs: Arguments of every operator of this package.
    """

    conn_type = "covage"
    template_fields: Sequence[str] = ("covage_conn_id",)
    operator_extra_links = (CovagePortalLink(),)
    portal_resource: ClassVar[str | None] = None
    """What the link to the portal leads to, by the API's name; None where there is no record (any more)."""

    def __init__(self, *, covage_conn_id: str = "covage_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.covage_conn_id = covage_conn_id

    @functools.cached_property
    def client(self) -> CovageClient:
        """The API client of the connection."""
        from airflow_provider_covage.hooks.covage import CovageHook

        return CovageHook(self.covage_conn_id).get_conn()


def given(**fields: Any) -> Any:
    """Leave out what was not given.

    Args:
        **fields: Fields of a body.

    Returns:
        Those that are not None.
    """
    return {name: value for name, value in fields.items() if value is not None}
