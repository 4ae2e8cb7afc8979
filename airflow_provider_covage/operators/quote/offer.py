"""Operators that decide about the offers of a quotation line (covage-quotation.txt)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api import lifecycle
from airflow_provider_covage.api.covage import accepted
from airflow_provider_covage.api.errors import BadRequestError, ConflictError, LifecycleError
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import CovageOperator, given
from airflow_provider_covage.operators.once import Recall

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class CovageAcceptQuoteItemOperator(CovageOperator):
    """Accept one offer of a quotation line, once. Makes an order session and an order line.

    Looks at the line first: where the same offer is accepted already, the order line of that time is
    adopted; where another one is, the task fails and names it. Returns
    `{"product_order_id", "product_order_item_id"}`, and each of the two as an XCom of its own:
    `accept.output["product_order_id"]`.

    Args:
        quote_item_id: The line.
        product_id: The offer, such as "2173".
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "product_order_item"
    template_fields: Sequence[str] = ("quote_item_id", "product_id", *CovageOperator.template_fields)

    def __init__(self, *, quote_item_id: str, product_id: str, **kwargs: Any) -> None:
        super().__init__(**{"multiple_outputs": True, **kwargs})
        self.quote_item_id = quote_item_id
        self.product_id = product_id

    def act(self, context: Context) -> dict[str, str]:
        """Accept the offer, or find what accepting it has made.

        Args:
            context: The task's context.

        Returns:
            `product_order_id` and `product_order_item_id`.
        """
        self.required("quote_item_id", "product_id")
        made = self.once(context)(
            f"acceptance of offer {self.product_id} of quotation line {self.quote_item_id}",
            look=self._accepted,
            act=self._accept,
            recall=Recall(note=dict, read=self._noted),
        )
        self.log.info(
            "quotation line %s: offer %s is accepted, order session %s, order line %s",
            self.quote_item_id,
            self.product_id,
            made["product_order_id"],
            made["product_order_item_id"],
        )
        return made

    def _noted(self, noted: Mapping[str, str]) -> dict[str, str] | None:
        line = self.client.product_order_item.get(noted.get("product_order_item_id", ""))
        if not accepted.is_made_of(line, self.quote_item_id, self.product_id):
            return None
        return accepted.ids_of({"product_order_id": noted.get("product_order_id"), **line})

    def _accepted(self, _: bool) -> dict[str, str] | None:
        item = self.client.quote_item.get(self.quote_item_id)
        state = item.get("state")
        if state == "accepted":
            return accepted.accepted_as(self.client, {"id": self.quote_item_id, **item}, self.product_id)
        if state in lifecycle.QUOTE_ITEM.states - {"ready"}:
            raise LifecycleError(
                f"quotation line {item.get('reference') or ''} {self.quote_item_id} is {state}, "
                f"only a line that is ready can be accepted{advice(state)}"
            )
        return None

    def _accept(self) -> dict[str, str]:
        answer = self.client.quote_item.accept(self.quote_item_id, product_id=self.product_id)
        if answer.get("product_order_id") and answer.get("product_order_item_id"):
            return {
                "product_order_id": str(answer["product_order_id"]),
                "product_order_item_id": str(answer["product_order_item_id"]),
            }
        item = self.client.quote_item.get(self.quote_item_id)
        return accepted.accepted_as(self.client, {"id": self.quote_item_id, **item}, self.product_id)


