"""What runs against an API are judged by: its sandbox, its records, and what is the same every time."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from airflow_provider_covage.sandbox.controls import Controls
    from airflow_provider_covage.sandbox.sandbox import ServedSandbox

Json = dict[str, Any]
Changing = Sequence[tuple[re.Pattern[str], str]]

DATE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.,-]+(?:Z|\+\d\d:?\d\d)?"), "(date)"
KEY = re.compile(r"\b(af-[A-Za-z0-9_]+?(?:-\d+)?)-[0-9a-f]{12}\b"), r"\1"


class Api(ABC):
    """An API, as whoever disturbs runs sees it.

    Attributes:
        name: Its name, that of its type of connection and of the blueprint of its sandbox.
        resources: The kinds of records that are compared in the end.
        draft: Of these, the kind of which one that nobody uses may be left.
        repeatable: What may happen more than once: it orders nothing, and the last time counts. Effects, or
            the verbs of all operations that have them.
        makes: The operations that make a record which lists show, or their verbs.
        changing: What is different in every run and means nothing.
    """

    name: ClassVar[str]
    resources: ClassVar[tuple[str, ...]]
    draft: ClassVar[str]
    repeatable: ClassVar[frozenset[str]]
    makes: ClassVar[frozenset[str]]
    changing: ClassVar[Changing]

    @property
    def variable(self) -> str:
        """The variable of the environment that holds the connection."""
        return f"AIRFLOW_CONN_{self.name.upper()}_DEFAULT"

    @abstractmethod
    def sandbox(self) -> ServedSandbox:
        """Make a sandbox whose clock stands still, not yet started.

        Returns:
            The sandbox.
        """

    @abstractmethod
    def connection(self, url: str, timeout: float) -> Json:
        """Give the connection to a sandbox.

        Args:
            url: Base URL of the sandbox.
            timeout: Seconds for one request.

        Returns:
            The connection.
        """

    @abstractmethod
    def names(self, sandbox: Controls) -> dict[str, str]:
        """Name every record by what it is for, as ids are different in every run.

        Args:
            sandbox: The sandbox.

        Returns:
            Names by ids.
        """

    @abstractmethod
    def unused(self, sandbox: Controls) -> set[str]:
        """Find drafts that nobody uses and the API cannot delete.

        Args:
            sandbox: The sandbox.

        Returns:
            Their ids.
        """

    def is_repeatable(self, effect: str) -> bool:
        """Say whether an effect may happen more than once.

        Args:
            effect: The effect, as `effect` names it.

        Returns:
            Whether it may.
        """
        return not self.repeatable.isdisjoint((effect, effect.partition(".")[2]))

    def creates(self, operation: str) -> bool:
        """Say whether an operation makes a record.

        Args:
            operation: The operation.

        Returns:
            Whether it does.
        """
        return not self.makes.isdisjoint((operation, operation.partition(".")[2]))

    def file(self, content: bytes) -> str:
        """Say what is the same in every run of a file that is kept with a record.

        Args:
            content: The file.

        Returns:
            A text, equal for equal files.
        """
        return hashlib.sha256(content).hexdigest()[:12]

    def spared(self, operation: str) -> tuple[str, ...]:
        """Say which kinds of trouble mean nothing for an operation.

        Args:
            operation: The operation.

        Returns:
            The kinds.
        """
        return ()

    def effect(self, entry: Json) -> str:
        """Name an effect.

        Args:
            entry: The entry of the ledger.

        Returns:
            The operation, and what else tells its effects apart.
        """
        return str(entry["operation"])


def named(name: str) -> Api:
    """Find an API.

    Args:
        name: Its name.

    Returns:
        The API.
    """
    from tools.chaos.covage import Covage
    from tools.chaos.prizz import Prizz

    return {api.name: api for api in (Covage(), Prizz())}[name]


def behind(sandbox: Controls) -> Api:
    """Find the API of a sandbox.

    Args:
        sandbox: The sandbox.

    Returns:
        The API.
    """
    return named(sandbox.blueprint.name)
