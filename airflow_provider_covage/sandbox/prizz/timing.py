"""How long things take at Prizz-Telecom's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PrizzTiming:
    """How long things take, in seconds at speed 1.

    No document gives a duration: all of these are invented, long enough to be watched and short
    enough to be waited for.
    """

    eligibility: float = 10.0
    approval: float = 15.0
    estimate: float = 30.0
    late: float = 5.0
    code_validity: float = 600.0
    contract_step: float = 20.0
    appointment_step: float = 5.0
    ticket_step: float = 15.0
    workflow: float = 8.0
    pdf: float = 3.0
    link_validity: float = 300.0
