"""The operator that has a human choose one of the offers of a quotation line."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.covage import accepted
from airflow_provider_covage.api.covage.offers import Offer, has_lapsed, open_offers, valid_until
from airflow_provider_covage.api.errors import InputError, LifecycleError
from airflow_provider_covage.api.working_days import PARIS
from airflow_provider_covage.compat import AirflowSkipException
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator, failing_for_good
from airflow_provider_covage.operators.quote import policies, question
from airflow_provider_covage.operators.quote.answer import (
    COVAGE,
    NOBODY,
    Answer,
    Decision,
    from_earlier_try,
    kept,
    weigh,
)
from airflow_provider_covage.operators.quote.offer import advice, decline_offer

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record

_MARGIN = timedelta(hours=1)
"""What is left of the validity when a default is taken, so that it can still be accepted."""
_SHORTEST = timedelta(seconds=10)
"""Nobody is asked for less. Airflow 3.3 fails a task whose answer comes while it is still being parked."""


class CovageChooseOfferOperator(CovageOperator, HITLOperator):
    """Have a human choose one of the offers of a priced quotation line, in Airflow's own form.

    The form shows the site, every offer with all that the API says of its price, and until when they hold;
    its options are one per offer, and `Decline`. While it waits, the task holds no worker. It returns the
    product id that `CovageAcceptQuoteItemOperator` takes, so `product_id=choose.output`, and leaves these
    XComs besides: `decision` (`accept` or `decline`), `decided_by` (the user's name; `policy ...`;
    `default` when the time was over; `covage` when the line was closed there meanwhile) and `decided_at`
    (ISO 8601).

    When nothing is to be accepted, the task is skipped, and with it what follows by the usual trigger rules.
    It orders nothing itself. The line is read again when the answer comes: where the offer is gone or has
    changed, or the line was closed meanwhile, the task fails and says so; a line that was accepted with the
    same offer counts as chosen. A task that comes back to a line that is accepted asks nobody.

    The question ends with the line's `validity_date` at the latest, then `default` is taken, or nothing. On
    Airflow 3.3 an answer that cannot be carried out because the API is down is kept for the next try; on
    3.1 and 3.2, where the task waits in the triggerer, the next try asks again.

    Args:
        quote_item_id: The line; it has to be priced.
        auto_accept: Decides without a human where it can: a function of the line that returns a product id,
            or None for a human; or the name of a policy: `only_offer`, `offer:PRODUCT_ID`, `cheapest`,
            `cheapest_under:AMOUNT`, `human`.
        default: The offer to take when the time is over, if it is still valid then; None takes none. With it
            the question ends an hour before the validity does (a tenth of the time left, where that is less).
        price_field: The field of a price that the policies compare and the buttons show; the documents do not
            say what fields there are.
        response_timeout: Most time for the answer, from the moment of the question, at least 10 s; the
            validity of the offers ends it, too. Without either the task waits for ever.
        decline_offers: Tell Covage when a human declines: every offer of the line is declined there.
        comment: What Covage is told with it.
        subject: Headline in place of customer and reference of the line.
        body: Markdown to stand above the site and the offers.
        **kwargs: Arguments of every Covage operator and of Airflow's `HITLOperator`, such as `notifiers`
            and `assigned_users`.
    """

    portal_resource = "quote_item"
    template_fields: Sequence[str] = (
        "quote_item_id",
        "auto_accept",
        "default",
        "price_field",
        "comment",
        "subject",
        "body",
        *CovageOperator.template_fields,
    )

    def __init__(
        self,
        *,
        quote_item_id: str,
        auto_accept: str | Callable[[Record], str | None] | None = None,
        default: str | None = None,
        price_field: str = "monthly_price",
        response_timeout: timedelta | None = None,
        decline_offers: bool = False,
        comment: str | None = None,
        subject: str | None = None,
        body: str | None = None,
        **kwargs: Any,
    ) -> None:
        if response_timeout is not None and response_timeout < _SHORTEST:
            raise ValueError(f"response_timeout has to be {_SHORTEST} or more, got {response_timeout}")
        for name in ("options", "defaults", "multiple"):
            if name in kwargs:
                raise ValueError(f"{name} cannot be given: the offers of the line are the options")
        super().__init__(
            subject=subject or "",
            body=body,
            options=[question.DECLINE],
            # Without one, HITLOperator takes execution_timeout for it, which here means what it always does.
            response_timeout=response_timeout or timedelta.max,
            **kwargs,
        )
        if isinstance(auto_accept, str) and auto_accept and "{" not in auto_accept:
            policies.named(auto_accept, price_field)
        self.response_timeout = response_timeout
        self.quote_item_id = quote_item_id
        # Airflow calls what it finds callable in a template field.
        self.auto_accept = None if callable(auto_accept) else auto_accept
        self._own_policy = auto_accept if callable(auto_accept) else None
        self.default = default
        self.price_field = price_field
        self.decline_offers = decline_offers
        self.comment = comment

    def act(self, context: Context) -> str:
        """Decide without a human where that is possible, else ask.

        Args:
            context: The task's context.

        Returns:
            The product id of the offer to accept.

        Raises:
            AirflowSkipException: None is to be accepted.
            LifecycleError: The line is not priced.
            InputError: `auto_accept` or `default` name what the line does not have.
        """
        self.required("quote_item_id")
        answer = from_earlier_try(context)
        if answer is not None:
            self.log.info("going on with the answer of %s from %s", answer.by or "nobody", answer.at)
            return self._carry_out(context, answer)
        line = self._read()
        decision = self._decided_at_covage(line) or self._by_policy(line)
        return self._end(context, decision) if decision else self._ask(context, line)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:
        """Come back with the answer.

        Args:
            context: The task's context.
            event: The answer, as Airflow gives it.

        Returns:
            The product id of the offer to accept.

        Raises:
            AirflowSkipException: None is to be accepted.
            AirflowFailException: The answer cannot be carried out any more.
            TransientError: The API cannot be asked.
        """
        # Airflow has checked it against the options of the form; those of the line are looked at below.
        self.options = list(event.get("chosen_options") or [])
        HITLOperator.execute_complete(self, context, event)
        with failing_for_good():
            return self._carry_out(context, Answer.of(event))

    def _carry_out(self, context: Context, answer: Answer) -> str:
        with kept(context, answer):
            line = self._read()
            decision = weigh(
                line,
                answer,
                default=self._default(),
                label=self._label,
                accepted=lambda: accepted.accepted_offer(self.client, line),
            )
            if decision.product_id is None and answer.by is not None and self.decline_offers:
                self._decline(context, line)
            return self._end(context, decision)

    def _decided_at_covage(self, line: Record) -> Decision | None:
        match line.get("state"):
            case "accepted":
                return Decision(accepted.accepted_offer(self.client, line), COVAGE, _now())
            case "refused":
                return Decision(None, COVAGE, _now())
            case "expired":
                return Decision(None, NOBODY, _now())
            case state if state in lifecycle.QUOTE_ITEM.states - {"ready"}:
                raise LifecycleError(f"{_name(line)} is {state}, there is nothing to choose{advice(state)}")
        if not open_offers(line):
            raise LifecycleError(f"{_name(line)} is {line.get('state')}, but shows no offer to choose")
        return None

    def _by_policy(self, line: Record) -> Decision | None:
        name = getattr(self._own_policy, "__name__", None) or self.auto_accept
        policy = self._own_policy or (self.auto_accept and policies.named(self.auto_accept, self.price_field))
        chosen = policy(line) if policy else None
        if chosen is None:
            return None
        self._check_offer(line, "auto_accept", str(chosen))
        return Decision(str(chosen), f"policy {name}", _now())

    def _ask(self, context: Context, line: Record) -> str:
        default, left = self._default(), self._time_left(line)
        if default is not None:
            self._check_offer(line, "default", default)
        if left is not None and left < _SHORTEST:
            self.log.warning("%s is valid until %s: nobody is asked", _name(line), line["validity_date"])
            return self._end(context, Decision(None if has_lapsed(line) else default, NOBODY, _now()))
        if keys.came_before(context):
            self.log.warning(
                "Airflow shows the form of the first try; what has changed cannot be chosen in it"
            )
        offers = open_offers(line)
        labels = {offer.product_id: self._label(offer) for offer in offers}
        self.options = [*labels.values(), question.DECLINE]
        self.defaults = [labels[default] if default else question.DECLINE]
        self.subject = self.subject or question.headline(line)
        self.body = question.body(
            line,
            offers,
            labels=list(labels.values()),
            ending=self._ending(left, labels.get(default or "")),
            intro=self.body,
        )
        self.response_timeout = left
        end = "until it comes" if left is None else f"until {_moment(left)}"
        self.log.info("%s: waiting for a choice of %s %s", _name(line), ", ".join(labels), end)
        HITLOperator.execute(self, context)
        raise AssertionError("unreachable")

    def _ending(self, left: timedelta | None, default: str | None) -> str:
        what = f"offer {question.text(default)} is taken" if default else "none is taken"
        told = "Covage is told" if self.decline_offers else "Covage is not told"
        end = f" by {_moment(left)}" if left is not None else ""
        return f"Without an answer{end} {what}. **{question.DECLINE}** takes none of them; {told}."

    def _end(self, context: Context, decision: Decision) -> str:
        ti = context["ti"]
        ti.xcom_push(key="decision", value="accept" if decision.product_id else "decline")
        ti.xcom_push(key="decided_by", value=decision.by)
        ti.xcom_push(key="decided_at", value=decision.at)
        line, what = f"quotation line {self.quote_item_id}", decision.product_id or "none"
        self.log.info("%s: offer %s, decided by %s at %s", line, what, decision.by, decision.at)
        if decision.product_id is not None:
            return decision.product_id
        # Said, not left out: in the list of a mapped task's results every line keeps its place.
        ti.xcom_push(key="return_value", value=None)
        raise AirflowSkipException(f"{line}: no offer is accepted, decided by {decision.by}")

    def _decline(self, context: Context, line: Record) -> None:
        for offer in open_offers(line) if line.get("state") == "ready" else ():
            line = decline_offer(self, context, self.quote_item_id, offer.product_id, self.comment)
            if line.get("state") == "accepted":
                raise LifecycleError(f"{_name(line)} was accepted while its offers were being declined")

    def _read(self) -> Record:
        return {"id": self.quote_item_id, **self.client.quote_item.get(self.quote_item_id)}

    def _time_left(self, line: Record) -> timedelta | None:
        """Time for the answer, less than nothing when it is over; None for as long as it takes."""
        times = [self.response_timeout] if self.response_timeout else []
        try:
            until = valid_until(line)
        except ValueError:
            self.log.warning("validity_date %r is no date: it does not end the wait", line["validity_date"])
            until = None
        if until is not None:
            left = until - datetime.now(UTC)
            times.append(left - min(_MARGIN, left / 10) if self._default() else left)
        return min(times) if times else None

    def _default(self) -> str | None:
        return str(self.default) if self.default not in (None, "") else None

    def _check_offer(self, line: Mapping[str, Any], argument: str, product_id: str) -> None:
        there = [offer.product_id for offer in open_offers(line)]
        if product_id not in there:
            raise InputError(
                f"{argument}: {_name(line)} has no offer {product_id} to accept; there are {', '.join(there)}"
            )

    @functools.cached_property
    def _label(self) -> Callable[[Offer], str]:
        return functools.partial(question.label, price_field=self.price_field)


def _name(line: Mapping[str, Any]) -> str:
    return " ".join(str(part) for part in ("quotation line", line.get("reference"), line.get("id")) if part)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _moment(left: timedelta) -> str:
    """When a time will be over, as people in France read it; far away it is said without a date."""
    try:
        return f"{datetime.now(PARIS) + left:%Y-%m-%d %H:%M %Z}"
    except OverflowError:
        return "the end of time"