class CovageDeclineQuoteItemOperator(CovageOperator):
    """Decline one offer of a quotation line.

    A line that is refused as a whole is left alone. Which of several offers are declined already is not
    documented (C6): after a lost answer the next try declines the offer again, and takes a refusal of that
    for done unless the API shows otherwise. Returns the line.

    Args:
        quote_item_id: The line.
        product_id: The offer.
        comment: Why, for Covage to read.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote_item"
    template_fields: Sequence[str] = (
        "quote_item_id",
        "product_id",
        "comment",
        *CovageOperator.template_fields,
    )

    def __init__(
        self, *, quote_item_id: str, product_id: str, comment: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.quote_item_id = quote_item_id
        self.product_id = product_id
        self.comment = comment

    def act(self, context: Context) -> Record:
        """Decline the offer unless the line is refused already.

        Args:
            context: The task's context.

        Returns:
            The line.
        """
        self.required("quote_item_id", "product_id")
        return decline_offer(self, context, self.quote_item_id, self.product_id, self.comment)


class CovageRestoreQuoteItemPriceOperator(CovageOperator):
    """Take the refusal of an offer back, so that it can be accepted again.

    Which of several offers are refused is not documented (C6): after a lost answer the next try restores the
    offer again, and takes a refusal of that for done unless the API shows otherwise. Returns the line.

    Args:
        quote_item_id: The line.
        product_id: The offer.
        **kwargs: Arguments of every Covage operator.
    """

    portal_resource = "quote_item"
    template_fields: Sequence[str] = ("quote_item_id", "product_id", *CovageOperator.template_fields)

    def __init__(self, *, quote_item_id: str, product_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.quote_item_id = quote_item_id
        self.product_id = product_id

    def act(self, context: Context) -> Record:
        """Restore the offer.

        Args:
            context: The task's context.

        Returns:
            The line.
        """
        self.required("quote_item_id", "product_id")
        return self.once(context)(
            f"restoring of offer {self.product_id} of quotation line {self.quote_item_id}",
            look=self._accepted_since,
            act=lambda: _unless_done(
                self,
                context,
                "ready",
                self.quote_item_id,
                self.product_id,
                lambda: self.client.quote_item.restore_price(self.quote_item_id, product_id=self.product_id),
            ),
        )

    def _accepted_since(self, doubt: bool) -> Record | None:
        # A line that is ready may still have this one offer refused (C6): only what comes after tells.
        done = {"accepted"} if doubt else set()
        return _line_in(self.client.quote_item.get(self.quote_item_id), done, {"refused", "ready"})


def decline_offer(
    operator: CovageOperator, context: Context, quote_item_id: str, product_id: str, comment: str | None
) -> Record:
    """Decline one offer of a line unless the line is refused already.

    Args:
        operator: Who does it.
        context: The task's context.
        quote_item_id: The line.
        product_id: The offer.
        comment: Why, for Covage to read.

    Returns:
        The line.

    Raises:
        LifecycleError: The line is neither ready nor refused.
        CovageError: The API refuses it, or did not answer.
    """
    item = operator.client.quote_item

    def declined(doubt: bool) -> Record | None:
        # Another offer of the line may have been accepted since, which refuses this one, too.
        done = {"refused", "accepted"} if doubt else {"refused"}
        return _line_in(item.get(quote_item_id), done, {"ready"})

    def decline() -> Record:
        fields = given(product_id=product_id, comment=comment)
        return item.decline(quote_item_id, **fields)

    return operator.once(context)(
        f"refusal of offer {product_id} of quotation line {quote_item_id}",
        look=declined,
        act=lambda: _unless_done(operator, context, "refused", quote_item_id, product_id, decline),
    )


def _unless_done(
    operator: CovageOperator,
    context: Context,
    wanted: str,
    quote_item_id: str,
    product_id: str,
    send: Callable[[], Record],
) -> Record:
    """Send; where the API refuses it, it may be done already: by an earlier try, or delivered twice.

    The documents do not show the state of a single offer (C6), so there is nothing to look at before. Where
    the API shows it all the same, it alone decides after a refusal, and so does the state of a line that has
    no other offer.
    """
    try:
        return send()
    except (BadRequestError, ConflictError) as refused:
        item = operator.client.quote_item.get(quote_item_id)
        state = accepted.state_of_offer(item, product_id)
        if state is None and _offers_of(item) == {product_id}:
            state = item.get("state")
        may_be = keys.came_before(context) and product_id in _offers_of(item)
        if not (may_be if state is None else state == wanted):
            raise
        operator.log.warning(
            "%s; it is done already, by an earlier try or as it was delivered twice", refused
        )
        return item


def _offers_of(item: Record) -> set[str]:
    prices = [price for price in item.get("prices") or [] if isinstance(price, dict)]
    return {str(price.get("product_id")) for price in prices} | set(
        map(str, item.get("product_offerings") or [])
    )


def _line_in(item: Record, done: set[str], possible: set[str]) -> Record | None:
    state = item.get("state")
    if state in done:
        return item
    if state in lifecycle.QUOTE_ITEM.states - possible:
        raise LifecycleError(
            f"quotation line {item.get('reference') or ''} {item.get('id')} is {state}, "
            f"and has to be {' or '.join(sorted(possible))}{advice(state)}"
        )
    return None


def advice(state: str | None) -> str:
    """Say what to do about a line that is in no state to be decided about.

    Args:
        state: Its state.

    Returns:
        The end of a sentence; nothing where nothing can be done.
    """
    return {
        "refused": ": take the refusal back first (CovageRestoreQuoteItemPriceOperator)",
        "confirmed": ": wait for its price first (CovageQuoteItemSensor)",
        "acknowledged": ": confirm its basket first (CovageConfirmQuoteOperator)",
        "created": ": confirm its basket first (CovageConfirmQuoteOperator)",
        "expired": ": ask for a new quotation",
    }.get(state or "", "")
