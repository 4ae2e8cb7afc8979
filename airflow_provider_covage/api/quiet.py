"""Keeping links that prove who asks out of the logs of the library below."""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Iterator

from airflow_provider_covage.api.request import Request

_IS_SECRET = contextvars.ContextVar("_IS_SECRET", default=False)


class _WithoutQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if _IS_SECRET.get() and isinstance(record.args, tuple):
            record.args = tuple(one.partition("?")[0] if isinstance(one, str) else one for one in record.args)
        return True


_FILTER = _WithoutQuery()


@contextlib.contextmanager
def quiet(request: Request) -> Iterator[None]:
    """Take the query of a link out of what urllib3 logs of a request on DEBUG.

    Args:
        request: The request; only one that goes by a link of its own is meant.

    Yields:
        Nothing.
    """
    if not request.anonymous:
        yield
        return
    # Every time: whoever sets up logging may have taken it away.
    logging.getLogger("urllib3.connectionpool").addFilter(_FILTER)
    before = _IS_SECRET.set(True)
    try:
        yield
    finally:
        _IS_SECRET.reset(before)
