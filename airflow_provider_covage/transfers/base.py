"""What all transfers share: the list that they read, errors, assets and lineage."""

from __future__ import annotations

import asyncio
import gc
import tempfile
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from airflow.sdk import BaseOperator

from airflow_provider_covage.api.errors import InputError, TransientError
from airflow_provider_covage.api.identifiers import check_identifier
from airflow_provider_covage.operators.base import failing_for_good
from airflow_provider_covage.operators.retries import with_retry_policy
from airflow_provider_covage.transfers import lineage
from airflow_provider_covage.transfers.arrow import check_installed

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.tables import Table
    from airflow_provider_covage.transfers.source import Source
    from airflow_provider_covage.transfers.update import Update

T = TypeVar("T")


class Transfer(BaseOperator):
    """Base of the operators that read a whole list.

    Args:
        resource: The list, by the name of its resource in the client.
        filters: Which records, by the API's names; None and empty values are left out.
        target_uri: Where the records go, as far as that is known when the DAG is parsed.
        keep_incomplete: Whether to load what comes where the API counts more records than it gives, instead
            of failing; what a run has missed then, later ones may not ask for.
        **kwargs: Arguments of every operator. Without `outlets`, the target is the task's outlet.
    """

    source: ClassVar[Source]
    conn_id_field: ClassVar[str]
    """Which attribute holds the id of the connection to the API."""
    ui_color = "#e2f0d9"

    def __init__(
        self,
        *,
        resource: str,
        filters: Mapping[str, Any] | None,
        target_uri: str,
        keep_incomplete: bool = False,
        **kwargs: Any,
    ) -> None:
        if target_uri and kwargs.get("outlets") is None:
            kwargs["outlets"] = [lineage.asset(target_uri)]
        super().__init__(**with_retry_policy(kwargs))
        self.resource = resource
        self.filters = filters
        self.keep_incomplete = keep_incomplete
        self.flow: lineage.Flow | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Read the list and write it to the target.

        Args:
            context: The task's context.

        Returns:
            What was done, as the operator's description says.

        Raises:
            AirflowFailException: The API refuses it, or the input is bad; retries would not help.
            TransientError: It did not work out this time; the target is as it was.
        """
        with failing_for_good(), self._folder() as folder:
            done, place = self.act(context, folder)
            self.flow = lineage.Flow(
                (self._api_url, self.resource), place, self.listed().columns, done["rows"]
            )
            lineage.tell(self, self.flow)
            lineage.emit(self.outlets, context, done)
            return done

    @abstractmethod
    def act(self, context: Context, folder: Path) -> tuple[dict[str, Any], lineage.Place]:
        """Do what the operator is for.

        Args:
            context: The task's context.
            folder: An empty folder on the worker's disk, removed afterwards.

        Returns:
            What `execute` returns, and where it was written.
        """

    def listed(self) -> Table:
        """Give the list to read.

        Returns:
            What its records look like.

        Raises:
            InputError: There is no such list.
        """
        from airflow_provider_covage.api.tables import find

        return find(self.source.tables(), self.resource)

    def chosen(self) -> dict[str, Any]:
        """Give the filters that hold something.

        Returns:
            The filters.

        Raises:
            InputError: They are no dict.
        """
        filters = {} if self.filters is None else self.filters
        if not isinstance(filters, Mapping):
            raise InputError(f"filters are given as a dict, got {type(filters).__name__}; nothing was sent")
        return {str(name): value for name, value in filters.items() if value not in (None, "")}

    def update(self, transport: Any, calls: Any, folder: Path) -> Update:
        """Begin to read.

        Args:
            transport: Carries out the requests.
            calls: The API over a `Recorder`.
            folder: An empty folder on the worker's disk.

        Returns:
            The reading.
        """
        from airflow_provider_covage.transfers.update import Update

        return Update(
            transport,
            calls,
            self.listed(),
            self.chosen(),
            folder=folder,
            keep_incomplete=self.keep_incomplete,
            log=self.log,
        )

    def reading(self, read: Callable[[Any, Any], Awaitable[T]]) -> T:
        """Run what reads the API, in an event loop of its own.

        Args:
            read: Takes the client's transport and the API over a `Recorder`.

        Returns:
            Its result.
        """
        conn_id = getattr(self, self.conn_id_field)
        check_identifier(type(self).__name__, self.conn_id_field, conn_id)

        async def run() -> T:
            async with self.source.connect(conn_id) as client:
                settings = client.transport.settings
                self._api_url = settings.base_url
                return await read(client.transport, self.source.calls(settings.page_size))

        # What was there before cannot become garbage by reading: looking at it again and again is what would
        # cost most where the API answers fast.
        gc.freeze()
        try:
            return asyncio.run(run())
        finally:
            gc.unfreeze()

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        check_installed()
        try:
            with tempfile.TemporaryDirectory(prefix="covage-") as folder:
                yield Path(folder)
        except OSError as error:
            raise TransientError(
                f"files cannot be written on the worker: {error}; nothing was loaded"
            ) from error

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """Tell OpenLineage what was read and written.

        Args:
            task_instance: The task instance.

        Returns:
            Its lineage; None where the OpenLineage provider is not installed, or nothing was done.
        """
        return lineage.facets(self.flow) if self.flow else None


def static_part(text: Any) -> str:
    """Give the beginning of a template that is the same for every run.

    Args:
        text: A path or name, perhaps a template.

    Returns:
        What stands before the first template, up to the last slash.
    """
    if not isinstance(text, str):
        return ""
    start, mark, _ = text.partition("{")
    return start.rpartition("/")[0] if mark else text.rstrip("/")
