"""Telling the log about trouble: once for each kind, and once when it is over."""

from __future__ import annotations

import logging
from typing import Any

from airflow_provider_covage.api.errors import CovageError, TransientError


class Trouble:
    """What keeps something from being done.

    Args:
        log: Where it is told.
        what: What cannot be done, in words.
    """

    def __init__(self, log: Any, what: str) -> None:
        self._log = log
        self._what = what
        self._kind: type[BaseException] | None = None

    def met(self, error: Exception) -> None:
        """Tell about trouble, unless the last one was of the same kind.

        Args:
            error: What happened.
        """
        if type(error) is not self._kind:
            self._kind = type(error)
            level = logging.WARNING if isinstance(error, TransientError) else logging.ERROR
            # What this package has not raised itself needs to be traced.
            traced = None if isinstance(error, CovageError) else error
            self._log.log(level, "%s, trying on: %s", self._what, error, exc_info=traced)

    def is_over(self) -> None:
        """Tell that it is over, if there was any."""
        if self._kind:
            self._kind = None
            self._log.info("%s: that is over", self._what)
