"""What a decision about requests asks a transport to do. No I/O here."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import TypeVar

from airflow_provider_covage.api.files import Sink
from airflow_provider_covage.api.request import Answer, Request

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Send:
    """Step: send a request; the result is its `Answer`.

    Args:
        request: What to send.
        authorization: Value of the Authorization header, None for none.
        sink: Where the body of a successful answer goes.
    """

    request: Request
    authorization: str | None = dataclasses.field(default=None, repr=False)
    sink: Sink | None = None


@dataclasses.dataclass(frozen=True)
class Pause:
    """Step: wait.

    Args:
        seconds: How long.
        before_repeating: The error after which the request is sent again; None where only the connection's
            rate is kept.
    """

    seconds: float
    before_repeating: Exception | None = None


@dataclasses.dataclass(frozen=True)
class Authorise:
    """Step: get the Authorization header; only one at a time asks for a token."""


Step = Send | Pause | Authorise
Flow = Generator[Step, "Answer | str | None", T]
