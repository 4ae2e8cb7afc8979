"""How long things take at Covage's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """How long things take, in seconds at speed 1.

    No document gives a duration: all of these are invented, long enough to be watched and short
    enough to be waited for.
    """

    quote_line_min: float = 20.0
    quote_line_max: float = 40.0
    expiry: float = 60.0
    order_creation: float = 15.0
    export: float = 5.0
    eligibility_phase: float = 6.0
    delivery_step: float = 20.0
