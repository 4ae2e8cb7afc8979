"""When the next look at something is due."""

from __future__ import annotations

import dataclasses
import random
import time

_SPREAD = 0.1
_SHORTEST_PAUSE = 0.05


@dataclasses.dataclass(frozen=True, slots=True)
class Rhythm:
    """How often one wait wants to look, and until when.

    Args:
        poke_interval: Seconds between two looks.
        deadline: When the wait ends, in seconds since the epoch.
        started: When it began, in seconds since the epoch.
        exponential_backoff: Whether the pause doubles with each look.
        max_wait: Longest pause in seconds, None for no bound.
    """

    poke_interval: float
    deadline: float
    started: float = dataclasses.field(default_factory=time.time)
    exponential_backoff: bool = False
    max_wait: float | None = None

    def pause(self, looks: int) -> float:
        """Say how long to wait until the next look.

        Args:
            looks: Looks so far, from 1.

        Returns:
            Seconds, spread a little so that waits do not march in step.
        """
        pause = self.poke_interval
        if self.exponential_backoff:
            pause *= 2.0 ** min(looks - 1, 30)
        if self.max_wait is not None:
            pause = min(pause, self.max_wait)
        return max(_SHORTEST_PAUSE, pause * (1.0 - _SPREAD * random.random()))  # noqa: S311 - no secret
