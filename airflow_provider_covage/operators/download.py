"""What the operators that download a file share."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.operators import files
from airflow_provider_covage.operators.base import ApiOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class DownloadOperator(ApiOperator):
    """Base of the downloads; stands before the base of the operator's API.

    Args:
        to: Path on the worker, an existing folder there, or any URI that `ObjectStoragePath` opens. In a
            folder the file keeps the name that the API gives it.
        **kwargs: Arguments of every operator of that API.
    """

    def __init__(self, *, to: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to = to

    def act(self, context: Context) -> str:
        """Download the file.

        Args:
            context: The task's context.

        Returns:
            Where the file is.
        """
        self.check()
        self.required("to")
        where = files.download(self.fetch, self.to)
        self.log.info("%s is at %s", self.document(), where)
        return where

    def check(self) -> None:
        """Check the identifiers before anything is sent.

        Raises:
            InputError: One is not usable.
        """

    @abstractmethod
    def document(self) -> str:
        """Name the file for the log.

        Returns:
            What it is, with the identifier it belongs to.
        """

    @abstractmethod
    def fetch(self, to: str) -> Any:
        """Download to the worker.

        Args:
            to: Path or folder there.

        Returns:
            Path of the file.
        """
