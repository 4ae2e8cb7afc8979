"""What an answer is worth once it is there: the line may have moved on while somebody was thinking."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.covage.offers import Offer, has_lapsed, offers_of
from airflow_provider_covage.api.errors import LifecycleError, PermanentError
from airflow_provider_covage.compat import AirflowSkipException
from airflow_provider_covage.operators.quote.offer import advice
from airflow_provider_covage.operators.quote.question import DECLINE

COVAGE = "covage"
"""Who has decided where the line was closed at Covage before anybody was asked or has answered here."""
NOBODY = "default"
"""Who has decided where the time was over."""

SOMEBODY = "somebody"
"""Who has decided where Airflow does not say who has answered."""

_KEPT = "covage_offer_answer"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back from the form.

    Args:
        option: The option that was chosen.
        by: Who has chosen it; None when the time was over.
        at: When, in ISO 8601.
    """

    option: str
    by: str | None
    at: str

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Self:
        """Read Airflow's event.

        Args:
            event: What Airflow gives to the method that goes on.

        Returns:
            The answer.
        """
        user = event.get("responded_by_user") or {}
        name = None if event.get("timedout") else str(user.get("name") or user.get("id") or SOMEBODY)
        return cls(str(event["chosen_options"][0]), name, event["responded_at"].isoformat())


@dataclasses.dataclass(frozen=True)
class Decision:
    """What was decided.

    Args:
        product_id: The offer to accept; None: none of them.
        by: Who has decided.
        at: When, in ISO 8601.
    """

    product_id: str | None
    by: str
    at: str


def weigh(
    line: Mapping[str, Any],
    answer: Answer,
    *,
    default: str | None,
    label: Callable[[Offer], str],
    accepted: Callable[[], str],
) -> Decision:
    """Make a decision of an answer, with the line as it is now.

    Args:
        line: The line, just read.
        answer: The answer.
        default: The offer to take when the time was over.
        label: Gives the option of an offer.
        accepted: Finds out which offer of an accepted line was taken.

    Returns:
        The decision. Where the time was over, what happened to the line at Covage goes before the default,
        and a default whose validity is over is not taken.

    Raises:
        LifecycleError: The answer cannot be carried out any more; nothing was sent.
    """
    nobody, state = answer.by is None, line.get("state")
    options = {label(offer): offer for offer in offers_of(line)}
    chosen = options.get(answer.option)
    wanted = default if nobody else chosen and chosen.product_id
    declined = default is None or has_lapsed(line) if nobody else answer.option == DECLINE
    if state == "accepted":
        taken = accepted()
        if nobody or taken == wanted:
            return Decision(taken, answer.by or COVAGE, answer.at)
        raise _too_late(line, answer, f"was accepted meanwhile, with offer {taken}")
    if state in ("expired", "refused") and (nobody or declined):
        return Decision(None, answer.by or (COVAGE if state == "refused" else NOBODY), answer.at)
    if state in lifecycle.QUOTE_ITEM.states - {"ready"}:
        raise _too_late(line, answer, f"is {state} by now{advice(state)}")
    if declined:
        return Decision(None, answer.by or NOBODY, answer.at)
    if wanted in [offer.product_id for offer in options.values() if offer.is_open]:
        return Decision(wanted, answer.by or NOBODY, answer.at)
    left = ", ".join(name for name, offer in options.items() if offer.is_open) or "none"
    raise _too_late(
        line,
        answer,
        f"has changed since it was shown, it now offers: {left}. A cleared task shows its first form again, "
        "in which only what has not changed can be chosen; for the rest start a new run",
    )


@contextlib.contextmanager
def kept(context: Mapping[str, Any], answer: Answer) -> Iterator[None]:
    """Keep an answer for the next try until it is carried out or never can be (Airflow 3.3).

    Args:
        context: The task's context.
        answer: The answer.

    Yields:
        Nothing.
    """
    store = context.get("task_state_store")
    if store is None:
        yield
        return
    store.set(_KEPT, dataclasses.asdict(answer))
    try:
        yield
    except (PermanentError, AirflowSkipException):
        store.delete(_KEPT)
        raise
    store.delete(_KEPT)


def from_earlier_try(context: Mapping[str, Any]) -> Answer | None:
    """Give the answer that an earlier try could not carry out.

    Args:
        context: The task's context.

    Returns:
        The answer; None where there is none, and before Airflow 3.3.
    """
    store = context.get("task_state_store")
    found = store.get(_KEPT) if store is not None else None
    return Answer(**found) if found else None


def _too_late(line: Mapping[str, Any], answer: Answer, what: str) -> LifecycleError:
    said = f"{answer.by} chose {answer.option!r}" if answer.by else "nobody has answered in time"
    return LifecycleError(
        f"quotation line {line.get('reference') or ''} {line.get('id')} {what}. Nothing was sent ({said})"
    )
